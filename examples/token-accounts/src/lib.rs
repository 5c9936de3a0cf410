//! A token `NAME.SECRET`, or a verified certificate with a known DNS name, chooses the account of
//! the client.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use portcullis_sdk::{
    Certificate, Decision, Error, Grant, Policy, Request, Result, Settings, allow, deny, pass,
    same_secret,
};
use serde::Deserialize;

/// Compared with the secret of a token with an unknown name, so that the answer takes as long as
/// for known names.
const NOBODYS_SECRET: &str = "not the secret of anybody";

pub struct TokenAccounts {
    tokens: BTreeMap<String, Token>,
    names: BTreeMap<String, String>,
}

/// An entry of `tokens.json`, by the name before the first dot of the token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with secret and account")]
struct Token {
    secret: String,
    account: String,
}

/// The settings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Accounts by DNS name, lower case.
    #[serde(default)]
    certificates: BTreeMap<String, String>,
}

impl Policy for TokenAccounts {
    fn configure(settings: &Settings) -> Result<Self> {
        let tokens: BTreeMap<String, Token> = settings.data_json("tokens.json")?;
        if let Some((name, _)) = tokens.iter().find(|(name, _)| name.contains('.')) {
            return Err(Error::new(format_args!(
                "tokens.json: {name:?}: a name must not contain a dot"
            )));
        }
        if let Some((name, _)) = tokens.iter().find(|(_, token)| token.secret.is_empty()) {
            return Err(Error::new(format_args!(
                "tokens.json: {name:?}: secret: must not be empty"
            )));
        }
        let Table {
            certificates: names,
        } = settings.json()?;
        Ok(Self { tokens, names })
    }

    /// A token alone decides about a client that presents one.
    fn decide(&self, request: &Request) -> Decision {
        let (account, cause) = match (request.token(), request.certificate()) {
            (Some(token), _) => (self.account_of_token(token), "unknown token"),
            (None, Some(certificate)) => (self.account_of_name(certificate), "unknown certificate"),
            (None, None) => return pass(),
        };
        account.map_or_else(
            || deny(cause),
            |account| allow(Grant::account_defaults(account)),
        )
    }
}

impl TokenAccounts {
    fn account_of_token(&self, presented: &str) -> Option<&str> {
        let (name, secret) = presented.split_once('.')?;
        let token = self.tokens.get(name);
        let expected = token.map_or(NOBODYS_SECRET, |token| &token.secret);
        let right = same_secret(secret, expected);
        token.filter(|_| right).map(|token| token.account.as_str())
    }

    /// The first of the certificate's names that has an account. Case does not matter.
    fn account_of_name(&self, certificate: &Certificate) -> Option<&str> {
        let mut names = certificate.dns_names.iter();
        names
            .find_map(|name| self.names.get(&name.to_ascii_lowercase()))
            .map(String::as_str)
    }
}

portcullis_sdk::export!(TokenAccounts);

#[cfg(test)]
mod tests;
