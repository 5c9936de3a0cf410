use portcullis_model::quoted;

/// What is wrong with a sentence, and how to correct it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AbilityError(pub(super) String);

/// Every form of a sentence, for the error about an unknown one.
const FORMS: &str = "publish SUBJECT, subscribe SUBJECT [QUEUE], request SUBJECT, reply SUBJECT [QUEUE], \
                     service offer NAME, service find [NAME], stream publish SUBJECT, stream view STREAM, \
                     stream consume STREAM [CONSUMER], stream manage STREAM, kv read|write BUCKET [KEY...], \
                     kv manage BUCKET, object read|write|manage BUCKET, mqtt publish|subscribe TOPIC-FILTER";

impl AbilityError {
    /// The first words are not those of any sentence.
    pub(super) fn unknown() -> Self {
        Self(format!("no such ability; there are: {FORMS}"))
    }

    /// The first words are known, but the others do not follow `form`.
    pub(super) fn form(form: &str) -> Self {
        Self(format!("write \"{form}\""))
    }

    /// The text of the error about `sentence`.
    pub(super) fn describe(&self, sentence: &str) -> String {
        format!("ability {:?}: {}", quoted(sentence), self.0)
    }
}
