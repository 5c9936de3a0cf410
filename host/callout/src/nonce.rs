use nkeys::KeyPair;

use portcullis_model::Secret;

use super::keys::{KeyError, SeedPurpose, check_seed};

/// The answer of a user nkey to the nonce of a server: the public key, and the signature.
///
/// # Errors
///
/// The text is not the seed of a user. The error does not show it.
pub fn sign_nonce(seed: &Secret, nonce: &[u8]) -> Result<(String, Vec<u8>), KeyError> {
    let wanted = SeedPurpose::User;
    check_seed(seed, wanted)?;
    let malformed = |_| KeyError::Malformed { wanted };
    let pair = KeyPair::from_seed(seed.expose().trim()).map_err(malformed)?;
    let signature = pair.sign(nonce).map_err(malformed)?;
    Ok((pair.public_key(), signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_user() {
        let pair = KeyPair::new_user();
        let seed = Secret::new(pair.seed().unwrap());
        let (public, signature) = sign_nonce(&seed, b"nonce").unwrap();
        let verifier = KeyPair::from_public_key(&public).unwrap();
        assert!(verifier.verify(b"nonce", &signature).is_ok());
        let account = Secret::new(KeyPair::new_account().seed().unwrap());
        assert!(matches!(
            sign_nonce(&account, b"nonce"),
            Err(KeyError::Kind { .. })
        ));
    }
}
