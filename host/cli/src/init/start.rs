//! What each policy begins with: the files that it reads, its table in the settings, and a client that it admits.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::keys::Fresh;
use super::ready::Ready;
use super::shell::shell_word;

/// The first policy.
pub(super) struct Start {
    /// What it reads, and what its first client connects with.
    pub(super) files: Vec<StartFile>,
    /// The names of those that it reads.
    pub(super) data: Vec<&'static str>,
    /// Its settings in TOML, with their comments.
    pub(super) settings: String,
}

pub(super) struct StartFile {
    pub(super) name: &'static str,
    pub(super) is_secret: bool,
    pub(super) text: String,
}

const USERS: &str = "users.json";
const RULES: &str = "decision.rego";
const TOKENS: &str = "tokens.json";
const PASSWORD: &str = "alice.password";
const TOKEN: &str = "alice.token";
const SEED: &str = "clerk.seed";
/// A time at which the office is open.
const OPEN: &str = "2026-03-02T12:00:00Z";

impl Start {
    pub(super) fn with(policy: Option<Ready>, fresh: &Fresh) -> Self {
        let password = fresh.password.expose();
        match policy {
            // One that `portcullis new` writes leaves the file unread, one like examples/directory reads it.
            None => Self::new(&[USERS], vec![users(password)]),
            Some(Ready::Directory) => {
                let password = secret(PASSWORD, format!("{password}\n"));
                Self::new(&[USERS], vec![users(fresh.password.expose()), password])
            }
            Some(Ready::Hello) => Self::new(&[], vec![]),
            Some(Ready::OfficeHours) => office_hours(fresh),
            Some(Ready::Rego) => rego(password),
            Some(Ready::TokenAccounts) => token_accounts(password),
        }
    }

    fn new(data: &[&'static str], files: Vec<StartFile>) -> Self {
        Self {
            files,
            data: data.to_vec(),
            settings: String::new(),
        }
    }
}

fn secret(name: &'static str, text: String) -> StartFile {
    let is_secret = true;
    StartFile {
        name,
        is_secret,
        text,
    }
}

/// The first user, with a password of its own.
fn users(password: &str) -> StartFile {
    let text =
        format!("{{\n  \"alice\": {{ \"pass\": \"{password}\", \"account\": \"APP\" }}\n}}\n");
    secret(USERS, text)
}

fn office_hours(fresh: &Fresh) -> Start {
    let seed = secret(SEED, format!("{}\n", fresh.client.seed.expose()));
    let settings = format!(
        "
[policies.settings]
opens = \"00:00\"
closes = \"23:59\"
days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]
utc-offset = \"+00:00\"

# The account of each public nkey. The seed of this one is in {SEED}.
[policies.settings.clerks]
{} = \"APP\"
",
        fresh.client.public
    );
    Start {
        settings,
        ..Start::new(&[], vec![seed])
    }
}

fn rego(password: &str) -> Start {
    let hash = Sha256::digest(password.as_bytes());
    let hash = data_encoding::HEXLOWER.encode(&hash);
    let users = format!(
        "\
{{
  \"users\": {{
    \"alice\": {{
      \"password_sha256\": \"{hash}\",
      \"account\": \"APP\",
      \"can\": [\"publish test\", \"subscribe test\"]
    }}
  }}
}}
"
    );
    let rules = StartFile {
        name: RULES,
        is_secret: false,
        text: include_str!("decision.rego").to_owned(),
    };
    let files = vec![
        rules,
        secret(USERS, users),
        secret(PASSWORD, format!("{password}\n")),
    ];
    Start::new(&[RULES, USERS], files)
}

fn token_accounts(password: &str) -> Start {
    let tokens =
        format!("{{\n  \"alice\": {{ \"secret\": \"{password}\", \"account\": \"APP\" }}\n}}\n");
    let files = vec![
        secret(TOKENS, tokens),
        secret(TOKEN, format!("alice.{password}\n")),
    ];
    let settings = "
# The account of each DNS name in a verified certificate.
[policies.settings.certificates]
# \"billing.internal\" = \"APP\"
";
    Start {
        settings: settings.to_owned(),
        ..Start::new(&[TOKENS], files)
    }
}

/// A client that the first policy admits.
pub(super) struct Client {
    /// Arguments of `nats`.
    pub(super) nats: String,
    /// Arguments of `portcullis eval`.
    pub(super) eval: String,
}

impl Client {
    pub(super) fn of(policy: Option<Ready>, folder: &Path, fresh: &Fresh) -> Self {
        let file = |name: &str| shell_word(&folder.join(name));
        let (nats, eval) = match policy {
            None | Some(Ready::Hello) => (
                "--user guest --password any subscribe 'news.>'".to_owned(),
                "--user guest --can 'subscribe news.today'".to_owned(),
            ),
            Some(Ready::Directory | Ready::Rego) => {
                let password = file(PASSWORD);
                let nats =
                    format!("--user alice --password \"$(cat {password})\" publish test hello");
                let eval = format!("--user alice --password @{password} --can 'publish test'");
                (nats, eval)
            }
            Some(Ready::OfficeHours) => {
                let nats = format!("--nkey {} publish test hello", file(SEED));
                let eval = format!(
                    "--nkey {} --at {OPEN} --can 'publish test'",
                    fresh.client.public
                );
                (nats, eval)
            }
            Some(Ready::TokenAccounts) => {
                let token = file(TOKEN);
                let nats = format!("--token \"$(cat {token})\" publish test hello");
                let eval = format!("--token @{token} --can 'publish test'");
                (nats, eval)
            }
        };
        Self { nats, eval }
    }
}
