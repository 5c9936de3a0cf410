//! Slows down guessing, and locks nobody out who knows the password.
//!
//! Only a *new* wrong credential is a guess. Clients that repeat a credential that was refused before are refused again for a
//! moment without asking a policy, and are not counted. A credential that was right before is never held up. So one client
//! with an old password, or a hundred of them behind one address, cannot keep others away.
//!
//! Guesses are counted by user name together with the address. They are not counted by user name alone: anybody could lock a
//! user out from everywhere. Clients without a user name (token, nkey, certificate) have nothing in common but their address,
//! which may be that of a proxy. Therefore only the limit for addresses applies to them, which is off unless the operator
//! sets it.

mod limits;
mod memory;
mod pace;
mod source;

use std::collections::VecDeque;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use portcullis_callout::Claimant;

pub use limits::ThrottleLimits;
use memory::Sharded;
use pace::Pace;
use source::{Source, is_proxy};

/// How long the same client is refused again without asking a policy.
const REFUSED_AGAIN: Duration = Duration::from_secs(5);
/// The wrong credentials that are remembered of one user at one address.
const REFUSED_MAX: usize = 128;
const GUESSERS_MAX: usize = 16_384;
const CREDENTIALS_MAX: usize = 65_536;

/// Remembers refused and admitted credentials, as keyed hashes. Shared by all decision threads.
#[derive(Debug)]
pub struct Throttle {
    limits: ThrottleLimits,
    hasher: RandomState,
    guessers: Sharded<Guesser>,
    addresses: Sharded<Pace>,
    /// Credentials with which a client was admitted.
    right: Sharded<()>,
    /// Clients that were just refused.
    refused: Sharded<Refused>,
    held_up: Mutex<HeldUp>,
}

/// Requests that got no answer since the last report.
#[derive(Debug, Default)]
struct HeldUp {
    requests: u64,
    last: String,
}

/// A user name at an address.
#[derive(Debug)]
struct Guesser {
    pace: Pace,
    refused: VecDeque<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Refused {
    generation: u64,
    until: Instant,
}

/// One client that asks to be admitted: hashes, and what the operator needs to find it.
#[derive(Clone, Debug)]
pub struct Attempt {
    has_name: bool,
    /// User name and address.
    guesser: u64,
    /// The address, unless it is a proxy.
    address: Option<u64>,
    credential: u64,
    /// The credential and everything else that a policy sees.
    client: u64,
}

/// Too many guesses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{who} sent {limit} different wrong credentials within a minute; a credential that was not right before gets no answer \
     for {seconds} s; see {setting} under [throttle]"
)]
pub struct Throttled {
    /// The word to count by.
    pub kind: &'static str,
    who: String,
    limit: u32,
    seconds: u64,
    setting: &'static str,
}

impl Throttle {
    pub fn new(limits: ThrottleLimits) -> Self {
        Self {
            limits,
            hasher: RandomState::new(),
            guessers: Sharded::new(GUESSERS_MAX),
            addresses: Sharded::new(GUESSERS_MAX),
            right: Sharded::new(CREDENTIALS_MAX),
            refused: Sharded::new(CREDENTIALS_MAX),
            held_up: Mutex::default(),
        }
    }

    /// The client of a request. Nothing is counted yet.
    pub fn attempt(&self, claimant: Claimant<'_>) -> Attempt {
        let source = Source::of(claimant.host());
        let mut credential = self.hasher.build_hasher();
        claimant.hash_credentials(&mut credential);
        let mut client = self.hasher.build_hasher();
        claimant.hash_credentials(&mut client);
        claimant.hash_connection(&mut client);
        let is_counted = !is_proxy(claimant.host(), &self.limits.proxies);
        Attempt {
            has_name: claimant.user().is_some(),
            guesser: self.hash((source, claimant.user())),
            address: is_counted.then(|| self.hash(source)),
            credential: credential.finish(),
            client: client.finish(),
        }
    }

    /// Whether this client may be decided about now. Ask before anything is done that costs time.
    ///
    /// # Errors
    ///
    /// There were too many guesses, and this credential was not right before.
    pub fn check(
        &self,
        attempt: &Attempt,
        claimant: Claimant<'_>,
        now: Instant,
    ) -> Result<(), Throttled> {
        let Some((wait, limit)) = self.wait(attempt, now) else {
            return Ok(());
        };
        if self
            .right
            .at(attempt.credential)
            .get(attempt.credential)
            .is_some()
        {
            return Ok(());
        }
        let throttled = limit.throttled(claimant, wait);
        let mut held_up = self.held_up.lock();
        held_up.requests += 1;
        held_up.last = throttled.to_string();
        Err(throttled)
    }

    /// What the operator needs to know about requests that got no answer since the last call; none if there were none.
    pub fn report(&self) -> Option<String> {
        let HeldUp { requests, last } = std::mem::take(&mut *self.held_up.lock());
        (requests > 0)
            .then(|| format!("{requests} requests got no answer lately; the last: {last}"))
    }

    /// Whether the same client was refused a moment ago, under the same generation of policies.
    pub fn is_refused(&self, attempt: &Attempt, generation: u64, now: Instant) -> bool {
        let refused = self.refused.at(attempt.client);
        let refused = refused.get(attempt.client);
        refused.is_some_and(|refused| refused.generation == generation && now < refused.until)
    }

    /// The policies refused the client. A credential that was refused before is no new guess.
    pub fn refused(&self, attempt: &Attempt, generation: u64, now: Instant) {
        let until = now + REFUSED_AGAIN;
        self.right.at(attempt.credential).remove(attempt.credential);
        let refused = Refused { generation, until };
        self.refused
            .at(attempt.client)
            .insert(attempt.client, refused);
        let is_new = {
            let mut guessers = self.guessers.at(attempt.guesser);
            let guesser = guessers.entry(attempt.guesser, || Guesser::new(now));
            guesser.refuse(attempt.credential, self.limits.per_client, now)
        };
        if let (true, Some(limit), Some(address)) =
            (is_new, self.limits.per_address, attempt.address)
        {
            let mut addresses = self.addresses.at(address);
            addresses.entry(address, || Pace::new(now)).add(limit, now);
        }
    }

    /// The policies admitted the client.
    pub fn admitted(&self, attempt: &Attempt) {
        self.right
            .at(attempt.credential)
            .entry(attempt.credential, || ());
    }

    /// How long the client has to wait, and because of which limit.
    fn wait(&self, attempt: &Attempt, now: Instant) -> Option<(Duration, Limit)> {
        let per_client = self.limits.per_client;
        let of_client = || {
            let guessers = self.guessers.at(attempt.guesser);
            guessers.get(attempt.guesser)?.pace.wait(per_client, now)
        };
        if let Some(wait) = attempt.has_name.then(of_client).flatten() {
            return Some((wait, Limit::Client(per_client)));
        }
        let (limit, address) = (self.limits.per_address?, attempt.address?);
        let wait = self.addresses.at(address).get(address)?.wait(limit, now)?;
        Some((wait, Limit::Address(limit)))
    }

    fn hash(&self, value: impl Hash) -> u64 {
        self.hasher.hash_one(value)
    }
}

impl Guesser {
    fn new(now: Instant) -> Self {
        Self {
            pace: Pace::new(now),
            refused: VecDeque::new(),
        }
    }

    /// Returns whether the credential was not refused before.
    fn refuse(&mut self, credential: u64, per_minute: u32, now: Instant) -> bool {
        if self.refused.contains(&credential) {
            return false;
        }
        if self.refused.len() >= REFUSED_MAX {
            self.refused.pop_front();
        }
        self.refused.push_back(credential);
        self.pace.add(per_minute, now);
        true
    }
}

#[derive(Clone, Copy)]
enum Limit {
    Client(u32),
    Address(u32),
}

impl Limit {
    fn throttled(self, claimant: Claimant<'_>, wait: Duration) -> Throttled {
        let (host, server) = (claimant.host(), claimant.server());
        let user = claimant.user().unwrap_or_default();
        let seconds = wait.as_secs() + 1;
        match self {
            Self::Client(limit) => Throttled {
                kind: "throttled_client",
                who: format!("user {user:?} at {host} (server {server})"),
                limit,
                seconds,
                setting: "denials-per-client",
            },
            Self::Address(limit) => Throttled {
                kind: "throttled_address",
                who: format!("the address {host} (server {server}, user {user:?})"),
                limit,
                seconds,
                setting: "denials-per-address",
            },
        }
    }
}

#[cfg(test)]
mod tests;
