//! Certificates of a request: PEM alone, or an object.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use portcullis_callout::read_chain;
use portcullis_model::{Certificate, Timestamp};

#[derive(Default, Deserialize)]
pub(super) struct Chain(Vec<CertificateFields>);

impl Chain {
    /// # Errors
    ///
    /// A field that contradicts its certificate, named by its path below `path`.
    pub(super) fn certificates(self, path: &str) -> Result<Vec<Certificate>, String> {
        let certificate = |(index, fields): (usize, CertificateFields)| {
            fields
                .into_certificate()
                .map_err(|fault| format!("{path}[{index}].{fault}"))
        };
        self.0.into_iter().enumerate().map(certificate).collect()
    }
}

#[derive(Default)]
struct CertificateFields(ObjectFields);

impl<'de> Deserialize<'de> for CertificateFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CertificateVisitor)
    }
}

struct CertificateVisitor;

impl<'de> Visitor<'de> for CertificateVisitor {
    type Value = CertificateFields;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a certificate, as a string with its PEM or as an object")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let pem = Some(Pem(read_one(text).map_err(E::custom)?));
        Ok(CertificateFields(ObjectFields {
            pem,
            ..ObjectFields::default()
        }))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
        ObjectFields::deserialize(MapAccessDeserializer::new(fields)).map(CertificateFields)
    }
}

/// If there is PEM, the other fields must have the same values as the certificate.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ObjectFields {
    subject: Option<String>,
    issuer: Option<String>,
    serial: Option<String>,
    dns_names: Option<Vec<String>>,
    ip_addresses: Option<Vec<String>>,
    emails: Option<Vec<String>>,
    uris: Option<Vec<String>>,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
    fingerprint: Option<String>,
    key_fingerprint: Option<String>,
    pem: Option<Pem>,
}

struct Pem(Certificate);

impl<'de> Deserialize<'de> for Pem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        read_one(&text).map(Self).map_err(D::Error::custom)
    }
}

fn read_one(text: &str) -> Result<Certificate, String> {
    let mut chain = read_chain(text).map_err(|error| error.to_string())?;
    match (chain.pop(), chain.is_empty()) {
        (Some(certificate), true) => Ok(certificate),
        _ => Err("it holds several certificates; write an entry for each".to_owned()),
    }
}

impl CertificateFields {
    /// # Errors
    ///
    /// `FIELD: what is wrong`.
    fn into_certificate(self) -> Result<Certificate, String> {
        let Self(fields) = self;
        let from_pem = fields.pem.is_some();
        let mut certificate = fields.pem.map(|Pem(parsed)| parsed).unwrap_or_default();
        let it = &mut certificate;
        for (name, given, field) in [
            ("subject", fields.subject, &mut it.subject),
            ("issuer", fields.issuer, &mut it.issuer),
            ("serial", fields.serial, &mut it.serial),
            ("fingerprint", fields.fingerprint, &mut it.fingerprint),
            (
                "key-fingerprint",
                fields.key_fingerprint,
                &mut it.key_fingerprint,
            ),
        ] {
            // Servers leave empty texts out.
            let given = given.filter(|text| !text.is_empty());
            set(name, given, field, from_pem)?;
        }
        for (name, given, field) in [
            ("dns-names", fields.dns_names, &mut it.dns_names),
            ("ip-addresses", fields.ip_addresses, &mut it.ip_addresses),
            ("emails", fields.emails, &mut it.emails),
            ("uris", fields.uris, &mut it.uris),
        ] {
            set(name, given, field, from_pem)?;
        }
        for (name, given, field) in [
            ("not-before", fields.not_before, &mut it.not_before),
            ("not-after", fields.not_after, &mut it.not_after),
        ] {
            set(name, given, field, from_pem)?;
        }
        if certificate.subject.is_empty() && !from_pem {
            return Err(
                "subject: it is missing; give the certificate as PEM, or its subject such as \"CN=billing,O=Example\""
                    .to_owned(),
            );
        }
        Ok(certificate)
    }
}

fn set<T: PartialEq + fmt::Debug>(
    name: &str,
    given: Option<T>,
    field: &mut T,
    from_pem: bool,
) -> Result<(), String> {
    match given {
        Some(given) if from_pem && given != *field => Err(format!(
            "{name}: this differs from the certificate, which says {field:?}; leave it out"
        )),
        Some(given) => {
            *field = given;
            Ok(())
        }
        None => Ok(()),
    }
}
