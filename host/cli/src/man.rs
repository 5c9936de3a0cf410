use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;

use super::failure::Failure;
use super::version;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Folder to write into; created if it does not exist
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) const EXAMPLES: &str = "\
Writes portcullis.1 and a page for each command. Packages that install
Portcullis use it.

Example:
  portcullis man share/man/man1";

pub(super) fn run(arguments: &Arguments, command: Command) -> Result<(), Failure> {
    let folder = &arguments.folder;
    write_pages(command, folder).map_err(|error| {
        let folder = folder.display();
        Failure::Run(format!(
            "man: cannot write the manual pages into {folder}: {error}"
        ))
    })
}

fn write_pages(command: Command, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut command = command.disable_help_subcommand(true);
    command.build();
    write_page(&command, folder)?;
    command
        .get_subcommands()
        .try_for_each(|verb| write_page(verb, folder))
}

fn write_page(command: &Command, folder: &Path) -> io::Result<()> {
    // The quotes hold the place of the date, which `roff` would leave out: then the source would be the date.
    let page = Man::new(command.clone())
        .date("\"\"")
        .source(format!("portcullis {}", version::short()))
        .manual("Portcullis Manual");
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    if let Some(help) = command.get_after_help() {
        text.extend_from_slice(notes(&help.to_string()).as_bytes());
    }
    fs::write(folder.join(page.get_filename()), text)
}

/// The text as `--help` shows it, line by line: examples that were filled and justified could not be copied.
fn notes(text: &str) -> String {
    let mut section = ".SH \"NOTES AND EXAMPLES\"\n.nf\n".to_owned();
    for line in text.lines() {
        if line.starts_with('.') {
            section.push_str("\\&");
        }
        for letter in line.chars() {
            match letter {
                '\\' => section.push_str("\\e"),
                // Without these names, troff sets the typographic signs that look like them.
                '-' => section.push_str("\\-"),
                '\'' => section.push_str("\\(aq"),
                '"' => section.push_str("\\(dq"),
                '`' => section.push_str("\\(ga"),
                '^' => section.push_str("\\(ha"),
                '~' => section.push_str("\\(ti"),
                other => section.push(other),
            }
        }
        section.push('\n');
    }
    section.push_str(".fi\n");
    section
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_an_example_stay_as_they_are() {
        let text = "Example:\n  a --b '\"c\"' \\\n.d ~/e";
        let expected = ".SH \"NOTES AND EXAMPLES\"\n.nf\nExample:\n  a \\-\\-b \\(aq\\(dqc\\(dq\\(aq \\e\n\
                        \\&.d \\(ti/e\n.fi\n";
        assert_eq!(notes(text), expected);
    }
}
