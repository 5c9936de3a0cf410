use std::io::{self, IsTerminal};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One line for people.
    #[default]
    Text,
    /// One JSON object for each line: the event's fields with `timestamp`, `level`, `target` and `message`.
    Json,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogSettings {
    pub format: LogFormat,
    /// The value of `PORTCULLIS_LOG`: a level for Portcullis (`debug`), or directives of `tracing-subscriber`
    /// (`warn,portcullis=info,portcullis::decision=off`).
    pub filter: Option<String>,
    /// Whether `NO_COLOR` is set and not empty (<https://no-color.org>).
    pub no_color: bool,
}

impl LogSettings {
    /// # Errors
    ///
    /// A filter that cannot be parsed. Call this before anything is started.
    pub fn check(&self) -> Result<(), LogError> {
        filter(self.filter.as_deref()).map(drop)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error(
        "PORTCULLIS_LOG: the log filter `{filter}` is wrong: {cause}; write a level such as `debug`, or `warn,portcullis=debug`"
    )]
    Filter { filter: String, cause: String },
    #[error("this process already has a log")]
    Taken,
}

/// Keep it until the end of `main`: dropping it writes the lines that still wait.
#[derive(Debug)]
pub struct LogGuard {
    _writer: WorkerGuard,
    dropped: ErrorCounter,
}

impl LogGuard {
    pub(crate) fn dropped(&self) -> Dropped {
        Dropped(self.dropped.clone())
    }
}

/// Sends all events to standard error, through a thread of its own. If that thread cannot keep up, lines are dropped and
/// counted, because a full pipe must not delay decisions.
pub fn init_log(settings: &LogSettings) -> Result<LogGuard, LogError> {
    let filter = filter(settings.filter.as_deref())?;
    let color = io::stderr().is_terminal() && !settings.no_color;
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(LINES_WAITING_MAX)
        .thread_name("log")
        .finish(io::stderr());
    let dropped = writer.error_counter();
    match settings.format {
        LogFormat::Text => text(filter, color, writer).try_init(),
        LogFormat::Json => json(filter, writer).try_init(),
    }
    .map_err(|_| LogError::Taken)?;
    Ok(LogGuard {
        _writer: guard,
        dropped,
    })
}

pub(crate) fn text<W>(filter: EnvFilter, color: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let builder = tracing_subscriber::fmt().with_env_filter(filter);
    builder.with_ansi(color).with_writer(writer).finish()
}

pub(crate) fn json<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let builder = tracing_subscriber::fmt().with_env_filter(filter).json();
    builder
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(writer)
        .finish()
}

pub(crate) fn filter(directives: Option<&str>) -> Result<EnvFilter, LogError> {
    let directives = directives
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .unwrap_or("info");
    let whole = match directives.parse::<LevelFilter>() {
        Ok(level) => format!("warn,portcullis={level}"),
        Err(_) => directives.to_owned(),
    };
    EnvFilter::builder()
        .parse(whole)
        .map_err(|cause| LogError::Filter {
            filter: directives.to_owned(),
            cause: cause.to_string(),
        })
}

/// Counts the dropped lines, for the metrics.
#[derive(Debug)]
pub(crate) struct Dropped(ErrorCounter);

impl Collector for Dropped {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let lines = ConstCounter::new(u64::try_from(self.0.dropped_lines()).unwrap_or(u64::MAX));
        let help = "Log lines dropped because standard error was too slow";
        let metric =
            encoder.encode_descriptor("log_lines_dropped", help, None, lines.metric_type())?;
        lines.encode(metric)
    }
}

/// A line has some hundred bytes, so this is a few megabytes at most.
const LINES_WAITING_MAX: usize = 16_384;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_alone_is_for_portcullis_and_leaves_other_crates_at_warnings() {
        for (directives, whole) in [
            (None, "portcullis=info,warn"),
            (Some(""), "portcullis=info,warn"),
            (Some("DEBUG"), "portcullis=debug,warn"),
            (Some("off"), "portcullis=off,warn"),
            (
                Some("portcullis::decision=off,info"),
                "portcullis::decision=off,info",
            ),
        ] {
            assert_eq!(filter(directives).unwrap().to_string(), whole);
        }
    }

    #[test]
    fn a_wrong_filter_is_reported_with_an_example() {
        let error = filter(Some("portcullis=loud")).unwrap_err().to_string();
        assert!(
            error.contains("`portcullis=loud`") && error.contains("warn,portcullis=debug"),
            "{error}"
        );
    }
}
