use super::decision::Rules;
use super::timestamp::Timestamp;

/// What the signed answer to a request says of a client that is admitted.
///
/// A keyring of the callout signs for one type of admission and no other. Whoever decides which type that is decides
/// what can be signed: a type that only a check can make is a permit.
pub trait Admission {
    /// Name of the account to place the client in.
    fn account(&self) -> &str;

    /// Name by which the server shows the connection.
    fn name(&self) -> Option<&str>;

    fn tags(&self) -> &[String];

    /// When the server ends the connection, by the server's own clock.
    fn expires_at(&self) -> Timestamp;

    /// Subject rules as nats-server reads them. An empty allow list without a denial allows everything. `None` are the
    /// defaults of the account.
    fn rules(&self) -> Option<&Rules>;
}
