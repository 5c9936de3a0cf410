use std::io::{self, Write};

use clap::Args;
use clap_complete::Shell;

use super::failure::Failure;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) const EXAMPLES: &str = "\
Examples:
  portcullis completions bash \\
      > ~/.local/share/bash-completion/completions/portcullis
  portcullis completions zsh > ~/.zfunc/_portcullis
  portcullis completions fish > ~/.config/fish/completions/portcullis.fish";

pub(super) fn run(arguments: &Arguments, mut command: clap::Command) -> Result<(), Failure> {
    let name = command.get_name().to_owned();
    // Into memory first: the generator panics when it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    io::stdout()
        .lock()
        .write_all(&script)
        .map_err(|error| Failure::Run(format!("cannot write to stdout: {error}")))
}
