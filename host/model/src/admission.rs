use super::decision::Rules;
use super::timestamp::Timestamp;

/// What the signed answer tells the server about an admitted client.
///
/// A keyring of the callout signs one type of admission and no other. The choice of that type decides what can be signed:
/// if only a check can make a value of the type, nothing unchecked can be signed.
pub trait Admission {
    /// Name of the account in which the server places the client.
    fn account(&self) -> &str;

    /// Name that the server shows for the connection.
    fn name(&self) -> Option<&str> {
        None
    }

    /// Tags of the user JWT.
    fn tags(&self) -> &[String] {
        &[]
    }

    /// When the server ends the connection, by the server's own clock.
    fn expires_at(&self) -> Timestamp;

    /// Subject rules as nats-server reads them: an empty allow list without a denial allows everything. `None` stands for
    /// the defaults of the account.
    fn rules(&self) -> Option<&Rules>;
}
