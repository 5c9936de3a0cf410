use std::path::Path;

use super::keys::Fresh;
use super::ready::Ready;
use super::shell::shell_word;
use super::start::{Client, Start};

/// portcullis.toml.
pub(super) fn settings(policy: Option<Ready>, start: &Start) -> String {
    let name = policy.map_or_else(String::new, |policy| {
        format!("name = \"{}\"\n", policy.name())
    });
    let data = match start.data.as_slice() {
        [] => String::new(),
        names => format!("data = {names:?}\n"),
    };
    let settings = &start.settings;
    format!(
        "\
# Settings of Portcullis: portcullis serve --config portcullis.toml
# Paths are relative to the folder of this file. Changes take effect while the service runs, except for [nats] and [service].

# The accounts in which policies may place clients: names, or patterns such as \"TENANT-*\".
accounts = [\"APP\"]

# The keys whose public halves are in nats-server.conf. For rotation: a list, the new one first.
issuer-seed = \"@issuer.seed\"
xkey-seed = \"@xkey.seed\"

# What only a restart changes: where /live, /ready and /metrics are served, and the account of the auth callout, as in
# nats-server.conf.
[service]
http = \"127.0.0.1:9222\"
callout-account = \"AUTH\"

[nats]
server = \"nats://127.0.0.1:4222\"
nkey = \"service.seed\"

[[policies]]
{name}module = \"policy.wasm\"
{data}{settings}"
    )
}

pub(super) fn nats_server(fresh: &Fresh) -> String {
    let Fresh {
        issuer,
        xkey,
        service,
        ..
    } = fresh;
    format!(
        "\
# nats-server -c nats-server.conf
listen: \"127.0.0.1:4222\"

accounts {{
  # The server publishes its authorization requests here. Add no other user: it could read the requests.
  AUTH {{ users: [ {{ nkey: {service} }} ] }}
  APP {{}}
  SYS {{}}
}}
system_account: SYS

authorization {{
  # Seconds. Clients give up after 2 s: while the service is down, they time out first and try again. A refusal would be
  # worse, because some clients stop for good after two of them.
  timeout: 5

  auth_callout {{
    account: AUTH
    # The callout decides about every client except these.
    auth_users: [ {service} ]
    # The public keys of issuer.seed and xkey.seed.
    issuer: {issuer}
    xkey: {xkey}
  }}
}}
",
        service = service.public,
        issuer = issuer.public,
        xkey = xkey.public,
    )
}

/// What to type next, in the folder where `init` ran. Secrets are named by their files.
pub(super) fn next_steps(folder: &Path, policy: Option<Ready>, fresh: &Fresh) -> String {
    let file = |name: &str| shell_word(&folder.join(name));
    let module = file("policy.wasm");
    let begin = match policy {
        Some(policy) => format!(
            "1. Check the settings with the policy '{}'.",
            policy.name()
        ),
        None => format!(
            "\
1. Write a policy, build it, and check it with the settings. (`portcullis doctor` lists the languages. To begin without code:
   `portcullis init other-folder --policy directory`.)
     portcullis new my-policy --lang rust
     portcullis build my-policy -o {module}"
        ),
    };
    let Client { nats, eval } = Client::of(policy, folder, fresh);
    let settings = file("portcullis.toml");
    format!(
        "\
Wrote the settings and the keys to {}. The issuer is {}.

Next:

{begin}
     portcullis check --config {settings}
     portcullis eval --config {settings} {eval}
2. Start both, each in a terminal of its own.
     nats-server -c {}
     portcullis serve --config {settings}
3. Connect.
     nats --server nats://127.0.0.1:4222 {nats}

The seeds are secret: keep them out of version control.",
        folder.display(),
        fresh.issuer.public,
        file("nats-server.conf"),
    )
}
