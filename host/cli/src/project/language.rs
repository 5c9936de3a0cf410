use std::fmt;
use std::str::FromStr;

/// A language that policies are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Rust,
    Go,
    Python,
    JavaScript,
    TypeScript,
    C,
}

impl Language {
    pub const ALL: [Self; 6] = [
        Self::Rust,
        Self::Go,
        Self::Python,
        Self::JavaScript,
        Self::TypeScript,
        Self::C,
    ];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Go => "go",
            Self::Python => "python",
            Self::JavaScript => "js",
            Self::TypeScript => "ts",
            Self::C => "c",
        }
    }

    /// The file that identifies a project of this language.
    pub fn manifest(self) -> &'static str {
        match self {
            Self::Rust => "Cargo.toml",
            Self::Go => "go.mod",
            Self::Python => "pyproject.toml",
            Self::JavaScript | Self::TypeScript => "package.json",
            Self::C => "Makefile",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Rust => "Rust",
            Self::Go => "Go",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::TypeScript => "TypeScript",
            Self::C => "C",
        })
    }
}

/// A word that names no language, and the language that was probably meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown language \"{}\"{}; choose one of {}", .found.escape_debug(), suggested(*.meant), all())]
pub struct UnknownLanguage {
    pub found: String,
    pub meant: Option<Language>,
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(word: &str) -> Result<Self, UnknownLanguage> {
        let known = Self::ALL
            .into_iter()
            .find(|language| language.word() == word);
        known.ok_or_else(|| UnknownLanguage {
            found: word.to_owned(),
            meant: meant(word),
        })
    }
}

/// The language for another name of it, or for a misspelled word.
fn meant(word: &str) -> Option<Language> {
    const NAMES: [(&str, Language); 11] = [
        ("rust", Language::Rust),
        ("rs", Language::Rust),
        ("go", Language::Go),
        ("golang", Language::Go),
        ("python", Language::Python),
        ("py", Language::Python),
        ("js", Language::JavaScript),
        ("javascript", Language::JavaScript),
        ("ts", Language::TypeScript),
        ("typescript", Language::TypeScript),
        ("c", Language::C),
    ];
    const LIKE: f64 = 0.8;
    let word = word.to_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&word, name);
    NAMES
        .into_iter()
        .filter(|(name, _)| likeness(name) > LIKE)
        .max_by(|(one, _), (other, _)| likeness(one).total_cmp(&likeness(other)))
        .map(|(_, language)| language)
}

fn suggested(meant: Option<Language>) -> String {
    meant.map_or_else(String::new, |language| {
        format!("; did you mean \"{}\"?", language.word())
    })
}

fn all() -> String {
    Language::ALL.map(Language::word).join(", ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn languages_are_known_by_their_words() {
        for language in Language::ALL {
            assert_eq!(language.word().parse(), Ok(language));
        }
    }

    #[rstest]
    #[case("pyton", Some(Language::Python))]
    #[case("Rust", Some(Language::Rust))]
    #[case("javascript", Some(Language::JavaScript))]
    #[case("typscript", Some(Language::TypeScript))]
    #[case("golang", Some(Language::Go))]
    #[case("cobol", None)]
    #[case("", None)]
    fn an_unknown_language_gets_a_suggestion(#[case] word: &str, #[case] meant: Option<Language>) {
        let error = word.parse::<Language>().unwrap_err();
        assert_eq!(error.meant, meant);
        assert!(error.to_string().contains("rust, go, python, js, ts, c"));
    }
}
