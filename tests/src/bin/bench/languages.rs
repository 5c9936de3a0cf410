//! Compares the languages: the same rule, the policy of `examples/directory` with its three users, in each of them. Measures
//! what it costs to build, to load, to edit, to decide, and to keep in memory.

mod measuring;
mod tables;

use std::path::PathBuf;

use portcullis_tests::artifacts::{self, root};
use portcullis_tests::languages::{self, Unavailable};

use crate::table::Table;

/// A language, its example, and its goals.
struct Candidate {
    title: &'static str,
    language: &'static str,
    folder: &'static str,
    decision_goal: &'static str,
    load_goal: &'static str,
    edit_goal: &'static str,
}

const CANDIDATES: [Candidate; 5] = [
    Candidate {
        title: "Rust",
        language: "rust",
        folder: "directory",
        decision_goal: "10 us",
        load_goal: "100 ms",
        edit_goal: "500 ms",
    },
    Candidate {
        title: "C",
        language: "c",
        folder: "directory-c",
        decision_goal: "16 us",
        load_goal: "-",
        edit_goal: "-",
    },
    Candidate {
        title: "Go",
        language: "go",
        folder: "directory-go",
        decision_goal: "120 us",
        load_goal: "-",
        edit_goal: "-",
    },
    Candidate {
        title: "TypeScript",
        language: "typescript",
        folder: "directory-typescript",
        decision_goal: "250 us",
        load_goal: "-",
        edit_goal: "-",
    },
    Candidate {
        title: "Python",
        language: "python",
        folder: "directory-python",
        decision_goal: "1000 us",
        load_goal: "500 ms",
        edit_goal: "3 s",
    },
];

/// Measures those that this machine can build, and says why it skips the others.
pub(crate) fn measure(table: &mut Table) {
    for candidate in &CANDIDATES {
        match candidate.figures() {
            Ok(figures) => tables::rows(table, candidate, &figures),
            Err(Unavailable { reason }) => {
                let figure = format!("{}: skipped", candidate.title);
                table.row(&figure, "-", reason);
            }
        }
    }
}

/// The same as a Markdown table, for the documentation.
pub(crate) fn markdown() -> String {
    let measured = CANDIDATES
        .iter()
        .map(|candidate| (candidate, candidate.figures()));
    tables::markdown(&measured.collect::<Vec<_>>())
}

impl Candidate {
    fn folder(&self) -> PathBuf {
        root().join("examples").join(self.folder)
    }

    fn figures(&self) -> Result<measuring::Figures, Unavailable> {
        languages::available(self.language)?;
        if !self.folder().is_dir() {
            let reason = format!("there is no examples/{}", self.folder);
            return Err(Unavailable { reason });
        }
        eprintln!("{}: building and measuring", self.title);
        let module = artifacts::portcullis().with_file_name("test-guests");
        std::fs::create_dir_all(&module).expect("a directory");
        let module = module.join(format!("bench-{}.wasm", self.folder));
        Ok(measuring::figures(&self.folder(), &module))
    }
}
