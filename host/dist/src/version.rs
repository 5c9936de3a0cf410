//! What the archive is called, and the commit and the moment that it is made of.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// The version of what lies in the folder now.
pub(crate) struct Version {
    /// `0.1.0` for the commit that has the tag `v0.1.0`, otherwise `0.1.0+g1234abc`; `.dirty` where files differ from it.
    pub(crate) name: String,
    /// For the program's build script; nothing without git, where the script decides.
    pub(crate) commit: Option<String>,
    /// Of the commit, in seconds since 1970: the time of everything in the archive.
    pub(crate) time: u64,
}

impl Version {
    /// `number` is that of the package.
    pub(crate) fn of(root: &Path, number: &str) -> Result<Self> {
        if !root.join(".git").exists() {
            let (name, commit) = (number.to_owned(), None);
            let time = named_time()?.unwrap_or_default();
            return Ok(Self { name, commit, time });
        }
        let head = git(root, &["rev-parse", "--short=12", "HEAD"])?;
        let is_dirty = !git(root, &["status", "--porcelain"])?.is_empty();
        let tags = git(root, &["tag", "--points-at", "HEAD"])?;
        let is_released = tags
            .lines()
            .any(|tag| tag.strip_prefix('v') == Some(number));
        let time = match named_time()? {
            Some(time) => time,
            None => git(root, &["log", "-1", "--format=%ct"])?
                .parse()
                .context("git tells no time of the commit")?,
        };
        let dirty = if is_dirty { ".dirty" } else { "" };
        Ok(Self {
            name: name(number, &head, is_released, is_dirty),
            commit: Some(format!("{head}{dirty}")),
            time,
        })
    }
}

fn name(number: &str, head: &str, is_released: bool, is_dirty: bool) -> String {
    let short: String = head.chars().take(7).collect();
    match (is_released, is_dirty) {
        (true, false) => number.to_owned(),
        (_, true) => format!("{number}+g{short}.dirty"),
        (false, false) => format!("{number}+g{short}"),
    }
}

/// `SOURCE_DATE_EPOCH` of reproducible-builds.org.
fn named_time() -> Result<Option<u64>> {
    const VARIABLE: &str = "SOURCE_DATE_EPOCH";
    let named = env::var(VARIABLE).ok().filter(|time| !time.is_empty());
    named
        .map(|time| time.parse())
        .transpose()
        .with_context(|| format!("{VARIABLE} must be a number of seconds since 1970"))
}

fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(arguments);
    let output = command.output().context("cannot run git")?;
    anyhow::ensure!(
        output.status.success(),
        "git {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_version_says_commit_and_dirt() {
        let name = |is_released, is_dirty| name("0.1.0", "1234abc5678d", is_released, is_dirty);
        assert_eq!(name(true, false), "0.1.0");
        assert_eq!(name(false, false), "0.1.0+g1234abc");
        assert_eq!(name(false, true), "0.1.0+g1234abc.dirty");
        assert_eq!(name(true, true), "0.1.0+g1234abc.dirty");
    }

    #[test]
    fn a_repository_is_read_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let version = || Version::of(root, "0.1.0").unwrap();
        assert_eq!((version().name.as_str(), version().commit), ("0.1.0", None));

        let run = |arguments: &[&str]| git(root, arguments).unwrap();
        run(&["init", "--quiet"]);
        fs::write(root.join("file"), "one").unwrap();
        run(&["add", "file"]);
        let author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        run(&[
            author.as_slice(),
            &["commit", "--quiet", "--message", "one"],
        ]
        .concat());
        let head = run(&["rev-parse", "--short=12", "HEAD"]);
        assert_eq!(version().name, format!("0.1.0+g{}", &head[..7]));
        assert_eq!(version().commit, Some(head.clone()));
        assert_eq!(
            version().time.to_string(),
            run(&["log", "-1", "--format=%ct"])
        );

        run(&["tag", "v0.1.0"]);
        assert_eq!(version().name, "0.1.0");
        fs::write(root.join("file"), "two").unwrap();
        assert_eq!(version().name, format!("0.1.0+g{}.dirty", &head[..7]));
        assert_eq!(version().commit, Some(format!("{head}.dirty")));
    }
}
