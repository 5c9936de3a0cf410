//! Our own adapter for guests of WASI preview 1, which is what Go and C compile to.
//!
//! The usual adapter keeps handles of stdout and the like, which an instance made of a snapshot does not have, and looks at
//! clocks and pollables in places where a component may not call out. This one keeps no handle: what a guest prints goes out
//! by a stream that is taken and given back, its monotonic clock is a counter, and files and network are not there.

use wit_component::StringEncoding;
use wit_parser::{Resolve, SourceMap};

use super::error::ModuleError;

/// The module that guests of preview 1 import.
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

/// The adapter as a core module that says which world it needs.
pub(crate) fn preview1() -> Result<Vec<u8>, ModuleError> {
    let mut module = wat::parse_str(CODE).map_err(fault)?;
    embed(&mut module, &[("world.wit", WORLD)], "preview1")?;
    Ok(module)
}

/// Tells a core module that its exports and imports are those of the contract, which Go and C have no means to say.
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

/// These files are ours: a fault in them is a bug, which a test finds.
fn fault(error: impl std::fmt::Display) -> ModuleError {
    ModuleError::Adapter(error.to_string())
}

#[cfg(test)]
mod tests {
    use wit_component::ComponentEncoder;

    use super::*;

    /// Every function of preview 1, in a module that exports nothing.
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
