use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use portcullis_model::Secret;

mod keys;
mod ready;
mod shell;
mod start;
mod templates;

use keys::Fresh;
use ready::Ready;
use start::Start;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Folder to write into; created if it does not exist
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Ready-made policy to begin with; its module becomes policy.wasm
    #[arg(long, value_name = "NAME", value_enum)]
    policy: Option<Ready>,
}

pub(super) const EXAMPLES: &str = "\
Writes issuer.seed, xkey.seed and service.seed (for the issuer, the xkey and the
service's own login), portcullis.toml, nats-server.conf, and users.json or the
other files that the policy reads. If one of these files exists, nothing is
written.

Ready-made policies are in share/portcullis/policies beside the folder of the
program; PORTCULLIS_POLICIES_DIR names another folder.

Examples:
  portcullis init demo --policy directory
  portcullis init demo";

/// Modes: only the owner may read and write, or everybody within the umask.
const PRIVATE: u32 = 0o600;
const PUBLIC: u32 = 0o666;

struct NewFile {
    path: PathBuf,
    mode: u32,
    content: Content,
}

enum Content {
    Text(Secret),
    Module(Vec<u8>),
}

impl Content {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.expose().as_bytes(),
            Self::Module(bytes) => bytes,
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { folder, policy } = arguments;
    let module = policy.map(|policy| ready::read(policy, folder));
    let module = module.transpose().map_err(Failure::Run)?;
    let next_steps = fill(folder, *policy, module)?;
    writeln!(io::stdout().lock(), "{next_steps}")
        .map_err(|error| Failure::Run(format!("cannot write to stdout: {error}")))
}

/// Writes the files and says what to do next.
fn fill(folder: &Path, policy: Option<Ready>, module: Option<Vec<u8>>) -> Result<String, Failure> {
    let fresh = Fresh::generate().map_err(Failure::Run)?;
    let start = Start::with(policy, &fresh);
    let settings = templates::settings(policy, &start);
    let files = files(folder, &fresh, &start, settings, module);
    refuse_if_any_exists(&files)?;
    fs::create_dir_all(folder).map_err(|error| cannot("create", folder, &error))?;
    write_all(&files)?;
    Ok(templates::next_steps(folder, policy, &fresh))
}

fn files(
    folder: &Path,
    fresh: &Fresh,
    start: &Start,
    settings: String,
    module: Option<Vec<u8>>,
) -> Vec<NewFile> {
    let new = |name: &str, mode, content| NewFile {
        path: folder.join(name),
        mode,
        content,
    };
    let text = |name: &str, mode, text: String| new(name, mode, Content::Text(Secret::new(text)));
    let seed = |name, secret: &Secret| text(name, PRIVATE, format!("{}\n", secret.expose()));
    let mut files = vec![
        seed("issuer.seed", &fresh.issuer.seed),
        seed("xkey.seed", &fresh.xkey.seed),
        seed("service.seed", &fresh.service.seed),
        text("portcullis.toml", PUBLIC, settings),
        text("nats-server.conf", PUBLIC, templates::nats_server(fresh)),
    ];
    files.extend(start.files.iter().map(|file| {
        let mode = if file.is_secret { PRIVATE } else { PUBLIC };
        text(file.name, mode, file.text.clone())
    }));
    files.extend(module.map(|module| new("policy.wasm", PUBLIC, Content::Module(module))));
    files
}

fn refuse_if_any_exists(files: &[NewFile]) -> Result<(), Failure> {
    // A dangling link is a file too: its target would be written.
    match files
        .iter()
        .find(|file| file.path.symlink_metadata().is_ok())
    {
        None => Ok(()),
        Some(file) => Err(Failure::Settings(format!(
            "init: {} exists, and nothing was written; name another folder, or move the file away",
            file.path.display()
        ))),
    }
}

/// Writes all of them. If one fails, removes those that it wrote.
fn write_all(files: &[NewFile]) -> Result<(), Failure> {
    for (written, file) in files.iter().enumerate() {
        if let Err(error) = write(file) {
            for earlier in files.iter().take(written) {
                // Report the first error.
                let _ = fs::remove_file(&earlier.path);
            }
            return Err(cannot("write", &file.path, &error));
        }
    }
    Ok(())
}

fn write(file: &NewFile) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(file.mode);
    let mut opened = options.open(&file.path)?;
    opened.write_all(file.content.bytes())?;
    opened.sync_all()
}

fn cannot(verb: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::Run(format!("init: cannot {verb} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
