//! Checks a component's imports and exports against the contract before any of its code runs.

use wit_component::DecodedWasm;
use wit_parser::{Resolve, World};

use super::build_info::{BuildInfo, Language};
use super::contract::{
    AUTHORIZER, AUTHORIZER_OF_ANY_VERSION, MODULE_LOADER, PACKAGE, PACKAGE_VERSION, WASI_CLOSED,
    WASI_OPEN,
};
use super::error::ModuleError;

/// The interfaces that a component imports.
#[derive(Debug, Default)]
pub struct Imports {
    /// The names of all interfaces.
    pub all: Vec<String>,
    /// The names of those that do nothing: files, and for Python, which always imports it, the network.
    pub closed: Vec<String>,
}

/// Checks a component's imports and exports, and returns its imports.
///
/// # Errors
///
/// The component imports an interface that policies do not get, or it does not export this version of the contract.
pub fn inspect(component: &[u8]) -> Result<Imports, ModuleError> {
    let build = BuildInfo::of(component)?;
    if build.is_async {
        return Err(ModuleError::AsyncAbi);
    }
    let (import_names, exports) = imports_and_exports(component)?;
    let mut imports = Imports::default();
    for import in import_names {
        if check_import(&import, build.language)? == ImportKind::Closed {
            imports.closed.push(import.clone());
        }
        imports.all.push(import);
    }
    check_exports(&exports)?;
    Ok(imports)
}

/// What an allowed import does.
#[derive(Debug, PartialEq, Eq)]
enum ImportKind {
    /// It has the functions of its interface.
    Open,
    /// It is linked but does nothing.
    Closed,
}

fn imports_and_exports(component: &[u8]) -> Result<(Vec<String>, Vec<String>), ModuleError> {
    let decoded = wit_component::decode(component)
        .map_err(|error| ModuleError::Invalid(format!("{error:#}")))?;
    let DecodedWasm::Component(resolve, world) = decoded else {
        return Err(ModuleError::OtherWorld {
            expected: AUTHORIZER,
            found: "nothing: it is a WIT package in binary form".into(),
        });
    };
    let Some(world) = resolve.worlds.get(world) else {
        return Err(ModuleError::Invalid("it has no world".into()));
    };
    Ok((imports_of(&resolve, world), exports_of(&resolve, world)))
}

fn imports_of(resolve: &Resolve, world: &World) -> Vec<String> {
    world
        .imports
        .keys()
        .map(|key| resolve.name_world_key(key))
        .collect()
}

fn exports_of(resolve: &Resolve, world: &World) -> Vec<String> {
    world
        .exports
        .keys()
        .map(|key| resolve.name_world_key(key))
        .collect()
}

fn check_import(import: &str, language: Language) -> Result<ImportKind, ModuleError> {
    let (interface, version) = import.split_once('@').unwrap_or((import, ""));
    let is_wasi = version.starts_with("0.2.");
    match interface {
        "portcullis:policy/log" | "portcullis:policy/types" if version == PACKAGE_VERSION => {
            Ok(ImportKind::Open)
        }
        _ if interface.starts_with("portcullis:policy/") && version != PACKAGE_VERSION => {
            Err(other_version(import))
        }
        _ if is_wasi && WASI_OPEN.contains(&interface) => Ok(ImportKind::Open),
        _ if is_wasi && WASI_CLOSED.contains(&interface) => Ok(ImportKind::Closed),
        MODULE_LOADER => Ok(ImportKind::Closed),
        _ if is_wasi && is_network(interface) && language == Language::Python => {
            Ok(ImportKind::Closed)
        }
        _ => Err(ModuleError::ForbiddenImport {
            import: import.to_owned(),
            hint: hint(interface, language),
        }),
    }
}

fn is_network(interface: &str) -> bool {
    interface.starts_with("wasi:sockets/")
}

/// What the author can do about a refused import, in the terms of the language.
fn hint(interface: &str, language: Language) -> &'static str {
    if interface.starts_with("wasi:sockets/") || interface.starts_with("wasi:http/") {
        return no_network(language);
    }
    if interface.starts_with("wasi:") {
        return "policies get an empty WASI 0.2 without files, network or environment; remove the code that needs this \
                interface, or build with `portcullis build`";
    }
    "this host provides no such interface; a policy imports `portcullis:policy/log` and nothing else"
}

fn no_network(language: Language) -> &'static str {
    match language {
        Language::Go => {
            "policies have no network; in Go this comes from importing `net/http` or another network package: decide from \
             the request and from data files"
        }
        Language::JavaScript => {
            "policies have no network; in JavaScript this comes from `fetch`, which componentize-js includes unless it gets \
             `--disable http --disable fetch-event`, as `portcullis build` does"
        }
        Language::Rust => {
            "policies have no network; in Rust this comes from `std::net` or a network crate: build for \
             wasm32-unknown-unknown, as `portcullis build` does, and decide from the request and from data files"
        }
        Language::C => {
            "policies have no network; in C this comes from `socket` and similar functions: decide from the request and from \
             data files"
        }
        Language::Python | Language::Unknown => {
            "policies have no network; decide from the request and from data files"
        }
    }
}

fn check_exports(exports: &[String]) -> Result<(), ModuleError> {
    if exports.iter().any(|export| export == AUTHORIZER) {
        return Ok(());
    }
    if let Some(other) = exports
        .iter()
        .find(|it| it.starts_with(AUTHORIZER_OF_ANY_VERSION))
    {
        return Err(other_version(other));
    }
    let found = match exports {
        [] => "nothing".to_owned(),
        some => some
            .iter()
            .map(|it| format!("`{it}`"))
            .collect::<Vec<_>>()
            .join(", "),
    };
    Err(ModuleError::OtherWorld {
        expected: AUTHORIZER,
        found,
    })
}

fn other_version(name: &str) -> ModuleError {
    ModuleError::OtherVersion {
        found: format!("`{name}`"),
        served: format!("{PACKAGE}@{PACKAGE_VERSION}"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn refusal(import: &str, language: Language) -> String {
        check_import(import, language).unwrap_err().to_string()
    }

    #[rstest]
    #[case("portcullis:policy/log@0.1.0")]
    #[case("portcullis:policy/types@0.1.0")]
    #[case("wasi:random/random@0.2.0")]
    #[case("wasi:cli/stdout@0.2.12")]
    fn interfaces_of_the_contract_and_of_the_empty_wasi_may_be_imported(#[case] import: &str) {
        let kind = check_import(import, Language::Unknown).unwrap();
        assert_eq!(kind, ImportKind::Open);
    }

    #[rstest]
    #[case::files("wasi:filesystem/types@0.2.0", Language::Unknown)]
    #[case::the_network_of_python("wasi:sockets/tcp@0.2.9", Language::Python)]
    fn interfaces_that_runtimes_always_import_are_closed(
        #[case] import: &str,
        #[case] language: Language,
    ) {
        let kind = check_import(import, language).unwrap();
        assert_eq!(kind, ImportKind::Closed);
    }

    #[rstest]
    #[case::network("wasi:sockets/tcp@0.2.0", "no network")]
    #[case::http("wasi:http/outgoing-handler@0.2.0", "no network")]
    #[case::other_wasi("wasi:keyvalue/store@0.2.0", "empty WASI 0.2")]
    #[case::newer_wasi("wasi:cli/stdout@0.3.0", "empty WASI 0.2")]
    #[case::stranger(
        "acme:secrets/vault",
        "imports `portcullis:policy/log` and nothing else"
    )]
    #[case::ours_but_unknown("portcullis:policy/http@0.1.0", "no such interface")]
    fn other_imports_are_refused_by_name_and_with_a_hint(
        #[case] import: &str,
        #[case] words: &str,
    ) {
        let refusal = refusal(import, Language::Unknown);
        assert!(
            refusal.contains(import) && refusal.contains(words),
            "{refusal}"
        );
    }

    #[rstest]
    #[case(Language::Go, "`net/http`")]
    #[case(Language::JavaScript, "`fetch`")]
    #[case(Language::Rust, "`std::net`")]
    #[case(Language::C, "`socket`")]
    fn the_hint_about_the_network_uses_the_terms_of_the_language(
        #[case] language: Language,
        #[case] words: &str,
    ) {
        let refusal = refusal("wasi:sockets/tcp@0.2.0", language);
        assert!(refusal.contains(words), "{refusal}");
    }

    #[test]
    fn the_asynchronous_abi_has_its_own_error() {
        let text = r#"(component
            (core module $m (func (export "f")))
            (core instance $i (instantiate $m))
            (func (export "f") async (canon lift (core func $i "f") async)))"#;
        let component = wat::parse_str(text).unwrap();
        assert_eq!(inspect(&component).unwrap_err().kind(), "async_abi");
    }

    #[rstest]
    #[case::older("portcullis:policy/log@0.0.9")]
    #[case::newer("portcullis:policy/log@0.2.0")]
    #[case::none("portcullis:policy/log")]
    fn another_version_of_the_contract_has_its_own_error(#[case] import: &str) {
        let refusal = check_import(import, Language::Unknown).unwrap_err();
        assert_eq!(refusal.kind(), "other_version");
    }

    fn exports(names: &[&str]) -> Result<(), ModuleError> {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        check_exports(&names)
    }

    #[test]
    fn a_policy_may_export_more_than_the_authorizer() {
        assert!(exports(&["acme:extra/more@1.0.0", AUTHORIZER]).is_ok());
    }

    #[test]
    fn the_error_for_another_world_names_the_exports() {
        let refusal = exports(&["acme:extra/more@1.0.0"]).unwrap_err().to_string();
        assert!(refusal.contains("`acme:extra/more@1.0.0`"), "{refusal}");
        let refusal = exports(&[]).unwrap_err().to_string();
        assert!(refusal.contains("it exports nothing"), "{refusal}");
    }

    #[test]
    fn the_error_for_another_version_names_the_served_version() {
        let refusal = exports(&["portcullis:policy/authorizer@0.0.9"]).unwrap_err();
        assert_eq!(refusal.kind(), "other_version");
        assert!(
            refusal.to_string().contains("portcullis:policy@0.1.0"),
            "{refusal}"
        );
    }

    #[test]
    fn an_empty_component_is_not_a_policy() {
        let empty = b"\0asm\x0d\0\x01\0";
        assert_eq!(inspect(empty).unwrap_err().kind(), "other_world");
    }
}
