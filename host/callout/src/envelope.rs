//! Sealing as nkeys does it: `xkv1`, a nonce of 24 bytes, and a NaCl box (XSalsa20-Poly1305 over X25519).

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
/// What stands before the sealed text.
pub(super) const HEAD_BYTES: usize = VERSION.len() + NONCE_BYTES + TAG_BYTES;
/// What every JWT begins with: `{"` in base64. nats-server tells a sealed answer by it too.
const TOKEN_START: &[u8] = b"eyJ";

/// One of our xkeys and a server's.
type Pair = ([u8; 32], [u8; 32]);

/// How the request came, and so how its answer goes.
pub(super) struct Seal {
    pair: Pair,
    shared: Arc<SalsaBox>,
    kept: bool,
}

impl Seal {
    /// Seals everything in `out` behind the first `HEAD_BYTES`, and fills these.
    pub(super) fn close(&self, nonce: &[u8; NONCE_BYTES], out: &mut [u8]) -> Option<()> {
        let (head, text) = out.split_at_mut_checked(HEAD_BYTES)?;
        let nonce = GenericArray::from_slice(nonce);
        let tag = self
            .shared
            .encrypt_in_place_detached(nonce, b"", text)
            .ok()?;
        let (version, rest) = head.split_at_mut_checked(VERSION.len())?;
        let (place, rest) = rest.split_at_mut_checked(NONCE_BYTES)?;
        version.copy_from_slice(VERSION);
        place.copy_from_slice(nonce);
        rest.copy_from_slice(&tag);
        Some(())
    }
}

/// Opens the payload if it is sealed, which it must be if and only if we have an xkey.
pub(super) fn open(
    keys: &Signer,
    boxes: &SharedSecrets,
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
            let (text, seal) = open_sealed(keys, boxes, inbound)?;
            Ok((Text::Opened(text), Some(seal)))
        }
    }
}

fn open_sealed(
    keys: &Signer,
    boxes: &SharedSecrets,
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
        let seal = boxes.seal(ours, theirs);
        let (nonce, tag) = (GenericArray::from_slice(nonce), Tag::from_slice(tag));
        // The tag is checked first: a box of another key leaves the text as it is.
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

/// Shared secrets, because a key agreement costs more than all the rest of an envelope. A server keeps its xkey while it
/// runs, and only servers whose requests were verified get a place here.
pub(super) struct SharedSecrets {
    capacity: usize,
    kept: RwLock<Generations>,
}

/// When the younger generation is full the older one is forgotten.
#[derive(Default)]
struct Generations {
    younger: HashMap<Pair, Arc<SalsaBox>>,
    older: HashMap<Pair, Arc<SalsaBox>>,
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

    /// To be called once the request under that seal was verified.
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
