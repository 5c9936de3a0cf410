use portcullis_callout::{NewKey, generate};
use portcullis_model::Secret;

/// New keys and a first password, different in each folder.
pub(super) struct Fresh {
    pub(super) issuer: Pair,
    pub(super) xkey: Pair,
    /// The user as which the service logs in to NATS.
    pub(super) service: Pair,
    /// The first client, for a policy that knows clients by their nkeys.
    pub(super) client: Pair,
    /// Of the first user, alice.
    pub(super) password: Secret,
}

pub(super) struct Pair {
    pub(super) seed: Secret,
    pub(super) public: String,
}

impl Fresh {
    pub(super) fn generate() -> Result<Self, String> {
        let password: [u8; 15] = rand::random();
        let password = data_encoding::BASE32_NOPAD.encode(&password).to_lowercase();
        Ok(Self {
            issuer: pair(NewKey::Issuer)?,
            xkey: pair(NewKey::Xkey)?,
            service: pair(NewKey::User)?,
            client: pair(NewKey::User)?,
            password: Secret::new(password),
        })
    }
}

fn pair(key: NewKey) -> Result<Pair, String> {
    let (seed, public) = generate(key, rand::random()).map_err(|error| error.to_string())?;
    Ok(Pair { seed, public })
}
