//! Holds what a component imports and exports against the contract, before anything of it runs.

use wit_component::DecodedWasm;
use wit_parser::{Resolve, World};

use super::bindings::{AUTHORIZER, PACKAGE, PACKAGE_VERSION};
use super::error::LoadError;
use super::wasi;

/// What a module asks of the host, by name.
pub(super) fn inspect(component: &[u8]) -> Result<Vec<String>, LoadError> {
    let (imports, exports) = names(component)?;
    for import in &imports {
        check_import(import)?;
    }
    check_exports(&exports)?;
    Ok(imports)
}

fn names(component: &[u8]) -> Result<(Vec<String>, Vec<String>), LoadError> {
    let decoded = wit_component::decode(component)
        .map_err(|error| LoadError::Invalid(format!("{error:#}")))?;
    let DecodedWasm::Component(resolve, world) = decoded else {
        return Err(LoadError::OtherWorld {
            expected: AUTHORIZER,
            found: "nothing: it is a WIT package in binary form".into(),
        });
    };
    let Some(world) = resolve.worlds.get(world) else {
        return Err(LoadError::Invalid("it names no world".into()));
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

fn check_import(import: &str) -> Result<(), LoadError> {
    let (interface, version) = import.split_once('@').unwrap_or((import, ""));
    match interface {
        "portcullis:policy/log" | "portcullis:policy/types" if version == PACKAGE_VERSION => Ok(()),
        _ if interface.starts_with("portcullis:policy/") && version != PACKAGE_VERSION => {
            Err(other_version(import))
        }
        _ if wasi::OPEN.contains(&interface) && version.starts_with("0.2.") => Ok(()),
        _ => Err(LoadError::ForbiddenImport {
            import: import.to_owned(),
            hint: hint(interface),
        }),
    }
}

fn hint(interface: &str) -> &'static str {
    if interface.starts_with("wasi:sockets") || interface.starts_with("wasi:http") {
        "a policy has no network; decide from the request and from data files"
    } else if interface.starts_with("wasi:") {
        "policies get an empty WASI 0.2 without files, network or environment; leave out what needs this, or build for \
         wasm32-unknown-unknown"
    } else {
        "this host provides no such interface; a policy imports `portcullis:policy/log` and nothing else"
    }
}

fn check_exports(exports: &[String]) -> Result<(), LoadError> {
    if exports.iter().any(|export| export == AUTHORIZER) {
        return Ok(());
    }
    if let Some(other) = exports
        .iter()
        .find(|it| it.starts_with("portcullis:policy/authorizer@"))
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
    Err(LoadError::OtherWorld {
        expected: AUTHORIZER,
        found,
    })
}

fn other_version(name: &str) -> LoadError {
    LoadError::OtherVersion {
        found: format!("`{name}`"),
        served: format!("{PACKAGE}@{PACKAGE_VERSION}"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("portcullis:policy/log@0.1.0")]
    #[case("portcullis:policy/types@0.1.0")]
    #[case("wasi:random/random@0.2.0")]
    #[case("wasi:cli/stdout@0.2.12")]
    fn what_every_policy_gets_may_be_imported(#[case] import: &str) {
        assert!(check_import(import).is_ok());
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
    fn other_imports_are_refused_by_name_and_with_a_way_out(
        #[case] import: &str,
        #[case] words: &str,
    ) {
        let refusal = check_import(import).unwrap_err().to_string();
        assert!(
            refusal.contains(import) && refusal.contains(words),
            "{refusal}"
        );
    }

    #[rstest]
    #[case::older("portcullis:policy/log@0.0.9")]
    #[case::newer("portcullis:policy/log@0.2.0")]
    #[case::none("portcullis:policy/log")]
    fn another_version_of_the_contract_is_told_from_a_stranger(#[case] import: &str) {
        assert_eq!(check_import(import).unwrap_err().kind(), "other_version");
    }

    fn exports(names: &[&str]) -> Result<(), LoadError> {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        check_exports(&names)
    }

    #[test]
    fn a_policy_exports_the_authorizer_and_what_it_likes_besides() {
        assert!(exports(&["acme:extra/more@1.0.0", AUTHORIZER]).is_ok());
    }

    #[test]
    fn a_component_of_another_world_is_told_what_it_exports() {
        let refusal = exports(&["acme:extra/more@1.0.0"]).unwrap_err().to_string();
        assert!(refusal.contains("`acme:extra/more@1.0.0`"), "{refusal}");
        let refusal = exports(&[]).unwrap_err().to_string();
        assert!(refusal.contains("it exports nothing"), "{refusal}");
    }

    #[test]
    fn a_policy_of_another_version_is_told_which_is_served() {
        let refusal = exports(&["portcullis:policy/authorizer@0.0.9"]).unwrap_err();
        assert_eq!(refusal.kind(), "other_version");
        assert!(
            refusal.to_string().contains("portcullis:policy@0.1.0"),
            "{refusal}"
        );
    }

    #[test]
    fn a_component_that_has_nothing_is_not_a_policy() {
        let empty = b"\0asm\x0d\0\x01\0";
        assert_eq!(inspect(empty).unwrap_err().kind(), "other_world");
    }
}
