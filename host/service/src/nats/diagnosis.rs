//! Why there is no connection, in words. The client says no more than `IO error`, so the servers are tried once more here.

use std::io::ErrorKind;
use std::time::Duration;

use async_nats::ServerAddr;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// What is tried.
#[derive(Debug)]
pub(super) struct Diagnosis {
    pub(super) servers: Vec<ServerAddr>,
    pub(super) wants_tls: bool,
}

impl Diagnosis {
    /// What the client says in place of a reason: the names of its kinds of connection errors.
    pub(super) fn is_needed(cause: &str) -> bool {
        let kinds = ["IO error", "DNS error", "TLS error", "timed out"];
        kinds.iter().any(|kind| cause.ends_with(kind))
    }

    /// A sentence for each server, or the client's words if there is none.
    pub(super) async fn explain(&self, cause: &str) -> String {
        let mut reasons = Vec::new();
        for server in self.servers.iter().take(SERVERS_MAX) {
            reasons.push(self.explain_one(server, cause).await);
        }
        match reasons.is_empty() {
            true => cause.to_owned(),
            false => reasons.join("; "),
        }
    }

    async fn explain_one(&self, server: &ServerAddr, cause: &str) -> String {
        let (host, port) = (server.host(), server.port());
        let addresses = match timeout(PATIENCE, lookup_host((host, port))).await {
            Ok(Ok(addresses)) => addresses.collect::<Vec<_>>(),
            Ok(Err(error)) => {
                return format!(
                    "the host {host} is not known ({error}): check its name, or the DNS of this machine"
                );
            }
            Err(_) => {
                return format!("the DNS of this machine does not answer for {host}");
            }
        };
        match timeout(PATIENCE, TcpStream::connect(addresses.as_slice())).await {
            Ok(Ok(_)) => self.explain_reachable(host, port, cause),
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => format!(
                "{host}:{port} refused the connection: start nats-server there, or check the port"
            ),
            Ok(Err(error)) => format!("{host}:{port} cannot be reached: {error}"),
            Err(_) => {
                format!(
                    "{host}:{port} does not answer: check the address, and the firewalls on the way"
                )
            }
        }
    }

    fn explain_reachable(&self, host: &str, port: u16, cause: &str) -> String {
        let reached = format!("{host}:{port} can be reached, but the connection failed: {cause}");
        match self.wants_tls {
            true => format!(
                "{reached}; check that it has TLS, that tlsca is the authority of its certificate, and that the certificate names {host}"
            ),
            false => {
                format!(
                    "{reached}; check that nats-server listens there, and whether it requires TLS"
                )
            }
        }
    }
}

const SERVERS_MAX: usize = 4;
const PATIENCE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    async fn explained(url: &str, wants_tls: bool) -> String {
        let servers = vec![url.parse().unwrap()];
        let diagnosis = Diagnosis { servers, wants_tls };
        diagnosis.explain("client error: IO error").await
    }

    #[tokio::test]
    async fn a_closed_port_and_an_unknown_host_are_told_apart() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = format!("nats://{address}");
        let open = explained(&url, true).await;
        assert!(
            open.contains("can be reached") && open.contains("tlsca"),
            "{open}"
        );
        let open = explained(&url, false).await;
        assert!(
            open.contains("can be reached") && !open.contains("tlsca"),
            "{open}"
        );
        drop(listener);
        let closed = explained(&url, true).await;
        assert!(
            closed.contains(&format!("{address} refused the connection")),
            "{closed}"
        );
        // A label of 64 letters is in no DNS, so nobody is asked.
        let host = "n".repeat(64);
        let unknown = explained(&format!("nats://{host}"), false).await;
        assert!(
            unknown.contains(&format!("the host {host} is not known")),
            "{unknown}"
        );
    }

    #[test]
    fn a_reason_of_the_server_stays_as_it_is() {
        assert!(Diagnosis::is_needed("client error: IO error"));
        assert!(!Diagnosis::is_needed(
            "server error: authorization violation"
        ));
    }
}
