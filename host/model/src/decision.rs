use std::fmt;

/// What a policy answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Deny the client at once. The text tells the operator why.
    Deny(String),
    /// Send no answer, so that the client is denied when the server's timeout ends. The text tells the operator why.
    Ignore(String),
    /// Ask the next policy of the chain.
    Pass,
    /// Admit the client with this grant, if the grant passes the bounds.
    Allow(Box<Grant>),
}

/// Permission to connect, as the policy asks for it. It takes effect only when `bounds` has made a permit of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grant {
    /// Name of the account in which the server places the client.
    pub account: String,
    /// What the client may do.
    pub access: Access,
    /// Name that the server shows for the connection.
    pub name: Option<String>,
    /// Seconds until the server ends the connection. `None` is the operator's default.
    pub expires_in: Option<u32>,
    /// Transports over which the client may connect. Empty means all.
    pub transports: Vec<Transport>,
    /// CIDR blocks from which the client may connect. Empty means all.
    pub source_networks: Vec<String>,
    /// Tags of the user JWT.
    pub tags: Vec<String>,
    /// Names and values of options. This version knows none.
    pub options: Vec<(String, String)>,
}

/// What a grant allows the client to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Access {
    /// These permissions and no others.
    Only(Permissions),
    /// The permissions of a role. Roles exist only in operator mode.
    Role(String),
    /// No rules of its own: in configuration mode, everything in the account.
    AccountDefaults,
}

impl Default for Access {
    fn default() -> Self {
        Self::Only(Permissions::default())
    }
}

/// The permissions of a grant: abilities, and subject rules that the policy wrote itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Permissions {
    /// Sentences such as `kv read users`.
    pub abilities: Vec<String>,
    pub publish: SubjectRules,
    pub subscribe: SubjectRules,
    pub responses: Option<ResponseRule>,
    /// Prefix of the client's inbox. `None` is `_INBOX`.
    pub inbox: Option<String>,
    /// Prefix of the JetStream API. `None` is `$JS.API`.
    pub jetstream_api: Option<String>,
}

/// Permissions as subjects alone, with the abilities compiled. An empty allow list still allows *nothing* here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    pub publish: SubjectRules,
    pub subscribe: SubjectRules,
    pub responses: Option<ResponseRule>,
}

/// The lists of subjects that a client may and may not use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubjectRules {
    pub allow: Vec<String>,
    pub deny: Vec<String>,
}

/// Permission to reply to messages that the client received. In both fields, 0 means the server's own default and the
/// largest value of the type means no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ResponseRule {
    /// The most replies to one message.
    pub max_messages: u32,
    /// Milliseconds during which the client may reply.
    pub expires_in_ms: u64,
}

/// How a client reaches the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Nats,
    WebSocket,
    Mqtt,
    Leafnode,
}

impl fmt::Display for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Nats => "nats",
            Self::WebSocket => "websocket",
            Self::Mqtt => "mqtt",
            Self::Leafnode => "leafnode",
        })
    }
}
