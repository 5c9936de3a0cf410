use std::time::Duration;

/// What a [`Callout`](super::Callout) takes and remembers at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalloutLimits {
    /// How far the clocks of a server and of this machine may differ.
    pub clock_tolerance: Duration,
    /// Bytes of a payload as it arrives. nats-io/jwt reads no token of more than 1 MiB.
    pub request_bytes_max: usize,
    /// User nkeys that are surely remembered. Up to twice as many are, at about 10 bytes each: 9 MiB by default.
    pub replay_entries: usize,
    /// Shared secrets that are surely kept, one for each pair of an xkey of ours and a server's. Up to twice as many are.
    pub box_entries: usize,
}

impl Default for CalloutLimits {
    fn default() -> Self {
        Self {
            clock_tolerance: Duration::from_secs(120),
            request_bytes_max: 1024 * 1024,
            replay_entries: 458_752,
            box_entries: 1_024,
        }
    }
}
