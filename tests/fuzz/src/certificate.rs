//! PEM, as certificates travel.

use data_encoding::BASE64;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

pub fn pem(der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    format!("{BEGIN}\n{}\n{END}\n", lines.join("\n"))
}

/// The bytes of the first block of a PEM text.
pub fn der(pem: &str) -> Option<Vec<u8>> {
    let (_, block) = pem.split_once(BEGIN)?;
    let (block, _) = block.split_once(END)?;
    let text: String = block.split_whitespace().collect();
    BASE64.decode(text.as_bytes()).ok()
}
