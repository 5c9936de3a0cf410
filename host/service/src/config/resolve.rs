use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::build::system_accounts;
use super::error::{Problem, SettingsError};
use super::file::spot;
use super::flags::Flags;
use super::layers::{Layers, filled};
use super::limits::Limits;
use super::nats::nats;
use super::policies::policies;
use super::secrets::{Trail, keys};
use super::settings::Settings;
use super::surroundings::Surroundings;
use crate::telemetry::LogFormat;

/// The settings, and what reading them brought to light.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub settings: Settings,
    /// What works but should not stay so, a line each.
    pub warnings: Vec<String>,
    /// The file of the settings and those that it or the flags name with `@`: when one of them changes, load again.
    pub files: Vec<PathBuf>,
}

/// Reads everything once. An error leaves nothing half done; call it again with the same flags to reload.
pub fn load(flags: &Flags, around: &dyn Surroundings) -> Result<Loaded, SettingsError> {
    let layers = Layers::read(flags, around)?;
    let mut trail = Trail::default();
    trail
        .files
        .extend(layers.file.as_ref().map(|file| file.path.clone()));
    let settings = Settings {
        limits: limits(&layers)?,
        keys: keys(&layers, around, &mut trail)?,
        nats: nats(&layers, around, &mut trail)?,
        callout_account: layers
            .key("callout-account", |file| file.callout_account.clone())
            .map(|given| given.value),
        system_accounts: layers
            .key("system-accounts", |file| file.system_accounts.clone())
            .map_or_else(system_accounts, |given| given.value),
        http: http(&layers)?,
        log_format: log_format(&layers)?,
        cache: cache(&layers, around),
        policies: policies(&layers, around, &mut trail)?,
    };
    Ok(Loaded {
        settings,
        warnings: trail.warnings,
        files: trail.files,
    })
}

/// The file's first, so that a flag may still change single ones.
fn limits(layers: &Layers<'_>) -> Result<Limits, SettingsError> {
    let mut limits = Limits::default();
    if let Some(file) = &layers.file {
        for (key, value) in &file.content.limits {
            limits
                .set(key.get_ref(), &value.get_ref().0)
                .map_err(|problem| {
                    let span = match problem {
                        Problem::UnknownKey { .. } => key.span(),
                        _ => value.span(),
                    };
                    spot(&file.text, span.start, &file.path).fault(problem)
                })?;
        }
    }
    if let Some(given) = layers.one("limit", |flags| filled(&flags.limit), |_| None) {
        given.check(|entries| {
            entries.iter().try_for_each(|entry| {
                let (key, value) = entry
                    .split_once('=')
                    .ok_or_else(|| Problem::BadLimit(entry.clone()))?;
                limits.set(key.trim(), value.trim())
            })
        })?;
    }
    Ok(limits)
}

fn http(layers: &Layers<'_>) -> Result<Option<SocketAddr>, SettingsError> {
    let given = layers.one("http", |flags| flags.http.clone(), |file| file.http.clone());
    given
        .map(|given| given.check(|text| text.parse().map_err(|_| Problem::BadAddress(text))))
        .transpose()
}

fn log_format(layers: &Layers<'_>) -> Result<LogFormat, SettingsError> {
    let given = layers.one(
        "log-format",
        |f| f.log_format.clone(),
        |f| f.log_format.clone(),
    );
    let Some(given) = given else {
        return Ok(LogFormat::default());
    };
    given.check(|text| match text.as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(Problem::BadWord {
            found: text,
            wanted: "\"text\" or \"json\"",
        }),
    })
}

/// The folder named, or the user's own for caches (XDG base directories); `none` and no home are no cache.
fn cache(layers: &Layers<'_>, around: &dyn Surroundings) -> Option<PathBuf> {
    if let Some(given) = layers.one(
        "cache",
        |flags| flags.cache.clone(),
        |file| file.cache.clone(),
    ) {
        return (given.value != Path::new("none")).then(|| given.path());
    }
    let folder = |name: &str| {
        around
            .variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    folder("XDG_CACHE_HOME")
        .or_else(|| folder("HOME").map(|home| home.join(".cache")))
        .map(|caches| caches.join("portcullis"))
}
