//! The program in the archive, as a process with nothing of this machine but an empty folder.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use portcullis_tests::artifacts;
use portcullis_tests::stage::Stage;

pub(super) struct Program {
    archive: PathBuf,
    /// The folder to work in.
    pub(super) work: PathBuf,
}

impl Program {
    /// `nats` and the program become commands of the shell.
    pub(super) fn new(archive: PathBuf, work: PathBuf) -> Self {
        let bin = work.join(".bin");
        fs::create_dir(&bin).expect("a folder");
        let link = |target: PathBuf, name: &str| {
            std::os::unix::fs::symlink(target, bin.join(name)).expect("a link");
        };
        link(archive.join("bin/portcullis"), "portcullis");
        link(artifacts::nats_cli().to_owned(), "nats");
        Self { archive, work }
    }

    /// A command line, with no variable of this process but those that the shell needs.
    pub(super) fn shell(&self, line: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(&self.work);
        let path = format!("{}:/usr/bin:/bin", self.work.join(".bin").display());
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", &self.work);
        command
    }

    /// What the command line wrote, and its exit status if that is not 0.
    pub(super) fn says(&self, line: &str) -> String {
        match self.shell(line).output() {
            Ok(output) => {
                let text =
                    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
                let text = text.concat().trim().to_owned();
                match output.status.success() {
                    true => text,
                    false => format!("{}: {text}", output.status),
                }
            }
            Err(error) => error.to_string(),
        }
    }

    /// The name of the archive has the commit too, and says whether files differed from it.
    pub(super) fn tells_its_version(&self, stage: &mut Stage) {
        stage.scene("the program");
        let version = self.says("portcullis --version");
        stage.step(
            "portcullis --version",
            "contract: portcullis:policy",
            &version,
        );
        let archive = self.archive.file_name().unwrap_or_default().display();
        let commit = version
            .lines()
            .find_map(|line| line.strip_prefix("commit: "));
        let (commit, dirty) = match commit.unwrap_or_default().strip_suffix(".dirty") {
            Some(commit) => (commit, ".dirty"),
            None => (commit.unwrap_or_default(), ""),
        };
        let number = env!("CARGO_PKG_VERSION");
        let short = commit.get(..7).unwrap_or_default();
        let names = [
            format!("portcullis-{number}+g{short}{dirty}-"),
            // A release has its tag, and no name of a commit.
            format!("portcullis-{number}-"),
        ];
        let is_named = names
            .iter()
            .any(|name| archive.to_string().starts_with(name));
        stage.step(
            &format!("the archive {archive} is named after the same commit"),
            "true",
            &is_named.to_string(),
        );
    }

    /// The ready-made policies: those that `init` offers are those in the archive.
    pub(super) fn policies(&self, stage: &mut Stage) -> Vec<String> {
        let refusal = self.says("portcullis init nowhere --policy '?'");
        let offered = refusal.split_once("possible values: ");
        let offered = offered.and_then(|(_, rest)| rest.split_once(']'));
        let offered = offered.map_or("", |(names, _)| names);
        let mut offered: Vec<_> = offered.split(", ").map(str::to_owned).collect();
        offered.sort();
        let folder = fs::read_dir(self.archive.join("share/portcullis/policies"));
        let names = folder.into_iter().flatten().flatten().map(|entry| {
            let name = entry.file_name().display().to_string();
            name.trim_end_matches(".wasm").to_owned()
        });
        let mut found: Vec<_> = names.collect();
        found.sort();
        stage.step(
            "init offers the policies in the archive",
            &format!("{found:?}"),
            &format!("{offered:?}"),
        );
        offered
    }
}
