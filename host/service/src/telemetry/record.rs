use std::borrow::Cow;
use std::time::Duration;

use tracing::Level;

use super::redact::Redactor;
use portcullis_model::{Cause, Outcome, Request, Server, Silence};

/// One decision, logged once. Texts are shortened and redacted here, not by the caller.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub outcome: Outcome,
    pub cause: Option<&'a Cause>,
    /// The policy whose answer decided; none if no policy was asked.
    pub policy: Option<&'a str>,
    pub generation: u64,
    pub request: &'a Request,
    /// The account in which the client was placed.
    pub account: Option<&'a str>,
    pub correlation_id: &'a str,
    /// The kind of a policy's failure (`trap`, `deadline`, ...), whatever answer the client got.
    pub failure: Option<&'static str>,
    pub stages: Stages,
    /// How many seconds our clock is ahead of the server's; negative if it is behind.
    pub clock_skew_seconds: i64,
    /// Made from the credentials of `request`.
    pub redactor: &'a Redactor<'a>,
}

/// How long each stage took; zero for a stage that was not reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    pub queue: Duration,
    pub open: Duration,
    pub decide: Duration,
    pub reply: Duration,
}

impl Record<'_> {
    pub(crate) fn clean_cause(&self) -> Option<Cow<'_, str>> {
        self.cause.map(|cause| self.redactor.clean(&cause.text))
    }

    /// Redacts and shortens a name that a policy chose.
    fn clean_name(&self, text: &str) -> String {
        name(&self.redactor.clean(text)).into_owned()
    }

    /// Logs the event. Text that clients or policies chose (names, causes) goes into fields, never into the message: both
    /// formats escape control characters in fields, so that nobody can forge a line.
    pub(crate) fn log(&self) {
        let needs_a_look =
            self.failure.is_some() || matches!(self.outcome, Outcome::Silence(Silence::Fail));
        macro_rules! decision {
            ($level:expr) => {
                tracing::event!(
                    target: "portcullis::decision",
                    $level,
                    outcome = self.outcome.word(),
                    cause = self.clean_cause().map(sentence).as_deref(),
                    kind = self.cause.map(|cause| cause.kind),
                    blame = self.cause.map(|cause| cause.blame.word()),
                    failure = self.failure,
                    policy = self.policy,
                    generation = self.generation,
                    server = &*name(&self.request.server.name),
                    server_id = &*name(&self.request.server.id),
                    client_id = self.request.client.id,
                    host = &*name(&self.request.client.host),
                    transport = self.request.client.transport.map(tracing::field::display),
                    user = user(self.request).map(name).as_deref(),
                    account = self.account.map(|it| self.clean_name(it)).as_deref(),
                    correlation_id = self.correlation_id,
                    queue_us = microseconds(self.stages.queue),
                    open_us = microseconds(self.stages.open),
                    decide_us = microseconds(self.stages.decide),
                    reply_us = microseconds(self.stages.reply),
                    "decision"
                )
            };
        }
        match needs_a_look {
            true => decision!(Level::WARN),
            false => decision!(Level::INFO),
        }
    }
}

pub(crate) fn log_skew(server: &Server, skew_seconds: i64) {
    tracing::warn!(
        target: "portcullis::clock",
        server = &*name(&server.name),
        server_id = &*name(&server.id),
        skew_seconds,
        "the clock of the server differs from ours: set one of them right, or expiries come early or late"
    );
}

pub(crate) fn log_policy(policy: &str, correlation_id: Option<&str>, level: Level, text: &str) {
    macro_rules! line {
        ($level:expr) => {
            tracing::event!(
                target: "portcullis::policy",
                $level,
                policy,
                correlation_id,
                text = &*bounded(text, SENTENCE_CHARS),
                "the policy says"
            )
        };
    }
    match level {
        Level::ERROR => line!(Level::ERROR),
        Level::WARN => line!(Level::WARN),
        Level::INFO => line!(Level::INFO),
        Level::DEBUG => line!(Level::DEBUG),
        Level::TRACE => line!(Level::TRACE),
    }
}

pub(crate) fn bounded(text: &str, chars_max: usize) -> Cow<'_, str> {
    match text
        .char_indices()
        .nth(chars_max)
        .and_then(|(end, _)| text.get(..end))
    {
        Some(start) => Cow::Owned(format!("{start}…")),
        None => Cow::Borrowed(text),
    }
}

pub(crate) fn name(text: &str) -> Cow<'_, str> {
    bounded(text, NAME_CHARS)
}

pub(crate) fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn sentence(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => bounded(text, SENTENCE_CHARS),
        Cow::Owned(text) => Cow::Owned(bounded(&text, SENTENCE_CHARS).into_owned()),
    }
}

fn user(request: &Request) -> Option<&str> {
    let credentials = &request.credentials;
    credentials.user.as_deref().or(credentials.nkey.as_deref())
}

pub(crate) const NAME_CHARS: usize = 256;
pub(crate) const SENTENCE_CHARS: usize = 1024;
