//! What the users of the cases are meant to do: written a second time, from the operations of the API and not from the
//! compiler's tables.

/// `pub` and `sub` are subjects; `api` is an operation of the JetStream API; `replies` arrive at the user's own inbox;
/// `acks` and `flow` are acknowledgements and flow control of a stream's consumer, in both forms.
const MEANT: &[(&str, &[&str])] = &[
    ("publisher", &["pub orders.*"]),
    ("subscriber", &["sub orders.>"]),
    ("worker", &["sub jobs.* workers"]),
    ("requester", &["pub rpc.*", "replies"]),
    ("replier", &["sub math.sum", "sub math.jobs workers"]),
    (
        "offerer",
        &[
            "sub svc.sum",
            "sub $SRV.PING",
            "sub $SRV.PING.billing",
            "sub $SRV.PING.billing.*",
            "sub $SRV.INFO",
            "sub $SRV.INFO.billing",
            "sub $SRV.INFO.billing.*",
            "sub $SRV.STATS",
            "sub $SRV.STATS.billing",
            "sub $SRV.STATS.billing.*",
        ],
    ),
    (
        "finder",
        &[
            "pub $SRV.PING",
            "pub $SRV.PING.>",
            "pub $SRV.INFO",
            "pub $SRV.INFO.>",
            "pub $SRV.STATS",
            "pub $SRV.STATS.>",
            "replies",
        ],
    ),
    (
        "finder_of_one",
        &[
            "pub $SRV.PING.billing",
            "pub $SRV.PING.billing.*",
            "pub $SRV.INFO.billing",
            "pub $SRV.INFO.billing.*",
            "pub $SRV.STATS.billing",
            "pub $SRV.STATS.billing.*",
            "replies",
        ],
    ),
    ("stream_publisher", &["pub s.>", "replies"]),
    (
        "stream_viewer",
        &[
            "api INFO",
            "api STREAM.INFO.S",
            "api CONSUMER.NAMES.S",
            "api CONSUMER.LIST.S",
            "api CONSUMER.INFO.S.*",
            "replies",
        ],
    ),
    (
        "consumer",
        &[
            "api INFO",
            "api STREAM.INFO.S",
            "api CONSUMER.CREATE.S",
            "api CONSUMER.CREATE.S.>",
            "api CONSUMER.DURABLE.CREATE.S.*",
            "api CONSUMER.INFO.S.*",
            "api CONSUMER.DELETE.S.*",
            "api CONSUMER.MSG.NEXT.S.*",
            "acks S.*",
            "flow S.*",
            "replies",
        ],
    ),
    (
        "consumer_of_one",
        &[
            "api STREAM.INFO.S",
            "api CONSUMER.INFO.S.C",
            "api CONSUMER.MSG.NEXT.S.C",
            "acks S.C",
            "flow S.C",
            "replies",
        ],
    ),
    ("pushed", &["sub deliver.CD", "replies"]),
    (
        "stream_manager",
        &[
            "api INFO",
            "api STREAM.CREATE.S",
            "api STREAM.UPDATE.S",
            "api STREAM.INFO.S",
            "api STREAM.PURGE.S",
            "api STREAM.MSG.DELETE.S",
            "api STREAM.DELETE.S",
            "replies",
        ],
    ),
    ("kv_reader", READING),
    (
        "kv_reader_of_some",
        &[
            "api STREAM.INFO.KV_B",
            "api DIRECT.GET.KV_B.$KV.B.dev.001.>",
            "api DIRECT.GET.KV_B.$KV.B.dev.*.hum",
            "api CONSUMER.CREATE.KV_B.*.$KV.B.dev.001.>",
            "api CONSUMER.CREATE.KV_B.*.$KV.B.dev.*.hum",
            "api CONSUMER.INFO.KV_B.*",
            "api CONSUMER.DELETE.KV_B.*",
            "flow KV_B.*",
            "replies",
        ],
    ),
    (
        "kv_writer",
        &["api STREAM.INFO.KV_B", "pub $KV.B.>", "replies"],
    ),
    (
        "kv_writer_of_some",
        &["api STREAM.INFO.KV_B", "pub $KV.B.dev.001.>", "replies"],
    ),
    ("kv_manager", MANAGING),
    (
        "object_reader",
        &[
            "api INFO",
            "api STREAM.INFO.OBJ_O",
            "api STREAM.MSG.GET.OBJ_O",
            "api DIRECT.GET.OBJ_O.>",
            "api CONSUMER.CREATE.OBJ_O",
            "api CONSUMER.CREATE.OBJ_O.>",
            "api CONSUMER.DELETE.OBJ_O.*",
            "flow OBJ_O.*",
            "replies",
        ],
    ),
    (
        "object_writer",
        &[
            "api INFO",
            "api STREAM.INFO.OBJ_O",
            "api STREAM.MSG.GET.OBJ_O",
            "api STREAM.PURGE.OBJ_O",
            "api DIRECT.GET.OBJ_O.>",
            "pub $O.O.C.*",
            "pub $O.O.M.*",
            "replies",
        ],
    ),
    (
        "object_manager",
        &[
            "api INFO",
            "api STREAM.CREATE.OBJ_O",
            "api STREAM.UPDATE.OBJ_O",
            "api STREAM.INFO.OBJ_O",
            "api STREAM.DELETE.OBJ_O",
            "replies",
        ],
    ),
];

const READING: &[&str] = &[
    "api STREAM.INFO.KV_B",
    "api STREAM.MSG.GET.KV_B",
    "api DIRECT.GET.KV_B",
    "api DIRECT.GET.KV_B.>",
    "api CONSUMER.CREATE.KV_B",
    "api CONSUMER.CREATE.KV_B.>",
    "api CONSUMER.INFO.KV_B.*",
    "api CONSUMER.DELETE.KV_B.*",
    "flow KV_B.*",
    "replies",
];

const MANAGING: &[&str] = &[
    "api INFO",
    "api STREAM.CREATE.KV_B",
    "api STREAM.UPDATE.KV_B",
    "api STREAM.INFO.KV_B",
    "api STREAM.PURGE.KV_B",
    "api STREAM.DELETE.KV_B",
    "replies",
];

/// Everything that a user is meant to do, as `pub SUBJECT` and `sub SUBJECT [QUEUE]`.
pub fn meant_for(user: &str) -> Vec<String> {
    let lines: Vec<&str> = match user {
        "kv_cleaner" => [READING, MANAGING, &["pub $KV.B.>"]].concat(),
        user => {
            let known = MEANT.iter().find(|(known, _)| *known == user);
            let (_, lines) = known.unwrap_or_else(|| panic!("MEANT has no entry for {user}"));
            lines.to_vec()
        }
    };
    lines
        .into_iter()
        .flat_map(|line| subjects(line, user))
        .collect()
}

/// Another user with the same abilities for other objects.
pub fn meant_for_twins(user: &str) -> Vec<String> {
    match user {
        "pushed" => [
            meant_for("consumer_of_one"),
            vec!["sub deliver.C".to_owned(), "sub _INBOX_pushed.>".to_owned()],
        ]
        .concat(),
        _ => Vec::new(),
    }
}

fn subjects(line: &str, user: &str) -> Vec<String> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    match verb {
        "api" => vec![format!("pub $JS.API.{rest}")],
        "replies" => vec![format!("sub _INBOX_{user}.>")],
        "acks" => vec![
            format!("pub $JS.ACK.{rest}.*.*.*.*.*"),
            format!("pub $JS.ACK.*.*.{rest}.*.*.*.*.>"),
        ],
        "flow" => vec![
            format!("pub $JS.FC.{rest}.*"),
            format!("pub $JS.FC.*.*.{rest}.*"),
        ],
        _ => vec![line.to_owned()],
    }
}
