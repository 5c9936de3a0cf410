//! The licence texts of everything that is in the program and in the policies, in one file: each text once, with the
//! packages that have it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use spdx::{Expression, ParseMode};

use crate::dependencies::Dependencies;

/// What the names of files begin with that have a licence or belong to one.
const BEGINNINGS: [&str; 6] = [
    "LICENSE",
    "LICENCE",
    "COPYING",
    "COPYRIGHT",
    "NOTICE",
    "UNLICENSE",
];
/// The terms of Rust's own library, of which every program has a part.
const RUST: &str = "MIT OR Apache-2.0";

/// `own` is this project's licence; `compiler` the version of Rust.
pub(crate) fn text(dependencies: &Dependencies<'_>, own: &str, compiler: &str) -> Result<String> {
    let mut terms = BTreeMap::new();
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut add = |name: String, expression: String, found: Vec<String>| {
        for text in found {
            texts.entry(text).or_default().insert(name.clone());
        }
        terms.insert(name, expression);
    };
    let rust = format!("the Rust standard library {compiler}");
    add(rust, RUST.to_owned(), standard_texts(RUST)?);
    for (key, package) in &dependencies.packages {
        let name = format!("{} {}", key.name, key.version);
        let expression = package.license.clone();
        let folder = package.manifest_path.parent().context("no folder")?;
        let found = match (&package.source, &expression) {
            (None, _) => vec![tidy(own)],
            (Some(_), Some(expression)) => {
                let found = texts_in(folder)?;
                match found.is_empty() {
                    true => standard_texts(expression).with_context(|| name.clone())?,
                    false => found,
                }
            }
            (Some(_), None) => texts_in(folder)?,
        };
        anyhow::ensure!(
            !found.is_empty(),
            "{name} has no licence: neither a file nor an expression"
        );
        add(
            name,
            expression.unwrap_or_else(|| "see its text".to_owned()),
            found,
        );
    }
    Ok(written(&terms, &texts))
}

fn written(terms: &BTreeMap<String, String>, texts: &BTreeMap<String, BTreeSet<String>>) -> String {
    let mut file = String::from(
        "What the program and the ready-made policies are made of, and the terms of each part. The texts are below.\n\n",
    );
    for (name, expression) in terms {
        // Writing into memory does not fail.
        let _ = writeln!(file, "  {name}: {expression}");
    }
    let rule = "-".repeat(100);
    for (text, names) in texts {
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let _ = write!(file, "\n{rule}\nOf {}:\n\n{text}", names.join(", "));
    }
    file
}

/// The files beside the manifest that have a licence, sorted by name.
fn texts_in(folder: &Path) -> Result<Vec<String>> {
    let cannot = || format!("cannot read {}", folder.display());
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let is_license = BEGINNINGS
            .iter()
            .any(|beginning| name.starts_with(beginning));
        if is_license && entry.file_type().with_context(cannot)?.is_file() {
            let bytes = fs::read(entry.path()).with_context(cannot)?;
            found.insert(name, tidy(&String::from_utf8_lossy(&bytes)));
        }
    }
    Ok(found.into_values().collect())
}

/// The texts of all licences that the expression names, for a package without a file of its own.
fn standard_texts(expression: &str) -> Result<Vec<String>> {
    // Older manifests have `/` for OR.
    let parsed = Expression::parse_mode(expression, ParseMode::LAX)?;
    let mut texts = Vec::new();
    for requirement in parsed.requirements() {
        let terms = &requirement.req;
        let unknown = || format!("SPDX has no text of {terms}");
        let id = terms.license.id().with_context(unknown)?;
        texts.push(tidy(id.text()));
        if let Some(addition) = &terms.addition {
            let id = addition.id().with_context(unknown)?;
            texts.push(tidy(id.text()));
        }
    }
    Ok(texts)
}

/// One kind of line end, so that the same text is the same.
fn tidy(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Workspace;

    #[test]
    fn a_package_without_a_file_has_the_texts_of_its_expression() {
        let texts = standard_texts("MIT/Apache-2.0").unwrap();
        assert!(
            texts
                .iter()
                .any(|text| text.contains("Permission is hereby granted")),
            "{texts:?}"
        );
        assert!(
            texts.iter().any(|text| text.contains("Apache License")),
            "{texts:?}"
        );
        let with_exception = standard_texts("Apache-2.0 WITH LLVM-exception").unwrap();
        assert_eq!(with_exception.len(), 2, "{with_exception:?}");
        assert!(standard_texts("something else").is_err());
    }

    #[test]
    fn files_of_licences_are_found_whatever_their_case() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("license-mit", "one\r\n\r\n"),
            ("NOTICE", "two"),
            ("lib.rs", "three"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        assert_eq!(texts_in(folder.path()).unwrap(), ["one\n", "two\n"]);
    }

    #[test]
    fn every_part_of_the_program_and_of_the_policies_has_a_text() {
        let workspace = Workspace::find().unwrap();
        let dependencies = Dependencies::of(&workspace).unwrap();
        let written = text(&dependencies, "our own terms", &workspace.compiler).unwrap();
        let (terms, texts) = written.split_once(&"-".repeat(100)).unwrap();
        for part in [
            "portcullis 0.1.0",
            "wasmtime ",
            "regorus ",
            "the Rust standard library ",
        ] {
            assert!(
                terms.contains(&format!("\n  {part}")),
                "{part} is not in:\n{terms}"
            );
        }
        assert!(texts.contains("our own terms") && texts.contains("Apache License"));
    }
}
