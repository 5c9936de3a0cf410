//! The file, with the values of flags and variables in place of its own.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Place};
use super::problem::{Problem, suggestion};
use super::sources::Sources;
use super::tree::{LimitsTable, NO_LIMITS, ServiceTable, ThrottleTable, keys_of};

/// The place of each flag in the tree.
const SINGLE: [(&str, [&str; 2]); 10] = [
    ("user", ["nats", "user"]),
    ("password", ["nats", "password"]),
    ("creds", ["nats", "creds"]),
    ("nkey", ["nats", "nkey"]),
    ("tlscert", ["nats", "tlscert"]),
    ("tlskey", ["nats", "tlskey"]),
    ("tlsca", ["nats", "tlsca"]),
    ("http", ["service", "http"]),
    ("log-format", ["service", "log-format"]),
    ("cache", ["service", "cache"]),
];
const LISTS: [(&str, &[&str]); 4] = [
    ("server", &["nats", "server"]),
    ("issuer-seed", &["issuer-seed"]),
    ("xkey-seed", &["xkey-seed"]),
    ("account", &["accounts"]),
];

/// The parser's message about a key that is written twice. It goes on with the first of the two.
const DUPLICATE: &str = "duplicate key";

type Value<'a> = Spanned<DeValue<'a>>;

/// Everything that was written, as one table. None if the file is not TOML.
pub(super) fn merge<'a>(
    sources: &Sources<'a>,
    faults: &mut Vec<Fault>,
) -> Option<Spanned<DeTable<'a>>> {
    let text = sources.file().map_or("", |file| file.text.expose());
    let (mut table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or_default();
        let is_duplicate = error.message() == DUPLICATE;
        let problem = match is_duplicate {
            true => Problem::Duplicate(text.get(span.clone()).unwrap_or_default().to_owned()),
            false => Problem::Other(error.message().trim().replace('\n', "; ")),
        };
        faults.push(Fault::new(sources.place(span.start), "", problem));
        if !is_duplicate {
            // What follows a fault of the syntax is read as something else than it is, so its faults mean nothing.
            return None;
        }
    }
    let root = table.get_mut();
    for (flag, path) in SINGLE {
        for value in values(sources, flag) {
            put(root, &path, value);
        }
    }
    for (flag, path) in LISTS {
        put_list(root, path, values(sources, flag));
    }
    put_limits(root, sources, faults);
    put_policies(root, sources, faults);
    Some(table)
}

fn values<'a>(sources: &Sources<'a>, flag: &str) -> Vec<Value<'a>> {
    let values = sources.of(flag).into_iter();
    values.map(|(span, value)| string(span, value)).collect()
}

fn string(span: Range<usize>, text: &str) -> Value<'_> {
    Spanned::new(span, DeValue::String(Cow::Borrowed(text)))
}

/// `None` for an empty list, so that it does not replace the list of a lower layer.
fn list<'a>(values: Vec<Value<'a>>) -> Option<Value<'a>> {
    let span = values.first()?.span();
    Some(Spanned::new(
        span,
        DeValue::Array(values.into_iter().collect()),
    ))
}

fn put_list<'a>(table: &mut DeTable<'a>, path: &[&'static str], values: Vec<Value<'a>>) {
    if let Some(values) = list(values) {
        put(table, path, values);
    }
}

/// If the file has another kind of value on the path, it stays, and `parse` reports it.
fn put<'a>(table: &mut DeTable<'a>, path: &[&'static str], value: Value<'a>) {
    let [key, deeper @ ..] = path else {
        return;
    };
    if deeper.is_empty() {
        let name = key_of(key, value.span());
        table.insert(name, value);
        return;
    }
    if !table.contains_key(*key) {
        let inner = Spanned::new(value.span(), DeValue::Table(DeTable::new()));
        table.insert(key_of(key, value.span()), inner);
    }
    if let Some(DeValue::Table(inner)) = table.get_mut(*key).map(Spanned::get_mut) {
        put(inner, deeper, value);
    }
}

fn key_of(key: &'static str, span: Range<usize>) -> Spanned<Cow<'static, str>> {
    Spanned::new(span, Cow::Borrowed(key))
}

/// `--limit KEY=VALUE` sets one key of `[limits]`, `[service]` or `[throttle]`.
fn put_limits<'a>(table: &mut DeTable<'a>, sources: &Sources<'a>, faults: &mut Vec<Fault>) {
    let tables = [
        ("limits", keys_of::<LimitsTable>()),
        ("service", keys_of::<ServiceTable>()),
        ("throttle", keys_of::<ThrottleTable>()),
    ];
    let keys = tables
        .iter()
        .flat_map(|(home, keys)| keys.iter().map(move |key| (*home, *key)));
    let homes: Vec<_> = keys.filter(|(_, key)| !NO_LIMITS.contains(key)).collect();
    let known: Vec<&'static str> = homes.iter().map(|(_, key)| *key).collect();
    for (span, entry) in sources.of("limit") {
        let place = sources.place(span.start);
        let Some((key, value)) = entry.split_once('=') else {
            let entry = entry.trim().to_owned();
            let problem = match known.contains(&entry.as_str()) {
                true => Problem::NoLimitValue(entry),
                false => Problem::BadLimit(entry),
            };
            faults.push(Fault::new(place, "", problem));
            continue;
        };
        let key = key.trim();
        let Some((home, key)) = homes.iter().find(|(_, known)| *known == key) else {
            let hint = suggestion(key, &known);
            let key = key.to_owned();
            faults.push(Fault::new(place, "", Problem::UnknownKey { key, hint }));
            continue;
        };
        put(table, &[home, key], string(span, value.trim()));
    }
}

/// The chain of `--policy` replaces the file's; `--data` and `--settings` belong to a single one.
fn put_policies<'a>(table: &mut DeTable<'a>, sources: &Sources<'a>, faults: &mut Vec<Fault>) {
    let modules = values(sources, "policy");
    let (data, settings) = (values(sources, "data"), values(sources, "settings"));
    let orphan = data.first().or_else(|| settings.first());
    let how_many = match modules.len() {
        0 => Some("is none"),
        1 => None,
        _ => Some("are several"),
    };
    if let (Some(orphan), Some(how_many)) = (orphan, how_many) {
        let place: Place = sources.place(orphan.span().start);
        faults.push(Fault::new(place, "", Problem::NoSinglePolicy(how_many)));
    }
    let policies = modules.into_iter().map(|module| {
        let span = module.span();
        let mut policy = DeTable::new();
        put(&mut policy, &["module"], module);
        if how_many.is_none() {
            put_list(&mut policy, &["data"], data.clone());
            for settings in settings.clone() {
                put(&mut policy, &["settings"], settings);
            }
        }
        Spanned::new(span, DeValue::Table(policy))
    });
    let policies = policies.collect();
    put_list(table, &["policies"], policies);
}
