//! The paths in a file, in any place: imports, types, expressions, patterns, and inside of macros.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Item, UseTree};

/// A path as it is written, and its line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

impl Named {
    /// The path from the crate's root, for a file that is the module `here`; none for a path of another crate or of the file itself.
    pub(super) fn resolve(
        &self,
        here: &[String],
        is_child: impl Fn(&str) -> bool,
    ) -> Option<Vec<String>> {
        let (first, rest) = self.segments.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([here, rest].concat()),
            "super" => {
                let above = here.split_last().map_or(here, |(_, above)| above);
                let up = rest
                    .iter()
                    .take_while(|segment| *segment == "super")
                    .count();
                let above = &above[..above.len().saturating_sub(up)];
                Some([above, &rest[up..]].concat())
            }
            child if is_child(child) => Some([here, self.segments.as_slice()].concat()),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> String {
        self.segments.join("::")
    }
}

/// All paths in the items.
pub(super) fn named(items: &[Item]) -> Vec<Named> {
    let mut collector = Collector::default();
    for item in items {
        collector.visit_item(item);
    }
    collector.found
}

#[derive(Default)]
struct Collector {
    found: Vec<Named>,
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        let line = path
            .segments
            .first()
            .map_or(0, |first| first.ident.span().start().line);
        self.found.push(Named {
            segments: segments.collect(),
            line,
        });
        visit::visit_path(self, path);
    }

    /// `pub(super)` imports nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.tokens(called.tokens.clone());
        visit::visit_macro(self, called);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        // An inline module belongs to the same file; `super` in it means that file.
        if module.content.is_none() {
            visit::visit_item_mod(self, module);
        }
    }
}

impl Collector {
    fn import(&mut self, tree: &UseTree, before: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import(&path.tree, before);
                before.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, before);
                }
            }
            UseTree::Name(name) if name.ident == "self" => self.push(before.clone(), &name.ident),
            UseTree::Name(name) => self.push(
                [before, &[name.ident.to_string()][..]].concat(),
                &name.ident,
            ),
            UseTree::Rename(name) => self.push(
                [before, &[name.ident.to_string()][..]].concat(),
                &name.ident,
            ),
            UseTree::Glob(glob) => {
                let line = glob.star_token.spans[0].start().line;
                let segments = before.clone();
                self.found.push(Named { segments, line });
            }
        }
    }

    fn push(&mut self, segments: Vec<String>, at: &proc_macro2::Ident) {
        let line = at.span().start().line;
        self.found.push(Named { segments, line });
    }

    /// Finds words joined by `::`.
    fn tokens(&mut self, tokens: TokenStream) {
        let (mut segments, mut colons, mut line) = (Vec::new(), 0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(word) if colons == 2 && !segments.is_empty() => {
                    segments.push(word.to_string());
                }
                TokenTree::Ident(word) => {
                    self.end(&mut segments, line);
                    line = word.span().start().line;
                    segments.push(word.to_string());
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => {
                    self.end(&mut segments, line);
                    self.tokens(group.stream());
                }
                _ => self.end(&mut segments, line),
            }
            colons = 0;
        }
        self.end(&mut segments, line);
    }

    fn end(&mut self, segments: &mut Vec<String>, line: usize) {
        if segments.len() > 1 {
            let segments = std::mem::take(segments);
            self.found.push(Named { segments, line });
        }
        segments.clear();
    }
}

#[test]
fn paths_are_found_in_imports_types_expressions_and_macros() {
    let text = r#"
        use crate::{a::B, c::{self, D as E}};
        fn f(x: super::g::H) -> String { format!("{}", crate::i::j(x)) }
        // crate::comment
        const K: &str = "crate::text";
    "#;
    let file = syn::parse_file(text).expect("Rust");
    let texts: Vec<_> = named(&file.items).iter().map(Named::text).collect();
    for wanted in [
        "crate::a::B",
        "crate::c",
        "crate::c::D",
        "super::g::H",
        "crate::i::j",
    ] {
        assert!(
            texts.iter().any(|text| text == wanted),
            "{wanted}: {texts:?}"
        );
    }
    assert!(
        !texts
            .iter()
            .any(|text| text.contains("comment") || text.contains("text")),
        "{texts:?}"
    );
}

#[test]
fn a_path_is_read_from_the_module_in_which_it_stands() {
    let here = ["a".to_owned(), "b".to_owned()];
    let from = |text: &str| {
        let segments = text.split("::").map(str::to_owned).collect();
        let path = Named { segments, line: 1 };
        path.resolve(&here, |name| name == "child")
            .map(|path| path.join("::"))
    };
    assert_eq!(from("crate::x::Y").as_deref(), Some("x::Y"));
    assert_eq!(from("super::x").as_deref(), Some("a::x"));
    assert_eq!(from("super::super::x").as_deref(), Some("x"));
    assert_eq!(from("self::x").as_deref(), Some("a::b::x"));
    assert_eq!(from("child::x").as_deref(), Some("a::b::child::x"));
    assert_eq!(from("std::fmt"), None);
}
