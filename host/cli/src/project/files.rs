use super::language::Language;
use super::name::ProjectName;

/// The embedded files, by their paths in the repository.
const EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The placeholder for the name of the project in templates.
const PLACEHOLDER: &str = "policy-name";

/// A file of a new project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Relative to the project's folder, with `/`.
    pub path: String,
    pub contents: Vec<u8>,
}

/// All files of a new project: the language's template with the project's name, the SDK in `portcullis/`, and the
/// contract in `wit/`.
pub fn files(language: Language, name: &ProjectName) -> Vec<NewFile> {
    let template = format!("host/cli/templates/{}", language.word());
    let named = |file: NewFile| NewFile {
        contents: replaced(file.contents, name.as_str()),
        ..file
    };
    let template = below(&template, "").map(named);
    let sdk = sdk(language)
        .into_iter()
        .flat_map(|(folder, target)| below(folder, target));
    template.chain(sdk).chain(contract()).collect()
}

/// The contract between host and policy, in `wit/`.
pub fn contract() -> Vec<NewFile> {
    below("wit", "wit/").collect()
}

/// The folders of the language's SDK, and their places in a project.
fn sdk(language: Language) -> Vec<(&'static str, &'static str)> {
    match language {
        Language::Rust => vec![
            ("guest-sdk/Cargo.toml", "portcullis/Cargo.toml"),
            ("guest-sdk/src", "portcullis/src/"),
        ],
        Language::Go => vec![("guest-sdk/go", "portcullis/")],
        Language::Python => vec![("guest-sdk/python/portcullis", "portcullis/")],
        Language::JavaScript | Language::TypeScript => {
            vec![("guest-sdk/javascript", "portcullis/")]
        }
        Language::C => vec![("guest-sdk/c", "portcullis/")],
    }
}

/// The file with that path, or the files in that folder, under another path.
fn below(place: &str, target: &str) -> impl Iterator<Item = NewFile> {
    EMBEDDED.iter().filter_map(move |(path, contents)| {
        let rest = path.strip_prefix(place)?;
        let inside = match rest {
            "" => "",
            rest => rest.strip_prefix('/')?,
        };
        Some(NewFile {
            path: format!("{target}{inside}"),
            contents: contents.to_vec(),
        })
    })
}

fn replaced(contents: Vec<u8>, name: &str) -> Vec<u8> {
    match String::from_utf8(contents) {
        Ok(text) => text.replace(PLACEHOLDER, name).into_bytes(),
        Err(binary) => binary.into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn project(language: Language) -> Vec<NewFile> {
        files(
            language,
            &ProjectName::new("gate-keeper", language).unwrap(),
        )
    }

    fn text<'a>(files: &'a [NewFile], path: &str) -> &'a str {
        let file = files.iter().find(|file| file.path == path);
        let file = file.unwrap_or_else(|| panic!("there is no {path}"));
        str::from_utf8(&file.contents).unwrap()
    }

    #[rstest]
    fn a_project_has_a_manifest_a_readme_the_sdk_and_the_contract(
        #[values(
            Language::Rust,
            Language::Go,
            Language::Python,
            Language::JavaScript,
            Language::TypeScript,
            Language::C
        )]
        language: Language,
    ) {
        let files = project(language);
        assert!(!text(&files, language.manifest()).is_empty());
        assert!(text(&files, "README.md").contains("gate-keeper"));
        assert!(text(&files, ".gitignore").contains("policy.wasm"));
        assert!(text(&files, "wit/world.wit").contains("world policy"));
        assert!(
            files
                .iter()
                .any(|file| file.path.starts_with("portcullis/"))
        );
    }

    #[test]
    fn the_name_stands_wherever_the_template_has_its_placeholder() {
        for language in Language::ALL {
            for file in project(language) {
                let text = String::from_utf8_lossy(&file.contents);
                let is_vendored = file.path.starts_with("portcullis/");
                assert!(is_vendored || !text.contains(PLACEHOLDER), "{}", file.path);
            }
        }
    }

    #[test]
    fn files_left_by_tools_are_in_no_project() {
        let left = ["node_modules", "__pycache__", ".venv", "target", ".git/"];
        for file in Language::ALL.into_iter().flat_map(project) {
            assert!(
                !left.iter().any(|name| file.path.contains(name)),
                "{}",
                file.path
            );
        }
    }

    #[test]
    fn no_script_project_has_the_name_of_a_dependency() {
        for language in [Language::JavaScript, Language::TypeScript] {
            let files = project(language);
            let manifest: serde_json::Value =
                serde_json::from_str(text(&files, "package.json")).unwrap();
            let names = ["dependencies", "devDependencies"]
                .into_iter()
                .flat_map(|kind| manifest[kind].as_object().unwrap().keys());
            for name in names {
                assert!(ProjectName::new(name, language).is_err(), "{name}");
            }
        }
    }

    #[test]
    fn no_file_appears_twice() {
        for language in Language::ALL {
            let mut paths: Vec<_> = project(language)
                .into_iter()
                .map(|file| file.path)
                .collect();
            let count = paths.len();
            paths.sort();
            paths.dedup();
            assert_eq!(paths.len(), count, "{language}");
        }
    }
}
