//! Texts of others, so that they cannot change what a terminal shows.

/// Writes out everything that does not print, such as `\u{1b}` for an escape.
pub(super) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '\'' | '\\' => printable.push(letter),
            letter => printable.extend(letter.escape_debug()),
        }
    }
    printable
}
