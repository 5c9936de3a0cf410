use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Folder to write into; created if it does not exist
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) const EXAMPLES: &str = "\
Writes portcullis.1 and a page for each command. Packages that install Portcullis use it.

Example:
  portcullis man share/man/man1";

pub(super) fn run(arguments: &Arguments, command: clap::Command) -> Result<(), Failure> {
    let folder = &arguments.folder;
    fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .map_err(|error| {
            let folder = folder.display();
            Failure::Run(format!(
                "man: cannot write the manual pages into {folder}: {error}"
            ))
        })
}
