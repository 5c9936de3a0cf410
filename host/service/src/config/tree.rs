//! The settings as written: one tree for the file, the flags and the variables. Its types are those of TOML; other code
//! interprets the values. Spans are offsets into all sources.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer, UnitDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use portcullis_model::Secret;

/// A text, if it was written.
pub(super) type Words = Option<Spanned<String>>;

/// A switch as it was written, or its default.
pub(super) fn switch(written: &Option<Spanned<bool>>, default: bool) -> bool {
    written
        .as_ref()
        .map_or(default, |written| *written.get_ref())
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Tree {
    pub(super) accounts: Vec<Spanned<String>>,
    pub(super) system_accounts: Option<Vec<Spanned<String>>>,
    pub(super) denied_subjects: Vec<Spanned<String>>,
    pub(super) account_defaults: Option<Spanned<bool>>,
    pub(super) lifetime: Words,
    pub(super) lifetime_max: Words,
    pub(super) issuer_seed: Texts,
    pub(super) xkey_seed: Texts,
    pub(super) service: ServiceTable,
    pub(super) throttle: ThrottleTable,
    pub(super) nats: NatsTable,
    pub(super) limits: LimitsTable,
    pub(super) policies: Vec<Spanned<PolicyTable>>,
}

/// A change of these needs a restart.
#[derive(Default, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    default,
    expecting = "a table"
)]
pub(super) struct ServiceTable {
    pub(super) http: Words,
    pub(super) log_format: Words,
    pub(super) cache: Words,
    pub(super) callout_account: Words,
    pub(super) pagemap_scan: Option<Spanned<bool>>,
    pub(super) incomplete_start: Option<Spanned<bool>>,
    pub(super) threads: Option<Spanned<Scalar>>,
    pub(super) in_flight: Option<Spanned<Scalar>>,
    pub(super) in_flight_bytes: Option<Spanned<Scalar>>,
    pub(super) request_bytes: Option<Spanned<Scalar>>,
    pub(super) clock_tolerance: Option<Spanned<Scalar>>,
    pub(super) drain_deadline: Option<Spanned<Scalar>>,
}

/// A change of these needs a restart too.
#[derive(Default, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    default,
    expecting = "a table"
)]
pub(super) struct ThrottleTable {
    pub(super) denials_per_client: Option<Spanned<Scalar>>,
    pub(super) denials_per_address: Option<Spanned<Scalar>>,
    pub(super) proxies: Vec<Spanned<String>>,
}

/// The keys of `[service]` and `[throttle]` that `--limit` does not take: they have a flag of their own, or none.
pub(super) const NO_LIMITS: [&str; 7] = [
    "http",
    "log-format",
    "cache",
    "callout-account",
    "pagemap-scan",
    "incomplete-start",
    "proxies",
];

#[derive(Default, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    default,
    expecting = "a table"
)]
pub(super) struct LimitsTable {
    pub(super) decide_deadline: Option<Spanned<Scalar>>,
    pub(super) configure_deadline: Option<Spanned<Scalar>>,
    pub(super) memory: Option<Spanned<Scalar>>,
    pub(super) table_entries: Option<Spanned<Scalar>>,
    pub(super) parts: Option<Spanned<Scalar>>,
    pub(super) handles: Option<Spanned<Scalar>>,
    pub(super) copy_bytes: Option<Spanned<Scalar>>,
    pub(super) answer_bytes: Option<Spanned<Scalar>>,
    pub(super) log_lines: Option<Spanned<Scalar>>,
    pub(super) log_line_bytes: Option<Spanned<Scalar>>,
    pub(super) module_bytes: Option<Spanned<Scalar>>,
    pub(super) data_bytes: Option<Spanned<Scalar>>,
}

#[derive(Default, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    default,
    expecting = "a table"
)]
pub(super) struct NatsTable {
    pub(super) server: Texts,
    pub(super) user: Words,
    pub(super) password: Option<Spanned<Text>>,
    pub(super) creds: Words,
    pub(super) nkey: Words,
    pub(super) tlscert: Words,
    pub(super) tlskey: Words,
    pub(super) tlsca: Words,
}

#[derive(Default, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    default,
    expecting = "a [[policies]] table"
)]
pub(super) struct PolicyTable {
    pub(super) name: Words,
    pub(super) module: Words,
    pub(super) data: Vec<Spanned<String>>,
    pub(super) settings: Option<Spanned<PolicySettings>>,
    pub(super) accounts: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) denied_subjects: Vec<Spanned<String>>,
    pub(super) account_defaults: Option<Spanned<bool>>,
    pub(super) instances: Words,
    pub(super) warm_uses: Option<Spanned<u32>>,
    pub(super) on_failure: Words,
    pub(super) lifetime: Words,
    pub(super) lifetime_max: Words,
    pub(super) when: WhenTable,
}

#[derive(Default, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    default,
    expecting = "a table"
)]
pub(super) struct WhenTable {
    pub(super) users: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) transports: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) tls: Option<bool>,
}

/// A text that may be secret: an error about it does not show it.
pub(super) struct Text(pub(super) Secret);

/// One such text, or a list of them.
#[derive(Default)]
pub(super) struct Texts(pub(super) Vec<Spanned<Text>>);

/// A text or a whole number, as its text.
pub(super) struct Scalar(pub(super) String);

/// The settings for the policy's `configure`: a table, or a text as for `--settings`.
pub(super) enum PolicySettings {
    Table(toml::Table),
    Text(Secret),
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl Visitor<'_> for TextVisitor {
            type Value = Text;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(Secret::from(text)))
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Spanned::<OneOrMany>::deserialize(deserializer)?;
        let span = written.span();
        Ok(match written.into_inner() {
            OneOrMany::One(text) => Self(vec![Spanned::new(span, text)]),
            OneOrMany::Many(texts) => Self(texts),
        })
    }
}

enum OneOrMany {
    One(Text),
    Many(Vec<Spanned<Text>>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrManyVisitor;
        impl<'de> Visitor<'de> for OneOrManyVisitor {
            type Value = OneOrMany;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string or a list of strings")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(Text(Secret::from(text))))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, entries: A) -> Result<OneOrMany, A::Error> {
                let entries = SeqAccessDeserializer::new(entries);
                Vec::deserialize(entries).map(OneOrMany::Many)
            }
        }
        deserializer.deserialize_any(OneOrManyVisitor)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;
        impl Visitor<'_> for ScalarVisitor {
            type Value = Scalar;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string or a whole number")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(text.to_owned()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }
        }
        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl<'de> Deserialize<'de> for PolicySettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SettingsVisitor;
        impl<'de> Visitor<'de> for SettingsVisitor {
            type Value = PolicySettings;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a table, a JSON object as a string, or \"@FILE\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<PolicySettings, E> {
                Ok(PolicySettings::Text(Secret::from(text)))
            }

            fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<PolicySettings, A::Error> {
                let entries = MapAccessDeserializer::new(entries);
                toml::Table::deserialize(entries).map(PolicySettings::Table)
            }
        }
        deserializer.deserialize_any(SettingsVisitor)
    }
}

/// The keys that a table of the tree takes.
pub(super) fn keys_of<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    struct Keys<'a>(&'a mut &'static [&'static str]);
    impl<'de> Deserializer<'de> for Keys<'_> {
        type Error = serde::de::value::Error;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            UnitDeserializer::new().deserialize_any(visitor)
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _name: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            *self.0 = fields;
            self.deserialize_any(visitor)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }
    let mut keys: &'static [&'static str] = &[];
    // Nothing is read; asking for the struct names its fields.
    let _ = T::deserialize(Keys(&mut keys));
    keys
}
