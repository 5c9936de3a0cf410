//! A file has at most 400 lines, a function at most 70: what is longer hides something that needs a name of its own.

use super::house::{assert_none, files};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;

fn faults(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines: Vec<_> = text.lines().collect();
    if lines.len() > FILE_LINES_MAX {
        found.push(format!(
            "{path}: {} lines, at most {FILE_LINES_MAX}",
            lines.len()
        ));
    }
    for (start, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| begins_function(line))
    {
        // rustfmt puts the closing brace of an item at the item's own indentation.
        let indentation = line.len() - line.trim_start().len();
        let closing = format!("{}}}", " ".repeat(indentation));
        let length = lines
            .iter()
            .skip(start)
            .take_while(|line| **line != closing)
            .count()
            + 1;
        let one_line = line.trim_end().ends_with(['}', ';']);
        if !one_line && length > FUNCTION_LINES_MAX {
            found.push(format!(
                "{path}:{}: a function of {length} lines, at most {FUNCTION_LINES_MAX}",
                start + 1
            ));
        }
    }
    found
}

fn begins_function(line: &str) -> bool {
    let words = line
        .split_whitespace()
        .take_while(|word| !word.starts_with("//"));
    let mut words = words.skip_while(|word| {
        matches!(*word, "pub" | "async" | "const" | "unsafe") || word.starts_with("pub(")
    });
    words.next() == Some("fn")
}

#[test]
fn files_and_functions_are_short() {
    let sources = files(".", &[".rs"]);
    assert_none(
        &sources
            .iter()
            .flat_map(|file| faults(&file.path, &file.text))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_long_file_is_found() {
    assert_eq!(faults("a.rs", &"// line\n".repeat(401)).len(), 1);
    assert_eq!(faults("a.rs", &"// line\n".repeat(400)), [""; 0]);
}

#[test]
fn a_long_function_is_found() {
    let function = |lines: usize| {
        format!(
            "impl A {{\n    pub(crate) async fn f() {{\n{}    }}\n}}\n",
            "        x();\n".repeat(lines)
        )
    };
    assert_eq!(faults("a.rs", &function(69)).len(), 1);
    assert_eq!(faults("a.rs", &function(68)), [""; 0]);
}
