use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use clap::Args;
use serde_json::{Value, json};

use super::failure::Failure;
use crate::project::Language;
use crate::toolchain::{self, Finding, State};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Language to check: rust, go, python, js, ts or c; repeatable; all languages by default
    #[arg(long = "lang", value_name = "LANGUAGE")]
    languages: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) const EXAMPLES: &str = "\
Looks for the tools that 'portcullis build' needs, in the places where 'build'
would look for them from this folder. You need not install tools that a project
pins (componentize-py, zig, esbuild, componentize-js, tsc): 'build' installs
them into the project.

Exit codes:
  0  all checked languages are ready
  1  a language is not ready
  2  wrong usage

Examples:
  portcullis doctor
  portcullis doctor --lang go --lang python --json

The fields of --json: ready, languages (language, ready, tools), and of each of
the tools: tool, state (ready, too-old, missing, broken), found, needed,
install";

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let reports = examine(&languages(&arguments.languages)?)?;
    let text = if arguments.json {
        json(&reports).to_string()
    } else {
        text(&reports)
    };
    writeln!(io::stdout().lock(), "{text}")
        .map_err(|error| Failure::Run(format!("cannot write to stdout: {error}")))?;
    match reports.iter().all(Report::is_ready) {
        true => Ok(()),
        false => Err(Failure::Fault),
    }
}

fn languages(words: &[String]) -> Result<Vec<Language>, Failure> {
    if words.is_empty() {
        return Ok(Language::ALL.to_vec());
    }
    let parsed = words.iter().map(|word| word.parse());
    parsed
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::Settings(format!("doctor: {error}")))
}

/// The tools that a language needs, and what was found.
struct Report {
    language: Language,
    findings: Vec<Finding>,
}

impl Report {
    fn is_ready(&self) -> bool {
        self.findings.iter().all(Finding::is_ready)
    }
}

fn examine(languages: &[Language]) -> Result<Vec<Report>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| Failure::Run(format!("doctor: {error}")))?;
    Ok(runtime.block_on(async {
        let mut reports = Vec::new();
        for &language in languages {
            let findings = toolchain::examine(language, Path::new(".")).await;
            reports.push(Report { language, findings });
        }
        reports
    }))
}

fn text(reports: &[Report]) -> String {
    let mut text = String::new();
    for report in reports {
        let word = report.language.word();
        let mut first = if report.is_ready() {
            "ready"
        } else {
            "not ready"
        };
        let mut name = word;
        let (good, bad): (Vec<_>, Vec<_>) = report
            .findings
            .iter()
            .partition(|finding| finding.is_ready());
        let good = good
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        let good = Some(good).filter(|good| !good.is_empty());
        for line in bad.iter().map(ToString::to_string).chain(good) {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{name:<8}{first:<11}{line}");
            (name, first) = ("", "");
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn json(reports: &[Report]) -> Value {
    let languages = reports.iter().map(|report| {
        json!({
            "language": report.language.word(),
            "ready": report.is_ready(),
            "tools": report.findings.iter().map(tool).collect::<Vec<_>>(),
        })
    });
    json!({
        "ready": reports.iter().all(Report::is_ready),
        "languages": languages.collect::<Vec<_>>(),
    })
}

fn tool(finding: &Finding) -> Value {
    let (state, found) = match &finding.state {
        State::Ready(version) => ("ready", version.map(|version| version.to_string())),
        State::TooOld(version) => ("too-old", Some(version.to_string())),
        State::Missing => ("missing", None),
        State::Broken(said) => ("broken", Some(said.clone())),
    };
    json!({
        "tool": finding.tool,
        "state": state,
        "found": found,
        "needed": finding.needed.map(|version| version.to_string()),
        "install": (!finding.is_ready()).then_some(&finding.install),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(tool: &'static str, state: State) -> Finding {
        Finding {
            tool,
            state,
            needed: None,
            install: format!("get {tool}"),
        }
    }

    fn reports() -> Vec<Report> {
        let go = Report {
            language: Language::Go,
            findings: vec![finding("go", State::Ready(None))],
        };
        let rust = Report {
            language: Language::Rust,
            findings: vec![
                finding("rustc", State::Ready(None)),
                finding("the target", State::Missing),
            ],
        };
        vec![go, rust]
    }

    #[test]
    fn missing_tools_come_first() {
        let expected = "go      ready      go\n\
                        rust    not ready  the target is missing; get it: get the target\n                   rustc";
        assert_eq!(text(&reports()), expected);
    }

    #[test]
    fn json_says_the_same() {
        let value = json(&reports());
        assert_eq!(value["ready"], false);
        assert_eq!(value["languages"][0]["ready"], true);
        assert_eq!(value["languages"][1]["tools"][1]["state"], "missing");
        assert_eq!(
            value["languages"][1]["tools"][1]["install"],
            "get the target"
        );
        assert_eq!(value["languages"][0]["tools"][0]["install"], Value::Null);
    }

    #[test]
    fn an_unknown_language_is_wrong_usage() {
        let failure = languages(&["golang".to_owned()]).unwrap_err();
        assert!(
            matches!(failure, Failure::Settings(text) if text.contains("did you mean \"go\"?"))
        );
    }
}
