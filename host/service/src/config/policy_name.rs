//! The name of a policy, and how messages call its table.

use std::path::Path;

/// The name given, or the module's file name without its ending. It becomes a label of metrics.
pub(super) fn written_name(name: Option<&str>, module: Option<&str>) -> Option<String> {
    let stem = || {
        let stem = Path::new(module?).file_stem();
        Some(stem.unwrap_or_default().to_string_lossy().into_owned())
    };
    name.map(str::to_owned).or_else(stem)
}

/// Whether metrics and messages can use the name.
pub(super) fn is_name(name: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    !name.is_empty() && name.len() <= 64 && name.chars().all(fits)
}

/// How messages call the table of a policy: by its name, or by its number, counted from 1.
pub(super) fn label(index: usize, name: Option<&str>) -> String {
    match name.filter(|name| is_name(name)) {
        Some(name) => format!("policies ({name:?})"),
        None => format!("policies ({})", index + 1),
    }
}
