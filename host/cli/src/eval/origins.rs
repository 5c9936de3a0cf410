//! Where each permission of a client comes from: the policy's own words, or the host.

use portcullis_model::subject::CALLOUT;
use portcullis_model::{Access, Permissions, Transport};
use portcullis_permits::{Compiled, List, compile};

/// What the policy granted, compiled once more to keep the origin of each entry.
pub(super) struct Origins<'a> {
    granted: Option<&'a Permissions>,
    compiled: Option<Compiled<'a>>,
}

impl<'a> Origins<'a> {
    pub(super) fn new(access: Option<&'a Access>, transport: Option<Transport>) -> Self {
        Self {
            granted: match access {
                Some(Access::Only(permissions)) => Some(permissions),
                _ => None,
            },
            compiled: access
                .and_then(|access| compile(access, transport).ok())
                .flatten(),
        }
    }

    /// The permissions as the policy granted them; `None` if it left them to the account, or granted nothing.
    pub(super) fn granted(&self) -> Option<&'a Permissions> {
        self.granted
    }

    /// The sentences and rules of the policy that an entry comes from; empty if the host added it.
    pub(super) fn of(&self, list: List, entry: &str) -> Vec<String> {
        let origins = self
            .compiled
            .as_ref()
            .map(|compiled| compiled.origins(list, entry));
        let origins = origins.unwrap_or_default().into_iter();
        origins.map(str::to_owned).collect()
    }

    /// Why the host added an entry: compiling the grant adds some entries, the operator's bounds add others.
    pub(super) fn host_reason(&self, list: List, entry: &str) -> &'static str {
        let subject = entry.split(' ').next();
        match entry {
            _ if self.is_compiled(list, entry) => match list {
                List::SubscribeDeny => {
                    "servers would match an entry that ends in * with deeper subjects too"
                }
                _ => "older servers would overlook it in another entry",
            },
            ">" => "nothing is allowed, and an empty list would allow everything",
            _ if subject == Some(CALLOUT) => "its subscribers read passwords",
            _ => "the operator denies it to every client",
        }
    }

    /// Whether an entry was there before the bounds added theirs.
    fn is_compiled(&self, list: List, entry: &str) -> bool {
        let entries = |compiled: &Compiled<'_>| {
            let rules = compiled.rules();
            let entries = match list {
                List::PublishAllow => &rules.publish.allow,
                List::PublishDeny => &rules.publish.deny,
                List::SubscribeAllow => &rules.subscribe.allow,
                List::SubscribeDeny => &rules.subscribe.deny,
                List::Responses => return rules.responses.is_some(),
            };
            entries.iter().any(|other| other == entry)
        };
        self.compiled.as_ref().is_some_and(entries)
    }
}
