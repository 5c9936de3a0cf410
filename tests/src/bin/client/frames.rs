//! Splits a stream of the NATS protocol into its frames: a line, with the payload that it announces.

const LINE_END: &[u8] = b"\r\n";

#[derive(Default)]
pub struct Frames(Vec<u8>);

impl Frames {
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// The next complete frame.
    pub fn next(&mut self) -> Option<Vec<u8>> {
        let line = self.0.windows(2).position(|two| two == LINE_END)?;
        let whole = line + LINE_END.len() + payload(&self.0[..line]);
        (self.0.len() >= whole).then(|| self.0.drain(..whole).collect())
    }
}

/// The line of a message ends with the size of its payload, which has its own line end.
fn payload(line: &[u8]) -> usize {
    let line = String::from_utf8_lossy(line);
    let mut words = line.split_ascii_whitespace();
    match words.next() {
        Some("PUB" | "HPUB" | "MSG" | "HMSG") => words
            .last()
            .and_then(|size| size.parse::<usize>().ok())
            .map_or(0, |size| size + LINE_END.len()),
        _ => 0,
    }
}
