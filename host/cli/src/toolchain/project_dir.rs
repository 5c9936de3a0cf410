use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::project::Language;

/// The folder of a project, and the language of its manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectDir {
    /// Absolute, with links resolved.
    pub folder: PathBuf,
    pub language: Language,
}

/// Why a folder is not a project.
#[derive(Debug, thiserror::Error)]
pub enum ProjectDirError {
    #[error("cannot read the folder {path}: {error}", path = .path.display())]
    Folder { path: PathBuf, error: io::Error },
    #[error(
        "{path} is not a policy project: it has no Cargo.toml, go.mod, pyproject.toml, package.json, nor a Makefile with \
         src/*.c; name the project's folder, or create one with 'portcullis new'", path = .path.display()
    )]
    None { path: PathBuf },
    #[error(
        "{path} is several projects at once: it has {manifests}; move each into a folder of its own",
        path = .path.display()
    )]
    Several { path: PathBuf, manifests: String },
    #[error(
        "{path} has a package.json, but neither src/policy.ts nor src/policy.js; create one of them",
        path = .path.display()
    )]
    NoEntry { path: PathBuf },
}

impl ProjectDir {
    /// Finds the manifest in the folder.
    pub fn find(folder: &Path) -> Result<Self, ProjectDirError> {
        let path = || folder.to_owned();
        let folder_error = |error| ProjectDirError::Folder {
            path: path(),
            error,
        };
        let absolute = folder.canonicalize().map_err(folder_error)?;
        fs::read_dir(&absolute).map_err(folder_error)?;
        let kinds = [
            Language::Rust,
            Language::Go,
            Language::Python,
            Language::JavaScript,
        ];
        let is_known = |kind: &Language| absolute.join(kind.manifest()).is_file();
        let found: Vec<_> = kinds.into_iter().filter(is_known).collect();
        let language = match found.as_slice() {
            [] if is_c(&absolute) => Language::C,
            [] => return Err(ProjectDirError::None { path: path() }),
            [Language::JavaScript] => {
                script(&absolute).ok_or_else(|| ProjectDirError::NoEntry { path: path() })?
            }
            [language] => *language,
            several => {
                let manifests: Vec<_> = several.iter().map(|kind| kind.manifest()).collect();
                let (path, manifests) = (path(), manifests.join(" and "));
                return Err(ProjectDirError::Several { path, manifests });
            }
        };
        Ok(Self {
            folder: absolute,
            language,
        })
    }
}

/// Whether this is a project in C. Projects in every language may have a Makefile and C files; a project in C has no
/// other manifest.
fn is_c(folder: &Path) -> bool {
    folder.join(Language::C.manifest()).is_file() && !sources(&folder.join("src"), "c").is_empty()
}

fn script(folder: &Path) -> Option<Language> {
    if folder.join("src/policy.ts").is_file() {
        Some(Language::TypeScript)
    } else if folder.join("src/policy.js").is_file() {
        Some(Language::JavaScript)
    } else {
        None
    }
}

/// The files in a folder with that extension, sorted; none if the folder does not exist.
pub(super) fn sources(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|found| found == ending) && path.is_file())
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn find(files: &[&str]) -> Result<Language, String> {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = ProjectDir::find(folder.path());
        found
            .map(|project_dir| project_dir.language)
            .map_err(|error| error.to_string())
    }

    #[rstest]
    #[case(&["Cargo.toml", "Makefile", "src/part.c"], Language::Rust)]
    #[case(&["go.mod"], Language::Go)]
    #[case(&["pyproject.toml", "requirements.txt"], Language::Python)]
    #[case(&["package.json", "src/policy.js"], Language::JavaScript)]
    #[case(&["package.json", "src/policy.ts"], Language::TypeScript)]
    #[case(&["Makefile", "src/policy.c"], Language::C)]
    fn the_manifest_tells_the_language(#[case] files: &[&str], #[case] language: Language) {
        assert_eq!(find(files), Ok(language));
    }

    #[rstest]
    #[case(&[], "not a policy project")]
    #[case(&["Makefile"], "not a policy project")]
    #[case(&["Cargo.toml", "go.mod"], "it has Cargo.toml and go.mod")]
    #[case(&["package.json"], "src/policy.ts")]
    fn a_folder_that_is_not_one_project_is_refused_with_the_reason(
        #[case] files: &[&str],
        #[case] words: &str,
    ) {
        let error = find(files).unwrap_err();
        assert!(error.contains(words), "{error}");
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = ProjectDir::find(Path::new("no-such-folder"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("no-such-folder"), "{error}");
    }
}
