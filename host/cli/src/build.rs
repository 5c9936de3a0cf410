//! Builds a module from a project, with the tools of its language, and checks that the host accepts it.

use std::fs::{self, Permissions};
use std::future::Future;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};

use super::failure::Failure;
use crate::project;
use crate::toolchain::{self, BuildDirs, BuildError, ProjectDir};
use portcullis_componentize::Componentized;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Folder of the project
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Where to write the module; policy.wasm in DIR by default
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) const EXAMPLES: &str = "\
The manifest identifies the language: Cargo.toml, go.mod, pyproject.toml,
package.json, or a Makefile with src/*.c. The tools of the language build the
module; their output goes to stderr. Tools that the project pins are first
installed into .venv or node_modules. Then the module becomes a component and is
checked against the contract. FILE is replaced at the end, in one step: a build
that fails or is interrupted leaves it unchanged.

Exit codes:
  0  FILE is a policy
  1  the project does not compile, or the built module is not a policy
  2  wrong usage: DIR is not a project, or has several manifests
  3  a tool is missing or too old ('portcullis doctor' says how to install it),
     or a file cannot be read or written

Examples:
  portcullis build
  portcullis build my-policy -o policies/my-policy.wasm

The fields of --json: built, file, language, bytes, imports, build_ms;
or built, file, fault";

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let output = arguments.output.clone();
    let output = output.unwrap_or_else(|| match arguments.folder.as_path() == Path::new(".") {
        true => PathBuf::from("policy.wasm"),
        false => arguments.folder.join("policy.wasm"),
    });
    let built = build(&arguments.folder, &output);
    print(&built, &output, arguments.json)?;
    built.map(drop)
}

/// The result of a build.
struct Built {
    language: project::Language,
    policy: Componentized,
    time: Duration,
}

fn build(folder: &Path, output: &Path) -> Result<Built, Failure> {
    let started = Instant::now();
    let project_dir =
        ProjectDir::find(folder).map_err(|error| Failure::Settings(format!("build: {error}")))?;
    let place = place_of(output)?;
    let scratch = TempDir::with_prefix("portcullis-")
        .map_err(|error| cannot("make", Path::new("a temporary folder"), &error))?;
    let wit = contract(&project_dir.folder, scratch.path())?;
    let dirs = BuildDirs {
        wit: &wit,
        scratch: scratch.path(),
    };
    let module = finish(toolchain::build(&project_dir, dirs))?;
    let policy = portcullis_componentize::componentize(&module)
        .map_err(|fault| Failure::Build(format!("the built module is not a policy: {fault}")))?;
    write(place, output, &policy.bytes)?;
    Ok(Built {
        language: project_dir.language,
        policy,
        time: started.elapsed(),
    })
}

/// The folder into which the module is written. It is checked before the build.
fn place_of(output: &Path) -> Result<&Path, Failure> {
    let place = match output.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    if output.is_dir() {
        let text = format!("build: {} is a folder; name a file", output.display());
        return Err(Failure::Settings(text));
    }
    match place.is_dir() {
        true => Ok(place),
        false => {
            let text = format!(
                "build: there is no folder {} to write to; create it first",
                place.display()
            );
            Err(Failure::Settings(text))
        }
    }
}

/// The contract of the project, or ours if it has none.
fn contract(project: &Path, scratch: &Path) -> Result<PathBuf, Failure> {
    let own = project.join("wit");
    if own.is_dir() {
        return Ok(own);
    }
    let ours = scratch.join("wit");
    fs::create_dir(&ours).map_err(|error| cannot("make", &ours, &error))?;
    for file in project::contract() {
        let path = scratch.join(file.path);
        fs::write(&path, file.contents).map_err(|error| cannot("write", &path, &error))?;
    }
    Ok(ours)
}

/// Waits for the tools or for a signal. On a signal it ends the running tool and removes temporary files.
fn finish(build: impl Future<Output = Result<Vec<u8>, BuildError>>) -> Result<Vec<u8>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| Failure::Run(format!("build: {error}")))?;
    runtime.block_on(async {
        let stopped = |error| Failure::Run(format!("build: cannot wait for signals: {error}"));
        let mut interrupt = signal(SignalKind::interrupt()).map_err(stopped)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(stopped)?;
        let given_up = Failure::Run("build: interrupted; nothing was written".to_owned());
        tokio::select! {
            built = build => built.map_err(Failure::from),
            _ = interrupt.recv() => Err(given_up),
            _ = terminate.recv() => Err(given_up),
        }
    })
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        let text = format!("build: {error}");
        match error {
            BuildError::Failed { .. } => Self::Build(text),
            BuildError::Project { .. } => Self::Settings(text),
            BuildError::Tool { .. } | BuildError::Io { .. } => Self::Run(text),
        }
    }
}

fn write(place: &Path, output: &Path, component: &[u8]) -> Result<(), Failure> {
    const PUBLIC: u32 = 0o666;
    let mut file = tempfile::Builder::new()
        .prefix(".portcullis-")
        .permissions(Permissions::from_mode(PUBLIC))
        .tempfile_in(place)
        .map_err(|error| cannot("write to", place, &error))?;
    let written = file
        .write_all(component)
        .and_then(|()| file.as_file().sync_all());
    written.map_err(|error| cannot("write", output, &error))?;
    file.persist(output)
        .map_err(|error| cannot("write", output, &error.error))?;
    Ok(())
}

fn cannot(verb: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::Run(format!("build: cannot {verb} {}: {error}", path.display()))
}

fn print(built: &Result<Built, Failure>, output: &Path, as_json: bool) -> Result<(), Failure> {
    let line = match (built, as_json) {
        (Ok(built), true) => json(built, output).to_string(),
        (Ok(built), false) => text(built, output),
        (Err(failure), true) => {
            json!({"built": false, "file": output.display().to_string(), "fault": failure.text()})
                .to_string()
        }
        (Err(_), false) => return Ok(()),
    };
    writeln!(io::stdout().lock(), "{line}")
        .map_err(|error| Failure::Run(format!("cannot write to stdout: {error}")))
}

fn text(built: &Built, output: &Path) -> String {
    let imports = match built.policy.imports.len() {
        0 => "no imports".to_owned(),
        1..=3 => format!("imports {}", built.policy.imports.join(", ")),
        count => format!("{count} imports ('portcullis check' lists them)"),
    };
    format!(
        "{}: a policy in {}, {} bytes, {imports}, built in {:.1} s",
        output.display(),
        built.language,
        built.policy.bytes.len(),
        built.time.as_secs_f64()
    )
}

fn json(built: &Built, output: &Path) -> serde_json::Value {
    json!({
        "built": true,
        "file": output.display().to_string(),
        "language": built.language.word(),
        "bytes": built.policy.bytes.len(),
        "imports": built.policy.imports,
        "build_ms": built.time.as_millis(),
    })
}
