//! Issuer and xkey are replaced while the service runs, with old and new keys in force together for a while.

use portcullis_tests::bed::write_renamed;
use portcullis_tests::client::Client;
use portcullis_tests::events::Event;
use portcullis_tests::forger::Forger;
use portcullis_tests::nats_server::Options;
use portcullis_tests::portcullis::Serve;
use portcullis_tests::{Keys, NatsServer, Portcullis};
use rustix::process::Signal;

use crate::config_reload::{APP, policy, reloaded};

/// A service whose keys are in the file, as lists of files.
struct Rotation {
    home: tempfile::TempDir,
    portcullis: Portcullis,
    server: NatsServer,
    old: Keys,
    new: Keys,
}

impl Rotation {
    async fn start(sealed: impl Fn(&Keys) -> Options) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let (old, new) = (Keys::generate(), Keys::generate());
        for (name, keys) in [("old", &old), ("new", &new)] {
            let write =
                |kind, seed| std::fs::write(home.path().join(format!("{name}.{kind}")), seed);
            write("issuer", &keys.issuer_seed).expect("written");
            write("xkey", &keys.xkey_seed).expect("written");
        }
        let server = NatsServer::start(&sealed(&old)).await;
        let config = home.path().join("portcullis.toml");
        std::fs::write(&config, Self::text(&["old"])).expect("written");
        let serve = Serve::new(home.path(), &server.url()).flag("--config", config);
        let portcullis = serve.spawn();
        portcullis.wait_for_message(0, "ready").await;
        Self {
            home,
            portcullis,
            server,
            old,
            new,
        }
    }

    fn text(names: &[&str]) -> String {
        let list = |kind| {
            let files: Vec<_> = names
                .iter()
                .map(|name| format!("\"@{name}.{kind}\""))
                .collect();
            files.join(", ")
        };
        let keys = format!(
            "issuer-seed = [{}]\nxkey-seed = [{}]\n",
            list("issuer"),
            list("xkey")
        );
        keys + APP + &policy("remembers", "")
    }

    async fn give(&self, names: &[&str]) {
        let mark = self.portcullis.mark();
        let text = Self::text(names);
        write_renamed(&self.home.path().join("portcullis.toml"), text.as_bytes());
        reloaded(&self.portcullis, mark).await;
    }

    /// A pretended server that still has those keys.
    async fn forger(&self, keys: &Keys) -> Forger {
        let client = Client::admitted(&self.server.url(), "auth", "auth").await;
        Forger::new(client.nats().clone(), keys)
    }

    async fn assert_served(&self, keys: &Keys) {
        let forger = self.forger(keys).await;
        let answer = forger.ask(&forger.request("bob", "a secret word")).await;
        assert!(answer.allows() && answer.signed, "{answer:?}");
        assert_eq!(answer.response["iss"], keys.issuer.as_str(), "{answer:?}");
    }

    async fn assert_not_served(&self, keys: &Keys, kind: &str) {
        let forger = self.forger(keys).await;
        let request = forger.request("bob", "a secret word");
        let mark = self.portcullis.mark();
        let mut reply = forger
            .send(forger.encode(&request), request.header.as_deref())
            .await;
        let told = self
            .portcullis
            .wait_for(mark, "the rejection", Event::is_rejection)
            .await;
        assert_eq!(told.text("kind"), kind, "{told:?}");
        assert!(!reply.has_come().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_with_both_in_force_for_a_while() {
    let rotation = Rotation::start(|_| Options::without_callout()).await;
    rotation.assert_served(&rotation.old).await;
    rotation
        .assert_not_served(&rotation.new, "wrong_xkey")
        .await;
    rotation.give(&["new", "old"]).await;
    rotation.assert_served(&rotation.old).await;
    rotation.assert_served(&rotation.new).await;
    rotation.give(&["new"]).await;
    rotation.assert_served(&rotation.new).await;
    rotation
        .assert_not_served(&rotation.old, "wrong_xkey")
        .await;
}

/// The file with the seed is replaced, and the file that names it stays the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_seed_that_is_replaced_in_its_file_is_used() {
    let rotation = Rotation::start(|_| Options::without_callout()).await;
    let mark = rotation.portcullis.mark();
    for (kind, seed) in [
        ("issuer", &rotation.new.issuer_seed),
        ("xkey", &rotation.new.xkey_seed),
    ] {
        let path = rotation.home.path().join(format!("old.{kind}"));
        write_renamed(&path, seed.as_bytes());
    }
    reloaded(&rotation.portcullis, mark).await;
    // The first reload may have come between the two files.
    let mark = rotation.portcullis.mark();
    rotation.portcullis.signal(Signal::HUP);
    reloaded(&rotation.portcullis, mark).await;
    rotation.assert_served(&rotation.new).await;
}

/// A server gets the new public keys while the service has both.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_changes_to_the_new_keys() {
    let mut rotation = Rotation::start(Options::sealed).await;
    rotation.give(&["new", "old"]).await;
    Client::admitted(&rotation.server.url(), "bob", "bob").await;
    let mark = rotation.portcullis.mark();
    let port = Some(rotation.server.port());
    rotation.server.stop();
    let options = Options {
        port,
        ..Options::sealed(&rotation.new)
    };
    rotation.server = NatsServer::start(&options).await;
    rotation
        .portcullis
        .wait_for_message(mark, "connected")
        .await;
    Client::admitted(&rotation.server.url(), "bob", "bob").await;
}
