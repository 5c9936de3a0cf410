//! The output of a demo: each step with what is expected and what was seen.

use std::io::IsTerminal;
use std::process::ExitCode;

/// Prints the demo, and counts differences.
pub struct Stage {
    coloured: bool,
    differences: u32,
}

impl Stage {
    #[expect(
        clippy::new_without_default,
        reason = "it checks whether the output is a terminal"
    )]
    pub fn new() -> Self {
        let coloured = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self {
            coloured,
            differences: 0,
        }
    }

    pub fn say(&self, text: &str) {
        println!("     {text}");
    }

    pub fn scene(&self, text: &str) {
        println!("\n{}", self.paint("1", text));
    }

    /// What was seen has to contain what was expected, ignoring case.
    pub fn step(&mut self, what: &str, expected: &str, seen: &str) {
        let as_expected = seen.to_lowercase().contains(&expected.to_lowercase());
        let mark = if as_expected {
            self.paint("32", "ok  ")
        } else {
            self.paint("31", "FAIL")
        };
        println!("{mark} {what}\n       expected: {expected}\n       seen:     {seen}");
        self.differences += u32::from(!as_expected);
    }

    pub fn curtain(&self) -> ExitCode {
        if self.differences == 0 {
            println!("\n{}", self.paint("32", "everything was as expected"));
            return ExitCode::SUCCESS;
        }
        println!(
            "\n{}",
            self.paint(
                "31",
                &format!("{} steps were not as expected", self.differences)
            )
        );
        ExitCode::FAILURE
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.coloured {
            format!("\x1b[{colour}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
