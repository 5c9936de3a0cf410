use std::path::PathBuf;

use serde_json::{Value, json};

use super::report::CheckReport;
use portcullis_service::config::{Fault, Place};

/// What `check --config` reports about a deployment.
#[derive(Debug)]
pub(super) struct DeploymentReport {
    pub(super) config: Option<PathBuf>,
    /// By name, in the order in which they are asked.
    pub(super) policies: Vec<(String, CheckReport)>,
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
}

impl DeploymentReport {
    pub(super) fn is_good(&self) -> bool {
        self.faults.is_empty()
    }

    /// The policies that loaded, then a line for each fault and warning, then the sum.
    pub(super) fn text(&self) -> String {
        let mut lines = Vec::new();
        for (name, report) in &self.policies {
            if report.finding.is_ok() {
                lines.push(format!("policy {name:?}: {}", report.text()));
            }
        }
        lines.extend(self.faults.iter().map(|fault| line("fault", fault)));
        lines.extend(self.warnings.iter().map(|fault| line("warning", fault)));
        lines.push(format!("{}: {}", self.title(), self.sum()));
        lines.join("\n")
    }

    fn title(&self) -> String {
        let config = self.config.as_ref();
        config.map_or_else(|| "settings".to_owned(), |path| path.display().to_string())
    }

    fn sum(&self) -> String {
        let count = |count: usize, word: &str| match count {
            0 => None,
            1 => Some(format!("1 {word}")),
            more => Some(format!("{more} {word}s")),
        };
        let faults = count(self.faults.len(), "fault").unwrap_or_else(|| "good".to_owned());
        match count(self.warnings.len(), "warning") {
            Some(warnings) => format!("{faults}, {warnings}"),
            None => faults,
        }
    }

    pub(super) fn json(&self) -> Value {
        let policies = self.policies.iter().map(|(name, report)| {
            let mut policy = report.json();
            if let Value::Object(fields) = &mut policy {
                fields.insert("name".to_owned(), name.as_str().into());
            }
            policy
        });
        json!({
            "config": self.config.as_ref().map(|path| path.display().to_string()),
            "good": self.is_good(),
            "faults": self.faults.iter().map(object).collect::<Vec<_>>(),
            "warnings": self.warnings.iter().map(object).collect::<Vec<_>>(),
            "policies": policies.collect::<Vec<_>>(),
        })
    }
}

fn line(kind: &str, fault: &Fault) -> String {
    let key = fault.key_after_place();
    let key = key.map(|key| format!("{key}: ")).unwrap_or_default();
    format!("{}: {kind}: {key}{}", fault.place(), fault.text())
}

/// The fields of a place that are known.
fn object(fault: &Fault) -> Value {
    let mut object = match fault.place() {
        Place::Flag(name) => json!({"flag": format!("--{name}")}),
        Place::Variable(name) => json!({"variable": name}),
        Place::File { path, line, column } => {
            json!({"file": path.display().to_string(), "line": line, "column": column})
        }
        Place::Nowhere => json!({}),
    };
    if let Value::Object(fields) = &mut object {
        if !fault.key().is_empty() {
            fields.insert("key".to_owned(), fault.key().into());
        }
        fields.insert("text".to_owned(), fault.text().into());
    }
    object
}
