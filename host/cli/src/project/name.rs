use std::fmt;

use super::language::Language;

/// The name of a project, valid for its folder and for the manifest of its language: lower-case letters, digits and `-`,
/// beginning with a letter, not ending with `-`, at most 63 characters (the limit of a DNS label, so that images and hosts
/// can have the same name).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectName(String);

/// Why a name is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("the name is empty; give the policy a name, such as \"my-policy\"")]
    Empty,
    #[error("the name has {0} characters; use at most 63")]
    TooLong(usize),
    #[error("the name \"{}\" begins with {:?}; begin with a letter from a to z", .0.escape_debug(), .0.chars().next().unwrap_or_default())]
    Beginning(String),
    #[error("the name \"{}\" ends with '-'; end with a letter or a digit", .0.escape_debug())]
    Ending(String),
    #[error("the name \"{}\" contains {:?}; use only lower-case letters, digits and -", .0.escape_debug(), .1)]
    Character(String, char),
    #[error("the name \"{name}\" is reserved in {language} ({by}); choose another")]
    Taken {
        name: String,
        language: Language,
        by: &'static str,
    },
}

impl ProjectName {
    pub fn new(name: &str, language: Language) -> Result<Self, NameError> {
        const LENGTH_MAX: usize = 63;
        let first = name.chars().next().ok_or(NameError::Empty)?;
        let foreign = |letter: &char| !matches!(letter, 'a'..='z' | '0'..='9' | '-');
        if let Some(letter) = name.chars().find(foreign) {
            return Err(NameError::Character(name.to_owned(), letter));
        }
        if !first.is_ascii_lowercase() {
            return Err(NameError::Beginning(name.to_owned()));
        }
        if name.ends_with('-') {
            return Err(NameError::Ending(name.to_owned()));
        }
        if name.len() > LENGTH_MAX {
            return Err(NameError::TooLong(name.len()));
        }
        if let Some(by) = taken(name, language) {
            let name = name.to_owned();
            return Err(NameError::Taken { name, language, by });
        }
        Ok(Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProjectName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Why the name is reserved: it is a keyword of the language, a name of its tools, or a dependency of every project.
fn taken(name: &str, language: Language) -> Option<&'static str> {
    let (keywords, tools, packages) = reserved(language);
    let tables = [
        (keywords, "a keyword of the language"),
        (tools, "a name that its tools reserve"),
        (packages, "a package that every project depends on"),
    ];
    let is_in = |table: &str| table.split_whitespace().any(|word| word == name);
    tables
        .into_iter()
        .find(|(table, _)| is_in(table))
        .map(|(_, by)| by)
}

/// Keywords (from the references of Rust 2024, Go 1.26, Python 3.14, ECMAScript 2025 and C23), names that the tools refuse
/// or misinterpret, and dependencies: npm and cargo refuse a package that depends on its own name.
fn reserved(language: Language) -> (&'static str, &'static str, &'static str) {
    match language {
        Language::Rust => (
            "abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen \
             if impl in let loop macro match mod move mut override priv pub ref return self static struct super trait true \
             try type typeof union unsafe unsized use virtual where while yield",
            "alloc core proc-macro std test",
            "portcullis portcullis-sdk",
        ),
        Language::Go => (
            "break case chan const continue default defer else fallthrough for func go goto if import interface map package \
             range return select struct switch type var",
            "all builtin cmd main std test tool unsafe vendor work",
            "portcullis",
        ),
        Language::Python => (
            "and as assert async await break class continue def del elif else except finally for from global if import in is \
             lambda nonlocal not or pass raise return try while with yield match case type",
            "app pip python setuptools test tests venv wheel",
            "portcullis componentize-py",
        ),
        Language::JavaScript | Language::TypeScript => (
            "arguments await break case catch class const continue debugger default delete do else enum eval export extends \
             false finally for function if implements import in instanceof interface let new null package private protected \
             public return static super switch this throw true try typeof var void while with yield",
            "node npm node-modules",
            "portcullis esbuild prettier typescript",
        ),
        Language::C => (
            "alignas alignof auto bool break case char const constexpr continue default do double else enum extern false \
             float for goto if inline int long nullptr register restrict return short signed sizeof static struct switch \
             thread-local true typedef typeof union unsigned void volatile while",
            "main test",
            "portcullis ziglang",
        ),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a")]
    #[case("my-policy-2")]
    #[case(&"a".repeat(63))]
    fn lower_case_letters_digits_and_dashes_are_a_name(#[case] name: &str) {
        assert!(ProjectName::new(name, Language::Rust).is_ok());
    }

    #[rstest]
    #[case("", "empty")]
    #[case("2fast", "begins with '2'")]
    #[case("-x", "begins with '-'")]
    #[case("x-", "ends with '-'")]
    #[case("My", "contains 'M'")]
    #[case("a_b", "contains '_'")]
    #[case("../up", "contains '.'")]
    #[case("a/b", "contains '/'")]
    #[case("caf\u{e9}", "contains")]
    #[case(&"a".repeat(64), "64 characters")]
    fn an_invalid_name_is_refused_with_the_reason(#[case] name: &str, #[case] words: &str) {
        let error = ProjectName::new(name, Language::Go)
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{error}");
    }

    #[rstest]
    #[case("match", Language::Rust, "a keyword of the language")]
    #[case("std", Language::Rust, "tools")]
    #[case("portcullis-sdk", Language::Rust, "depends on")]
    #[case("func", Language::Go, "a keyword of the language")]
    #[case("all", Language::Go, "tools")]
    #[case("class", Language::Python, "a keyword of the language")]
    #[case("esbuild", Language::TypeScript, "depends on")]
    #[case("typedef", Language::C, "a keyword of the language")]
    fn a_reserved_word_of_the_language_is_not_a_name(
        #[case] name: &str,
        #[case] language: Language,
        #[case] words: &str,
    ) {
        let error = ProjectName::new(name, language).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }

    #[test]
    fn a_word_of_one_language_is_free_in_another() {
        assert!(ProjectName::new("match", Language::C).is_ok());
        assert!(ProjectName::new("func", Language::Rust).is_ok());
    }
}
