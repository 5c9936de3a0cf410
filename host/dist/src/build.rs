//! Builds the program and the ready-made policies with cargo.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command::text_of;
use crate::metadata::{Metadata, cargo};
use crate::strip;
use crate::version::Version;

/// The package of the program.
pub(crate) const PROGRAM: &str = "portcullis";
/// Policies that can be used without writing code: the same as those of `portcullis init --policy`. `fleet-kv` is not one of
/// them, because the names of its bucket and its keys are in its code.
pub(crate) const POLICIES: [&str; 5] = [
    "directory",
    "hello",
    "office-hours",
    "rego",
    "token-accounts",
];
pub(crate) const POLICY_TARGET: &str = "wasm32-unknown-unknown";
/// The profile of the workspace for shipped files.
const PROFILE: &str = "dist";

/// The workspace that this tool is a member of.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target_folder: PathBuf,
    /// Of the program, such as `x86_64-unknown-linux-gnu`.
    pub(crate) target: String,
    pub(crate) compiler: String,
    pub(crate) metadata: Metadata,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = package.ancestors().nth(2).context("no workspace")?;
        let about = text_of(Command::new("rustc").arg("-vV"))?;
        let fact = |name: &str| {
            let line = about.lines().find_map(|line| line.strip_prefix(name));
            line.map(str::to_owned)
                .with_context(|| format!("the output of `rustc -vV` has no line `{name}`"))
        };
        let target = fact("host: ")?;
        let metadata = Metadata::read(root, &[&target, POLICY_TARGET])?;
        Ok(Self {
            root: root.to_owned(),
            target_folder: metadata.target_directory.clone(),
            target,
            compiler: fact("release: ")?,
            metadata,
        })
    }

    /// Looks for what the build needs besides cargo, because the build takes minutes.
    pub(crate) fn require_tools(&self) -> Result<()> {
        let libraries = ["--print", "target-libdir", "--target", POLICY_TARGET];
        let libraries = text_of(Command::new("rustc").args(libraries))?;
        anyhow::ensure!(
            Path::new(libraries.trim()).is_dir(),
            "this Rust has no {POLICY_TARGET}, which the policies need: run `rustup target add {POLICY_TARGET}`"
        );
        strip::require()
    }

    /// The version in the program's manifest.
    pub(crate) fn number(&self) -> Result<String> {
        let mut packages = self.metadata.packages.iter();
        let package = packages.find(|package| package.name == PROGRAM);
        let package = package.with_context(|| format!("no package {PROGRAM}"))?;
        Ok(package.version.clone())
    }

    /// The program's path. Only its own package is built, so that features that tests ask for stay out.
    pub(crate) fn build_program(&self, version: &Version) -> Result<PathBuf> {
        let mut cargo = self.cargo("build");
        cargo.args(["--package", PROGRAM]);
        cargo.env("CARGO_ENCODED_RUSTFLAGS", self.without_local_paths()?);
        if let Some(commit) = &version.commit {
            cargo.env("PORTCULLIS_COMMIT", commit);
        }
        let built = run(cargo)?;
        let path = built.get(PROGRAM).context("cargo built no program")?;
        Ok(path.clone())
    }

    /// The modules, by the names of the policies.
    pub(crate) fn build_policies(&self) -> Result<BTreeMap<&'static str, Vec<u8>>> {
        let module = |policy| Ok((policy, self.build_policy(policy)?));
        POLICIES.into_iter().map(module).collect()
    }

    /// Only as a `cdylib`: cargo optimizes across crates only if no other kind of library is asked for.
    fn build_policy(&self, policy: &str) -> Result<Vec<u8>> {
        let mut cargo = self.cargo("rustc");
        cargo.args(["--package", policy, "--lib", "--crate-type", "cdylib"]);
        cargo.args(["--target", POLICY_TARGET]);
        cargo.args(["--config", "profile.dist.debug=false"]);
        cargo.args(["--config", "profile.dist.strip=\"symbols\""]);
        cargo.env("CARGO_ENCODED_RUSTFLAGS", self.without_local_paths()?);
        let built = run(cargo)?;
        let path = built.get(&policy.replace('-', "_"));
        let path = path.with_context(|| format!("cargo built no policy {policy}"))?;
        fs::read(path).with_context(|| format!("cannot read {}", path.display()))
    }

    fn cargo(&self, verb: &str) -> Command {
        let mut cargo = cargo(&self.root);
        cargo.args([verb, "--locked", "--profile", PROFILE]);
        cargo.args(["--message-format", "json-render-diagnostics"]);
        cargo
    }

    /// Flags that replace the folders of this machine in panics and line tables.
    fn without_local_paths(&self) -> Result<String> {
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
        let home = home.context("neither CARGO_HOME nor HOME is set")?;
        let remap = |path: &Path, name| format!("--remap-path-prefix={}={name}", path.display());
        let named = env::var("RUSTFLAGS").unwrap_or_default();
        let named = named.split_whitespace().map(str::to_owned);
        let flags = named.chain([
            remap(&self.root, "portcullis"),
            remap(&home.join("registry/src"), "crates"),
        ]);
        Ok(flags.collect::<Vec<_>>().join("\u{1f}"))
    }
}

/// Runs `cargo build` and gives what it made: programs by their names, modules by those of their libraries.
fn run(mut cargo: Command) -> Result<BTreeMap<String, PathBuf>> {
    let output = cargo
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    anyhow::ensure!(
        output.status.success(),
        "cargo build failed: see the lines above"
    );
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(messages.filter_map(|message| made(&message)).collect())
}

/// Name and path, if the message is about something that was made.
fn made(message: &Value) -> Option<(String, PathBuf)> {
    let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str);
    (text("/reason") == Some("compiler-artifact")).then_some(())?;
    let files = message.pointer("/filenames").and_then(Value::as_array);
    let mut files = files.into_iter().flatten().filter_map(Value::as_str);
    let path = text("/executable").or_else(|| files.find(|path| path.ends_with(".wasm")));
    Some((text("/target/name")?.to_owned(), PathBuf::from(path?)))
}
