//! The usual set-up of a scenario: a server, the service, and a folder with its policy and data.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::artifacts::guest;
use crate::client::Client;
use crate::forger::Forger;
use crate::keys::Keys;
use crate::nats_server::{NatsServer, Options};
use crate::portcullis::{Portcullis, Serve};

/// What to start.
pub struct Setup {
    pub keys: Keys,
    pub server: Options,
    /// Whether the service has the xkey.
    pub sealed: bool,
    pub accounts: Vec<&'static str>,
    /// A guest by its name.
    pub policy: &'static str,
    /// The file `users.json`, if the policy reads one.
    pub users: Option<Value>,
    /// The text of a configuration file that names the policies.
    pub config: Option<String>,
    /// Further flags and their values.
    pub flags: Vec<(&'static str, String)>,
}

impl Setup {
    /// The policy of `examples/directory` with the three users of the documentation; everything sealed.
    pub fn directory() -> Self {
        Self {
            users: Some(users()),
            ..Self::guest("directory")
        }
    }

    /// Any guest, without data; everything sealed.
    pub fn guest(policy: &'static str) -> Self {
        let keys = Keys::generate();
        let server = Options::sealed(&keys);
        let accounts = vec!["APP", "SYS"];
        Self {
            keys,
            server,
            sealed: true,
            accounts,
            policy,
            users: None,
            config: None,
            flags: vec![],
        }
    }

    /// Policies from this configuration file; everything sealed.
    pub fn config(text: impl Into<String>) -> Self {
        Self {
            config: Some(text.into()),
            ..Self::guest("remembers")
        }
    }

    /// Without xkeys on both sides.
    pub fn plain(self) -> Self {
        Self {
            server: Options::plain(&self.keys),
            sealed: false,
            ..self
        }
    }

    /// A server without callout, so that a forger can use the callout's subject.
    pub fn without_callout(self) -> Self {
        Self {
            server: Options::without_callout(),
            ..self
        }
    }

    pub fn flag(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.flags.push((name, value.into()));
        self
    }
}

/// The users of the documentation.
pub fn users() -> Value {
    json!({
        "sys": { "pass": "sys", "account": "SYS" },
        "alice": { "pass": "alice", "account": "APP" },
        "bob": {
            "pass": "bob", "account": "APP",
            "permissions": { "pub": { "allow": ["bob.>"] }, "sub": { "allow": ["bob.>"] }, "resp": { "max": 1 } },
        },
    })
}

/// A server and a service, running.
pub struct Bed {
    pub portcullis: Portcullis,
    pub server: NatsServer,
    pub keys: Keys,
    folder: tempfile::TempDir,
}

impl Bed {
    /// Starts both. Returns when the service is ready.
    pub async fn start(setup: Setup) -> Self {
        let bed = Self::start_unready(setup).await;
        bed.portcullis.wait_for_message(0, "ready").await;
        bed
    }

    /// The same, for a service that will not become ready.
    pub async fn start_unready(setup: Setup) -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let policies = folder.path().join("policies");
        std::fs::create_dir(&policies).expect("a directory");
        let server = NatsServer::start(&setup.server).await;
        install(guest(setup.policy), &policies.join("policy.wasm"));
        let serve = Serve::new(folder.path(), &server.url())
            .issuer(&setup.keys)
            .accounts(&setup.accounts);
        let mut serve = match &setup.config {
            None => serve.flag("--policy", policies.join("policy.wasm")),
            Some(text) => {
                let path = folder.path().join("portcullis.toml");
                std::fs::write(&path, text).expect("written");
                serve.flag("--config", path)
            }
        };
        if setup.sealed {
            serve = serve.xkey(&setup.keys);
        }
        if let Some(users) = &setup.users {
            write_renamed(&policies.join("users.json"), users.to_string().as_bytes());
            serve = serve.flag("--data", policies.join("users.json"));
        }
        for (name, value) in &setup.flags {
            serve = serve.flag(name, value);
        }
        Self {
            portcullis: serve.spawn(),
            server,
            keys: setup.keys,
            folder,
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn config_path(&self) -> PathBuf {
        self.folder.path().join("portcullis.toml")
    }

    pub fn policy_path(&self) -> PathBuf {
        self.folder.path().join("policies/policy.wasm")
    }

    pub fn users_path(&self) -> PathBuf {
        self.folder.path().join("policies/users.json")
    }

    /// Replaces the policy by another guest, by a rename.
    pub fn install_policy(&self, name: &str) {
        install(guest(name), &self.policy_path());
    }

    pub fn write_users(&self, users: &Value) {
        write_renamed(&self.users_path(), users.to_string().as_bytes());
    }

    pub async fn admitted(&self, user: &str) -> Client {
        Client::admitted(&self.server.url(), user, user).await
    }

    pub async fn refused(&self, user: &str) {
        Client::refused(&self.server.url(), user, user).await;
    }

    /// The pretended server, for a set-up without callout.
    pub async fn forger(&self) -> Forger {
        let client = Client::admitted(&self.server.url(), "auth", "auth").await;
        Forger::new(client.nats().clone(), &self.keys)
    }
}

/// Copies a file to a temporary name and renames it, as careful deployments do.
pub fn install(from: &Path, to: &Path) {
    write_renamed(to, &std::fs::read(from).expect("the guest"));
}

/// Writes to a temporary name and renames it.
pub fn write_renamed(path: &Path, bytes: &[u8]) {
    let fresh = path.with_extension("fresh");
    std::fs::write(&fresh, bytes).expect("written");
    std::fs::rename(&fresh, path).expect("renamed");
}
