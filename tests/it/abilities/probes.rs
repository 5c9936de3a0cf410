//! Raw protocol operations that are tried directly.

/// An operation that a client may try.
#[derive(Clone, Debug, PartialEq)]
pub enum Probe {
    Publish(String),
    /// A subject, optionally followed by a queue.
    Subscribe(String),
}

const STREAMS: [&str; 6] = ["S", "N", "KV_B", "KV_NB", "OBJ_O", "OBJ_NO"];

/// On a stream.
const OF_STREAMS: [&str; 17] = [
    "STREAM.CREATE.{}",
    "STREAM.UPDATE.{}",
    "STREAM.INFO.{}",
    "STREAM.DELETE.{}",
    "STREAM.PURGE.{}",
    "STREAM.SNAPSHOT.{}",
    "STREAM.RESTORE.{}",
    "STREAM.MSG.DELETE.{}",
    "STREAM.MSG.GET.{}",
    "STREAM.PEER.REMOVE.{}",
    "STREAM.LEADER.STEPDOWN.{}",
    "STREAM.CANCEL_MOVE.{}",
    "DIRECT.GET.{}",
    "DIRECT.GET.{}.some.subject",
    "CONSUMER.CREATE.{}",
    "CONSUMER.NAMES.{}",
    "CONSUMER.LIST.{}",
];

/// On a consumer.
const OF_CONSUMERS: [&str; 11] = [
    "CONSUMER.CREATE.{}",
    "CONSUMER.CREATE.{}.some.subject",
    "CONSUMER.DURABLE.CREATE.{}",
    "CONSUMER.INFO.{}",
    "CONSUMER.DELETE.{}",
    "CONSUMER.PAUSE.{}",
    "CONSUMER.RESET.{}",
    "CONSUMER.UNPIN.{}",
    "CONSUMER.MSG.NEXT.{}",
    "CONSUMER.LEADER.STEPDOWN.{}",
    "CONSUMER.PEER.REMOVE.{}",
];

const OF_THE_ACCOUNT: [&str; 7] = [
    "$JS.API.INFO",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.LIST",
    "$JS.API.META.LEADER.STEPDOWN",
    "$JS.API.SERVER.REMOVE",
    "$JS.API.ACCOUNT.PURGE.APP",
    "$JS.hub.API.STREAM.INFO.S",
];

const PLAIN: [&str; 35] = [
    "orders.new",
    "orders.new.x",
    "jobs.a",
    "rpc.echo",
    "rpc.a.b",
    "math.sum",
    "math.jobs",
    "svc.sum",
    "deliver.CD",
    "elsewhere",
    "s.a",
    "n.a",
    "$KV.B.dev.001.temp",
    "$KV.B.dev.002.temp",
    "$KV.B.dev.002.hum",
    "$KV.NB.dev.001.temp",
    "$O.O.C.id",
    "$O.O.M.name",
    "$O.NO.C.id",
    "$O.NO.M.name",
    "$SRV.PING",
    "$SRV.PING.billing",
    "$SRV.PING.billing.id",
    "$SRV.INFO",
    "$SRV.INFO.billing",
    "$SRV.INFO.billing.id",
    "$SRV.STATS",
    "$SRV.STATS.billing",
    "$SRV.STATS.billing.id",
    "$SRV.PING.other",
    "$SRV.PING.other.id",
    "$SRV.SCHEMA.billing",
    "$SYS.REQ.USER.INFO",
    "_INBOX.x.y",
    "_INBOX_other.x.y",
];

const WIDE: [&str; 12] = [
    ">",
    "*.>",
    "$JS.>",
    "$JS.API.>",
    "$JS.EVENT.>",
    "$JS.ACK.>",
    "$KV.>",
    "$KV.B.>",
    "$O.O.>",
    "$SRV.>",
    "$SYS.>",
    "_INBOX.>",
];

pub fn all(inbox: &str) -> Vec<Probe> {
    let mut published: Vec<String> = OF_THE_ACCOUNT
        .iter()
        .chain(&PLAIN)
        .map(|subject| (*subject).to_owned())
        .collect();
    for stream in STREAMS {
        published.extend(
            OF_STREAMS
                .iter()
                .map(|form| format!("$JS.API.{}", form.replace("{}", stream))),
        );
        for consumer in ["C", "OTHER"] {
            let name = format!("{stream}.{consumer}");
            published.extend(
                OF_CONSUMERS
                    .iter()
                    .map(|form| format!("$JS.API.{}", form.replace("{}", &name))),
            );
            published.push(format!("$JS.ACK.{name}.1.1.1.1.1"));
            published.push(format!("$JS.ACK.hub.hash.{name}.1.1.1.1.1.x"));
            published.push(format!("$JS.FC.{name}.id"));
            published.push(format!("$JS.FC.hub.hash.{name}.id"));
        }
        for bucket in ["B", "NB"] {
            for key in ["dev.001.temp", "dev.002.temp", "dev.002.hum", ">"] {
                published.push(format!("$JS.API.DIRECT.GET.{stream}.$KV.{bucket}.{key}"));
                published.push(format!(
                    "$JS.API.CONSUMER.CREATE.{stream}.C.$KV.{bucket}.{key}"
                ));
            }
        }
    }
    let subscribed = PLAIN
        .iter()
        .chain(&WIDE)
        .map(|subject| (*subject).to_owned());
    let queues = [
        "jobs.a workers",
        "jobs.a others",
        "math.jobs workers",
        "math.jobs others",
        "math.sum any",
    ];
    let own = [
        format!("{inbox}.>"),
        format!("{inbox}.x.*"),
        inbox.to_owned(),
    ];
    let subscribed = subscribed.chain(queues.map(str::to_owned)).chain(own);
    let published = published.iter().cloned().map(Probe::Publish);
    published.chain(subscribed.map(Probe::Subscribe)).collect()
}

impl Probe {
    /// Patterns have the form `pub SUBJECT` and `sub SUBJECT [QUEUE]`; a queue has to match exactly.
    pub fn fits(&self, pattern: &str) -> bool {
        let (verb, pattern) = pattern.split_once(' ').expect("a verb and a subject");
        let (wanted, text) = match self {
            Self::Publish(subject) => ("pub", subject),
            Self::Subscribe(subject) => ("sub", subject),
        };
        let (subject, queue) = text
            .split_once(' ')
            .map_or((text.as_str(), None), |(subject, queue)| {
                (subject, Some(queue))
            });
        let (pattern, named) = pattern
            .split_once(' ')
            .map_or((pattern, None), |(pattern, queue)| (pattern, Some(queue)));
        verb == wanted
            && portcullis_model::subject::covers(pattern, subject)
            && (named.is_none() || named == queue)
    }
}
