/// The lists that a server holds a client against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    PublishAllow,
    PublishDeny,
    SubscribeAllow,
    SubscribeDeny,
    /// Replies to messages that the client received. There is one entry or none.
    Responses,
}
