//! What a policy is made of, and what is known of it afterwards.

use super::limits::SandboxLimits;
use super::lines::LogLine;

/// How instances are made for decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Instances {
    /// Configured once; each decision starts from the memory as it then was.
    #[default]
    Snapshot,
    /// Configured anew for each decision.
    Fresh,
    /// Configured instances that are reused: one decision may see what another left behind.
    Warm {
        /// Decisions after which an instance is replaced.
        uses_max: u32,
    },
}

impl Instances {
    /// As the configuration writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Fresh => "fresh",
            Self::Warm { .. } => "warm",
        }
    }
}

/// A policy as the operator gave it.
#[derive(Clone, Debug)]
pub struct PolicySource {
    pub module: Vec<u8>,
    pub configuration: ConfigureInput,
    pub instances: Instances,
    pub limits: SandboxLimits,
}

/// What `configure` is called with.
#[derive(Clone, Debug, Default)]
pub struct ConfigureInput {
    /// The `settings` table as JSON.
    pub settings_json: String,
    /// Data files: name, contents.
    pub data: Vec<(String, Vec<u8>)>,
}

/// What is known of a loaded policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// SHA-256 of the module's bytes, hexadecimal.
    pub digest: String,
    pub module_bytes: usize,
    /// The contract that the module answers to, such as `portcullis:policy@0.1.0`.
    pub world: String,
    /// Interfaces that the module imports.
    pub imports: Vec<String>,
    /// Those of them that have nothing behind them, because policies have no files and no network.
    pub closed: Vec<String>,
    pub instances: Instances,
    /// Lines that the policy wrote while it was configured.
    pub log: Vec<LogLine>,
    /// What the operator should know although the policy was loaded.
    pub warnings: Vec<String>,
}
