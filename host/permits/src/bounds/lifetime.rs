//! When the server ends the connection.

use std::hash::{DefaultHasher, Hasher};
use std::time::Duration;

use crate::refusal::refusal;
use portcullis_model::{Cause, Timestamp};

/// The end of the lifetime that the grant asks for, or else of the operator's default.
pub(super) fn end(
    expires_in: Option<u32>,
    (default, max): (Duration, Duration),
    issued_at: Timestamp,
) -> Result<Timestamp, Cause> {
    let longest = max.as_secs();
    let seconds = match expires_in {
        Some(0) => {
            return Err(refusal(
                "lifetime",
                "expires-in is 0, which nats-server reads as forever; give at least 1 second, or leave it out for the operator's default".to_owned(),
            ));
        }
        Some(seconds) if u64::from(seconds) > longest => {
            return Err(refusal(
                "lifetime",
                format!(
                    "expires-in is {seconds} seconds, but the operator allows at most {longest}"
                ),
            ));
        }
        Some(seconds) => seconds.into(),
        None => default.as_secs().min(longest),
    };
    // A limit of less than a second in the settings must not become 0, which is no limit.
    Ok(issued_at.saturating_add(seconds.max(1)))
}

/// An end that is earlier by up to a tenth of the lifetime. The server makes a user nkey for each connection, and it is random,
/// so nothing else has to be.
pub(super) fn spread(end: Timestamp, issued_at: Timestamp, user_nkey: &str) -> Timestamp {
    let lifetime = end.saturating_sub(issued_at);
    let mut hash = DefaultHasher::new();
    hash.write(user_nkey.as_bytes());
    end - hash.finish() % (lifetime / PART_SPREAD + 1)
}

const PART_SPREAD: u64 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = 1_790_000_000;

    #[test]
    fn ends_spread_over_a_tenth_of_the_lifetime_and_are_never_later() {
        let latest = NOW + 3_600;
        let earlier: Vec<_> = (0..1_000)
            .map(|number| latest - spread(latest, NOW, &format!("UA{number}")))
            .collect();
        assert!(earlier.iter().all(|seconds| *seconds <= 360), "{earlier:?}");
        for tenth in 0..10 {
            let within = tenth * 36..(tenth + 1) * 36;
            let count = earlier.iter().filter(|it| within.contains(*it)).count();
            assert!((50..200).contains(&count), "{within:?}: {count} of 1000");
        }
    }

    #[test]
    fn a_connection_has_one_end_however_often_it_is_decided() {
        let end = |lifetime| spread(NOW + lifetime, NOW, "UABC") - NOW;
        assert_eq!(end(86_400), end(86_400));
        assert_eq!(end(9), 9);
        assert_eq!(end(1), 1);
    }
}
