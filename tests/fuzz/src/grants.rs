//! A grant, its bounds and what a client tries, as lines of a text. The first word says what a line is; a line without such a
//! word is an ability.
//!
//! ```text
//! +pub orders.>          an entry of publish.allow; also -pub, +sub, -sub
//! denied orders.secret   a subject that the operator denies
//! ask orders.new         a subject that the client uses
//! inbox _INBOX_me        a prefix; also api
//! replies 3 0            a rule for responses
//! kv read users          an ability
//! ```

use std::time::Duration;

use portcullis_model::{
    Access, Cause, Client, Grant, Permissions, Request, ResponseRule, Rules, Transport,
};
use portcullis_permits::bounds::{AccountPattern, Bounds, GrantLimits, Permit};

/// The account of the client, and that of the callout.
pub const ACCOUNT: &str = "APP";
pub const CALLOUT_ACCOUNT: &str = "AUTH";

#[derive(Debug, Default)]
pub struct Written {
    pub permissions: Permissions,
    pub denied: Vec<String>,
    pub asked: Vec<String>,
}

impl Written {
    pub fn parse(lines: &[&str]) -> Self {
        let mut written = Self::default();
        for line in lines {
            written.add(line);
        }
        written
    }

    fn add(&mut self, line: &str) {
        let Permissions {
            publish, subscribe, ..
        } = &mut self.permissions;
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let list = match word {
            "+pub" => &mut publish.allow,
            "-pub" => &mut publish.deny,
            "+sub" => &mut subscribe.allow,
            "-sub" => &mut subscribe.deny,
            "denied" => &mut self.denied,
            "ask" => &mut self.asked,
            "inbox" => {
                self.permissions.inbox = Some(rest.to_owned());
                return;
            }
            "api" => {
                self.permissions.jetstream_api = Some(rest.to_owned());
                return;
            }
            "replies" => {
                self.permissions.responses = Some(responses(rest));
                return;
            }
            _ => {
                self.permissions.abilities.push(line.to_owned());
                return;
            }
        };
        list.push(rest.to_owned());
    }

    pub fn access(&self) -> Access {
        Access::Only(self.permissions.clone())
    }

    /// The bounds, if a service would start with them.
    pub fn bounds(&self) -> Option<Bounds> {
        let is_valid = |subject: &String| Bounds::check_denied(subject).is_ok();
        self.denied.iter().all(is_valid).then(|| Bounds {
            accounts: vec![AccountPattern::parse("*").expect("a pattern")],
            system_accounts: Vec::new(),
            lifetime_max: Duration::from_secs(3_600),
            lifetime_default: Duration::from_secs(600),
            denied_subjects: self.denied.clone(),
            account_defaults: true,
            limits: GrantLimits::default(),
        })
    }
}

fn responses(text: &str) -> ResponseRule {
    let (messages, time) = text.split_once(' ').unwrap_or((text, ""));
    ResponseRule {
        max_messages: messages.parse().unwrap_or_default(),
        expires_in_ms: time.parse().unwrap_or_default(),
    }
}

/// What the bounds make of the rules, for a client of that account.
pub fn admit(
    bounds: &Bounds,
    rules: &Rules,
    callout_account: Option<&str>,
) -> Result<Permit, Cause> {
    let grant = Grant {
        account: ACCOUNT.to_owned(),
        ..Grant::default()
    };
    let client = Client {
        host: "127.0.0.1".to_owned(),
        transport: Some(Transport::Nats),
        ..Client::default()
    };
    let request = Request {
        client,
        ..Request::default()
    };
    bounds.admit(grant, Some(rules.clone()), &request, 1, callout_account)
}
