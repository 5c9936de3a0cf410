//! What a policy is loaded from, and what is known about it afterwards.

use super::limits::SandboxLimits;
use super::lines::LogLine;

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
#[derive(Clone, Debug, Default)]
pub struct ConfigureInput {
    /// The `settings` table as JSON.
    pub settings_json: String,
    /// Data files: name, contents.
    pub data: Vec<(String, Vec<u8>)>,
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
