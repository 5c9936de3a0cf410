use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::accounts::account_name;
use super::fault::{Fault, Place, variable};
use super::problem::Problem;
use super::resolver::Resolver;
use super::surroundings::Surroundings;
use super::throttle::throttle;
use super::tree::{ServiceTable, Tree, Words, switch};
use super::units::{count_up_to, duration, scalar, size};
use crate::reload::StartRule;
use crate::telemetry::{LogFormat, LogSettings};
use crate::throttle::ThrottleLimits;
use portcullis_callout::CalloutLimits;

/// The table `[service]`: a change of it needs a restart.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Threads that decide; absent: one for each processor.
    pub threads: Option<usize>,
    /// Requests that wait or are being decided; further ones are not answered.
    pub in_flight: usize,
    /// The most bytes of all these requests together.
    pub in_flight_bytes: usize,
    /// How long decisions under way may take after the service was told to end.
    pub drain_deadline: Duration,
    pub callout: CalloutLimits,
    pub throttle: ThrottleLimits,
    /// The account that the service itself connects to, if the operator named it.
    pub callout_account: Option<String>,
    /// Folder for compiled policies; absent: no cache.
    pub cache: Option<PathBuf>,
    /// Whether the kernel says which memory a decision touched: cheaper, and less safe.
    pub pagemap_scan: bool,
    /// When it may decide after a start.
    pub start: StartRule,
    /// Where `/live`, `/ready` and `/metrics` are served; nowhere if absent.
    pub http: Option<SocketAddr>,
    pub log: LogSettings,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            threads: None,
            in_flight: 8_192,
            in_flight_bytes: 256 << 20,
            drain_deadline: Duration::from_secs(10),
            callout: CalloutLimits::default(),
            throttle: ThrottleLimits::default(),
            callout_account: None,
            cache: None,
            pagemap_scan: false,
            start: StartRule::Complete,
            http: None,
            log: LogSettings::default(),
        }
    }
}

impl Service {
    /// Threads that decide: the operator's number, or one for each processor.
    pub fn threads(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(processors)
    }
}

pub(super) fn service(tree: &Tree, resolver: &mut Resolver<'_>) -> Service {
    let (mut service, table) = (Service::default(), &tree.service);
    numbers(table, resolver, &mut service);
    service.throttle = throttle(&tree.throttle, resolver);
    resolver.set(
        &mut service.callout_account,
        "service.callout-account",
        &table.callout_account,
        |name| account_name(name).map(Some),
    );
    service.cache = cache(&table.cache, resolver);
    service.pagemap_scan = switch(&table.pagemap_scan, false);
    if switch(&table.incomplete_start, false) {
        service.start = StartRule::Incomplete;
    }
    resolver.set(&mut service.http, "service.http", &table.http, |text| {
        let address = text.parse().map(Some);
        address.map_err(|_| Problem::BadAddress(text.clone()))
    });
    resolver.set(
        &mut service.log.format,
        "service.log-format",
        &table.log_format,
        |text| log_format(text),
    );
    log_surroundings(resolver, &mut service.log);
    service
}

fn numbers(table: &ServiceTable, resolver: &mut Resolver<'_>, service: &mut Service) {
    let callout = &mut service.callout;
    let threads = count_up_to(1_024, "a whole number from 1 to 1024");
    let some = |text: &str| threads(text).map(Some);
    resolver.set(
        &mut service.threads,
        "service.threads",
        &table.threads,
        scalar(some),
    );
    resolver.set(
        &mut service.in_flight,
        "service.in-flight",
        &table.in_flight,
        scalar(count_up_to(1_000_000, "a whole number from 1 to 1000000")),
    );
    resolver.set(
        &mut service.in_flight_bytes,
        "service.in-flight-bytes",
        &table.in_flight_bytes,
        scalar(size),
    );
    resolver.set(
        &mut callout.request_bytes_max,
        "service.request-bytes",
        &table.request_bytes,
        scalar(size),
    );
    resolver.set(
        &mut callout.clock_tolerance,
        "service.clock-tolerance",
        &table.clock_tolerance,
        scalar(duration),
    );
    resolver.set(
        &mut service.drain_deadline,
        "service.drain-deadline",
        &table.drain_deadline,
        scalar(duration),
    );
}

fn log_format(text: &str) -> Result<LogFormat, Problem> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(Problem::BadWord {
            found: text.to_owned(),
            wanted: "\"text\" or \"json\"",
        }),
    }
}

/// Settings that are only variables.
fn log_surroundings(resolver: &mut Resolver<'_>, log: &mut LogSettings) {
    log.filter = resolver.around.variable("PORTCULLIS_LOG");
    let no_color = resolver.around.variable("NO_COLOR");
    log.no_color = no_color.is_some_and(|value| !value.is_empty());
    if let Err(error) = log.check() {
        let text = error.to_string();
        let problem = text.strip_prefix("PORTCULLIS_LOG: ").unwrap_or(&text);
        let place = Place::Variable("PORTCULLIS_LOG".to_owned());
        let problem = Problem::Other(problem.to_owned());
        resolver.faults.push(Fault::new(place, "", problem));
        log.filter = None;
    }
}

/// The named folder, or the user's folder for caches (XDG base directories). `none`, or no home: no cache.
fn cache(written: &Words, resolver: &Resolver<'_>) -> Option<PathBuf> {
    if let Some(written) = written {
        return (written.get_ref() != "none").then(|| resolver.path(written));
    }
    users_cache(resolver.around)
}

/// The folder for compiled policies without a settings file: that of `PORTCULLIS_CACHE`, or the user's.
pub fn cache_without_settings(around: &dyn Surroundings) -> Option<PathBuf> {
    match around.variable(&variable("cache")) {
        Some(named) if named == "none" => None,
        Some(named) if !named.is_empty() => Some(PathBuf::from(named)),
        _ => users_cache(around),
    }
}

fn users_cache(around: &dyn Surroundings) -> Option<PathBuf> {
    let folder = |name: &str| {
        let value = around.variable(name).map(PathBuf::from);
        value.filter(|path| path.is_absolute())
    };
    folder("XDG_CACHE_HOME")
        .or_else(|| folder("HOME").map(|home| home.join(Path::new(".cache"))))
        .map(|caches| caches.join("portcullis"))
}
