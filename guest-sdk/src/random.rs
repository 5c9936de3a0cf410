//! Unpredictable random numbers, for names and secrets that a policy makes.
//!
//! A policy on `wasm32-unknown-unknown` has no other source. In a decision the numbers are new every
//! time. Numbers drawn in [`Policy::configure`](crate::Policy::configure) become part of the host's
//! snapshot and are the same in every decision. Only a policy that uses this module imports
//! `wasi:random/random`; every policy may.
//!
//! In native tests the numbers come from the operating system.

/// 64 random bits.
///
/// ```
/// let suffix = format!("{:016x}", portcullis_sdk::random::secure_u64());
/// ```
pub fn secure_u64() -> u64 {
    source::next()
}

/// `N` random bytes.
pub fn secure_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    for piece in bytes.chunks_mut(size_of::<u64>()) {
        for (byte, random) in piece.iter_mut().zip(secure_u64().to_le_bytes()) {
            *byte = random;
        }
    }
    bytes
}

#[cfg(target_family = "wasm")]
mod source {
    pub(super) fn next() -> u64 {
        crate::bindings::wasi::random::random::get_random_u64()
    }
}

#[cfg(not(target_family = "wasm"))]
mod source {
    /// # Panics
    ///
    /// If the operating system gives no random numbers, because a test cannot continue without them.
    #[expect(clippy::expect_used, reason = "only native tests reach this")]
    pub(super) fn next() -> u64 {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
        u64::from_le_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_repeat() {
        assert_ne!(secure_u64(), secure_u64());
    }

    #[test]
    fn every_byte_is_drawn() {
        let draws: Vec<[u8; 19]> = std::iter::repeat_with(secure_bytes).take(64).collect();
        for place in 0..19 {
            assert!(
                draws.iter().any(|draw| draw[place] != draws[0][place]),
                "byte {place} is always the same"
            );
        }
    }
}
