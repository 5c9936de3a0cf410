use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

/// What `check` reports about one module.
#[derive(Debug)]
pub(super) struct CheckReport {
    pub(super) module: String,
    pub(super) finding: Result<Found, String>,
}

/// A module that loaded.
#[derive(Debug)]
pub(super) struct Found {
    /// SHA-256 of the file, hexadecimal.
    pub(super) digest: String,
    pub(super) bytes: usize,
    /// The contract that it implements, such as `portcullis:policy@0.1.0`.
    pub(super) world: String,
    pub(super) imports: Vec<String>,
    /// Those of them that are closed: nothing is behind them.
    pub(super) closed: Vec<String>,
    /// How instances are made: `snapshot`, `fresh` or `warm`.
    pub(super) instances: &'static str,
    /// The time from the bytes to a policy that has decided once.
    pub(super) load: Duration,
    pub(super) warnings: Vec<String>,
    /// What the policy logged in `configure`: level and text.
    pub(super) log: Vec<(String, String)>,
}

impl CheckReport {
    pub(super) fn text(&self) -> String {
        let found = match &self.finding {
            Ok(found) => found,
            Err(fault) => return format!("{}: fault: {fault}", self.module),
        };
        let imports = match found.imports.as_slice() {
            [] => "none".to_owned(),
            imports => imports.join(", "),
        };
        let mut text = format!(
            "{}: good\n  digest     {}\n  size       {} bytes\n  world      {}\n  imports    {imports}\n  \
             instances  {}\n  load       {} ms",
            self.module,
            found.digest,
            found.bytes,
            found.world,
            found.instances,
            found.load.as_millis(),
        );
        if !found.closed.is_empty() {
            // Writing to a String does not fail.
            let _ = write!(
                text,
                "\n  closed     {} (imported, with nothing behind)",
                found.closed.join(", ")
            );
        }
        let warnings = found
            .warnings
            .iter()
            .map(|warning| ("warning", warning.as_str()));
        let log = found
            .log
            .iter()
            .map(|(level, line)| (level.as_str(), line.as_str()));
        for (level, line) in warnings.chain(log) {
            // Writing to a String does not fail.
            let _ = write!(text, "\n  {level:<9}  {}", line.escape_debug());
        }
        text
    }

    pub(super) fn json(&self) -> Value {
        match &self.finding {
            Ok(found) => json!({
                "module": self.module,
                "good": true,
                "digest": found.digest,
                "bytes": found.bytes,
                "world": found.world,
                "imports": found.imports,
                "closed": found.closed,
                "instances": found.instances,
                // One digit after the point.
                "load_ms": (found.load.as_secs_f64() * 10_000.0).round() / 10.0,
                "warnings": found.warnings,
                "log": found.log.iter().map(|(level, text)| json!({"level": level, "text": text})).collect::<Vec<_>>(),
            }),
            Err(fault) => json!({"module": self.module, "good": false, "fault": fault}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> CheckReport {
        CheckReport {
            module: "policy.wasm".to_owned(),
            finding: Ok(Found {
                digest: "ab12".to_owned(),
                bytes: 20_480,
                world: "portcullis:policy@0.1.0".to_owned(),
                imports: vec!["portcullis:policy/log@0.1.0".to_owned()],
                closed: Vec::new(),
                instances: "snapshot",
                load: Duration::from_micros(61_234),
                warnings: Vec::new(),
                log: vec![("info".to_owned(), "3 users\nand more".to_owned())],
            }),
        }
    }

    #[test]
    fn a_good_module_is_described_line_by_line() {
        let text = found().text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "policy.wasm: good");
        assert_eq!(lines[4], "  imports    portcullis:policy/log@0.1.0");
        assert_eq!(lines[7], "  info       3 users\\nand more");
    }

    #[test]
    fn imports_that_lead_nowhere_are_named() {
        let mut report = found();
        if let Ok(found) = &mut report.finding {
            found.closed = vec!["wasi:filesystem/types@0.2.9".to_owned()];
        }
        let text = report.text();
        assert!(
            text.contains("\n  closed     wasi:filesystem/types@0.2.9 ("),
            "{text}"
        );
    }

    #[test]
    fn a_fault_is_one_line() {
        assert_eq!(fault().text(), "x.wasm: fault: it is empty");
    }

    fn fault() -> CheckReport {
        CheckReport {
            module: "x.wasm".to_owned(),
            finding: Err("it is empty".to_owned()),
        }
    }

    #[test]
    fn the_same_is_said_in_json() {
        let good = found().json();
        assert_eq!(good["good"], true);
        assert_eq!(good["load_ms"], 61.2);
        assert_eq!(good["log"][0]["text"], "3 users\nand more");
        let bad = fault().json();
        assert_eq!(bad["good"], false);
        assert_eq!(bad["fault"], "it is empty");
    }
}
