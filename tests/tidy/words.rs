//! Texts: no unfinished or disabled work, nothing that is true only on one machine, a doc comment on each item of the
//! contract, no dead links.

use std::path::Path;

use super::house::{assert_none, files, root};

/// Refused words, and what to do instead. They are written in halves, so that this file passes.
const REFUSED: &[(&str, &str, &str)] = &[
    ("#[ign", "ore", "a test runs, or is deleted"),
    ("todo", "!(", "finish it, or leave it out"),
    ("unimple", "mented!(", "finish it, or leave it out"),
    ("FIX", "ME", "fix it, or write an issue"),
    ("#[all", "ow(clippy", "expect, with a reason"),
    ("/ho", "me/", "a path of one machine"),
    ("/Us", "ers/", "a path of one machine"),
    ("/ro", "ot/", "a path of one machine"),
    ("/tm", "p/", "use a directory made for the purpose"),
    ("/wo", "rk/", "a path of one machine"),
    ("crat", "es.io", "the registry is not ours to name"),
    ("pypi", ".org", "the registry is not ours to name"),
    ("static.rust", "-lang", "the registry is not ours to name"),
    ("proxy.gol", "ang", "the registry is not ours to name"),
];

fn refused_words(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (start, end, instead) in REFUSED {
            let word = format!("{start}{end}");
            if line.contains(&word) {
                found.push(format!("{path}:{}: {word}: {instead}", number + 1));
            }
        }
    }
    found
}

#[test]
fn texts_are_free_of_refused_words() {
    let all = files(
        ".",
        &[
            ".rs", ".md", ".toml", ".wit", ".json", "Makefile", ".ci/run", ".sh",
        ],
    );
    assert_none(
        &all.iter()
            .flat_map(|file| refused_words(&file.path, &file.text))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_refused_word_is_found() {
    for (start, end, _) in REFUSED {
        assert_eq!(
            refused_words("a.rs", &format!("fine\n  {start}{end}\n")).len(),
            1
        );
    }
}

/// Items of WIT without a doc comment above them.
fn undocumented(path: &str, text: &str) -> Vec<String> {
    const ITEMS: [&str; 8] = [
        "interface ",
        "world ",
        "record ",
        "variant ",
        "enum ",
        "flags ",
        "resource ",
        "type ",
    ];
    let mut documented = false;
    let mut found = Vec::new();
    for (number, line) in text
        .lines()
        .enumerate()
        .map(|(number, line)| (number, line.trim()))
    {
        let item = ITEMS.iter().any(|item| line.starts_with(item)) || line.contains(": func(");
        if item && !documented {
            found.push(format!(
                "{path}:{}: `{line}` has no doc comment",
                number + 1
            ));
        }
        documented = line.starts_with("///") || (documented && line.starts_with('@'));
    }
    found
}

#[test]
fn every_item_of_the_contract_is_documented() {
    let contract = files("wit", &[".wit"]);
    assert!(!contract.is_empty());
    assert_none(
        &contract
            .iter()
            .flat_map(|file| undocumented(&file.path, &file.text))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn an_undocumented_item_is_found() {
    assert_eq!(
        undocumented("a.wit", "/// Good.\nrecord a {}\nrecord b {}\n  f: func();").len(),
        2
    );
}

/// Links of a Markdown file to files that do not exist.
fn dead_links(path: &str, text: &str) -> Vec<String> {
    let folder = root()
        .join(path)
        .parent()
        .map(Path::to_owned)
        .unwrap_or_default();
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next());
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    let dead = local.filter(|target| {
        !folder
            .join(target.split('#').next().unwrap_or_default())
            .exists()
    });
    dead.map(|target| format!("{path}: the link to {target} is dead"))
        .collect()
}

#[test]
fn links_between_documents_lead_somewhere() {
    let documents = files(".", &[".md"]);
    assert_none(
        &documents
            .iter()
            .flat_map(|file| dead_links(&file.path, &file.text))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_dead_link_is_found() {
    assert_eq!(
        dead_links(
            "README.md",
            "[a](nowhere.md) [b](Cargo.toml) [c](https://example.org)"
        )
        .len(),
        1
    );
}
