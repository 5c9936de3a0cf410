//! A minimal client of the NATS protocol: for herds of connections, and for tests that have to know that nothing more will come.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A connection that has seen the server's INFO.
pub struct Connection {
    stream: BufReader<TcpStream>,
    line: String,
}

impl Connection {
    pub async fn open(address: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut connection = Self {
            stream: BufReader::new(stream),
            line: String::new(),
        };
        connection.read_line().await?;
        Ok(connection)
    }

    /// Logs in with user and password.
    pub async fn log_in(&mut self, user: &str, password: &str) -> Result<(), String> {
        let connect = json!({ "user": user, "pass": password });
        self.connect(connect).await
    }

    /// Sends CONNECT with these fields. `Err` is the server's last message, or that it closed the connection.
    pub async fn connect(&mut self, mut fields: Value) -> Result<(), String> {
        for (name, value) in [
            ("verbose", false),
            ("pedantic", false),
            ("tls_required", false),
        ] {
            fields[name] = value.into();
        }
        fields["protocol"] = 1.into();
        fields["lang"] = "by-hand".into();
        fields["version"] = "1".into();
        self.round_trip(&format!("CONNECT {fields}\r\n")).await
    }

    /// Publishes an empty message. `Err` is the server's complaint. The server complains before it answers the PING that
    /// follows, so its silence means that it accepted the message.
    pub async fn publish(&mut self, subject: &str) -> Result<(), String> {
        self.round_trip(&format!("PUB {subject} 0\r\n\r\n")).await
    }

    pub async fn subscribe(&mut self, subject: &str) -> Result<(), String> {
        self.round_trip(&format!("SUB {subject} 1\r\n")).await
    }

    /// The first lines of what the server has sent by now: the subject of each message, and part of some payloads.
    pub async fn messages(&mut self) -> Vec<String> {
        self.exchange("").await
    }

    /// Sends the lines, each with its line end, and a PING. Returns what the server says before its PONG: complaints, and the
    /// first lines of each message.
    pub async fn exchange(&mut self, lines: &str) -> Vec<String> {
        let sent = format!("{lines}PING\r\n");
        let sent = self.stream.write_all(sent.as_bytes()).await;
        sent.expect("the connection stays");
        let mut heard = Vec::new();
        loop {
            match self.read_line().await.expect("the connection stays") {
                "PONG" => return heard,
                line => heard.push(line.to_owned()),
            }
        }
    }

    /// Sends the lines and a PING; reads up to the PONG.
    async fn round_trip(&mut self, lines: &str) -> Result<(), String> {
        let sent = self
            .stream
            .write_all(format!("{lines}PING\r\n").as_bytes())
            .await;
        sent.map_err(|error| error.to_string())?;
        let mut complaint = None;
        loop {
            match self.read_line().await.map_err(|error| error.to_string()) {
                Ok("PONG") => return complaint.map_or(Ok(()), Err),
                Ok("PING") => {
                    let answered = self.stream.write_all(b"PONG\r\n").await;
                    answered.map_err(|error| error.to_string())?;
                }
                Ok(line) => {
                    let text = line.strip_prefix("-ERR ");
                    complaint = text
                        .map(|text| text.trim_matches('\'').to_owned())
                        .or(complaint);
                }
                Err(hung_up) => return Err(complaint.unwrap_or(hung_up)),
            }
        }
    }

    async fn read_line(&mut self) -> std::io::Result<&str> {
        let mut bytes = Vec::new();
        if self.stream.read_until(b'\n', &mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        // Payloads are also read as lines, and may be sealed.
        self.line = String::from_utf8_lossy(&bytes).into_owned();
        Ok(self.line.trim_end())
    }
}

/// The same handshake over WebSocket. `Err` is the server's complaint.
pub async fn websocket_log_in(address: &str, user: &str, password: &str) -> Result<(), String> {
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the listener answers");
    let upgrade = format!(
        "GET / HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: bm90IHNvIHJhbmRvbSBhdA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    );
    stream.write_all(upgrade.as_bytes()).await.expect("sent");
    // The server refuses a client that sends before the upgrade is complete.
    let mut seen = Vec::new();
    while !seen.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut seen).await.unwrap_or(0) == 0 {
            return Err("no upgrade".to_owned());
        }
    }
    let connect = json!({ "user": user, "pass": password, "protocol": 1, "verbose": false });
    let lines = format!("CONNECT {connect}\r\nPING\r\n");
    let length = u16::try_from(lines.len()).expect("a short frame");
    // One masked binary frame (RFC 6455, section 5.2). A mask of zeros leaves the payload unchanged.
    let mut frame = vec![0x82, 0x80 | 126];
    frame.extend(length.to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(lines.as_bytes());
    stream.write_all(&frame).await.expect("sent");
    while stream
        .read_buf(&mut seen)
        .await
        .is_ok_and(|count| count > 0)
    {
        let text = String::from_utf8_lossy(&seen);
        if let Some((_, complaint)) = text.split_once("-ERR ") {
            return Err(complaint.trim_matches(['\'', '\r', '\n']).to_owned());
        }
        if text.contains("PONG\r\n") {
            return Ok(());
        }
    }
    Err("hung up".to_owned())
}
