use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::{Place, Problem, SettingsError, nearest};
use super::file::{FilePolicy, FileWhen};
use super::layers::{Given, Layers, Written, filled};
use super::secrets::{Trail, secret};
use super::settings::{Data, Policy, When};
use super::surroundings::Surroundings;
use super::units::duration;
use crate::catalog::OnFailure;
use crate::reload::DataSpec;
use portcullis_model::{Secret, Transport};
use portcullis_sandbox::Instances;

mod bounds;

use bounds::Frame;
pub(super) use bounds::Lifetimes;

const WARM_USES: u32 = 10_000;

/// The chain: the policies of the flags or of the environment, or else those of the file.
pub(super) fn policies(
    layers: &Layers<'_>,
    around: &dyn Surroundings,
    trail: &mut Trail,
) -> Result<Vec<Policy>, SettingsError> {
    let frame = Frame::read(layers)?;
    let modules = layers.one("policy", |flags| filled(&flags.policy), |_| None);
    let data = layers.one("data", |flags| filled(&flags.data), |_| None);
    let settings = layers.one("settings", |flags| flags.settings.clone(), |_| None);
    let policies = match modules {
        Some(modules) => {
            let settings = settings
                .map(|given| json_settings(given, around, trail))
                .transpose()?;
            named_by_flags(&modules, data, settings, &frame)?
        }
        None => {
            let orphan = place(&data).or_else(|| place(&settings));
            if let Some(place) = orphan {
                return Err(place.fault(Problem::NoSinglePolicy("is none")));
            }
            named_by_file(layers.file.as_ref(), &frame)?
        }
    };
    let Some(_) = policies.first() else {
        return Err(Place::Nowhere.fault(Problem::NoPolicies));
    };
    finish(policies, around)
}

fn place<T>(given: &Option<Given<T>>) -> Option<Place> {
    given.as_ref().map(|given| given.place.clone())
}

fn unreadable(place: &Place, path: &Path, error: &std::io::Error) -> SettingsError {
    place.fault(Problem::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// Names are unique, modules and data are there.
fn finish(
    policies: Vec<(Place, Policy)>,
    around: &dyn Surroundings,
) -> Result<Vec<Policy>, SettingsError> {
    let mut finished: Vec<Policy> = Vec::with_capacity(policies.len());
    for (place, policy) in policies {
        if finished.iter().any(|other| other.name == policy.name) {
            return Err(place.fault(Problem::SameName(policy.name)));
        }
        around
            .probe(&policy.module)
            .map_err(|error| unreadable(&place, &policy.module, &error))?;
        for data in &policy.data {
            around
                .exists(&data.path)
                .map_err(|error| unreadable(&place, &data.path, &error))?;
        }
        finished.push(policy);
    }
    Ok(finished)
}

// === policies of flags and environment ===

fn named_by_flags(
    modules: &Given<Vec<PathBuf>>,
    data: Option<Given<Vec<String>>>,
    settings: Option<(Place, Secret)>,
    frame: &Frame,
) -> Result<Vec<(Place, Policy)>, SettingsError> {
    let single = modules.value.len() == 1;
    let orphan = place(&data).or_else(|| settings.as_ref().map(|(place, _)| place.clone()));
    if let (false, Some(place)) = (single, orphan) {
        return Err(place.fault(Problem::NoSinglePolicy("are several")));
    }
    let data = data.map_or_else(
        || Ok(Vec::new()),
        |given| {
            let place = given.place.clone();
            given.check(|entries| {
                entries
                    .iter()
                    .map(|entry| data_entry(entry, &place))
                    .collect()
            })
        },
    )?;
    let settings = settings.map_or_else(|| Secret::from("{}"), |(_, json)| json);
    let place = &modules.place;
    let policies = modules.value.iter().map(|module| {
        let policy = Policy {
            name: policy_name(None, module).map_err(|problem| place.fault(problem))?,
            module: place.resolve(module),
            data: data.clone(),
            settings: settings.clone(),
            accounts: frame.accounts_of(&[], place)?,
            denied_subjects: frame.denied_subjects.clone(),
            lifetime: frame.lifetimes.default,
            lifetime_max: frame.lifetimes.max,
            instances: Instances::default(),
            on_failure: OnFailure::default(),
            when: When::default(),
        };
        Ok((place.clone(), policy))
    });
    policies.collect()
}

/// `--settings` of a verb that has nothing but flags: an object, or none.
pub fn json_object(
    given: Option<&Secret>,
    around: &dyn Surroundings,
) -> Result<Secret, SettingsError> {
    let Some(value) = given.cloned() else {
        return Ok(Secret::from("{}"));
    };
    let given = Given {
        value,
        place: Place::Flag("settings"),
    };
    json_settings(given, around, &mut Trail::default()).map(|(_, json)| json)
}

fn json_settings(
    given: Given<Secret>,
    around: &dyn Surroundings,
    trail: &mut Trail,
) -> Result<(Place, Secret), SettingsError> {
    let json = if given.value.expose().starts_with('@') {
        secret(&given.value, &given.place, around, trail)?
    } else {
        given.value
    };
    // The parser's message says where and what kind of fault, never the text.
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(json.expose()) {
        Ok(_) => Ok((given.place, json)),
        Err(error) => {
            let kind = match error.classify() {
                serde_json::error::Category::Data => {
                    "another kind of value stands there".to_owned()
                }
                _ => format!("line {}, column {}", error.line(), error.column()),
            };
            Err(given.place.fault(Problem::BadJson(kind)))
        }
    }
}

// === policies of the file ===

fn named_by_file(
    file: Option<&Written>,
    frame: &Frame,
) -> Result<Vec<(Place, Policy)>, SettingsError> {
    let Some(file) = file else {
        return Ok(Vec::new());
    };
    let policies = file.content.policies.iter().enumerate();
    policies
        .map(|(index, written)| from_table(index, written, file, frame))
        .collect()
}

fn from_table(
    index: usize,
    written: &FilePolicy,
    file: &Written,
    frame: &Frame,
) -> Result<(Place, Policy), SettingsError> {
    let number = file.key(format!("policies ({})", index + 1));
    let name = policy_name(written.name.as_deref(), &written.module)
        .map_err(|problem| number.fault(problem))?;
    let place = |key: &str| file.key(format!("policies ({name:?}).{key}"));
    let at = |key: &str| {
        let place = place(key);
        move |problem| place.fault(problem)
    };
    let lifetimes = Lifetimes::of_policy(written, frame, &place)?;
    let data = written.data.iter().map(|entry| data_entry(entry, &number));
    let policy = Policy {
        module: number.resolve(&written.module),
        data: data.collect::<Result<_, _>>().map_err(at("data"))?,
        settings: Secret::new(json(&toml::Value::Table(written.settings.clone())).to_string()),
        accounts: frame.accounts_of(&written.accounts, &place("accounts"))?,
        denied_subjects: frame
            .denied_also(&written.denied_subjects)
            .map_err(at("denied-subjects"))?,
        lifetime: lifetimes.default,
        lifetime_max: lifetimes.max,
        instances: instances(written).map_err(at("instances"))?,
        on_failure: on_failure(written.on_failure.as_deref()).map_err(at("on-failure"))?,
        when: when(&written.when).map_err(at("when"))?,
        name: name.clone(),
    };
    Ok((place("module"), policy))
}

fn instances(written: &FilePolicy) -> Result<Instances, Problem> {
    let instances = match written.instances.as_deref() {
        None | Some("snapshot") => Instances::Snapshot,
        Some("fresh") => Instances::Fresh,
        Some("warm") => Instances::Warm {
            uses_max: written.warm_uses.unwrap_or(WARM_USES).max(1),
        },
        Some(other) => {
            return Err(Problem::BadWord {
                found: other.to_owned(),
                wanted: "\"snapshot\", \"fresh\" or \"warm\"",
            });
        }
    };
    if written.warm_uses.is_some() && !matches!(instances, Instances::Warm { .. }) {
        return Err(Problem::WarmUses);
    }
    Ok(instances)
}

fn on_failure(written: Option<&str>) -> Result<OnFailure, Problem> {
    match written {
        None | Some("silence") => Ok(OnFailure::Silence),
        Some("deny") => Ok(OnFailure::Deny),
        Some(other) => Err(Problem::BadWord {
            found: other.to_owned(),
            wanted: "\"silence\" or \"deny\"",
        }),
    }
}

fn when(written: &FileWhen) -> Result<When, Problem> {
    let transports = written.transports.iter().map(|name| match name.as_str() {
        "nats" => Ok(Transport::Nats),
        "websocket" => Ok(Transport::WebSocket),
        "mqtt" => Ok(Transport::Mqtt),
        "leafnode" => Ok(Transport::Leafnode),
        other => Err(Problem::BadWord {
            found: other.to_owned(),
            wanted: "\"nats\", \"websocket\", \"mqtt\" or \"leafnode\"",
        }),
    });
    Ok(When {
        users: written.users.clone(),
        transports: transports.collect::<Result<_, _>>()?,
        tls: written.tls,
    })
}

// === parts of both ===

/// The name given, or the module's file name without its ending. It becomes a label of metrics.
fn policy_name(given: Option<&str>, module: &Path) -> Result<String, Problem> {
    let stem = module.file_stem().map(|stem| stem.to_string_lossy());
    let name = given.or(stem.as_deref()).unwrap_or_default();
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        return Err(Problem::BadName(name.to_owned()));
    }
    Ok(name.to_owned())
}

fn data_entry(entry: &str, place: &Place) -> Result<Data, Problem> {
    let spec: DataSpec = entry
        .parse()
        .map_err(|_| Problem::BadData(entry.to_owned()))?;
    Ok(Data {
        name: spec.name,
        path: place.resolve(&spec.path),
    })
}

/// TOML as JSON: dates become texts, and numbers that JSON does not have become null.
fn json(value: &toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Boolean(truth) => (*truth).into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(entries) => entries.iter().map(json).collect(),
        toml::Value::Table(table) => table
            .iter()
            .map(|(key, value)| (key.clone(), json(value)))
            .collect(),
    }
}

pub(super) fn nearest_account(account: &str, known: &[String]) -> String {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    nearest(account, &known).map_or_else(String::new, |near| format!("; did you mean {near:?}?"))
}

pub(super) fn duration_at(text: &str, place: &Place) -> Result<Duration, SettingsError> {
    duration(text).map_err(|problem| place.fault(problem))
}
