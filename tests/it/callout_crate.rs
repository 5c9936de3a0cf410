//! The crate `portcullis-callout` by itself: its example is a service of some sixty lines that a real server asks.

use std::process::{Child, Command, Stdio};

use portcullis_tests::PATIENCE;
use portcullis_tests::artifacts::host_example;
use portcullis_tests::client::Client;
use portcullis_tests::keys::Keys;
use portcullis_tests::lines::Lines;
use portcullis_tests::nats_server::{NatsServer, Options};

/// The example, which ends with the test.
struct Answering(Child);

impl Answering {
    async fn start(server: &NatsServer, keys: &Keys) -> Self {
        let mut child = Command::new(host_example("answer"))
            .env("NATS_URL", server.url())
            .env("AUTH_PASSWORD", "auth")
            .env("ISSUER_SEED", &keys.issuer_seed)
            .env("XKEY_SEED", &keys.xkey_seed)
            .env("PASSWORD", "open sesame")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let lines = Lines::capture(child.stdout.take().expect("its output"));
        let ready = |line: &str| line.starts_with("answering").then_some(());
        lines
            .wait_for(0, PATIENCE, ready)
            .await
            .expect("it answers");
        Self(child)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_sixty_lines_admits_and_refuses_clients_of_a_real_server() {
    let keys = Keys::generate();
    let server = NatsServer::start(&Options::sealed(&keys)).await;
    let _answering = Answering::start(&server, &keys).await;
    Client::refused(&server.url(), "anybody", "open barley").await;
    let reader = Client::admitted(&server.url(), "anybody", "open sesame").await;
    let nats = reader.nats();
    nats.publish("news.today", "a message".into())
        .await
        .expect("the client takes it");
    nats.flush().await.expect("flushed");
    let complaint = reader.complaint().await;
    assert!(
        complaint.to_lowercase().contains("permissions violation"),
        "{complaint}"
    );
}
