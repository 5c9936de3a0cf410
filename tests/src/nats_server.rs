//! A real nats-server, of any version that `tests/tools/nats-server` can provide.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::PATIENCE;
use crate::artifacts;
use crate::keys::Keys;
use crate::lines::Lines;

pub const DEFAULT_VERSION: &str = "2.15.1";

/// Options of the server. Every configuration has the accounts AUTH (with the user auth), APP and SYS.
#[derive(Clone)]
pub struct Options {
    pub version: String,
    /// The `auth_callout` block; without it, the user auth may play nats-server.
    pub callout: Option<Callout>,
    pub websocket: bool,
    /// Also enables JetStream, which MQTT needs.
    pub mqtt: bool,
    /// JetStream, in files, for the account APP.
    pub jetstream: bool,
    /// The name of JetStream's domain.
    pub domain: Option<&'static str>,
    /// Users of the account APP that need no callout; the password is the name.
    pub members: Vec<&'static str>,
    /// What the account APP imports.
    pub imports: &'static str,
    /// Further accounts.
    pub accounts: &'static str,
    /// The block `permissions` of the user auth; without it, everything.
    pub service_permissions: String,
    /// Another user in the account AUTH whom nobody is asked about; the name is the password.
    pub observer: bool,
    /// Listens for leaf nodes.
    pub leafnodes: bool,
    /// A fixed port, to listen on again after a restart; otherwise the system chooses.
    pub port: Option<u16>,
    /// Seconds that the server waits for the callout's answer.
    pub timeout_seconds: u32,
    /// Further lines of configuration.
    pub more: String,
}

#[derive(Clone)]
pub struct Callout {
    pub issuer: String,
    /// Sealed if there is one, otherwise plain.
    pub xkey: Option<String>,
}

impl Options {
    pub fn without_callout() -> Self {
        Self {
            version: DEFAULT_VERSION.to_owned(),
            callout: None,
            websocket: false,
            mqtt: false,
            jetstream: false,
            domain: None,
            members: vec![],
            imports: "",
            accounts: "",
            service_permissions: String::new(),
            observer: false,
            leafnodes: false,
            port: None,
            timeout_seconds: 2,
            more: String::new(),
        }
    }

    pub fn sealed(keys: &Keys) -> Self {
        let callout = Callout {
            issuer: keys.issuer.clone(),
            xkey: Some(keys.xkey.clone()),
        };
        Self {
            callout: Some(callout),
            ..Self::without_callout()
        }
    }

    pub fn plain(keys: &Keys) -> Self {
        let callout = Callout {
            issuer: keys.issuer.clone(),
            xkey: None,
        };
        Self {
            callout: Some(callout),
            ..Self::without_callout()
        }
    }

    /// The configuration file.
    fn render(&self, home: &Path) -> String {
        let port = self
            .port
            .map_or_else(|| "-1".to_owned(), |port| port.to_string());
        let (observer, auth_users) = match self.observer {
            true => ("{ user: observer, password: observer }", "auth, observer"),
            false => ("", "auth"),
        };
        let callout = self.callout.as_ref().map_or_else(String::new, |callout| {
            let xkey = callout
                .xkey
                .as_ref()
                .map_or_else(String::new, |key| format!("xkey: {key}"));
            format!(
                "auth_callout {{ issuer: {}, auth_users: [{auth_users}], account: AUTH, {xkey} }}",
                callout.issuer
            )
        });
        let members = self.members.iter();
        let members = members.map(|name| format!("{{ user: {name}, password: {name} }}"));
        let members = members.collect::<Vec<_>>().join(", ");
        let mut text = format!(
            "listen: \"127.0.0.1:{port}\"\nserver_name: gatehouse\n\
             accounts {{\n  AUTH {{ users: [{{ user: auth, password: auth, {} }}, {observer}] }}\n  APP {{ users: [{members}], imports: [{}] }}\n  SYS {{}}\n{}}}\n\
             system_account: SYS\n\
             authorization {{ timeout: {}\n  {callout}\n}}\n",
            self.service_permissions, self.imports, self.accounts, self.timeout_seconds
        );
        if self.websocket {
            text += "websocket { listen: \"127.0.0.1:-1\", no_tls: true }\n";
        }
        if self.mqtt {
            text += "mqtt { listen: \"127.0.0.1:-1\" }\n";
        }
        if self.leafnodes {
            text += "leafnodes { listen: \"127.0.0.1:-1\" }\n";
        }
        if self.mqtt || self.jetstream {
            let store = home.join("jetstream");
            let domain = self
                .domain
                .map_or_else(String::new, |name| format!(", domain: {name}"));
            text += &format!(
                "jetstream {{ store_dir: {store:?}, max_file_store: 64M, max_memory_store: 64M{domain} }}\n"
            );
            text = text.replace("  APP {", "  APP { jetstream: enabled, ");
        }
        text + &self.more
    }
}

/// A running server. It is killed when dropped.
pub struct NatsServer {
    child: Child,
    log: Lines,
    port: u16,
    websocket_port: Option<u16>,
    mqtt_port: Option<u16>,
    leafnode_port: Option<u16>,
    configuration: PathBuf,
    _home: tempfile::TempDir,
}

impl NatsServer {
    /// Returns when the server is ready for clients.
    pub async fn start(options: &Options) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let configuration = home.path().join("nats-server.conf");
        std::fs::write(&configuration, options.render(home.path())).expect("the configuration");
        Self::start_with(configuration, &options.version, home).await
    }

    /// The same for a configuration file that somebody else has written. It says `127.0.0.1:-1`, for a free port.
    pub async fn start_configured(configuration: &Path, version: &str) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        Self::start_with(configuration.to_owned(), version, home).await
    }

    async fn start_with(configuration: PathBuf, version: &str, home: tempfile::TempDir) -> Self {
        let mut child = Command::new(artifacts::nats_server(version))
            .arg("--config")
            .arg(&configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("nats-server starts");
        let log = Lines::capture(child.stderr.take().expect("its log"));
        let (mut port, mut websocket_port, mut mqtt_port, mut leafnode_port) =
            (None, None, None, None);
        let ready = log.wait_for(0, PATIENCE, |line| {
            if line.contains("Listening for client connections on ") {
                port = trailing_port(line);
            } else if line.contains("Listening for websocket clients on ") {
                websocket_port = trailing_port(line);
            } else if line.contains("Listening for MQTT clients on ") {
                mqtt_port = trailing_port(line);
            } else if line.contains("Listening for leafnode connections on ") {
                leafnode_port = trailing_port(line);
            }
            line.ends_with("Server is ready").then_some(())
        });
        if ready.await.is_none() {
            let _ = child.kill();
            let _ = child.wait();
            panic!("nats-server did not start:\n{}", log.since(0).join("\n"));
        }
        let port = port.expect("a server that is ready listens");
        Self {
            child,
            log,
            port,
            websocket_port,
            mqtt_port,
            leafnode_port,
            configuration,
            _home: home,
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub fn websocket_address(&self) -> String {
        format!(
            "127.0.0.1:{}",
            self.websocket_port.expect("Options::websocket")
        )
    }

    pub fn mqtt_address(&self) -> String {
        format!("127.0.0.1:{}", self.mqtt_port.expect("Options::mqtt"))
    }

    pub fn leafnode_address(&self) -> String {
        format!(
            "127.0.0.1:{}",
            self.leafnode_port.expect("Options::leafnodes")
        )
    }

    /// The path of the configuration file, to show it to a reader.
    pub fn configuration(&self) -> &Path {
        &self.configuration
    }

    pub fn log(&self) -> &Lines {
        &self.log
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Stops the server and waits for its end.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn trailing_port(line: &str) -> Option<u16> {
    line.rsplit(':').next()?.trim().parse().ok()
}
