use super::ability_error::AbilityError;
use super::list::List;
use super::needs::{Addressing, DEFAULT_API, DEFAULT_INBOX, Subscription};
use super::refusal::refusal;
use super::sentence::Ability;
use super::{merge, names};
use portcullis_model::{Access, Cause, Permissions, ResponseRule, Rules, SubjectRules, Transport};

/// The rules that an access amounts to; `None` leaves the client to the defaults of its account.
///
/// The transport is how the client reaches the server: over MQTT, servers before 2.11.15 and 2.12.6 want rules for subjects of
/// their own, which would let a client of another transport read the messages of others.
///
/// # Errors
///
/// A sentence that is none, a name that cannot exist, and more than fits are refused with a cause that quotes it and says
/// what would be right: leaving it out would give the client less than its policy decided, and nobody would be told.
pub fn compile(
    access: &Access,
    transport: Option<Transport>,
) -> Result<Option<Compiled<'_>>, Cause> {
    match access {
        Access::Only(permissions) => Compiled::new(permissions, transport).map(Some),
        Access::AccountDefaults => Ok(None),
        Access::Role(role) => Err(refusal(
            "role",
            format!(
                "the grant asks for the role {role:?}, which needs a server in operator mode; give permissions instead"
            ),
        )),
    }
}

/// Permissions as subjects, and where each subject comes from.
#[derive(Debug)]
pub struct Compiled<'a> {
    permissions: &'a Permissions,
    rules: Rules,
    stems: Vec<RequiredSubject<'a>>,
}

/// A subject and the sentence that needs it.
#[derive(Debug)]
struct RequiredSubject<'a> {
    list: List,
    subscription: Subscription,
    sentence: &'a str,
}

/// What stands for the subjects that a policy gave itself, among the sentences that others stem from.
const SUBJECT_RULES: &str = "subject rules";

/// More sentences, or subjects from them, than a user's JWT has room for.
const ABILITIES_MAX: usize = 1_024;
const SUBJECTS_MAX: usize = 4_096;

/// Longer ones leave too little of a subject's 1,024 bytes to be of use.
const PREFIX_BYTES_MAX: usize = 256;

/// So many entries can be compared with one another, whatever they are.
const FEW: usize = 1_024;

impl<'a> Compiled<'a> {
    fn new(permissions: &'a Permissions, transport: Option<Transport>) -> Result<Self, Cause> {
        let place =
            Addressing::of(permissions, transport).map_err(|fault| refusal("ability", fault.0))?;
        check_count(permissions)?;
        let stems = read(&permissions.abilities, place)?;
        check_cost(permissions, &stems)?;
        let replies = stems.iter().any(|stem| stem.list == List::Responses);
        let heard = merge::subscriptions(&permissions.subscribe.allow, subscriptions(&stems));
        let (deeper, open) = merge::deeper(&heard);
        check_open(&open, &stems)?;
        let rules = Rules {
            publish: SubjectRules {
                allow: merge::subjects(&permissions.publish.allow, subjects(&stems)),
                deny: merge::subjects(&permissions.publish.deny, []),
            },
            subscribe: SubjectRules {
                allow: heard,
                deny: merge::subscriptions(&permissions.subscribe.deny, &deeper),
            },
            responses: permissions
                .responses
                .or_else(|| replies.then(ResponseRule::default)),
        };
        Ok(Self {
            permissions,
            rules,
            stems,
        })
    }

    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    pub fn into_rules(self) -> Rules {
        self.rules
    }

    /// The sentences from which an entry of the rules stems, as the policy wrote them, and `subject rules` if the policy
    /// gave it, or something within it, itself. Empty if the entry is not of these rules.
    pub fn origins(&self, list: List, entry: &str) -> Vec<&str> {
        let entry = Subscription::parse(entry);
        let mut origins = Vec::new();
        if self.is_given(list, &entry) {
            origins.push(SUBJECT_RULES);
        }
        for stem in self.stems.iter().filter(|stem| stem.list == list) {
            let within = list == List::Responses || entry.includes(&stem.subscription);
            if within && !origins.contains(&stem.sentence) {
                origins.push(stem.sentence);
            }
        }
        origins
    }

    /// Whether the policy named that entry, or something within it, as a subject rule.
    fn is_given(&self, list: List, entry: &Subscription) -> bool {
        let within = |given: &String| entry.includes(&Subscription::parse(given));
        match list {
            List::PublishAllow => self.permissions.publish.allow.iter().any(within),
            List::PublishDeny => self.permissions.publish.deny.iter().any(within),
            List::SubscribeAllow => self.permissions.subscribe.allow.iter().any(within),
            List::SubscribeDeny => self.permissions.subscribe.deny.iter().any(within),
            List::Responses => self.permissions.responses.is_some(),
        }
    }
}

impl<'a> Addressing<'a> {
    pub(super) fn of(
        permissions: &'a Permissions,
        transport: Option<Transport>,
    ) -> Result<Self, AbilityError> {
        let inbox = permissions.inbox.as_deref().unwrap_or(DEFAULT_INBOX);
        let api = permissions.jetstream_api.as_deref().unwrap_or(DEFAULT_API);
        for (what, prefix) in [("inbox", inbox), ("JetStream API", api)] {
            if prefix.len() > PREFIX_BYTES_MAX {
                return Err(AbilityError(format!(
                    "the {what} prefix is longer than {PREFIX_BYTES_MAX} bytes"
                )));
            }
        }
        names::literal("the inbox prefix", inbox)?;
        names::literal("the JetStream API prefix", api)?;
        if inbox.starts_with('$') {
            return Err(AbilityError(format!(
                "the inbox prefix {inbox:?} begins with $, as the server's own subjects do; choose another, such as _INBOX_name"
            )));
        }
        Ok(Self {
            inbox,
            api,
            transport,
        })
    }
}

/// The subjects of all sentences.
fn read<'a>(
    abilities: &'a [String],
    place: Addressing<'_>,
) -> Result<Vec<RequiredSubject<'a>>, Cause> {
    if abilities.len() > ABILITIES_MAX {
        return Err(too_many(abilities.len(), "abilities", ABILITIES_MAX));
    }
    let mut stems = Vec::new();
    for sentence in abilities {
        let ability =
            Ability::parse(sentence).map_err(|fault| refusal("ability", fault.of(sentence)))?;
        let wanted = ability.needs(place).into_lines();
        stems.extend(wanted.map(|(list, subscription)| RequiredSubject {
            list,
            subscription,
            sentence,
        }));
        if stems.len() > SUBJECTS_MAX {
            return Err(too_many(
                stems.len(),
                "subjects from its abilities",
                SUBJECTS_MAX,
            ));
        }
    }
    Ok(stems)
}

/// Entries that the policy gave itself.
fn given(permissions: &Permissions) -> usize {
    let (publish, subscribe) = (&permissions.publish, &permissions.subscribe);
    publish.allow.len() + publish.deny.len() + subscribe.allow.len() + subscribe.deny.len()
}

fn check_count(permissions: &Permissions) -> Result<(), Cause> {
    match given(permissions) {
        given if given > SUBJECTS_MAX => Err(too_many(given, "entries in its lists", SUBJECTS_MAX)),
        _ => Ok(()),
    }
}

/// What an ability cannot keep to one token must not be taken for kept.
fn check_open(open: &[Subscription], stems: &[RequiredSubject<'_>]) -> Result<(), Cause> {
    let heard = stems
        .iter()
        .filter(|stem| stem.list == List::SubscribeAllow);
    for stem in heard {
        if open.contains(&stem.subscription) {
            let fault = "its last * cannot be kept from reaching what lies deeper, because the grant lets the client hear some of that; end with > or name the subjects";
            return Err(refusal(
                "ability",
                AbilityError(fault.to_owned()).of(stem.sentence),
            ));
        }
    }
    Ok(())
}

/// Whoever writes thousands of subjects must not hold up the decisions of others.
fn check_cost(permissions: &Permissions, stems: &[RequiredSubject<'_>]) -> Result<(), Cause> {
    if given(permissions) + stems.len() <= FEW {
        return Ok(());
    }
    let (publish, subscribe) = (&permissions.publish, &permissions.subscribe);
    let needed: Vec<String> = stems
        .iter()
        .map(|stem| stem.subscription.to_string())
        .collect();
    let with_needed = |given: &[String]| [given, needed.as_slice()].concat();
    let published = with_needed(&publish.allow);
    let heard = with_needed(&subscribe.allow);
    let lists = [&published, &publish.deny, &heard, &subscribe.deny];
    if merge::is_affordable(&lists.map(Vec::as_slice)) {
        return Ok(());
    }
    Err(refusal(
        "size",
        "the grant has too many subjects that end with * or name a queue, beside too many others; wildcards say more with fewer".to_owned(),
    ))
}

fn too_many(count: usize, what: &str, most: usize) -> Cause {
    refusal(
        "size",
        format!(
            "the grant has {count} {what} and at most {most} are allowed; wildcards say more with fewer"
        ),
    )
}

fn subjects<'s>(stems: &'s [RequiredSubject<'_>]) -> impl Iterator<Item = &'s str> {
    let published = stems.iter().filter(|stem| stem.list == List::PublishAllow);
    published.map(|stem| stem.subscription.subject.as_str())
}

fn subscriptions<'s>(stems: &'s [RequiredSubject<'_>]) -> impl Iterator<Item = &'s Subscription> {
    let subscribed = stems
        .iter()
        .filter(|stem| stem.list == List::SubscribeAllow);
    subscribed.map(|stem| &stem.subscription)
}
