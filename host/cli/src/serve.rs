use clap::Args;

use super::failure::Failure;
use portcullis_service::config::{Flags, Process, load};
use portcullis_service::service::{self, Launch};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) flags: Flags,
}

pub(super) const EXAMPLES: &str = "\
Every flag has a variable: --issuer-seed is PORTCULLIS_ISSUER_SEED. A variable
holds a list as 'a,b', or as a JSON array where an entry has a comma:
'[\"a,b\", \"c\"]'. A flag takes precedence over the variable, and the variable
over the file.

SIGTERM ends the service after the decisions under way. SIGHUP loads everything
again. Changed files are noticed without a signal.

Examples:
  portcullis serve --config portcullis.toml
  portcullis serve --user auth --password @nats.password \\
      --issuer-seed @issuer.seed --xkey-seed @xkey.seed \\
      --account APP --policy policy.wasm --data users.json";

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let loaded = load(&arguments.flags, &Process)?;
    let launch = Launch::new(loaded, arguments.flags.clone());
    service::run(launch).map_err(|error| Failure::Run(error.to_string()))
}
