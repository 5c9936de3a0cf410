use super::Abilities;

/// The state of a call without a verb, which is not an ability yet.
#[derive(Clone, Debug)]
pub enum Unfinished {}

/// The state of a call with at least one verb, which is an ability.
#[derive(Clone, Debug)]
pub enum Finished {}

/// A complete sentence.
#[derive(Clone, Debug)]
pub struct Sentence(String);

impl Sentence {
    pub(super) fn new(words: &str, names: &[&str]) -> Self {
        Self(say(words, names))
    }
}

impl Abilities for Sentence {
    fn sentences(self) -> Vec<String> {
        vec![self.0]
    }
}

/// The words and then the names, separated by spaces. An empty name, or one that would be read as
/// several, gives a sentence that begins with a word with which no ability begins.
pub(super) fn say(words: &str, names: &[&str]) -> String {
    match names.iter().find(|name| !is_one_word(name)) {
        Some(name) => format!("invalid name {name:?} for {words}"),
        None => [&[words], names].concat().join(" "),
    }
}

fn is_one_word(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}
