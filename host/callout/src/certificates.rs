//! Reads the certificates of TLS clients from PEM.

mod name;

use std::net::{Ipv4Addr, Ipv6Addr};

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use x509_parser::{
    certificate::X509Certificate, extensions::GeneralName, pem::parse_x509_pem, prelude::FromDer,
};

use super::{claims::TlsClaims, rejection::Rejection};
use portcullis_model::{Certificate, Timestamp, Tls};

/// Policies see the first chain that the server verified. A server that verified a chain does not say which certificates
/// the client presented; the client certainly presented the leaf of that chain.
pub(super) fn convert(claims: TlsClaims) -> Result<Tls, Rejection> {
    let chain = claims
        .verified_chains
        .into_iter()
        .next()
        .unwrap_or_default();
    let verified = parse_all("verified chain", chain)?;
    let mut presented = parse_all("presented chain", claims.certs)?;
    if presented.is_empty() {
        presented.extend(verified.first().cloned());
    }
    Ok(Tls {
        version: claims.version,
        cipher: claims.cipher,
        verified,
        presented,
    })
}

/// Reads the certificates of a PEM file, in the order of the file.
///
/// # Errors
///
/// The file has no certificate, or one that cannot be read; the error has its position in the file, from 1.
pub fn read_chain(text: &str) -> Result<Vec<Certificate>, ChainError> {
    let blocks = text
        .split_inclusive(BLOCK_END)
        .map(|block| {
            block
                .find(BLOCK_BEGIN)
                .map_or(block, |at| block.get(at..).unwrap_or(block))
        })
        .filter(|block| !block.trim().is_empty())
        .map(|block| format!("{}\n", block.trim()));
    let parse = |(index, block)| {
        let position = index + 1;
        parse(block).map_err(|fault| ChainError::Malformed { position, fault })
    };
    let chain: Vec<_> = blocks.enumerate().map(parse).collect::<Result<_, _>>()?;
    if chain.is_empty() {
        return Err(ChainError::Empty);
    }
    Ok(chain)
}

/// What is wrong with a chain of certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    #[error("there is no certificate; give PEM, with the client's own certificate first")]
    Empty,
    #[error(
        "certificate {position} cannot be read: {fault}; give only PEM blocks of certificates, the client's own first"
    )]
    Malformed {
        position: usize,
        fault: &'static str,
    },
}

/// OpenSSL writes a readable description of the certificate before this line.
const BLOCK_BEGIN: &str = "-----BEGIN ";
const BLOCK_END: &str = "-----END CERTIFICATE-----";

fn parse_all(chain: &'static str, pems: Vec<String>) -> Result<Vec<Certificate>, Rejection> {
    let parse = |(index, pem)| {
        parse(pem).map_err(|fault| Rejection::Certificate {
            chain,
            position: index + 1,
            fault,
        })
    };
    pems.into_iter().enumerate().map(parse).collect()
}

fn parse(pem: String) -> Result<Certificate, &'static str> {
    let (rest, block) = parse_x509_pem(pem.as_bytes()).map_err(|_| "it is not PEM")?;
    if block.label != "CERTIFICATE" {
        return Err("its PEM block is not a CERTIFICATE");
    }
    if !rest.trim_ascii().is_empty() {
        return Err("there are other bytes after its PEM block");
    }
    let (rest, parsed) =
        X509Certificate::from_der(&block.contents).map_err(|_| "its DER is malformed")?;
    if !rest.is_empty() {
        return Err("there are other bytes after its DER");
    }
    let mut certificate = Certificate {
        subject: name::write(parsed.subject())?,
        issuer: name::write(parsed.issuer())?,
        serial: serial(parsed.raw_serial()),
        not_before: timestamp(parsed.validity().not_before.timestamp()),
        not_after: timestamp(parsed.validity().not_after.timestamp()),
        fingerprint: fingerprint(&block.contents),
        key_fingerprint: fingerprint(parsed.public_key().raw),
        ..Certificate::default()
    };
    add_alternative_names(&parsed, &mut certificate)?;
    certificate.pem = pem;
    Ok(certificate)
}

fn add_alternative_names(
    parsed: &X509Certificate<'_>,
    certificate: &mut Certificate,
) -> Result<(), &'static str> {
    let names = parsed
        .subject_alternative_name()
        .map_err(|_| "its alternative names are malformed")?;
    for name in names
        .iter()
        .flat_map(|extension| &extension.value.general_names)
    {
        match name {
            GeneralName::DNSName(name) => certificate.dns_names.push((*name).to_owned()),
            GeneralName::RFC822Name(name) => certificate.emails.push((*name).to_owned()),
            GeneralName::URI(name) => certificate.uris.push((*name).to_owned()),
            GeneralName::IPAddress(bytes) => certificate.ip_addresses.push(ip_address(bytes)?),
            GeneralName::Invalid(..) => return Err("its alternative names are malformed"),
            _ => {}
        }
    }
    Ok(())
}

fn ip_address(bytes: &[u8]) -> Result<String, &'static str> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Ok(Ipv4Addr::from(bytes).to_string());
    }
    let bytes = <[u8; 16]>::try_from(bytes)
        .map_err(|_| "it has an IP address that has neither 4 nor 16 bytes")?;
    Ok(Ipv6Addr::from(bytes).to_string())
}

/// DER puts a zero byte before a large number so that it is not negative; that byte is left out.
fn serial(bytes: &[u8]) -> String {
    let number = match bytes {
        [0, number @ ..] if !number.is_empty() => number,
        number => number,
    };
    HEXLOWER.encode(number)
}

fn fingerprint(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::try_from(seconds).unwrap_or(0)
}
