use std::time::Duration;

/// The most that a [`Callout`](super::Callout) reads and remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalloutLimits {
    /// How far the clocks of a server and of this machine may differ.
    pub clock_tolerance: Duration,
    /// The most bytes of a payload, sealed or plain. nats-io/jwt reads tokens of at most 1 MiB.
    pub request_bytes_max: usize,
    /// The number of user nkeys that are always remembered. At most twice as many are, at about 10 bytes each: 9 MiB by
    /// default.
    pub replay_entries: usize,
    /// The number of shared secrets that are always kept, one for each pair of our xkey and a server's xkey. At most twice
    /// as many are.
    pub shared_secret_entries: usize,
}

impl Default for CalloutLimits {
    fn default() -> Self {
        Self {
            clock_tolerance: Duration::from_secs(120),
            request_bytes_max: 1024 * 1024,
            replay_entries: 458_752,
            shared_secret_entries: 1_024,
        }
    }
}
