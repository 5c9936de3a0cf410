use std::fmt;

/// What a policy answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// A denial at once, with the cause for the operator.
    Deny(String),
    /// A denial without an answer, with the cause for the operator.
    Ignore(String),
    /// Leave it to the next policy of the chain.
    Pass,
    Allow(Box<Grant>),
}

/// Leave to connect, as the policy wishes it; nothing of it is in force before `bounds` made a permit of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grant {
    pub account: String,
    pub access: Access,
    pub name: Option<String>,
    /// Seconds until the server ends the connection.
    pub expires_in: Option<u32>,
    pub transports: Vec<Transport>,
    pub source_networks: Vec<String>,
    pub tags: Vec<String>,
    pub options: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Access {
    Only(Permissions),
    Role(String),
    AccountDefaults,
}

impl Default for Access {
    fn default() -> Self {
        Self::Only(Permissions::default())
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Permissions {
    pub abilities: Vec<String>,
    pub publish: SubjectRules,
    pub subscribe: SubjectRules,
    pub responses: Option<ResponseRule>,
    pub inbox: Option<String>,
    pub jetstream_api: Option<String>,
}

/// Permissions in subjects alone, abilities compiled. An empty allow list still means *nothing* here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    pub publish: SubjectRules,
    pub subscribe: SubjectRules,
    pub responses: Option<ResponseRule>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubjectRules {
    pub allow: Vec<String>,
    pub deny: Vec<String>,
}

/// Zero is the server's own default; the largest value of the type is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ResponseRule {
    pub max_messages: u32,
    pub expires_in_ms: u64,
}

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
