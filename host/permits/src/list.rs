/// The lists by which a server decides what a client may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    PublishAllow,
    PublishDeny,
    SubscribeAllow,
    SubscribeDeny,
    /// The permission to reply to messages that the client received. It has one entry or none.
    Responses,
}
