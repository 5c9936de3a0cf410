//! Which language a module was written in, as far as its toolchain left a mark: refusals then speak the author's language.

use wasmparser::{CanonicalFunction, CanonicalOption, KnownCustom, Parser, Payload};

use super::error::ModuleError;

/// A language of policies. The order is that of doubt: a Python interpreter is written in C, and libraries of C are linked
/// with parts in Rust.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    #[default]
    Unknown,
    Rust,
    C,
    Go,
    JavaScript,
    Python,
}

/// What the component's parts tell beside their interfaces.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) language: Language,
    /// It lifts or lowers functions by the asynchronous ABI.
    pub(crate) is_async: bool,
}

/// componentize-py names the parts that it links by this library.
const PYTHON: &str = "libcomponentize_py_runtime.so:";

impl Origin {
    pub(crate) fn of(component: &[u8]) -> Result<Self, ModuleError> {
        let mut origin = Self::default();
        for payload in Parser::new(0).parse_all(component) {
            let noted = payload.and_then(|payload| origin.note(payload));
            noted.map_err(|error| ModuleError::Invalid(error.to_string()))?;
        }
        Ok(origin)
    }

    fn note(&mut self, payload: Payload<'_>) -> wasmparser::Result<()> {
        match payload {
            Payload::CustomSection(section) => {
                if let KnownCustom::Producers(producers) = section.as_known() {
                    self.note_producers(producers)?;
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    if export?.name.starts_with(PYTHON) {
                        self.language = Language::Python;
                    }
                }
            }
            Payload::ComponentCanonicalSection(functions) => {
                for function in functions {
                    self.is_async |= is_async(&function?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn note_producers(
        &mut self,
        producers: wasmparser::ProducersSectionReader<'_>,
    ) -> wasmparser::Result<()> {
        for field in producers {
            let field = field?;
            if field.name != "language" {
                continue;
            }
            for value in field.values {
                self.language = self.language.max(language(value?.name));
            }
        }
        Ok(())
    }
}

fn language(name: &str) -> Language {
    match name {
        "Rust" => Language::Rust,
        "Go" => Language::Go,
        "JavaScript" => Language::JavaScript,
        _ if name.starts_with('C') => Language::C,
        _ => Language::Unknown,
    }
}

fn is_async(function: &CanonicalFunction) -> bool {
    match function {
        CanonicalFunction::Lift { options, .. } | CanonicalFunction::Lower { options, .. } => {
            options.contains(&CanonicalOption::Async)
        }
        CanonicalFunction::TaskReturn { .. } | CanonicalFunction::TaskCancel => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::rust("Rust", Language::Rust)]
    #[case::c("C11", Language::C)]
    #[case::go("Go", Language::Go)]
    #[case::an_unknown_one("Zig", Language::Unknown)]
    fn toolchains_write_their_language_into_the_module(
        #[case] name: &str,
        #[case] language: Language,
    ) {
        let text = format!(r#"(component (core module (@producers (language "{name}" "1"))))"#);
        let component = wat::parse_str(text).unwrap();
        assert_eq!(Origin::of(&component).unwrap().language, language);
    }

    #[test]
    fn an_interpreter_of_python_is_told_from_the_c_that_it_is_made_of() {
        let text = r#"(component
            (core module (global (export "libcomponentize_py_runtime.so:memory_base") i32 (i32.const 0)))
            (core module (@producers (language "C11" "1"))))"#;
        let component = wat::parse_str(text).unwrap();
        assert_eq!(Origin::of(&component).unwrap().language, Language::Python);
    }
}
