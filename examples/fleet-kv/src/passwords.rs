//! Passwords that need no list: HMAC-SHA256 of the name, keyed with the fleet's secret (RFC
//! 2104, FIPS 180-4).

use sha2::{Digest, Sha256};

const BLOCK_BYTES: usize = 64;

/// Both hashes of the HMAC after the key was added. The key itself is not kept.
pub(crate) struct Passwords {
    inner: Sha256,
    outer: Sha256,
}

impl Passwords {
    pub(crate) fn new(secret: &[u8]) -> Self {
        let digest = Sha256::digest(secret);
        let key = if secret.len() > BLOCK_BYTES {
            digest.as_slice()
        } else {
            secret
        };
        let padded = |pad: u8| {
            let key = key.iter().copied().chain(std::iter::repeat(0));
            let block: Vec<_> = key.take(BLOCK_BYTES).map(|byte| byte ^ pad).collect();
            Sha256::new_with_prefix(block)
        };
        Self {
            inner: padded(0x36),
            outer: padded(0x5c),
        }
    }

    /// The password for that name: 64 hexadecimal digits, lower case.
    pub(crate) fn of(&self, name: &str) -> String {
        let inner = self.inner.clone().chain_update(name).finalize();
        let code = self.outer.clone().chain_update(inner).finalize();
        format!("{code:x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test cases 2 and 6: a short key, and one longer than a block.
    #[test]
    fn a_password_is_the_hmac_of_the_name() {
        assert_eq!(
            Passwords::new(b"Jefe").of("what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            Passwords::new(&[0xaa; 131])
                .of("Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
