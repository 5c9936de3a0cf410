//! The sentences of the contract, as the host reads them.

use super::names::Name;
use Name::{
    Bucket, Consumer, HeardTopicFilter, Key, Queue, Service, Store, Stream, Subject, TopicFilter,
};
use Slot::{Any, Maybe, One};

/// The names that follow the words of a sentence.
#[derive(Clone, Copy)]
enum Slot {
    One(Name),
    Maybe(Name),
    Any(Name),
}

/// Each ability: its words, and the names after them.
const FORMS: [(&str, &[Slot]); 18] = [
    ("publish", &[One(Subject)]),
    ("subscribe", &[One(Subject), Maybe(Queue)]),
    ("request", &[One(Subject)]),
    ("reply", &[One(Subject), Maybe(Queue)]),
    ("service offer", &[One(Service)]),
    ("service find", &[Maybe(Service)]),
    ("stream publish", &[One(Subject)]),
    ("stream view", &[One(Stream)]),
    ("stream consume", &[One(Stream), Maybe(Consumer)]),
    ("stream manage", &[One(Stream)]),
    ("kv read", &[One(Bucket), Any(Key)]),
    ("kv write", &[One(Bucket), Any(Key)]),
    ("kv manage", &[One(Bucket)]),
    ("object read", &[One(Store)]),
    ("object write", &[One(Store)]),
    ("object manage", &[One(Store)]),
    ("mqtt publish", &[One(TopicFilter)]),
    ("mqtt subscribe", &[One(HeardTopicFilter)]),
];

/// Checks that the sentence is an ability with valid names. The error says why it is not.
pub(super) fn check(sentence: &str) -> Result<(), String> {
    let said: Vec<_> = sentence.split(' ').collect();
    let found = FORMS.iter().find_map(|(words, slots)| {
        let words: Vec<_> = words.split(' ').collect();
        Some((*slots, said.strip_prefix(words.as_slice())?))
    });
    let fault = match found {
        _ if said.len() > 1 && said.contains(&"") => Some("separate words by one space".to_owned()),
        Some((slots, names)) if fits(slots, names.len()) => slots
            .iter()
            .flat_map(|slot| slot.names())
            .zip(names)
            .find_map(|(kind, name)| Some(format!("{name:?} {}", kind.fault(name)?))),
        _ => Some(format!("use {}", forms_like(said.first().copied()))),
    };
    match fault {
        None => Ok(()),
        Some(fault) => Err(format!("{sentence:?} is not an ability; {fault}")),
    }
}

impl Slot {
    /// The kinds of names that it takes, in order.
    fn names(self) -> Box<dyn Iterator<Item = Name>> {
        match self {
            One(name) | Maybe(name) => Box::new(std::iter::once(name)),
            Any(name) => Box::new(std::iter::repeat(name)),
        }
    }

    fn form(self) -> String {
        match self {
            One(name) => name.placeholder().to_owned(),
            Maybe(name) => format!("[{}]", name.placeholder()),
            Any(name) => format!("[{}...]", name.placeholder()),
        }
    }
}

fn fits(slots: &[Slot], names: usize) -> bool {
    let least = slots.iter().filter(|slot| matches!(slot, One(_))).count();
    let without_end = slots.iter().any(|slot| matches!(slot, Any(_)));
    least <= names && (without_end || names <= slots.len())
}

/// The forms that begin with the same word; if there are none, all first words.
fn forms_like(first: Option<&str>) -> String {
    let first_word = |words: &str| words.split(' ').next().map(str::to_owned);
    let alike = FORMS
        .iter()
        .filter(|(words, _)| first_word(words).as_deref() == first);
    let mut forms: Vec<_> = alike
        .map(|(words, slots)| {
            let names = slots.iter().map(|slot| slot.form());
            [(*words).to_owned()]
                .into_iter()
                .chain(names)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    if forms.is_empty() {
        forms = FORMS
            .iter()
            .filter_map(|(words, _)| first_word(words))
            .collect();
        forms.dedup();
    }
    match forms.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => forms.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Documents that have to contain every sentence, for policies in other languages.
    const DOCUMENTS: [&str; 2] = [
        include_str!("../../../wit/abilities.md"),
        include_str!("../../../wit/types.wit"),
    ];

    #[test]
    fn the_contract_tells_of_every_form() {
        for (words, slots) in FORMS {
            let names = slots.iter().map(|slot| slot.form());
            let form: Vec<_> = [words.to_owned()].into_iter().chain(names).collect();
            let form = format!("`{}`", form.join(" "));
            for document in DOCUMENTS {
                assert!(document.contains(&form), "{form} is missing");
            }
        }
    }
}
