use portcullis_model::quoted;

/// What is wrong with a sentence, and what would be right.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AbilityError(pub(super) String);

/// Every form that a sentence can have, for those who got it wrong.
const FORMS: &str = "publish SUBJECT, subscribe SUBJECT [QUEUE], request SUBJECT, reply SUBJECT [QUEUE], \
                     service offer NAME, service find [NAME], stream publish SUBJECT, stream view STREAM, \
                     stream consume STREAM [CONSUMER], stream manage STREAM, kv read|write BUCKET [KEY...], \
                     kv manage BUCKET, object read|write|manage BUCKET, mqtt publish|subscribe TOPIC-FILTER";

impl AbilityError {
    /// The words are those of no sentence.
    pub(super) fn unknown() -> Self {
        Self(format!("no such ability; there are: {FORMS}"))
    }

    /// The first words are known and the others do not fit.
    pub(super) fn form(form: &str) -> Self {
        Self(format!("write \"{form}\""))
    }

    pub(super) fn of(&self, sentence: &str) -> String {
        format!("ability {:?}: {}", quoted(sentence), self.0)
    }
}
