//! What several targets share. A target is one file in `targets/`: it makes something of the fuzzer's bytes, gives it to the
//! public functions of one crate, and asserts what has to hold for any bytes.

pub mod allowance;
pub mod certificate;
pub mod grants;
pub mod request;
pub mod server;
pub mod wasm;

/// Lines of a text, and at most so many: a target's cost grows faster than its input.
pub fn lines(bytes: &[u8], most: usize) -> Vec<&str> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    text.lines().take(most).collect()
}
