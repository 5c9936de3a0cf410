//! The modules of a crate: which file declares which, read with a Rust parser from the root file on, without test modules.

use std::collections::BTreeMap;

use syn::{Attribute, Item};

use super::house::File;

/// A crate's production files. The name of a module is its path from the root, `["eval", "json"]`; the root is `[]`.
pub(super) struct Crate {
    pub(super) modules: BTreeMap<Vec<String>, Module>,
}

pub(super) struct Module {
    /// The path of its file, relative to the root of the repository.
    pub(super) path: String,
    pub(super) items: Vec<Item>,
}

impl Crate {
    /// The crate whose root file is `root`, with all files that it declares.
    pub(super) fn read(root: &str, files: &[File]) -> Self {
        let mut modules = BTreeMap::new();
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        read_module(folder, root, &[], files, &mut modules);
        Self { modules }
    }

    /// Whether the module `name` declares a module with this name.
    pub(super) fn has_child(&self, name: &[String], word: &str) -> bool {
        self.modules
            .contains_key(&[name, &[word.to_owned()]].concat())
    }

    /// The longest beginning of `path` that is a module.
    pub(super) fn module_of<'a>(&self, path: &'a [String]) -> &'a [String] {
        let lengths = (0..=path.len()).rev();
        lengths
            .map(|length| &path[..length])
            .find(|start| self.modules.contains_key(*start))
            .unwrap_or_default()
    }
}

fn read_module(
    folder: &str,
    file: &str,
    name: &[String],
    files: &[File],
    modules: &mut BTreeMap<Vec<String>, Module>,
) {
    let Some(source) = files.iter().find(|source| source.path == file) else {
        panic!("{file}: declared by its parent, but missing");
    };
    let parsed = syn::parse_file(&source.text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let items: Vec<_> = parsed
        .items
        .into_iter()
        .filter(|item| !is_test(item))
        .collect();
    for child in declared(&items) {
        let below = [name, &[child]].concat();
        let inside = format!("{folder}/{}", below.join("/"));
        let flat = format!("{inside}.rs");
        read_module(folder, &flat, &below, files, modules);
    }
    let path = file.to_owned();
    modules.insert(name.to_owned(), Module { path, items });
}

/// The names of `mod name;`.
fn declared(items: &[Item]) -> Vec<String> {
    let modules = items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.content.is_none() => Some(module.ident.to_string()),
        _ => None,
    });
    modules.collect()
}

/// Whether the item exists only in tests.
fn is_test(item: &Item) -> bool {
    attributes(item).iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|condition| condition.is_ident("test"))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[test]
fn modules_are_followed_from_the_root_and_tests_are_left_out() {
    let file = |path: &str, text: &str| File {
        path: path.into(),
        text: text.into(),
    };
    let files = [
        file(
            "a/src/lib.rs",
            "mod one; #[cfg(test)] mod tests; mod inline { }",
        ),
        file("a/src/one.rs", "mod two;"),
        file("a/src/one/two.rs", "fn f() {}"),
    ];
    let read = Crate::read("a/src/lib.rs", &files);
    let names: Vec<_> = read.modules.keys().map(|name| name.join("::")).collect();
    assert_eq!(names, ["", "one", "one::two"]);
}
