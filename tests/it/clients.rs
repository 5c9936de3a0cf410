//! What `docs/src/clients.md` says of client libraries that come back by themselves: the options against closing for good,
//! and what becomes of a connection whose grant expires. The options for inboxes are tried with the abilities.

use std::path::PathBuf;

use portcullis_tests::bed::{Bed, Setup, write_renamed};
use portcullis_tests::driver::{Driver, Lasting, Library};
use portcullis_tests::nats_server::{NatsServer, Options};
use rstest::rstest;
use serde_json::{Value, json};

const USER: &str = "worker";

/// A service, and a client with the password of a file.
struct Scene {
    bed: Bed,
    password_file: PathBuf,
    driver: Driver,
}

impl Scene {
    async fn start(library: Library, setup: Setup, auth_abort: bool) -> Self {
        let bed = Bed::start(setup).await;
        let password_file = bed.folder().join("password");
        std::fs::write(&password_file, "first").expect("written");
        let mut driver = Driver::start(library);
        let lasting = Lasting {
            url: &bed.server.url(),
            user: USER,
            password_file: &password_file,
            auth_abort,
        };
        driver.connect_lasting(&lasting).await;
        Self {
            bed,
            password_file,
            driver,
        }
    }

    /// Another password is right from now on, and the server's restart ends the connection.
    async fn change_the_password(&mut self) {
        let mark = self.bed.portcullis.mark();
        self.bed.write_users(&users("second"));
        self.bed.portcullis.wait_for_message(mark, "reloaded").await;
        let options = Options {
            port: Some(self.bed.server.port()),
            ..Options::sealed(&self.bed.keys)
        };
        self.bed.server.stop();
        self.bed.server = NatsServer::start(&options).await;
    }

    /// The client was refused that often since `mark`.
    async fn wait_for_denials(&self, mark: usize, count: usize) {
        let mut from = mark;
        for _ in 0..count {
            let log = self.bed.portcullis.log();
            let denied = |line: &str| line.contains("\"outcome\":\"deny\"").then_some(());
            let seen = log.wait_for(from, portcullis_tests::PATIENCE, denied).await;
            assert!(seen.is_some(), "the client did not come back");
            let lines = log.since(from);
            from += 1 + lines
                .iter()
                .position(|line| denied(line).is_some())
                .expect("seen");
        }
    }
}

fn users(password: &str) -> Value {
    json!({ USER: { "pass": password, "account": "APP" } })
}

fn setup() -> Setup {
    Setup {
        users: Some(users("first")),
        ..Setup::directory()
    }
}

#[rstest]
#[case::go(Library::Go)]
#[case::javascript(Library::JavaScript)]
#[case::python(Library::Python)]
#[case::rust(Library::Rust)]
#[tokio::test(flavor = "multi_thread")]
async fn with_the_documented_options_a_client_outlives_denials_and_reads_its_credential_anew(
    #[case] library: Library,
) {
    let mut scene = Scene::start(library, setup(), false).await;
    let mark = scene.bed.portcullis.mark();
    scene.change_the_password().await;
    scene.wait_for_denials(mark, 4).await;
    let mark = scene.bed.portcullis.mark();
    write_renamed(&scene.password_file, b"second");
    let admitted = scene
        .bed
        .portcullis
        .wait_for(mark, "an admission", |event| {
            event.text("user") == USER && event.text("outcome") == "allow"
        });
    admitted.await;
    scene.driver.wait_for_state("connected").await;
}

#[rstest]
#[case::go(Library::Go)]
#[case::javascript(Library::JavaScript)]
#[tokio::test(flavor = "multi_thread")]
async fn without_the_option_these_clients_close_for_good_after_two_denials(
    #[case] library: Library,
) {
    let mut scene = Scene::start(library, setup(), true).await;
    let mark = scene.bed.portcullis.mark();
    scene.change_the_password().await;
    scene.wait_for_denials(mark, 2).await;
    scene.driver.wait_for_state("closed").await;
}

#[rstest]
#[case::go(Library::Go, "connected")]
#[case::javascript(Library::JavaScript, "connected")]
#[case::python(Library::Python, "closed")]
#[case::rust(Library::Rust, "connected")]
#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_expires_is_asked_for_again_but_not_by_nats_py(
    #[case] library: Library,
    #[case] state: &str,
) {
    let folder = tempfile::tempdir().expect("a directory");
    let config = folder.path().join("portcullis.toml");
    std::fs::write(&config, "lifetime = \"2s\"\n").expect("written");
    let setup = setup().flag("--config", config.display().to_string());
    let mut scene = Scene::start(library, setup, false).await;
    // The line of the first decision may come after the client has connected.
    scene.bed.portcullis.wait_for_decision(0, USER).await;
    let mark = scene.bed.portcullis.mark();
    if state == "connected" {
        scene.bed.portcullis.wait_for_decision(mark, USER).await;
    }
    scene.driver.wait_for_state(state).await;
}
