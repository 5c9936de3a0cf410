//! The repository has sources only. What is built or downloaded stays outside, where `.gitignore` leaves it out.

use super::house::{assert_none, names, root};

/// Text in UTF-8 has no such byte.
fn fault(path: &str, content: &[u8]) -> Option<String> {
    let is_binary = content.contains(&0) || std::str::from_utf8(content).is_err();
    is_binary.then(|| format!("{path}: a binary; remove it, and let what needs it make it"))
}

#[test]
fn no_file_is_a_binary() {
    let names = names(".");
    let read = |name: &String| std::fs::read(root().join(name)).ok();
    let faults = names
        .iter()
        .filter_map(|name| fault(name, &read(name)?))
        .collect::<Vec<_>>();
    assert_none(&faults);
}

#[test]
fn a_binary_is_found() {
    assert!(fault("a.wasm", b"\0asm").is_some());
    assert!(fault("a.png", b"\x89PNG").is_some());
    assert_eq!(fault("a.md", "größe\n".as_bytes()), None);
}
