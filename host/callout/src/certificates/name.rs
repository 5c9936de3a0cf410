//! Writes distinguished names in the form of RFC 4514: the last part first, with the RFC's short names for attribute types.

use std::fmt::Write as _;

use x509_parser::{
    der_parser::asn1_rs::{Any, ToDer as _},
    x509::{AttributeTypeAndValue, X509Name},
};

/// The short names of RFC 4514 section 3, and those that OpenSSL and Go add.
const SHORT_NAMES: &[(&str, &str)] = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.17", "POSTALCODE"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
];

pub(super) fn write(name: &X509Name<'_>) -> Result<String, &'static str> {
    let mut text = String::with_capacity(64);
    let parts: Vec<_> = name.iter_rdn().collect();
    for part in parts.into_iter().rev() {
        if !text.is_empty() {
            text.push(',');
        }
        for (index, attribute) in part.iter().enumerate() {
            if index > 0 {
                text.push('+');
            }
            write_attribute(&mut text, attribute)?;
        }
    }
    Ok(text)
}

fn write_attribute(
    text: &mut String,
    attribute: &AttributeTypeAndValue<'_>,
) -> Result<(), &'static str> {
    let kind = attribute.attr_type().to_id_string();
    let value = read_value(attribute.attr_value())?;
    let short = SHORT_NAMES
        .iter()
        .find(|(id, _)| *id == kind)
        .map(|(_, short)| *short);
    if let (Some(short), Some(value)) = (short, &value) {
        text.push_str(short);
        text.push('=');
        escape(text, value);
        return Ok(());
    }
    // The value of a type without a short name is written in hexadecimal BER, so that no two values look alike.
    text.push_str(&kind);
    text.push_str("=#");
    let bytes = attribute
        .attr_value()
        .to_der_vec()
        .map_err(|_| "one of its names cannot be written")?;
    text.push_str(&data_encoding::HEXLOWER.encode(&bytes));
    Ok(())
}

/// The text of a value. `None` if its type is not a text type.
fn read_value(value: &Any<'_>) -> Result<Option<String>, &'static str> {
    use x509_parser::der_parser::asn1_rs::Tag;
    let malformed = "one of its names is malformed";
    let text = match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString => {
            str::from_utf8(value.data)
                .map_err(|_| malformed)?
                .to_owned()
        }
        // In practice these strings are Latin-1, not T.61.
        Tag::T61String => value.data.iter().copied().map(char::from).collect(),
        Tag::BmpString => {
            let units = value.data.chunks(2).map(|pair| match *pair {
                [high, low] => Ok(u16::from_be_bytes([high, low])),
                _ => Err(malformed),
            });
            let units = units.collect::<Result<Vec<_>, _>>()?;
            String::from_utf16(&units).map_err(|_| malformed)?
        }
        _ => return Ok(None),
    };
    Ok(Some(text))
}

/// Escapes a value as RFC 4514 section 2.4 says.
fn escape(text: &mut String, value: &str) {
    let last = value.chars().count().saturating_sub(1);
    for (index, letter) in value.chars().enumerate() {
        match letter {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => text.extend(['\\', letter]),
            '#' if index == 0 => text.push_str("\\#"),
            ' ' if index == 0 || index == last => text.push_str("\\ "),
            letter if letter.is_control() => {
                let mut buffer = [0; 4];
                for byte in letter.encode_utf8(&mut buffer).bytes() {
                    // Writing to a string does not fail.
                    let _ = write!(text, "\\{byte:02x}");
                }
            }
            letter => text.push(letter),
        }
    }
}
