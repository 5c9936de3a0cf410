use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use clap::Args;

use super::failure::Failure;
use crate::project::{self, Language, NewFile, ProjectName};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Name of the policy and of its folder: lower-case letters, digits and -
    #[arg(value_name = "NAME")]
    name: String,
    /// Language: rust, go, python, js, ts or c
    #[arg(long, value_name = "LANGUAGE")]
    lang: String,
}

pub(super) const EXAMPLES: &str = "\
Writes the folder NAME: a policy of a few lines, its unit test, a README, the
SDK in portcullis/ and the contract in wit/. If the folder exists and is not
empty, nothing is written. 'portcullis doctor' says which languages can be built
on this machine.

Examples:
  portcullis new my-policy --lang rust
  portcullis new my-policy --lang python && cd my-policy &&
      portcullis build && portcullis check";

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let settings = |error: &dyn std::error::Error| Failure::Settings(format!("new: {error}"));
    let language: Language = arguments.lang.parse().map_err(|error| settings(&error))?;
    let name = ProjectName::new(&arguments.name, language).map_err(|error| settings(&error))?;
    write(Path::new("."), &name, &project::files(language, &name))?;
    writeln!(io::stdout().lock(), "{}", next_steps(&name, language))
        .map_err(|error| Failure::Run(format!("cannot write to stdout: {error}")))
}

/// Writes all files into a folder of another name, and renames it when it is complete: a failure leaves nothing behind.
fn write(place: &Path, name: &ProjectName, files: &[NewFile]) -> Result<(), Failure> {
    const OPEN: u32 = 0o777;
    let folder = place.join(name.as_str());
    refuse_if_something_is_there(&folder)?;
    let cannot =
        |error: io::Error| Failure::Run(format!("new: cannot write the folder {name}: {error}"));
    let growing = tempfile::Builder::new()
        .prefix(&format!(".{name}."))
        .permissions(Permissions::from_mode(OPEN))
        .tempdir_in(place)
        .map_err(cannot)?;
    for file in files {
        let path = growing.path().join(&file.path);
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .map_err(cannot)?;
        fs::write(path, &file.contents).map_err(cannot)?;
    }
    // Only an empty folder is replaced: the system refuses to replace any other.
    fs::rename(growing.path(), &folder).map_err(cannot)?;
    // The folder was renamed, so there is nothing to clean up.
    let _ = growing.keep();
    Ok(())
}

fn refuse_if_something_is_there(folder: &Path) -> Result<(), Failure> {
    let folder_name = folder.file_name().unwrap_or_default().display();
    let refuse = |what: &str| {
        Err(Failure::Settings(format!(
            "new: {folder_name} {what}; nothing was written; choose another name, or move it away"
        )))
    };
    let is_empty = fs::read_dir(folder).map(|mut entries| entries.next().is_none());
    match is_empty {
        Ok(true) if !folder.is_symlink() => Ok(()),
        Ok(_) => refuse("already exists and is not empty"),
        Err(_) if folder.symlink_metadata().is_ok() => refuse("already exists and is not a folder"),
        Err(_) => Ok(()),
    }
}

fn next_steps(name: &ProjectName, language: Language) -> String {
    let test = match language {
        Language::Rust => "cargo test",
        Language::Go => "go test ./...",
        Language::Python => "python3 -m unittest",
        Language::JavaScript | Language::TypeScript => "npm install && npm test",
        Language::C => "make test",
    };
    format!(
        "{name}: a policy in {language}; its README.md says more. Next:\n  \
         cd {name}\n  \
         {test:<24}  # its own tests\n  \
         {:<24}  # writes policy.wasm\n  \
         {:<24}  # loads it as the service would",
        "portcullis build", "portcullis check"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> ProjectName {
        ProjectName::new("gate", Language::Rust).unwrap()
    }

    fn file(path: &str) -> NewFile {
        NewFile {
            path: path.to_owned(),
            contents: path.as_bytes().to_vec(),
        }
    }

    fn names(place: &Path) -> Vec<String> {
        let entries = fs::read_dir(place).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_project_is_written_completely() {
        let place = tempfile::tempdir().unwrap();
        write(place.path(), &name(), &[file("a"), file("b/c/d")]).unwrap();
        assert_eq!(fs::read(place.path().join("gate/b/c/d")).unwrap(), b"b/c/d");
        assert_eq!(names(place.path()), ["gate"]);
    }

    #[test]
    fn an_empty_folder_is_filled() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("gate")).unwrap();
        write(place.path(), &name(), &[file("a")]).unwrap();
        assert_eq!(names(&place.path().join("gate")), ["a"]);
    }

    #[test]
    fn existing_files_are_not_changed() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("gate")).unwrap();
        fs::write(place.path().join("gate/mine"), "").unwrap();
        let failure = write(place.path(), &name(), &[file("a")]).unwrap_err();
        assert!(matches!(failure, Failure::Settings(_)), "{failure:?}");
        assert_eq!(names(&place.path().join("gate")), ["mine"]);
        assert_eq!(names(place.path()), ["gate"]);
    }

    #[test]
    fn a_failure_removes_what_was_written() {
        let place = tempfile::tempdir().unwrap();
        let files = [file("a"), file("a/b")];
        let failure = write(place.path(), &name(), &files).unwrap_err();
        assert!(matches!(failure, Failure::Run(_)), "{failure:?}");
        assert!(names(place.path()).is_empty());
    }
}
