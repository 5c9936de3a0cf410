//! Bytes of a module to a component, whatever a toolchain produced.

use std::borrow::Cow;

use wasmparser::{Encoding, Parser, Payload};
use wit_component::ComponentEncoder;

use super::error::LoadError;

/// What a toolchain's output is, told from its first bytes.
enum Kind {
    Component,
    CoreModule,
}

/// Core modules with component metadata (what `wasm32-unknown-unknown` gives with wit-bindgen) are wrapped here, so that
/// their authors need no further tool.
pub(super) fn from_module(bytes: &[u8], bytes_max: usize) -> Result<Cow<'_, [u8]>, LoadError> {
    if bytes.len() > bytes_max {
        return Err(LoadError::TooLarge {
            bytes: bytes.len(),
            bytes_max,
        });
    }
    match kind(bytes)? {
        Kind::Component => Ok(Cow::Borrowed(bytes)),
        Kind::CoreModule => componentize(bytes).map(Cow::Owned),
    }
}

fn kind(bytes: &[u8]) -> Result<Kind, LoadError> {
    if bytes.is_empty() {
        return Err(LoadError::Empty);
    }
    if !bytes.starts_with(b"\0asm") {
        return Err(LoadError::NotWasm { hint: hint(bytes) });
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
        Some(Err(error)) => Err(LoadError::Invalid(error.to_string())),
        _ => Err(LoadError::Invalid("no header".into())),
    }
}

fn hint(bytes: &[u8]) -> &'static str {
    if bytes.trim_ascii_start().starts_with(b"(") {
        "it looks like the text format: assemble it first"
    } else if bytes.starts_with(b"\x7fELF") {
        "it is compiled machine code, which is never accepted: give the .wasm file"
    } else {
        "it does not begin with the magic number of WebAssembly"
    }
}

fn componentize(bytes: &[u8]) -> Result<Vec<u8>, LoadError> {
    let mut has_metadata = false;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| LoadError::Invalid(error.to_string()))? {
            Payload::CustomSection(section) if section.name().starts_with("component-type") => {
                has_metadata = true;
            }
            Payload::ImportSection(imports) => refuse_preview1(imports)?,
            _ => {}
        }
    }
    if !has_metadata {
        return Err(LoadError::NoMetadata);
    }
    ComponentEncoder::default()
        .validate(true)
        .module(bytes)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| LoadError::Invalid(format!("{error:#}")))
}

fn refuse_preview1(imports: wasmparser::ImportSectionReader<'_>) -> Result<(), LoadError> {
    for import in imports.into_imports() {
        let import = import.map_err(|error| LoadError::Invalid(error.to_string()))?;
        if import.module == "wasi_snapshot_preview1" {
            return Err(LoadError::Preview1);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const CORE: &[u8] = b"\0asm\x01\0\0\0";
    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
    /// A function type, and a function of it that is imported from WASI preview 1.
    const PREVIEW1: &[u8] = b"\x01\x04\x01\x60\0\0\x02\x1c\x01\x16wasi_snapshot_preview1\x01f\0\0";

    fn refusal(bytes: &[u8]) -> String {
        from_module(bytes, 1 << 20).unwrap_err().to_string()
    }

    #[test]
    fn a_component_is_taken_as_it_is() {
        assert_eq!(from_module(COMPONENT, 1 << 20).unwrap(), COMPONENT);
    }

    #[rstest]
    #[case::empty(b"", "the file is empty")]
    #[case::text(b"hello", "the magic number")]
    #[case::text_format(b"  (module)", "text format")]
    #[case::machine_code(b"\x7fELF\x02", "machine code")]
    #[case::cut_short(b"\0asm", "damaged or incomplete")]
    #[case::other_version(b"\0asm\x09\0\0\0", "damaged or incomplete")]
    #[case::no_metadata(CORE, "without component metadata")]
    fn what_is_no_policy_is_named(#[case] bytes: &[u8], #[case] words: &str) {
        let refusal = refusal(bytes);
        assert!(refusal.contains(words), "{refusal}");
    }

    #[test]
    fn a_module_for_wasi_preview_1_is_told_what_to_build_for() {
        let refusal = refusal(&[CORE, PREVIEW1].concat());
        assert!(refusal.contains("WASI preview 1"), "{refusal}");
    }

    #[test]
    fn a_module_over_the_limit_is_not_looked_at() {
        let refusal = from_module(b"hello", 4).unwrap_err();
        assert_eq!(refusal.kind(), "too_large");
    }
}
