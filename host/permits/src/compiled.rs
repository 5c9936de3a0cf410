use super::ability_error::AbilityError;
use super::list::List;
use super::needs::{Addressing, DEFAULT_API, DEFAULT_INBOX, Subscription};
use super::refusal::refusal;
use super::sentence::Ability;
use super::{merge, names};
use portcullis_model::{Access, Cause, Permissions, ResponseRule, Rules, SubjectRules, Transport};

/// Compiles the access of a grant to rules. `None` leaves the client to the defaults of its account.
///
/// `transport` is how the client reaches the server. For MQTT, servers before 2.11.15 and 2.12.6 need rules for internal
/// subjects, on which a client of another transport could read messages for others.
///
/// # Errors
///
/// A sentence is not an ability, a name cannot exist, or there are too many entries. The cause quotes the sentence and says how
/// to correct it. Such a sentence is not left out: the client would get less than its policy decided, and no one would know.
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

/// Permissions as subject rules, and the origin of each subject.
#[derive(Debug)]
pub struct Compiled<'a> {
    permissions: &'a Permissions,
    rules: Rules,
    required: Vec<RequiredSubject<'a>>,
}

/// A subject and the sentence that needs it.
#[derive(Debug)]
struct RequiredSubject<'a> {
    list: List,
    subscription: Subscription,
    sentence: &'a str,
}

/// The origin of the subjects that a policy wrote itself. Other origins are sentences.
const SUBJECT_RULES: &str = "subject rules";

/// More sentences, or more subjects from them, do not fit into a user JWT.
const ABILITIES_MAX: usize = 1_024;
const SUBJECTS_MAX: usize = 4_096;

/// A longer prefix leaves too little of a subject's 1,024 bytes.
const PREFIX_BYTES_MAX: usize = 256;

/// This many entries can always be compared with one another, whatever they contain.
const COMPARABLE_ENTRIES: usize = 1_024;

impl<'a> Compiled<'a> {
    fn new(permissions: &'a Permissions, transport: Option<Transport>) -> Result<Self, Cause> {
        let addressing =
            Addressing::of(permissions, transport).map_err(|fault| refusal("ability", fault.0))?;
        check_count(permissions)?;
        let required = required_subjects(&permissions.abilities, addressing)?;
        check_cost(permissions, &required)?;
        let replies = required.iter().any(|one| one.list == List::Responses);
        let subscribe_allow =
            merge::subscriptions(&permissions.subscribe.allow, subscriptions(&required));
        let (denied, undeniable) = merge::deny_deeper(&subscribe_allow);
        check_undeniable(&undeniable, &required)?;
        let rules = Rules {
            publish: SubjectRules {
                allow: merge::subjects(&permissions.publish.allow, subjects(&required)),
                deny: merge::subjects(&permissions.publish.deny, []),
            },
            subscribe: SubjectRules {
                allow: subscribe_allow,
                deny: merge::subscriptions(&permissions.subscribe.deny, &denied),
            },
            responses: permissions
                .responses
                .or_else(|| replies.then(ResponseRule::default)),
        };
        Ok(Self {
            permissions,
            rules,
            required,
        })
    }

    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    pub fn into_rules(self) -> Rules {
        self.rules
    }

    /// The sentences from which an entry of the rules comes, as the policy wrote them. `subject rules` is among them if the
    /// policy wrote the entry itself, or one that it covers. Empty if the entry is not in these rules.
    pub fn origins(&self, list: List, entry: &str) -> Vec<&str> {
        let entry = Subscription::parse(entry);
        let mut origins = Vec::new();
        if self.is_given(list, &entry) {
            origins.push(SUBJECT_RULES);
        }
        for required in self.required.iter().filter(|one| one.list == list) {
            let within = list == List::Responses || entry.includes(&required.subscription);
            if within && !origins.contains(&required.sentence) {
                origins.push(required.sentence);
            }
        }
        origins
    }

    /// Whether the policy wrote that entry, or one that it covers, as a subject rule.
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
                    "the {what} prefix is longer than {PREFIX_BYTES_MAX} bytes; choose a shorter one"
                )));
            }
        }
        names::literal("the inbox prefix", inbox)?;
        names::literal("the JetStream API prefix", api)?;
        if inbox.starts_with('$') {
            return Err(AbilityError(format!(
                "the inbox prefix {inbox:?} begins with $, like the server's own subjects; choose another, such as _INBOX_name"
            )));
        }
        Ok(Self {
            inbox,
            api,
            transport,
        })
    }
}

/// The subjects that all sentences need.
fn required_subjects<'a>(
    abilities: &'a [String],
    addressing: Addressing<'_>,
) -> Result<Vec<RequiredSubject<'a>>, Cause> {
    if abilities.len() > ABILITIES_MAX {
        return Err(too_many(abilities.len(), "abilities", ABILITIES_MAX));
    }
    let mut required = Vec::new();
    for sentence in abilities {
        let ability = Ability::parse(sentence)
            .map_err(|fault| refusal("ability", fault.describe(sentence)))?;
        let subjects = ability.needs(addressing).into_subjects();
        required.extend(subjects.map(|(list, subscription)| RequiredSubject {
            list,
            subscription,
            sentence,
        }));
        if required.len() > SUBJECTS_MAX {
            return Err(too_many(
                required.len(),
                "subjects from its abilities",
                SUBJECTS_MAX,
            ));
        }
    }
    Ok(required)
}

/// The number of entries that the policy wrote itself.
fn count_given(permissions: &Permissions) -> usize {
    let (publish, subscribe) = (&permissions.publish, &permissions.subscribe);
    publish.allow.len() + publish.deny.len() + subscribe.allow.len() + subscribe.deny.len()
}

fn check_count(permissions: &Permissions) -> Result<(), Cause> {
    match count_given(permissions) {
        given if given > SUBJECTS_MAX => Err(too_many(given, "entries in its lists", SUBJECTS_MAX)),
        _ => Ok(()),
    }
}

/// Refuses an ability that ends with `*` if the server would let the client receive deeper subjects, too.
fn check_undeniable(
    undeniable: &[Subscription],
    required: &[RequiredSubject<'_>],
) -> Result<(), Cause> {
    let subscribed = required
        .iter()
        .filter(|one| one.list == List::SubscribeAllow);
    for one in subscribed {
        if undeniable.contains(&one.subscription) {
            let fault = "its last * cannot be kept from reaching what lies deeper, because other entries of the grant allow a part of that; end with > or name the subjects";
            return Err(refusal(
                "ability",
                AbilityError(fault.to_owned()).describe(one.sentence),
            ));
        }
    }
    Ok(())
}

/// A policy that writes thousands of subjects must not delay the decisions about other clients.
fn check_cost(permissions: &Permissions, required: &[RequiredSubject<'_>]) -> Result<(), Cause> {
    if count_given(permissions) + required.len() <= COMPARABLE_ENTRIES {
        return Ok(());
    }
    let (publish, subscribe) = (&permissions.publish, &permissions.subscribe);
    let needed: Vec<String> = required
        .iter()
        .map(|one| one.subscription.to_string())
        .collect();
    let with_needed = |given: &[String]| [given, needed.as_slice()].concat();
    let publish_allow = with_needed(&publish.allow);
    let subscribe_allow = with_needed(&subscribe.allow);
    let lists = [
        &publish_allow,
        &publish.deny,
        &subscribe_allow,
        &subscribe.deny,
    ];
    if merge::is_affordable(&lists.map(Vec::as_slice)) {
        return Ok(());
    }
    Err(refusal(
        "size",
        "the grant has too many subjects that end with * or name a queue, together with too many others; a wildcard can replace many".to_owned(),
    ))
}

fn too_many(count: usize, what: &str, most: usize) -> Cause {
    refusal(
        "size",
        format!(
            "the grant has {count} {what}, but at most {most} are allowed; a wildcard can replace many"
        ),
    )
}

fn subjects<'s>(required: &'s [RequiredSubject<'_>]) -> impl Iterator<Item = &'s str> {
    let published = required.iter().filter(|one| one.list == List::PublishAllow);
    published.map(|one| one.subscription.subject.as_str())
}

fn subscriptions<'s>(
    required: &'s [RequiredSubject<'_>],
) -> impl Iterator<Item = &'s Subscription> {
    let subscribed = required
        .iter()
        .filter(|one| one.list == List::SubscribeAllow);
    subscribed.map(|one| &one.subscription)
}
