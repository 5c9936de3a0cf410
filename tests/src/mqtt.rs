//! A minimal MQTT 3.1.1 client: tests see every packet and can await every answer of the server.

use std::collections::{HashMap, VecDeque};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::PATIENCE;

const CONNACK: u8 = 2;
const PUBLISH: u8 = 3;
const PUBACK: u8 = 4;
const PUBREC: u8 = 5;
const PUBREL: u8 = 6;
const PUBCOMP: u8 = 7;
const SUBACK: u8 = 9;
const PINGRESP: u8 = 13;

/// The SUBACK of a subscription that was refused (section 3.9.3).
pub const REFUSED: u8 = 0x80;

/// How to connect.
#[derive(Clone, Copy, Debug)]
pub struct Login<'a> {
    pub address: &'a str,
    pub client_id: &'a str,
    pub user: &'a str,
    pub password: &'a str,
    /// Whether the server discards its session for the client, now and at the end.
    pub clean: bool,
}

/// A received message. A retained message existed before the subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub topic: String,
    pub payload: String,
    pub qos: u8,
    pub retained: bool,
}

/// An admitted connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// Whether the server had kept the client's session.
    pub session_present: bool,
    arrived: VecDeque<Message>,
    /// Messages of quality 2, until the server releases them (section 4.3.3).
    unreleased: HashMap<Vec<u8>, Message>,
    packet_id: u16,
}

/// CONNECT; `Err` is the return code of the CONNACK (section 3.2.2.3), `None` if the server hung up.
pub async fn log_in(login: &Login<'_>) -> Result<Connection, Option<u8>> {
    let flags = if login.clean {
        0b1100_0010
    } else {
        0b1100_0000
    };
    let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', 4, flags, 0, 60];
    for field in [login.client_id, login.user, login.password] {
        body.extend(text(field));
    }
    let stream = TcpStream::connect(login.address).await;
    let mut connection = Connection {
        stream: stream.expect("the listener answers"),
        session_present: false,
        arrived: VecDeque::new(),
        unreleased: HashMap::new(),
        packet_id: 0,
    };
    connection.send(0x10, &body).await;
    let answer = connection.read().await.map_err(|_| None)?;
    match answer {
        (CONNACK, _, body) if body[1] == 0 => {
            connection.session_present = body[0] == 1;
            Ok(connection)
        }
        (CONNACK, _, body) => Err(Some(body[1])),
        other => panic!("no CONNACK: {other:?}"),
    }
}

impl Connection {
    /// Subscribes. Returns the granted quality of service, or `REFUSED`.
    pub async fn subscribe(&mut self, filter: &str, qos: u8) -> u8 {
        let id = self.next_id();
        let mut body = id.to_be_bytes().to_vec();
        body.extend(text(filter));
        body.push(qos);
        self.send(0x82, &body).await;
        let answer = self.answer(SUBACK, id).await;
        answer[2]
    }

    /// Publishes. Returns when the server has accepted the message, according to the quality of service; with 0 at once.
    pub async fn publish(&mut self, topic: &str, payload: &str, qos: u8, retain: bool) {
        let mut body = text(topic);
        let id = self.next_id();
        if qos > 0 {
            body.extend(id.to_be_bytes());
        }
        body.extend(payload.as_bytes());
        self.send(0x30 | qos << 1 | u8::from(retain), &body).await;
        match qos {
            0 => {}
            1 => {
                self.answer(PUBACK, id).await;
            }
            _ => {
                self.answer(PUBREC, id).await;
                self.send(0x62, &id.to_be_bytes()).await;
                self.answer(PUBCOMP, id).await;
            }
        }
    }

    /// The next message. It is acknowledged.
    pub async fn message(&mut self) -> Message {
        loop {
            if let Some(message) = self.arrived.pop_front() {
                return message;
            }
            let (kind, flags, body) = self.read().await.expect("the connection stays");
            self.take(kind, flags, &body).await;
        }
    }

    /// The messages that have arrived after the server has processed everything.
    pub async fn arrived(&mut self) -> Vec<Message> {
        self.send(0xc0, &[]).await;
        loop {
            let (kind, flags, body) = self.read().await.expect("the connection stays");
            if kind == PINGRESP {
                return self.arrived.drain(..).collect();
            }
            self.take(kind, flags, &body).await;
        }
    }

    /// DISCONNECT. Returns when the server has closed the connection.
    pub async fn leave(mut self) {
        self.send(0xe0, &[]).await;
        while self.read().await.is_ok() {}
    }

    /// The body of the answering packet. Messages that arrive before it are kept.
    async fn answer(&mut self, wanted: u8, id: u16) -> Vec<u8> {
        loop {
            let (kind, flags, body) = self.read().await.expect("the connection stays");
            if kind == wanted {
                assert_eq!(body[..2], id.to_be_bytes(), "the answer to another packet");
                return body;
            }
            self.take(kind, flags, &body).await;
        }
    }

    /// Keeps a message and acknowledges it.
    async fn take(&mut self, kind: u8, flags: u8, body: &[u8]) {
        match kind {
            PUBLISH => {
                let (message, id) = published(flags, body);
                match message.qos {
                    0 => self.arrived.push_back(message),
                    1 => {
                        self.send(0x40, id).await;
                        self.arrived.push_back(message);
                    }
                    _ => {
                        self.send(0x50, id).await;
                        self.unreleased.insert(id.to_vec(), message);
                    }
                }
            }
            PUBREL => {
                self.send(0x70, body).await;
                self.arrived.extend(self.unreleased.remove(body));
            }
            other => panic!("an unexpected packet: {other}"),
        }
    }

    fn next_id(&mut self) -> u16 {
        self.packet_id += 1;
        self.packet_id
    }

    async fn send(&mut self, first: u8, body: &[u8]) {
        let mut packet = vec![first];
        let mut length = body.len();
        // Seven bits in each byte, the lowest first (section 2.2.3).
        while length >= 128 {
            packet.push(u8::try_from(length % 128).expect("seven bits") | 128);
            length /= 128;
        }
        packet.push(u8::try_from(length).expect("seven bits"));
        packet.extend(body);
        let sent = self.stream.write_all(&packet).await;
        sent.expect("the connection stays");
    }

    /// The kind of the next packet, its flags and its body.
    async fn read(&mut self) -> std::io::Result<(u8, u8, Vec<u8>)> {
        let packet = async {
            let first = self.stream.read_u8().await?;
            let mut length = 0_usize;
            for shift in [0, 7, 14, 21] {
                let byte = self.stream.read_u8().await?;
                length |= usize::from(byte & 127) << shift;
                if byte < 128 {
                    break;
                }
            }
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await?;
            Ok((first >> 4, first & 15, body))
        };
        let packet = tokio::time::timeout(PATIENCE, packet).await;
        packet.expect("a packet in time")
    }
}

/// A PUBLISH packet, and its identifier, which is empty with a quality of service of 0.
fn published(flags: u8, body: &[u8]) -> (Message, &[u8]) {
    let qos = flags >> 1 & 3;
    let (length, rest) = body.split_at(2);
    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
    let (topic, rest) = rest.split_at(length);
    let (id, payload) = rest.split_at(if qos == 0 { 0 } else { 2 });
    let message = Message {
        topic: String::from_utf8_lossy(topic).into_owned(),
        payload: String::from_utf8_lossy(payload).into_owned(),
        qos,
        retained: flags & 1 == 1,
    };
    (message, id)
}

/// A text with its length before it (section 1.5.3).
fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short text");
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend(text.as_bytes());
    bytes
}
