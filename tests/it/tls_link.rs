//! The service's own connection: whoever asks for TLS gets TLS, whatever the server or somebody on the way says.

use std::path::Path;

use portcullis_tests::artifacts::guest;
use portcullis_tests::nats_server::Options;
use portcullis_tests::portcullis::Serve;
use portcullis_tests::{Keys, NatsServer, PATIENCE};
use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// An authority and a certificate for 127.0.0.1 that it signed, as `ca.pem`, `cert.pem` and `key.pem`.
fn write_certificates(folder: &Path) {
    let authority_key = rcgen::KeyPair::generate().expect("a key");
    let mut authority = rcgen::CertificateParams::default();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).expect("an authority");
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).expect("names");
    let certificate = certificate.signed_by(&key, &issuer).expect("a certificate");
    for (name, text) in [
        ("ca.pem", root.pem()),
        ("cert.pem", certificate.pem()),
        ("key.pem", key.serialize_pem()),
    ] {
        std::fs::write(folder.join(name), text).expect("written");
    }
}

fn serve(home: &Path, url: &str, keys: &Keys) -> Serve {
    let serve = Serve::new(home, url).issuer(keys).xkey(keys);
    serve.accounts(&["APP"]).flag("--policy", guest("hello"))
}

/// A server whose certificate and its authority are in the folder.
async fn server_with_tls(folder: &Path, keys: &Keys) -> NatsServer {
    write_certificates(folder);
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let options = Options {
        more: format!("tls {{ cert_file: {certificate:?}, key_file: {key:?} }}\n"),
        ..Options::sealed(keys)
    };
    NatsServer::start(&options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_tls_is_served() {
    let home = tempfile::tempdir().expect("a directory");
    let keys = Keys::generate();
    let server = server_with_tls(home.path(), &keys).await;
    let serve = serve(home.path(), &server.url(), &keys).flag("--tlsca", "ca.pem");
    let portcullis = serve.spawn();
    portcullis.wait_for_message(0, "ready").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_authority_is_named_as_a_reason() {
    let home = tempfile::tempdir().expect("a directory");
    let other = tempfile::tempdir().expect("a directory");
    write_certificates(other.path());
    let keys = Keys::generate();
    let server = server_with_tls(home.path(), &keys).await;
    let authority = other.path().join("ca.pem");
    let serve = serve(home.path(), &server.url(), &keys).flag("--tlsca", authority);
    let words = "tlsca is the authority of its certificate";
    serve.spawn().wait_for_trouble(words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_told_from_a_host_that_is_not_known() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    // A label of 64 letters is in no DNS, so nobody is asked.
    for (url, words) in [
        (format!("nats://{address}"), "refused the connection"),
        (format!("nats://{}", "n".repeat(64)), "is not known"),
    ] {
        let home = tempfile::tempdir().expect("a directory");
        let serve = serve(home.path(), &url, &Keys::generate());
        serve.spawn().wait_for_trouble(words).await;
    }
}

/// A server, or somebody on the way to it, who says that there is no TLS. The first bytes of the service are a TLS handshake,
/// and not its password.
#[rstest]
#[case::an_authority("nats", &[("--tlsca", "ca.pem")])]
#[case::a_certificate("nats", &[("--tlscert", "cert.pem"), ("--tlskey", "key.pem")])]
#[case::the_scheme("tls", &[])]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_without_tls(#[case] scheme: &str, #[case] flags: &[(&'static str, &str)]) {
    let home = tempfile::tempdir().expect("a directory");
    write_certificates(home.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let address = listener.local_addr().expect("an address");
    let serve = serve(
        home.path(),
        &format!("{scheme}://{address}"),
        &Keys::generate(),
    );
    let serve = flags
        .iter()
        .fold(serve, |serve, (flag, value)| serve.flag(flag, *value));
    let _portcullis = serve.spawn();
    let first = async {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let info = "INFO {\"server_id\":\"N\",\"version\":\"2.15.1\",\"headers\":true,\"max_payload\":1048576,\"tls_required\":false}\r\n";
        stream.write_all(info.as_bytes()).await.expect("written");
        stream.read_u8().await.expect("a byte")
    };
    let first = tokio::time::timeout(PATIENCE, first).await.expect("a byte");
    assert_eq!(first, TLS_HANDSHAKE, "{:?}", char::from(first));
}

/// The type of the first TLS record (RFC 8446, section 5.1).
const TLS_HANDSHAKE: u8 = 22;
