use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use portcullis_model::Secret;

mod keys;
mod templates;

use keys::Fresh;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Folder to write into; made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

pub(super) const EXAMPLES: &str = "\
Writes issuer.seed, xkey.seed and service.seed (for the issuer, the xkey and the service's own login), portcullis.toml,
nats-server.conf and users.json. A file that is there already is never overwritten: nothing is written then.

Example:
  portcullis init demo";

/// Readable and writable by the owner alone, or by everybody as far as the umask lets them.
const PRIVATE: u32 = 0o600;
const PUBLIC: u32 = 0o666;

struct NewFile {
    path: PathBuf,
    mode: u32,
    content: Secret,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let next_steps = fill(&arguments.folder)?;
    writeln!(io::stdout().lock(), "{next_steps}")
        .map_err(|error| Failure::Run(format!("cannot write to stdout: {error}")))
}

/// Writes the files and says what to do next.
fn fill(folder: &Path) -> Result<String, Failure> {
    let fresh = Fresh::generate().map_err(Failure::Run)?;
    let files = files(folder, &fresh);
    refuse_if_any_exists(&files)?;
    fs::create_dir_all(folder).map_err(|error| cannot("make", folder, &error))?;
    write_all(&files)?;
    Ok(templates::next_steps(folder, &fresh))
}

fn files(folder: &Path, fresh: &Fresh) -> Vec<NewFile> {
    let new = |name: &str, mode, content: String| NewFile {
        path: folder.join(name),
        mode,
        content: Secret::new(content),
    };
    let seed = |name, secret: &Secret| new(name, PRIVATE, format!("{}\n", secret.expose()));
    vec![
        seed("issuer.seed", &fresh.issuer.seed),
        seed("xkey.seed", &fresh.xkey.seed),
        seed("service.seed", &fresh.service.seed),
        new("users.json", PRIVATE, templates::users(fresh)),
        new("portcullis.toml", PUBLIC, templates::settings()),
        new("nats-server.conf", PUBLIC, templates::nats_server(fresh)),
    ]
}

fn refuse_if_any_exists(files: &[NewFile]) -> Result<(), Failure> {
    // A link that leads nowhere is a file too: its target would be written.
    match files
        .iter()
        .find(|file| file.path.symlink_metadata().is_ok())
    {
        None => Ok(()),
        Some(file) => Err(Failure::Settings(format!(
            "init: {} is there already and nothing was written; name another folder, or move the file away",
            file.path.display()
        ))),
    }
}

/// Writes all of them, or takes back those that it wrote.
fn write_all(files: &[NewFile]) -> Result<(), Failure> {
    for (written, file) in files.iter().enumerate() {
        if let Err(error) = write(file) {
            for earlier in files.iter().take(written) {
                // The first error is the one to tell.
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
    opened.write_all(file.content.expose().as_bytes())?;
    opened.sync_all()
}

fn cannot(verb: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::Run(format!("init: cannot {verb} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
