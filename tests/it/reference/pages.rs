//! The tables of a page.

use super::Names;

/// What stands as code in the running text below a heading, up to the next.
pub(super) fn codes_below(text: &str, heading: &str) -> Names {
    let sections = text
        .split("\n#")
        .map(|section| section.trim_start_matches('#').trim_start());
    let section = sections.filter(|section| section.lines().next() == Some(heading));
    section.flat_map(codes).collect()
}

/// A row: the heading above it, the header of its table, and its cells.
struct Row {
    heading: String,
    header: Vec<String>,
    cells: Vec<String>,
}

pub(super) struct Page(Vec<Row>);

impl Page {
    pub(super) fn new(text: &str) -> Self {
        let (mut heading, mut header) = (String::new(), Vec::new());
        let mut rows = Vec::new();
        for line in text.lines() {
            if let Some((_, words)) = line
                .split_once("# ")
                .filter(|(level, _)| level.chars().all(|c| c == '#'))
            {
                words.clone_into(&mut heading);
            }
            match line.starts_with('|') {
                false => header.clear(),
                true if header.is_empty() => header = cells(line),
                true if line.starts_with("|---") => {}
                true => rows.push(Row {
                    heading: heading.clone(),
                    header: header.clone(),
                    cells: cells(line),
                }),
            }
        }
        Self(rows)
    }

    /// What stands as code at the beginning of each row below a heading.
    pub(super) fn first_column(&self, heading: &str) -> Names {
        let rows = self.below(heading).filter_map(|row| row.cells.first());
        rows.flat_map(|cell| codes(cell)).collect()
    }

    /// The same, not written as code.
    pub(super) fn plain_first_column(&self, heading: &str) -> Names {
        self.below(heading)
            .filter_map(|row| row.cells.first().cloned())
            .collect()
    }

    /// Each name of the first column with each name of the third, below a heading.
    pub(super) fn names_with_third(&self, heading: &str) -> Names {
        let rows = self
            .below(heading)
            .filter_map(|row| Some((row.cells.first()?, row.cells.get(2)?)));
        let pairs = rows.flat_map(|(names, more)| {
            let more = codes(more);
            let pair = |name: String| {
                more.iter()
                    .map(move |one| format!("{name} {one}"))
                    .collect::<Vec<_>>()
            };
            codes(names).into_iter().flat_map(pair).collect::<Vec<_>>()
        });
        pairs.collect()
    }

    /// The first two cells of each row below a heading, with a blank between them.
    pub(super) fn pairs(&self, heading: &str) -> Names {
        let rows = self
            .below(heading)
            .filter_map(|row| Some((row.cells.first()?, row.cells.get(1)?)));
        rows.flat_map(|(name, kind)| {
            codes(name)
                .into_iter()
                .map(move |name| format!("{name} {kind}"))
        })
        .collect()
    }

    /// The long flags below the heading of a verb.
    pub(super) fn flags_of(&self, verb: &str) -> Names {
        long_flags(self.below(verb).filter_map(|row| row.cells.first()))
    }

    /// The long flags in every column of that name.
    pub(super) fn flags_in_columns(&self, column: &str) -> Names {
        long_flags(self.column(column))
    }

    /// What stands as code in every column of that name and begins like this.
    pub(super) fn names_in_columns(&self, column: &str, prefix: &str) -> Names {
        let names = self.column(column).flat_map(|cell| codes(cell));
        names.filter(|name| name.starts_with(prefix)).collect()
    }

    fn below<'a>(&'a self, heading: &'a str) -> impl Iterator<Item = &'a Row> {
        self.0.iter().filter(move |row| row.heading == heading)
    }

    fn column<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a String> {
        self.0.iter().filter_map(move |row| {
            let at = row.header.iter().position(|cell| cell == name)?;
            row.cells.get(at)
        })
    }
}

fn long_flags<'a>(cells: impl Iterator<Item = &'a String>) -> Names {
    let words = cells.flat_map(|cell| codes(cell));
    let flags = words.filter_map(|code| {
        let flag = code.strip_prefix("--")?;
        flag.split(' ').next().map(str::to_owned)
    });
    flags.collect()
}

/// A cell may hold `\|`.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim().trim_matches('|').replace("\\|", "\u{1}");
    line.split('|')
        .map(|cell| cell.trim().replace('\u{1}', "|"))
        .collect()
}

/// What stands between backticks.
fn codes(text: &str) -> Vec<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn running_text_is_read_up_to_the_next_heading() {
    let text = "# A\n\n`a`\n\n## B\n\n`b`, `c`\n\n## C\n\n`d`\n";
    assert_eq!(Vec::from_iter(codes_below(text, "B")), ["b", "c"]);
}

#[test]
fn tables_are_read_with_their_headings() {
    let page = Page::new(
        "# A\n\n| x | y |\n|---|---|\n| `a`, `b` | `--c D\\|E` |\n\n## B\n\n| x |\n|---|\n| 1 |\n",
    );
    assert_eq!(Vec::from_iter(page.first_column("A")), ["a", "b"]);
    assert_eq!(Vec::from_iter(page.flags_in_columns("y")), ["c"]);
    assert_eq!(Vec::from_iter(page.plain_first_column("B")), ["1"]);
}
