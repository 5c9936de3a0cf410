use std::path::Path;

use super::keys::Fresh;

/// The first user, with a password of its own.
pub(super) fn users(fresh: &Fresh) -> String {
    let password = fresh.password.expose();
    format!("{{\n  \"alice\": {{ \"pass\": \"{password}\", \"account\": \"APP\" }}\n}}\n")
}

pub(super) fn settings() -> String {
    "\
# Settings of Portcullis: portcullis serve --config portcullis.toml
# Paths start from the folder of this file. Most of it is read again when it changes; the README says what is not.

# Where policies may place clients, and nowhere else: names, or patterns such as \"TENANT-*\".
accounts = [\"APP\"]

# The keys whose public halves stand in nats-server.conf. For rotation: a list, the new one first.
issuer-seed = \"@issuer.seed\"
xkey-seed = \"@xkey.seed\"

# What only a restart changes: here, where /live, /ready and /metrics are served.
[service]
http = \"127.0.0.1:9222\"

[nats]
server = \"nats://127.0.0.1:4222\"
nkey = \"service.seed\"

[[policies]]
module = \"policy.wasm\"
data = [\"users.json\"]
"
    .to_owned()
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
  # Here the callout's requests are published. Nobody else belongs in it: who may subscribe here sees requests.
  AUTH {{ users: [ {{ nkey: {service} }} ] }}
  APP {{}}
  SYS {{}}
}}
system_account: SYS

authorization {{
  # Longer than the 2 s after which clients give up waiting: while the service is away they time out and come back,
  # where two refusals in a row would make some of them stop for good.
  timeout: 5

  auth_callout {{
    account: AUTH
    # Everybody but these is decided by the callout.
    auth_users: [ {service} ]
    # Public halves of issuer.seed and xkey.seed.
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

/// What to type next. The password is in users.json and not repeated here.
pub(super) fn next_steps(folder: &Path, fresh: &Fresh) -> String {
    let folder = folder.display();
    let issuer = &fresh.issuer.public;
    format!(
        "\
Wrote the settings, the keys and a first user to {folder}. The issuer is {issuer}.

Next, from the project's folder:

1. Build a policy. The example 'directory' reads users.json; 'hello' is a start for one of your own.
     cargo build -p directory --target wasm32-unknown-unknown
     cp target/wasm32-unknown-unknown/debug/directory.wasm {folder}/policy.wasm
     portcullis check {folder}/policy.wasm --data {folder}/users.json
2. Start both, each in a terminal of its own.
     nats-server -c {folder}/nats-server.conf
     portcullis serve --config {folder}/portcullis.toml
3. Connect. The password of alice is in {folder}/users.json.
     nats --server nats://127.0.0.1:4222 --user alice --password ... publish test hello

The seeds are secret; keep them out of version control."
    )
}
