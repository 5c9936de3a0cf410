//! Seals and opens messages as nkeys does: `xkv1`, a nonce of 24 bytes, and a NaCl box (XSalsa20-Poly1305 over X25519).

use std::{collections::HashMap, sync::Arc};

use crypto_box::{
    PublicKey, SalsaBox, Tag,
    aead::{AeadInPlace, generic_array::GenericArray},
};
use parking_lot::RwLock;
use zeroize::Zeroizing;

use super::{
    inbound::Inbound,
    jwt::Text,
    keys::{OwnXkey, Signer, decode_public},
    rejection::{Excerpt, Rejection},
};

const VERSION: &[u8] = b"xkv1";
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// Bytes before the sealed text: version, nonce, tag.
pub(super) const HEAD_BYTES: usize = VERSION.len() + NONCE_BYTES + TAG_BYTES;
/// The start of every JWT: `{"` in base64. nats-server recognizes a plain answer by it, too.
const TOKEN_START: &[u8] = b"eyJ";

/// The public keys of one of our xkeys and of a server's xkey.
type XkeyPair = ([u8; 32], [u8; 32]);

/// The shared secret that sealed a request, and that seals its answer.
pub(super) struct Seal {
    pair: XkeyPair,
    shared: Arc<SalsaBox>,
    kept: bool,
}

impl Seal {
    /// Seals the bytes of `out` after the first `HEAD_BYTES` in place, and fills in those first bytes.
    pub(super) fn close(&self, nonce: &[u8; NONCE_BYTES], out: &mut [u8]) -> Option<()> {
        let (head, text) = out.split_at_mut_checked(HEAD_BYTES)?;
        let nonce = GenericArray::from_slice(nonce);
        let tag = self
            .shared
            .encrypt_in_place_detached(nonce, b"", text)
            .ok()?;
        let (version, rest) = head.split_at_mut_checked(VERSION.len())?;
        let (nonce_out, tag_out) = rest.split_at_mut_checked(NONCE_BYTES)?;
        version.copy_from_slice(VERSION);
        nonce_out.copy_from_slice(nonce);
        tag_out.copy_from_slice(&tag);
        Some(())
    }
}

/// Opens the payload if it is sealed. It must be sealed if we have an xkey, and plain if we have none.
pub(super) fn open(
    keys: &Signer,
    shared_secrets: &SharedSecrets,
    inbound: &Inbound,
) -> Result<(Text, Option<Seal>), Rejection> {
    let payload = &inbound.payload;
    let bytes = payload.len();
    match bytes {
        0 => return Err(Rejection::Empty),
        1..=4 => return Err(Rejection::TooShort { bytes }),
        _ => {}
    }
    let sealed = !payload.starts_with(TOKEN_START);
    match (sealed, keys.own_xkeys().is_empty()) {
        (false, true) => Ok((Text::Plain(payload.clone()), None)),
        (false, false) => Err(Rejection::NotSealed),
        (true, true) if payload.starts_with(VERSION) => Err(Rejection::Sealed),
        (true, true) => Err(Rejection::NoEnvelope),
        (true, false) => {
            let (text, seal) = open_sealed(keys, shared_secrets, inbound)?;
            Ok((Text::Opened(text), Some(seal)))
        }
    }
}

fn open_sealed(
    keys: &Signer,
    shared_secrets: &SharedSecrets,
    inbound: &Inbound,
) -> Result<(Zeroizing<Vec<u8>>, Seal), Rejection> {
    let sealed = inbound
        .payload
        .strip_prefix(VERSION)
        .ok_or(Rejection::NoEnvelope)?;
    let short = Rejection::TooShort {
        bytes: inbound.payload.len(),
    };
    let Some((nonce, sealed)) = sealed.split_first_chunk::<NONCE_BYTES>() else {
        return Err(short);
    };
    let Some((tag, sealed)) = sealed.split_first_chunk::<TAG_BYTES>() else {
        return Err(short);
    };
    let given = inbound
        .server_xkey
        .as_deref()
        .ok_or(Rejection::NoServerXkey)?;
    let theirs = decode_public(given, 'X').ok_or_else(|| Rejection::BadServerXkey {
        given: Excerpt::new(given),
    })?;
    let mut text = Zeroizing::new(sealed.to_vec());
    for ours in keys.own_xkeys() {
        let seal = shared_secrets.seal(ours, theirs);
        let (nonce, tag) = (GenericArray::from_slice(nonce), Tag::from_slice(tag));
        // The tag is checked before anything is decrypted, so a wrong key leaves the text unchanged.
        if seal
            .shared
            .decrypt_in_place_detached(nonce, b"", &mut text, tag)
            .is_ok()
        {
            return Ok((text, seal));
        }
    }
    let ours = keys.xkeys().collect::<Vec<_>>().join(", ");
    Err(Rejection::WrongXkey {
        ours,
        theirs: Excerpt::new(given),
    })
}

/// Keeps shared secrets between requests, because a key agreement costs more than all other work on an envelope. A server
/// uses one xkey as long as it runs. Only servers whose requests were verified are kept.
pub(super) struct SharedSecrets {
    capacity: usize,
    kept: RwLock<Generations>,
}

/// When the younger generation is full, it replaces the older one.
#[derive(Default)]
struct Generations {
    younger: HashMap<XkeyPair, Arc<SalsaBox>>,
    older: HashMap<XkeyPair, Arc<SalsaBox>>,
}

impl SharedSecrets {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            kept: RwLock::default(),
        }
    }

    fn seal(&self, ours: &OwnXkey, theirs: [u8; 32]) -> Seal {
        let pair = (ours.public, theirs);
        if let Some(shared) = self.kept.read().younger.get(&pair) {
            return Seal {
                pair,
                shared: Arc::clone(shared),
                kept: true,
            };
        }
        let older = self.kept.read().older.get(&pair).map(Arc::clone);
        let shared = older
            .unwrap_or_else(|| Arc::new(SalsaBox::new(&PublicKey::from(theirs), &ours.secret)));
        Seal {
            pair,
            shared,
            kept: false,
        }
    }

    /// Keeps the shared secret. Call it only when the request under that seal was verified.
    pub(super) fn keep(&self, seal: &Seal) {
        if seal.kept {
            return;
        }
        let mut kept = self.kept.write();
        kept.younger.insert(seal.pair, Arc::clone(&seal.shared));
        if kept.younger.len() >= self.capacity {
            kept.older = std::mem::take(&mut kept.younger);
        }
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        let kept = self.kept.read();
        kept.younger.len() + kept.older.len()
    }
}
