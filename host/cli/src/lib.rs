//! The command line of Portcullis: one file a verb, and the exit codes that they share.
//!
//! On top of all crates. It reads arguments, calls the crates below and prints. It must not decide about a client or
//! compile a policy by itself. `project` holds the files of a new policy project, `toolchain` the languages' own tools.

#![deny(missing_debug_implementations)]

mod build;
mod check;
mod completions;
mod deployment_report;
mod doctor;
mod eval;
mod failure;
mod init;
mod man;
mod material;
mod new;
pub mod project;
mod report;
mod serve;
pub mod toolchain;
mod version;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Parses the arguments and runs the verb. `--help` lists the exit codes.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return failure::usage(&error),
    };
    let outcome = match &arguments.verb {
        Verb::Serve(serve) => serve::run(serve),
        Verb::Check(check) => check::run(check),
        Verb::Eval(eval) => eval::run(eval),
        Verb::Init(init) => init::run(init),
        Verb::New(new) => new::run(new),
        Verb::Build(build) => build::run(build),
        Verb::Doctor(doctor) => doctor::run(doctor),
        Verb::Completions(completions) => completions::run(completions, Arguments::command()),
        Verb::Man(man) => man::run(man, Arguments::command()),
    };
    outcome.map_or_else(|failure| failure.exit(), |()| ExitCode::SUCCESS)
}

/// Answers the NATS auth callout with WebAssembly policies
#[derive(Debug, Parser)]
#[command(name = "portcullis", version = version::short(), long_version = version::long(), about, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Answer authorization requests until told to end
    #[command(after_help = serve::EXAMPLES)]
    Serve(Box<serve::Arguments>),
    /// Check policies, or a whole deployment with --config, without serving
    #[command(after_help = check::EXAMPLES)]
    Check(Box<check::Arguments>),
    /// Decide about one client without a server, and show what it may do
    #[command(after_help = eval::EXAMPLES)]
    Eval(Box<eval::Arguments>),
    /// Write new keys and settings to begin with
    #[command(after_help = init::EXAMPLES)]
    Init(init::Arguments),
    /// Create a policy: a project with its test, in the language of your choice
    #[command(after_help = new::EXAMPLES)]
    New(new::Arguments),
    /// Build a policy's project with its language's own tools
    #[command(after_help = build::EXAMPLES)]
    Build(build::Arguments),
    /// Say which languages can be built here, and how to install missing tools
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(doctor::Arguments),
    /// Print the completion script of a shell
    #[command(after_help = completions::EXAMPLES)]
    Completions(completions::Arguments),
    /// Write the manual pages into a folder
    #[command(after_help = man::EXAMPLES)]
    Man(man::Arguments),
}

const EXAMPLES: &str = "\
Examples:
  portcullis new my-policy --lang go
  portcullis build my-policy
  portcullis init demo
  portcullis check policy.wasm --data users.json
  portcullis eval policy.wasm --data users.json \\
      --user alice --password @alice.password
  portcullis check --config demo/portcullis.toml
  portcullis serve --config demo/portcullis.toml

Exit codes:
  0  done
  1  'check' found a fault; 'eval': not admitted, or a question answered no;
     'build': the project does not compile, or the result is not a policy;
     'doctor': a language is not ready
  2  wrong usage or settings, or a file that is named in them cannot be read;
     nothing was started
  3  cannot run: an address, a folder or the machine is in the way, or a tool is
     missing";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_version_names_the_commit_and_the_contract() {
        let command = Arguments::command();
        let [short, long] = [command.render_version(), command.render_long_version()];
        let commit = env!("PORTCULLIS_COMMIT");
        assert_eq!(
            short,
            format!("portcullis {} ({commit})\n", env!("CARGO_PKG_VERSION"))
        );
        assert!(
            !commit.is_empty() && long.contains(&format!("\ncommit: {commit}\n")),
            "{long}"
        );
        assert!(
            long.ends_with("\ncontract: portcullis:policy 0.1.0\n"),
            "{long}"
        );
    }

    #[test]
    fn what_was_typed_is_not_printed() {
        let line = [
            "portcullis",
            "serve",
            "--issuer-seed",
            "SAANDLK",
            "--server",
            "SAANDLK",
        ];
        let arguments = Arguments::try_parse_from(line).unwrap();
        assert!(!format!("{arguments:?}").contains("SAANDLK"));
    }

    #[test]
    fn lists_are_repeated_flags() {
        let line = [
            "portcullis",
            "serve",
            "--account",
            "A",
            "--account",
            "B",
            "-s",
            "one,two",
        ];
        let Verb::Serve(serve) = Arguments::try_parse_from(line).unwrap().verb else {
            panic!("not serve");
        };
        assert_eq!(serve.flags.account, ["A", "B"]);
        assert_eq!(serve.flags.server, ["one", "two"]);
    }

    /// Longer lines are wrapped by terminals and by clap: an example that is copied from there does not run.
    #[test]
    fn what_follows_the_flags_fits_into_a_terminal() {
        let first = Arguments::command();
        for command in std::iter::once(&first).chain(first.get_subcommands()) {
            let help = command.get_after_help().map(ToString::to_string);
            for line in help.unwrap_or_default().lines() {
                let name = command.get_name();
                assert!(line.chars().count() <= 80, "{name}: {line}");
            }
        }
    }

    #[test]
    fn every_help_has_examples_and_the_first_has_the_exit_codes() {
        let mut command = Arguments::command();
        assert!(
            command
                .render_long_help()
                .to_string()
                .contains("Exit codes:")
        );
        let verbs = command.get_subcommands_mut();
        for verb in verbs.filter(|verb| verb.get_name() != "help") {
            assert!(
                verb.render_help().to_string().contains("Example"),
                "{}",
                verb.get_name()
            );
        }
    }
}
