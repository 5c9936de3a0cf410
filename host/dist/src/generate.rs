//! What the program writes about itself: manual pages, completions, and the settings to begin with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::text_of;
use crate::tree::Tree;

const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "share/bash-completion/completions/portcullis"),
    ("zsh", "share/zsh/site-functions/_portcullis"),
    ("fish", "share/fish/vendor_completions.d/portcullis.fish"),
];
/// Letters of a public key, and what it begins with for a user, an account and a curve.
const KEY_LETTERS: usize = 56;
const KEYS: [(char, &str); 3] = [
    ('U', "PUBLIC-KEY-OF-service.seed"),
    ('A', "PUBLIC-KEY-OF-issuer.seed"),
    ('X', "PUBLIC-KEY-OF-xkey.seed"),
];

pub(crate) fn add_to(tree: &mut Tree, program: &Path) -> Result<()> {
    for (shell, path) in COMPLETIONS {
        tree.add(
            path,
            text_of(Command::new(program).args(["completions", shell]))?,
        );
    }
    let scratch = tempfile::tempdir().context("cannot create a temporary folder")?;
    let pages = scratch.path().join("man");
    text_of(Command::new(program).arg("man").arg(&pages))?;
    for (name, bytes) in files(&pages)? {
        tree.add(format!("share/man/man1/{name}"), bytes);
    }
    let settings = scratch.path().join("settings");
    text_of(Command::new(program).arg("init").arg(&settings))?;
    for (name, bytes) in files(&settings)? {
        if ["portcullis.toml", "nats-server.conf"].contains(&name.as_str()) {
            let text = String::from_utf8_lossy(&bytes);
            tree.add(
                format!("share/doc/portcullis/examples/{name}"),
                without_keys(&text),
            );
        }
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let cannot = || format!("cannot read {}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path: PathBuf = entry.with_context(cannot)?.path();
        let name = path.file_name().unwrap_or_default().display().to_string();
        found.push((name, fs::read(&path).with_context(cannot)?));
    }
    Ok(found)
}

const NOTE: &str = "# Public keys are left out: `portcullis init` writes this file with keys.\n";

/// The text with a word for each public key, and a line that says so: whoever copies the example has keys of their own.
fn without_keys(text: &str) -> String {
    let mut text = format!("{NOTE}{text}");
    let words = |letter: char| !letter.is_ascii_alphanumeric();
    let keys: Vec<_> = text
        .split(words)
        .filter(|word| word.len() == KEY_LETTERS)
        .filter_map(|word| {
            let (_, name) = KEYS.iter().find(|(first, _)| word.starts_with(*first))?;
            Some((word.to_owned(), name))
        })
        .collect();
    for (key, name) in keys {
        text = text.replace(&key, name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_has_no_key() {
        let key = |first: char| format!("{first}{}", "B".repeat(KEY_LETTERS - 1));
        let text = format!(
            "nkey: {}, issuer: {}\nxkey: {}",
            key('U'),
            key('A'),
            key('X')
        );
        let expected = "# Public keys are left out: `portcullis init` writes this file with keys.\n\
                        nkey: PUBLIC-KEY-OF-service.seed, issuer: PUBLIC-KEY-OF-issuer.seed\n\
                        xkey: PUBLIC-KEY-OF-xkey.seed";
        assert_eq!(without_keys(&text), expected);
    }
}
