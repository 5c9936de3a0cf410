//! Rust source as far as a line scan can read it: code without comments, strings and tests, and the paths that it names.

/// The code of the file up to its tests, with comments and the contents of strings blanked. Lines keep their numbers.
pub(super) fn code(text: &str) -> Vec<String> {
    let production = text
        .lines()
        .take_while(|line| line.trim() != "#[cfg(test)]");
    production.map(blanked).collect()
}

fn blanked(line: &str) -> String {
    let mut code = String::with_capacity(line.len());
    let mut in_string = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match (in_string, character) {
            (false, '/') if characters.peek() == Some(&'/') => break,
            (true, '\\') => {
                characters.next();
            }
            (_, '"') => {
                in_string = !in_string;
                code.push('"');
            }
            (true, _) => {}
            (false, _) => code.push(character),
        }
    }
    code
}

/// The paths after `crate::` that a file names, also those in nested braces: `crate::{a::B, c}` gives `a::B` and `c`.
pub(super) fn crate_paths(lines: &[String]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let whole = lines.join("\n");
    for (start, _) in whole.match_indices("crate::") {
        let before = whole.get(..start).unwrap_or_default();
        if before.ends_with(|character: char| character.is_alphanumeric() || character == '_') {
            continue;
        }
        let line = before.matches('\n').count() + 1;
        let rest = whole.get(start + "crate::".len()..).unwrap_or_default();
        let paths = rest
            .strip_prefix('{')
            .map_or_else(|| vec![path_at(rest)], braced_paths);
        found.extend(
            paths
                .into_iter()
                .filter(|path| !path.is_empty())
                .map(|path| (line, path)),
        );
    }
    found
}

/// The entries of `{a::B, c::{D, E}, f}` at the outermost level, without what is in deeper braces.
fn braced_paths(inside: &str) -> Vec<String> {
    let (mut depth, mut entries, mut entry) = (0, Vec::new(), String::new());
    for character in inside.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => entries.push(std::mem::take(&mut entry)),
            _ if depth == 0 => entry.push(character),
            _ => {}
        }
    }
    entries.push(entry);
    entries.iter().map(|entry| path_at(entry.trim())).collect()
}

fn path_at(text: &str) -> String {
    let end = text.find(|character: char| {
        !(character.is_alphanumeric() || character == '_' || character == ':')
    });
    text.get(..end.unwrap_or(text.len()))
        .unwrap_or_default()
        .trim_end_matches(':')
        .to_owned()
}

#[test]
fn paths_are_found_alone_and_in_braces() {
    let text = "use crate::a::B;\nuse crate::{c::{D, E}, f};\n// crate::comment\nlet x = \"crate::text\";\npub(crate) fn g() { crate::h::i() }";
    let paths: Vec<_> = crate_paths(&code(text))
        .into_iter()
        .map(|(line, path)| format!("{line} {path}"))
        .collect();
    assert_eq!(paths, ["1 a::B", "2 c", "2 f", "5 h::i"]);
}

#[test]
fn tests_are_not_production_code() {
    assert_eq!(
        code("fn a() {}\n#[cfg(test)]\nmod tests { use crate::b; }"),
        ["fn a() {}"]
    );
}
