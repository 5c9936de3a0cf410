//! Our own adapter for guests of WASI preview 1, the target of the Go and C compilers.
//!
//! The usual adapter keeps handles, for example of stdout, which an instance of a snapshot does not have. It also uses clocks
//! and pollables where a component must not call the host. This adapter keeps no handle: for each output of the guest it takes
//! a stream and returns it. Its monotonic clock is a counter, and it has no files and no network.

use wit_component::StringEncoding;
use wit_parser::{Resolve, SourceMap};

use super::error::ModuleError;

/// The name of the module that guests of preview 1 import.
pub(crate) const PREVIEW1: &str = "wasi_snapshot_preview1";

const CODE: &str = include_str!("adapter/preview1.wat");
const WORLD: &str = include_str!("adapter/world.wit");
const CONTRACT: [(&str, &str); 4] = [
    (
        "authorizer.wit",
        include_str!("../../../wit/authorizer.wit"),
    ),
    ("log.wit", include_str!("../../../wit/log.wit")),
    ("types.wit", include_str!("../../../wit/types.wit")),
    ("world.wit", include_str!("../../../wit/world.wit")),
];

/// The adapter as a core module, with the metadata of the world that it needs.
pub(crate) fn preview1() -> Result<Vec<u8>, ModuleError> {
    let mut module = wat::parse_str(CODE).map_err(fault)?;
    embed(&mut module, &[("world.wit", WORLD)], "preview1")?;
    Ok(module)
}

/// Adds metadata to a core module: its exports and imports are those of the contract. Go and C cannot write this metadata.
pub(crate) fn embed_contract(module: &mut Vec<u8>) -> Result<(), ModuleError> {
    embed(module, &CONTRACT, "policy")
}

fn embed(module: &mut Vec<u8>, files: &[(&str, &str)], world: &str) -> Result<(), ModuleError> {
    let mut sources = SourceMap::new();
    for (name, text) in files {
        sources.push(name.as_ref(), *text);
    }
    let group = sources.parse().map_err(|(_, error)| fault(error))?;
    let mut resolve = Resolve::default();
    let package = resolve.push_group(group).map_err(fault)?;
    let world = resolve
        .select_world(&[package], Some(world))
        .map_err(fault)?;
    wit_component::embed_component_metadata(module, &resolve, world, StringEncoding::UTF8)
        .map_err(fault)
}

/// The WIT and WAT files are our own, so a fault in them is a bug. A test finds it.
fn fault(error: impl std::fmt::Display) -> ModuleError {
    ModuleError::Adapter(error.to_string())
}

#[cfg(test)]
mod tests {
    use wit_component::ComponentEncoder;

    use super::*;

    /// Uses a module that imports every function of preview 1 and exports nothing.
    #[test]
    fn the_adapter_has_every_function_of_preview_1() {
        let module = wat::parse_str(include_str!("adapter/every_function.wat")).unwrap();
        let component = ComponentEncoder::default()
            .validate(true)
            .module(&module)
            .and_then(|encoder| encoder.adapter(PREVIEW1, &preview1().unwrap()))
            .and_then(|mut encoder| encoder.encode());
        assert!(component.is_ok(), "{component:?}");
    }
}
