//! The keys of one set-up: the issuer account and the xkey of the service.

use nkeys::{KeyPair, XKey};

/// Seeds and public keys. They are generated for every test; the demo and the documentation use fixed ones.
#[derive(Clone)]
pub struct Keys {
    pub issuer_seed: String,
    pub issuer: String,
    pub xkey_seed: String,
    pub xkey: String,
}

impl Keys {
    pub fn generate() -> Self {
        let issuer = KeyPair::new_account().seed().expect("an account seed");
        let xkey = XKey::new().seed().expect("a curve seed");
        Self::from_seeds(&issuer, &xkey)
    }

    /// The published example keys.
    pub fn example() -> Self {
        Self::from_seeds(
            "SAANDLKMXL6CUS3CP52WIXBEDN6YJ545GDKC65U5JZPPV6WH6ESWUA6YAI",
            "SXAAXMRAEP6JWWHNB6IKFL554IE6LZVT6EY5MBRICPILTLOPHAG73I3YX4",
        )
    }

    fn from_seeds(issuer_seed: &str, xkey_seed: &str) -> Self {
        Self {
            issuer: KeyPair::from_seed(issuer_seed)
                .expect("an account seed")
                .public_key(),
            issuer_seed: issuer_seed.to_owned(),
            xkey: XKey::from_seed(xkey_seed)
                .expect("a curve seed")
                .public_key(),
            xkey_seed: xkey_seed.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn the_example_seeds_belong_to_the_public_keys_of_the_documents() {
        let keys = Keys::example();
        assert_eq!(
            keys.issuer,
            "ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA"
        );
        assert_eq!(
            keys.xkey,
            "XAB3NANV3M6N7AHSQP2U5FRWKKUT7EG2ZXXABV4XVXYQRJGM4S2CZGHT"
        );
    }
}
