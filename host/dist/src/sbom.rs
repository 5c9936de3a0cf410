//! The bill of materials, in CycloneDX 1.6: what the program and the policies are made of.
//!
//! Written by hand: the libraries for it ask for features of crates that the host shares with them, so that wasmtime would
//! be compiled anew for the sake of one file.

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::build::PROGRAM;
use crate::dependencies::{Dependencies, Key};

/// The document. `made` are the files that were built, by the names of their packages.
pub(crate) fn json(
    dependencies: &Dependencies<'_>,
    version: &str,
    compiler: &str,
    made: &[(&str, &[u8])],
) -> Result<String> {
    let mut components = Vec::new();
    let mut program = None;
    for (key, package) in &dependencies.packages {
        let is_ours = package.source.is_none();
        let mut component = component(key, package.license.as_deref(), is_ours);
        component.extend(hashes(&key.name, made));
        match key.name == PROGRAM {
            true => program = Some(component),
            false => components.push(component),
        }
    }
    let mut program = program.context("the program is not among its own parts")?;
    program.insert("version".to_owned(), version.into());
    let standard_library = Key {
        name: "std".to_owned(),
        version: compiler.to_owned(),
    };
    components.push(component(
        &standard_library,
        Some("MIT OR Apache-2.0"),
        true,
    ));
    let bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": serial_number(version, made),
        "version": 1,
        "metadata": { "component": program },
        "components": components,
        "dependencies": edges(dependencies),
    });
    serde_json::to_string_pretty(&bill).context("cannot write the bill of materials")
}

fn component(key: &Key, license: Option<&str>, is_ours: bool) -> Map<String, Value> {
    let Key { name, version } = key;
    let kind = match name == PROGRAM {
        true => "application",
        false => "library",
    };
    let mut component = Map::new();
    let mut add = |field: &str, value: Value| component.insert(field.to_owned(), value);
    add("type", kind.into());
    add("bom-ref", reference(key).into());
    add("name", name.as_str().into());
    add("version", version.as_str().into());
    if let Some(license) = license {
        // Older manifests have `/` for OR.
        let words = license.replace('/', " OR ");
        let expression = words.split_whitespace().collect::<Vec<_>>().join(" ");
        add("licenses", json!([{ "expression": expression }]));
    }
    if !is_ours {
        add("purl", format!("pkg:cargo/{name}@{version}").into());
    }
    component
}

fn reference(key: &Key) -> String {
    format!("{}@{}", key.name, key.version)
}

fn hashes(name: &str, made: &[(&str, &[u8])]) -> Option<(String, Value)> {
    let (_, bytes) = made.iter().find(|(package, _)| *package == name)?;
    let digest = HEXLOWER.encode(&Sha256::digest(bytes));
    let hashes = json!([{ "alg": "SHA-256", "content": digest }]);
    Some(("hashes".to_owned(), hashes))
}

fn edges(dependencies: &Dependencies<'_>) -> Vec<Value> {
    let edge = |(from, to): (&Key, &std::collections::BTreeSet<Key>)| {
        let to: Vec<_> = to.iter().map(reference).collect();
        json!({ "ref": reference(from), "dependsOn": to })
    };
    dependencies.edges.iter().map(edge).collect()
}

/// Derived from the content: the same files give the same document.
fn serial_number(version: &str, made: &[(&str, &[u8])]) -> String {
    let mut digest = Sha256::new();
    digest.update(version);
    for (name, bytes) in made {
        digest.update(name);
        digest.update(Sha256::digest(bytes));
    }
    let hex = HEXLOWER.encode(&digest.finalize());
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    // Version 8 is for custom formats (RFC 9562, section 5.8).
    format!(
        "urn:uuid:{}-{}-8{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 15),
        part(15, 18),
        part(18, 30)
    )
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::metadata::Package;

    fn package(name: &str, source: Option<&str>) -> Package {
        Package {
            id: name.to_owned(),
            name: name.to_owned(),
            version: "1.2.3".to_owned(),
            license: Some("MIT/Apache-2.0".to_owned()),
            source: source.map(str::to_owned),
            manifest_path: "Cargo.toml".into(),
        }
    }

    #[test]
    fn a_bill_has_every_part_with_its_terms_and_who_needs_it() {
        let packages = [package(PROGRAM, None), package("part", Some("registry"))];
        let key = |package: &Package| Key {
            name: package.name.clone(),
            version: package.version.clone(),
        };
        let [program, part] = &packages;
        let dependencies = Dependencies {
            packages: packages
                .iter()
                .map(|package| (key(package), package))
                .collect(),
            edges: BTreeMap::from([(key(program), BTreeSet::from([key(part)]))]),
        };
        let made = [(PROGRAM, b"bytes".as_slice())];
        let bill = json(&dependencies, "0.1.0+gabc", "1.95.0", &made).unwrap();
        assert_eq!(
            bill,
            json(&dependencies, "0.1.0+gabc", "1.95.0", &made).unwrap()
        );
        let bill: Value = serde_json::from_str(&bill).unwrap();
        let text = |pointer: &str| bill.pointer(pointer).and_then(Value::as_str).unwrap();
        assert_eq!(text("/metadata/component/version"), "0.1.0+gabc");
        assert_eq!(text("/metadata/component/hashes/0/content").len(), 64);
        assert_eq!(text("/components/0/purl"), "pkg:cargo/part@1.2.3");
        assert_eq!(
            text("/components/0/licenses/0/expression"),
            "MIT OR Apache-2.0"
        );
        assert_eq!(text("/components/1/name"), "std");
        assert_eq!(text("/dependencies/0/dependsOn/0"), "part@1.2.3");
    }
}
