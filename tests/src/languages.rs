//! Policies in other languages, built by `portcullis build` as their authors build them.
//!
//! A module is built again if its sources, its SDK, the contract or the builder have changed. Several processes may need the
//! same module at once: the first builds it, the others wait.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::artifacts::{self, root};

/// A toolchain that is not installed on this machine.
#[derive(Clone, Debug)]
pub struct Unavailable {
    pub reason: String,
}

/// The module of `tests/conformance/LANGUAGE`.
pub fn conformance(language: &str) -> Result<PathBuf, Unavailable> {
    module(
        language,
        &root().join("tests/conformance").join(language),
        &format!("conformance-{language}"),
    )
}

/// The module of a folder of `examples/` in a language other than Rust.
pub fn example(language: &str, name: &str) -> Result<PathBuf, Unavailable> {
    module(language, &root().join("examples").join(name), name)
}

/// Builds the policy of a folder to a file, even if it is up to date, and returns how long that took.
pub fn build(folder: &Path, module: &Path) -> Duration {
    let built = try_build(folder, module);
    built.unwrap_or_else(|failure| panic!("{failure}"))
}

/// Whether this machine can build policies in that language.
///
/// # Panics
///
/// With `PORTCULLIS_LANGUAGES=all`, if it cannot: no language is skipped if all are required.
pub fn available(language: &str) -> Result<(), Unavailable> {
    let found = doctor(language);
    if let Err(unavailable) = &found
        && std::env::var_os("PORTCULLIS_LANGUAGES").is_some_and(|wanted| wanted == "all")
    {
        panic!(
            "PORTCULLIS_LANGUAGES=all, but {language} is missing: {}",
            unavailable.reason
        );
    }
    found
}

/// A failed build is not tried again: the outer error is its output.
type Built = Arc<OnceLock<Result<Result<PathBuf, Unavailable>, String>>>;

fn module(language: &str, folder: &Path, name: &str) -> Result<PathBuf, Unavailable> {
    static BUILT: Mutex<BTreeMap<String, Built>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().expect("nothing panics while it holds this");
    let place = Arc::clone(built.entry(name.to_owned()).or_default());
    drop(built);
    let made = place.get_or_init(|| match available(language) {
        Ok(()) => build_if_changed(language, folder, name).map(Ok),
        Err(unavailable) => Ok(Err(unavailable)),
    });
    made.clone().unwrap_or_else(|failure| panic!("{failure}"))
}

fn build_if_changed(language: &str, folder: &Path, name: &str) -> Result<PathBuf, String> {
    let modules = artifacts::portcullis().with_file_name("test-guests");
    fs::create_dir_all(&modules).expect("a directory for modules");
    let file = |ending: &str| modules.join(format!("{name}.{ending}"));
    let (module, digest_file) = (file("wasm"), file("digest"));
    let lock = File::create(file("lock")).expect("a lock file");
    lock.lock().expect("the lock");
    let digest = digest(language, folder);
    let known = fs::read_to_string(&digest_file).unwrap_or_default();
    if known != digest || !module.is_file() {
        let fresh = file("fresh.wasm");
        try_build(folder, &fresh)?;
        fs::rename(&fresh, &module).expect("renamed");
        fs::write(&digest_file, digest).expect("written");
    }
    Ok(module)
}

fn try_build(folder: &Path, module: &Path) -> Result<Duration, String> {
    let started = Instant::now();
    let output = Command::new(artifacts::portcullis())
        .arg("build")
        .arg(folder)
        .arg("-o")
        .arg(module)
        .stdin(Stdio::null())
        .output()
        .expect("portcullis runs");
    if output.status.success() {
        return Ok(started.elapsed());
    }
    Err(format!(
        "portcullis build {} failed:\n{}{}",
        folder.display(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// The digest of everything that a module is made of.
fn digest(language: &str, folder: &Path) -> String {
    let sdk = match language {
        "typescript" => "javascript",
        other => other,
    };
    let listing = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .arg("-z")
        .arg("--")
        .arg(folder)
        .arg(format!("guest-sdk/{sdk}"))
        .args(["wit", "host/componentize", "host/cli/src/toolchain*"])
        .current_dir(root())
        .output()
        .expect("git lists the sources");
    assert!(listing.status.success(), "git cannot list the sources");
    let mut hasher = DefaultHasher::new();
    for name in String::from_utf8_lossy(&listing.stdout).split('\0') {
        let path = root().join(name);
        let link = fs::read_link(&path).ok();
        (name, link, fs::read(&path).ok()).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// What `portcullis doctor --json` reports about a language.
fn doctor(language: &str) -> Result<(), Unavailable> {
    static REPORT: OnceLock<Value> = OnceLock::new();
    let report = REPORT.get_or_init(|| {
        let output = Command::new(artifacts::portcullis())
            .args(["doctor", "--json"])
            .stdin(Stdio::null())
            .output()
            .expect("portcullis runs");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!(
                "portcullis doctor --json wrote no JSON: {error}\n{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            )
        })
    });
    verdict(report, language)
}
/// The tools that are not ready, with the commands that install them.
fn verdict(report: &Value, language: &str) -> Result<(), Unavailable> {
    let word = match language {
        "javascript" => "js",
        "typescript" => "ts",
        other => other,
    };
    let languages = report["languages"].as_array().into_iter().flatten();
    let mut languages = languages.filter(|entry| entry["language"] == word);
    let entry = languages
        .next()
        .unwrap_or_else(|| panic!("portcullis doctor knows nothing of {word}: {report}"));
    if entry["ready"] == true {
        return Ok(());
    }
    let tools = entry["tools"].as_array().into_iter().flatten();
    let missing = tools.filter(|tool| tool["state"] != "ready").map(|tool| {
        let text = |field: &str| tool[field].as_str().unwrap_or_default().to_owned();
        format!("{} is {}: {}", text("tool"), text("state"), text("install"))
    });
    Err(Unavailable {
        reason: missing.collect::<Vec<_>>().join("; "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report() -> Value {
        let tool =
            json!({ "tool": "go", "state": "too-old", "found": "1.20", "install": "get Go" });
        json!({ "languages": [
            { "language": "c", "ready": true, "tools": [] },
            { "language": "go", "ready": false, "tools": [tool] },
        ] })
    }

    #[test]
    fn a_language_that_is_not_ready_has_a_reason() {
        assert!(verdict(&report(), "c").is_ok());
        let reason = verdict(&report(), "go").unwrap_err().reason;
        assert_eq!(reason, "go is too-old: get Go");
    }

    #[test]
    #[should_panic(expected = "knows nothing of js")]
    fn a_language_that_the_doctor_does_not_know_is_a_fault() {
        let _ = verdict(&report(), "javascript");
    }
}
