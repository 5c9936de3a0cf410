//! A JSON object that is read field by field. A fault says which field and what would be right, and repeats no text that
//! may be a password.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use portcullis_service::config::nearest;

/// What is wrong with a field, named by its path.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {fault}")]
pub(super) struct FieldError {
    path: String,
    fault: String,
}

impl FieldError {
    pub(super) fn new(path: impl Into<String>, fault: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            fault: fault.into(),
        }
    }
}

/// A value with the path that leads to it, such as `tls.verified[0]`.
pub(super) struct Item {
    pub(super) path: String,
    pub(super) value: Value,
}

/// The fields of one object, none of them unknown. A field that is `null` is absent.
pub(super) struct Object {
    path: String,
    fields: Map<String, Value>,
}

impl Object {
    /// # Errors
    ///
    /// A value that is no object, and a field that is not one of `known`.
    pub(super) fn open(item: Item, known: &[&str]) -> Result<Self, FieldError> {
        let Item { path, value } = item;
        let fields = match value {
            Value::Object(fields) => fields,
            other => {
                let path = if path.is_empty() {
                    "the request"
                } else {
                    &path
                };
                return Err(mismatch(path, &other, "an object"));
            }
        };
        let object = Self { path, fields };
        match object
            .fields
            .keys()
            .find(|name| !known.contains(&name.as_str()))
        {
            None => Ok(object),
            Some(name) => Err(FieldError::new(object.at(name), unknown(name, known))),
        }
    }

    /// The path of one of its fields.
    pub(super) fn at(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Item> {
        let value = self.fields.remove(name).filter(|value| !value.is_null())?;
        let path = self.at(name);
        Some(Item { path, value })
    }

    /// `None` also for the empty text: servers leave such fields out.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, FieldError> {
        let text = self.take(name).map(text).transpose()?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    pub(super) fn number(&mut self, name: &str) -> Result<Option<u64>, FieldError> {
        let Some(Item { path, value }) = self.take(name) else {
            return Ok(None);
        };
        match value.as_u64() {
            Some(number) => Ok(Some(number)),
            None => Err(mismatch(&path, &value, "a whole number from 0 on")),
        }
    }

    pub(super) fn items(&mut self, name: &str) -> Result<Option<Vec<Item>>, FieldError> {
        self.take(name).map(items).transpose()
    }

    pub(super) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, FieldError> {
        let Some(items) = self.items(name)? else {
            return Ok(None);
        };
        items
            .into_iter()
            .map(text)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// An object inside; `None` if it is absent.
    pub(super) fn object(
        &mut self,
        name: &str,
        known: &[&str],
    ) -> Result<Option<Self>, FieldError> {
        self.take(name)
            .map(|item| Self::open(item, known))
            .transpose()
    }

    /// A text that has no sensible value of its own.
    pub(super) fn needed(&mut self, name: &str, meaning: &str) -> Result<String, FieldError> {
        let path = self.at(name);
        self.text(name)?
            .ok_or_else(|| FieldError::new(path, format!("it is missing; it is {meaning}")))
    }
}

/// Reads JSON in which no object has the same field twice: the last one would count, and nobody would be told.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    match serde_json::from_str::<Strict>(text) {
        Ok(Strict(value)) => Ok(value),
        // The parser's own sentences hold names of fields at most: any type of value is taken.
        Err(error) => Err(format!("it is no JSON: {error}")),
    }
}

pub(super) fn text(item: Item) -> Result<String, FieldError> {
    match item.value {
        Value::String(text) => Ok(text),
        other => Err(mismatch(&item.path, &other, "a text")),
    }
}

pub(super) fn items(item: Item) -> Result<Vec<Item>, FieldError> {
    let Item { path, value } = item;
    let Value::Array(values) = value else {
        return Err(mismatch(&path, &value, "a list"));
    };
    let number = |(index, value)| Item {
        path: format!("{path}[{index}]"),
        value,
    };
    Ok(values.into_iter().enumerate().map(number).collect())
}

pub(super) fn mismatch(path: &str, found: &Value, wanted: &str) -> FieldError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    let found = if wanted.contains("number") && found == "a number" {
        "another number"
    } else {
        found
    };
    FieldError::new(path, format!("this is {found} and has to be {wanted}"))
}

fn unknown(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(near) => format!("there is no such field; did you mean {near:?}?"),
        None => format!(
            "there is no such field; those here are {}",
            known.join(", ")
        ),
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(value)) = entries.next_element()? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some((name, Strict(value))) = entries.next_entry::<String, Strict>()? {
            if fields.contains_key(&name) {
                return Err(A::Error::custom(format_args!(
                    "the field {name:?} is there twice"
                )));
            }
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}
