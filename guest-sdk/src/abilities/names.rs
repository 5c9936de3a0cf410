//! Checks of names.

/// nats-server, `JSMaxNameLen`: of streams and consumers, in bytes.
const ASSET_BYTES_MAX: usize = 255;
const SUBJECT_BYTES_MAX: usize = 1_024;
const SUBJECT_TOKENS_MAX: usize = 32;

/// The kind of a name in a sentence.
#[derive(Clone, Copy)]
pub(crate) enum Name {
    Subject,
    Queue,
    Service,
    Stream,
    Consumer,
    /// A key-value bucket.
    Bucket,
    Key,
    /// A bucket of objects.
    Store,
    TopicFilter,
    /// Topics to subscribe to.
    HeardTopicFilter,
}

impl Name {
    /// The word for it in the forms of sentences.
    pub(super) fn placeholder(self) -> &'static str {
        match self {
            Self::Subject => "SUBJECT",
            Self::Queue => "QUEUE",
            Self::Service => "NAME",
            Self::Stream => "STREAM",
            Self::Consumer => "CONSUMER",
            Self::Bucket | Self::Store => "BUCKET",
            Self::Key => "KEY",
            Self::TopicFilter | Self::HeardTopicFilter => "TOPIC-FILTER",
        }
    }

    /// Why such a name cannot exist, in words that follow the name.
    pub(crate) fn fault(self, name: &str) -> Option<&'static str> {
        if name.is_empty() {
            return Some("is empty");
        }
        if name.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
            return Some("has white space or control characters");
        }
        match self {
            Self::Subject | Self::Queue => subject_fault(name),
            Self::Key => key_fault(name),
            Self::Service => service_fault(name),
            Self::Stream | Self::Consumer => asset_fault("", name),
            Self::Bucket => asset_fault("KV_", name),
            Self::Store => asset_fault("OBJ_", name),
            Self::HeardTopicFilter if name == "+" => {
                Some("would also reach deeper levels; write # or name the topics")
            }
            Self::TopicFilter | Self::HeardTopicFilter => topic_filter_fault(name),
        }
    }
}

/// As the host checks it: nats-server would read a wildcard inside a token as a letter.
fn subject_fault(subject: &str) -> Option<&'static str> {
    if subject.len() > SUBJECT_BYTES_MAX {
        return Some("is longer than 1,024 bytes");
    }
    let tokens: Vec<_> = subject.split('.').collect();
    if tokens.len() > SUBJECT_TOKENS_MAX {
        return Some("has more than 32 tokens");
    }
    if tokens.iter().any(|token| token.is_empty()) {
        return Some("has an empty token; dots only separate tokens");
    }
    if tokens
        .iter()
        .any(|token| token.len() > 1 && token.contains(['*', '>']))
    {
        return Some("has a wildcard inside a token; \"*\" and \">\" are tokens of their own");
    }
    let before_the_end = tokens.split_last().map_or(&[][..], |(_, others)| others);
    let early = before_the_end.contains(&">");
    early.then_some("has \">\" before its end; \">\" is the last token or none")
}

/// What is left of a subject's 32 tokens if most of the other tokens precede the key.
const KEY_TOKENS_MAX: usize = 23;

/// With `a.*`, where a server uses the key as a wildcard, a client would also reach deeper keys.
/// The host refuses such keys.
fn key_fault(key: &str) -> Option<&'static str> {
    let open = key == "*" || key.ends_with(".*");
    let open = open.then_some(
        "ends with *, which would also reach deeper keys; end with > or name \
         the keys",
    );
    let long = key.split('.').count() > KEY_TOKENS_MAX;
    let long = long.then_some("has more than 23 tokens, too many for a subject that contains it");
    subject_fault(key).or(open).or(long)
}

/// ADR-32 of NATS.
fn service_fault(name: &str) -> Option<&'static str> {
    let known = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let wrong = !name.chars().all(known);
    wrong.then_some("is not a service name: use ASCII letters, digits, - and _")
}

/// nats-server, `isValidAssetName`; the server puts the prefix of the stream before a bucket's name.
fn asset_fault(prefix: &str, name: &str) -> Option<&'static str> {
    if prefix.len() + name.len() > ASSET_BYTES_MAX {
        return Some(
            "is too long: 255 bytes at most, with the prefix of its stream if it is a bucket",
        );
    }
    let wrong = name.contains(['.', '*', '>', '/', '\\']);
    wrong.then_some("has one of . * > / \\, which a name cannot have")
}

/// MQTT 3.1.1, 4.7.1. `*` and `>` would be NATS wildcards once the topic becomes a subject.
fn topic_filter_fault(filter: &str) -> Option<&'static str> {
    let levels: Vec<_> = filter.split('/').collect();
    let before_the_end = levels.split_last().map_or(&[][..], |(_, others)| others);
    if levels
        .iter()
        .any(|level| level.len() > 1 && level.contains(['+', '#']))
    {
        return Some("has a wildcard inside a level; \"+\" and \"#\" are levels of their own");
    }
    if before_the_end.contains(&"#") {
        return Some("has \"#\" before its end; \"#\" is the last level or none");
    }
    let wrong = filter.contains(['*', '>']);
    wrong.then_some("has * or >, the wildcards of NATS; those of MQTT are + and #")
}
