//! `make dist` and `make install`: builds the program, and lays out what belongs to an installation.
//!
//! [`installation`] makes the files, each by its path below a prefix; [`archive`] packs them and [`install`] copies them.
//! What goes into it: the program and the ready-made policies ([`build`]), the manual pages, completions and example
//! settings that the program writes itself ([`generate`]), and who wrote all of it ([`dependencies`], [`licenses`], [`sbom`]).

mod archive;
mod book;
mod build;
mod command;
mod dependencies;
mod generate;
mod install;
mod installation;
mod licenses;
mod metadata;
mod sbom;
mod strip;
mod tree;
mod version;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use build::Workspace;
use installation::Installation;

/// Makes the archive that Portcullis is installed from, or installs it
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Write the archive, its debug information and their checksums into the target folder `dist`
    Archive,
    /// Install below a prefix
    Install {
        /// Where the program will run from
        #[arg(long, default_value = "/usr/local")]
        prefix: PathBuf,
        /// Folder that stands for `/` while a package is made
        #[arg(long)]
        destdir: Option<PathBuf>,
    },
}

/// That of the program for "cannot run: a folder, the machine or a tool is in the way".
const CANNOT: u8 = 3;

fn main() -> ExitCode {
    match run(&Arguments::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nowhere left to report that stderr is closed.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::from(CANNOT)
        }
    }
}

fn run(verb: &Verb) -> Result<()> {
    let workspace = Workspace::find()?;
    match verb {
        Verb::Archive => {
            let installation = Installation::make(&workspace)?;
            for path in archive::write(&workspace, &installation)? {
                say(&path.display().to_string())?;
            }
        }
        Verb::Install { prefix, destdir } => {
            let destination = install::destination(prefix, destdir.as_deref())?;
            let installation = Installation::make(&workspace)?;
            install::copy(&installation, prefix, &destination)?;
            say(&format!("installed into {}", destination.display()))?;
            if install::is_in_home(prefix) {
                say(
                    "without the systemd unit: a service of the system cannot run from a home folder",
                )?;
            }
        }
    }
    Ok(())
}

fn say(line: &str) -> Result<()> {
    writeln!(io::stdout(), "{line}").context("cannot write to stdout")
}
