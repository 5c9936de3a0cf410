use std::path::Path;

/// The path as one word for a shell, quoted where it has to be.
pub(super) fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+,:@%".contains(letter);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_a_shell_would_take_apart_are_quoted() {
        let word = |path: &str| shell_word(Path::new(path));
        assert_eq!(word("demo/policy.wasm"), "demo/policy.wasm");
        assert_eq!(word("my demo/$x"), "'my demo/$x'");
        assert_eq!(word("it's"), r"'it'\''s'");
    }
}
