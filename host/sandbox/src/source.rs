//! What a policy is loaded from, and what is known about it afterwards.

use std::fmt;

use super::limits::SandboxLimits;
use super::lines::LogLine;
use portcullis_model::Secret;

/// How instances are made for decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Instances {
    /// The policy is configured once. Each decision starts from a copy of its memory at that time.
    #[default]
    Snapshot,
    /// An instance is configured for each decision.
    Fresh,
    /// Configured instances are reused. A decision may see data that earlier decisions left in the instance.
    Warm {
        /// The number of decisions after which an instance is replaced.
        uses_max: u32,
    },
}

impl Instances {
    /// The word in the settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Fresh => "fresh",
            Self::Warm { .. } => "warm",
        }
    }
}

/// A policy as the operator set it up.
#[derive(Clone, Debug)]
pub struct PolicySource {
    pub module: Vec<u8>,
    pub configuration: ConfigureInput,
    pub instances: Instances,
    pub limits: SandboxLimits,
}

/// The input of `configure`.
#[derive(Clone)]
pub struct ConfigureInput {
    /// The `settings` table as JSON. It may contain secrets.
    pub settings_json: Secret,
    /// Data files: name, contents. They may contain secrets, so `Debug` shows only how large they are.
    pub data: Vec<(String, Vec<u8>)>,
}

impl fmt::Debug for ConfigureInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = self.data.iter().map(|(name, bytes)| (name, bytes.len()));
        formatter
            .debug_struct("ConfigureInput")
            .field("settings_json", &self.settings_json)
            .field("data_bytes", &data.collect::<Vec<_>>())
            .finish()
    }
}

/// What is known about a loaded policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// SHA-256 of the module's bytes, hexadecimal.
    pub digest: String,
    pub module_bytes: usize,
    /// The version of the contract that the module implements, such as `portcullis:policy@0.1.0`.
    pub world: String,
    /// The interfaces that the module imports.
    pub imports: Vec<String>,
    /// The imported interfaces that do nothing, because policies have no files and no network.
    pub closed: Vec<String>,
    pub instances: Instances,
    /// The lines that the policy wrote while it was configured.
    pub log: Vec<LogLine>,
    /// Faults that the operator should know, although the policy was loaded.
    pub warnings: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_and_data_are_not_shown() {
        let input = ConfigureInput {
            settings_json: "{\"token\":\"hush\"}".into(),
            data: vec![("users.json".into(), b"whisper".to_vec())],
        };
        let shown = format!("{input:?}");
        assert!(shown.contains("(\"users.json\", 7)"), "{shown}");
        // The bytes of a list are shown as numbers.
        for secret in ["hush", "whisper", "119, 104"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
