//! Finds out how a component was built: its language, as far as the toolchain recorded it, and its ABI. Errors can then use the
//! terms of that language.

use wasmparser::{CanonicalFunction, CanonicalOption, KnownCustom, Parser, Payload};

use super::error::ModuleError;

/// The language of a policy. If a component records several, the last one in this order is the policy's: a Python interpreter
/// is written in C, and C libraries are linked with parts in Rust.
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

/// How a component was built.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct BuildInfo {
    pub(crate) language: Language,
    /// Whether it lifts or lowers functions with the asynchronous ABI.
    pub(crate) is_async: bool,
}

/// The prefix of exports in the modules that componentize-py links.
const PYTHON: &str = "libcomponentize_py_runtime.so:";

impl BuildInfo {
    pub(crate) fn of(component: &[u8]) -> Result<Self, ModuleError> {
        let mut info = Self::default();
        for payload in Parser::new(0).parse_all(component) {
            let result = payload.and_then(|payload| info.read_payload(payload));
            result.map_err(|error| ModuleError::Invalid(error.to_string()))?;
        }
        Ok(info)
    }

    fn read_payload(&mut self, payload: Payload<'_>) -> wasmparser::Result<()> {
        match payload {
            Payload::CustomSection(section) => {
                if let KnownCustom::Producers(producers) = section.as_known() {
                    self.read_producers(producers)?;
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

    fn read_producers(
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
    fn the_language_is_read_from_the_producers_section(
        #[case] name: &str,
        #[case] language: Language,
    ) {
        let text = format!(r#"(component (core module (@producers (language "{name}" "1"))))"#);
        let component = wat::parse_str(text).unwrap();
        assert_eq!(BuildInfo::of(&component).unwrap().language, language);
    }

    #[test]
    fn a_python_interpreter_is_not_taken_for_c() {
        let text = r#"(component
            (core module (global (export "libcomponentize_py_runtime.so:memory_base") i32 (i32.const 0)))
            (core module (@producers (language "C11" "1"))))"#;
        let component = wat::parse_str(text).unwrap();
        assert_eq!(
            BuildInfo::of(&component).unwrap().language,
            Language::Python
        );
    }
}
