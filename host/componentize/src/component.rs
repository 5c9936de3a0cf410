//! Makes a component from the bytes of a module, whichever toolchain produced them.

use std::borrow::Cow;
use std::fmt::Display;

use wasmparser::{Encoding, Parser, Payload};
use wit_component::ComponentEncoder;

use super::adapter;
use super::contract::{AUTHORIZER, AUTHORIZER_OF_ANY_VERSION, PACKAGE, PACKAGE_VERSION};
use super::error::ModuleError;
use super::nested;
use super::world;

/// The kind of a module, recognized by its first bytes.
enum Kind {
    Component,
    CoreModule,
}

/// The output of `portcullis build`: a component that fits the contract.
#[derive(Debug)]
pub struct Componentized {
    pub bytes: Vec<u8>,
    /// The names of the interfaces that it imports.
    pub imports: Vec<String>,
}

/// Makes a component from a compiler's output and checks it against the contract, without running it.
///
/// # Errors
///
/// See [`component_of`] and [`inspect`](crate::inspect).
pub fn componentize(module: &[u8]) -> Result<Componentized, ModuleError> {
    let component = component_of(module, usize::MAX)?;
    Ok(Componentized {
        imports: world::inspect(&component)?.all,
        bytes: component.into_owned(),
    })
}

/// Makes a component from a module's bytes.
///
/// A component is used unchanged, except that components that only wrap it are removed. A core module is made into a component:
/// a module of WASI preview 1 gets our adapter, and a module that exports the contract's functions without metadata, as Go and C
/// compile it, gets the metadata.
///
/// # Errors
///
/// The bytes are not a module, are damaged, or are more than `bytes_max`.
pub fn component_of(bytes: &[u8], bytes_max: usize) -> Result<Cow<'_, [u8]>, ModuleError> {
    if bytes.len() > bytes_max {
        return Err(ModuleError::TooLarge {
            bytes: bytes.len(),
            bytes_max,
        });
    }
    match kind(bytes)? {
        Kind::Component => Ok(Cow::Borrowed(nested::unwrapped(bytes))),
        Kind::CoreModule => wrap(bytes).map(Cow::Owned),
    }
}

fn kind(bytes: &[u8]) -> Result<Kind, ModuleError> {
    if bytes.is_empty() {
        return Err(ModuleError::Empty);
    }
    if !bytes.starts_with(b"\0asm") {
        return Err(ModuleError::NotWasm { hint: hint(bytes) });
    }
    match Parser::new(0).parse_all(bytes).next() {
        Some(Ok(Payload::Version {
            encoding: Encoding::Component,
            ..
        })) => Ok(Kind::Component),
        Some(Ok(Payload::Version {
            encoding: Encoding::Module,
            ..
        })) => Ok(Kind::CoreModule),
        Some(Err(error)) => Err(ModuleError::Invalid(error.to_string())),
        _ => Err(ModuleError::Invalid("it has no header".into())),
    }
}

fn hint(bytes: &[u8]) -> &'static str {
    if bytes.trim_ascii_start().starts_with(b"(") {
        "it looks like the WebAssembly text format; convert it to binary first"
    } else if bytes.starts_with(b"\x7fELF") {
        "it is machine code, which is never accepted; give the .wasm file"
    } else {
        "it does not begin with the magic number of WebAssembly; give the .wasm file"
    }
}

fn wrap(bytes: &[u8]) -> Result<Vec<u8>, ModuleError> {
    let core = CoreModule::read(bytes)?;
    let mut module = Cow::Borrowed(bytes);
    if !core.has_metadata {
        core.check_exports()?;
        adapter::embed_contract(module.to_mut())?;
    }
    let encoding = |error: &dyn Display| ModuleError::Core(format!("{error:#}"));
    let mut encoder = ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .map_err(|error| encoding(&error))?;
    if core.is_preview1 {
        encoder = encoder
            .adapter(adapter::PREVIEW1, &adapter::preview1()?)
            .map_err(|error| encoding(&error))?;
    }
    encoder.encode().map_err(|error| encoding(&error))
}

/// The properties of a core module that decide how it is made into a component.
#[derive(Default)]
struct CoreModule<'a> {
    has_metadata: bool,
    is_preview1: bool,
    exports: Vec<&'a str>,
}

impl<'a> CoreModule<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, ModuleError> {
        let mut core = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            core.read_payload(payload.map_err(invalid)?)?;
        }
        Ok(core)
    }

    fn read_payload(&mut self, payload: Payload<'a>) -> Result<(), ModuleError> {
        match payload {
            Payload::CustomSection(section) if section.name().starts_with("component-type") => {
                self.has_metadata = true;
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    self.is_preview1 |= import.map_err(invalid)?.module == adapter::PREVIEW1;
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    self.exports.push(export.map_err(invalid)?.name);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Checks that the module exports the contract. A core module writes a function of an interface as `INTERFACE#FUNCTION`.
    fn check_exports(&self) -> Result<(), ModuleError> {
        let mut interfaces = self
            .exports
            .iter()
            .filter_map(|export| export.split_once('#'))
            .map(|(interface, _)| interface);
        match interfaces.find(|it| it.starts_with(AUTHORIZER_OF_ANY_VERSION)) {
            Some(AUTHORIZER) => Ok(()),
            Some(other) => Err(ModuleError::OtherVersion {
                found: format!("`{other}`"),
                served: format!("{PACKAGE}@{PACKAGE_VERSION}"),
            }),
            None => Err(ModuleError::NoMetadata),
        }
    }
}

fn invalid(error: impl Display) -> ModuleError {
    ModuleError::Invalid(error.to_string())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const CORE: &[u8] = b"\0asm\x01\0\0\0";
    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

    fn refusal(bytes: &[u8]) -> String {
        component_of(bytes, 1 << 20).unwrap_err().to_string()
    }

    #[test]
    fn a_component_is_used_unchanged() {
        assert_eq!(component_of(COMPONENT, 1 << 20).unwrap(), COMPONENT);
    }

    #[rstest]
    #[case::empty(b"", "the file is empty")]
    #[case::text(b"hello", "the magic number")]
    #[case::text_format(b"  (module)", "text format")]
    #[case::machine_code(b"\x7fELF\x02", "machine code")]
    #[case::cut_short(b"\0asm", "damaged or incomplete")]
    #[case::other_version(b"\0asm\x09\0\0\0", "damaged or incomplete")]
    #[case::no_metadata(CORE, "exports no")]
    fn a_file_that_is_not_a_policy_is_refused_with_the_reason(
        #[case] bytes: &[u8],
        #[case] words: &str,
    ) {
        let refusal = refusal(bytes);
        assert!(refusal.contains(words), "{refusal}");
    }

    /// A module as Go and C compile it: it exports the contract and imports preview 1, without metadata.
    fn without_metadata(exports: &str) -> Vec<u8> {
        let text = format!(
            r#"(module
                (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
                (memory (export "memory") 1)
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
                (func (export "{exports}#configure") (param i32 i32 i32 i32) (result i32)
                    (drop (call $random (i32.const 0) (i32.const 9))) (i32.const 2048))
                (func (export "{exports}#decide") (param i32) (result i32) (i32.const 4096)))"#
        );
        wat::parse_str(text).unwrap()
    }

    #[test]
    fn a_core_module_of_preview_1_becomes_a_component_that_keeps_no_handle() {
        let module = without_metadata("portcullis:policy/authorizer@0.1.0");
        let component = componentize(&module).unwrap();
        let imports = ["portcullis:policy/types@0.1.0", "wasi:random/random@0.2.0"];
        assert_eq!(component.imports, imports);
    }

    #[test]
    fn the_error_for_a_core_module_of_another_version_names_the_served_version() {
        let refusal = refusal(&without_metadata("portcullis:policy/authorizer@0.0.9"));
        assert!(refusal.contains("portcullis:policy@0.1.0"), "{refusal}");
    }

    #[test]
    fn a_module_over_the_limit_is_not_read() {
        let refusal = component_of(b"hello", 4).unwrap_err();
        assert_eq!(refusal.kind(), "too_large");
    }
}
