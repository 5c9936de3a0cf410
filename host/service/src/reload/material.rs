use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::files::{DataSpec, ReadError, ReadLimits, read, read_file};
use portcullis_model::Secret;
use portcullis_sandbox::{ConfigureInput, Instances, PolicySource, SandboxLimits};

/// What a policy is made of: its module, its data, its settings, and how it is to run.
#[derive(Clone, Debug)]
pub struct Material {
    pub module: PathBuf,
    pub data: Vec<DataSpec>,
    /// The policy's settings as JSON. They may contain secrets.
    pub settings: Secret,
    pub instances: Instances,
    pub limits: SandboxLimits,
    /// Limit for all data files together.
    pub data_bytes_max: usize,
}

/// What the files of a policy say now.
#[derive(Debug)]
pub struct Reading {
    pub source: PolicySource,
    /// Differs whenever anything that makes up the policy differs.
    pub identity: String,
    pub module_digest: String,
}

impl Material {
    /// Reads module and data once.
    pub fn read(&self) -> Result<Reading, ReadError> {
        let bounds = |bytes: usize| ReadLimits {
            bytes_max: bytes as u64,
            ..ReadLimits::default()
        };
        let module = read_file(&self.module, bounds(self.limits.module_bytes))?;
        let data = read(&self.data, bounds(self.data_bytes_max))?;
        let identity = self.identity(&module.digest, &data.digest);
        let bytes = module.files.into_iter().next().map(|(_, bytes)| bytes);
        let source = PolicySource {
            module: bytes.unwrap_or_default(),
            configuration: ConfigureInput {
                settings_json: self.settings.clone(),
                data: data.files,
            },
            instances: self.instances,
            limits: self.limits.clone(),
        };
        Ok(Reading {
            source,
            identity,
            module_digest: module.digest,
        })
    }

    /// Whether a file of the policy is among these.
    pub(super) fn is_made_of(&self, paths: &[PathBuf]) -> bool {
        let mut data = self.data.iter().map(|spec| &spec.path);
        paths.contains(&self.module) || data.any(|path| paths.contains(path))
    }

    fn identity(&self, module: &str, data: &str) -> String {
        let mut hash = Sha256::new();
        let facts = format!("{:?} {:?}", self.instances, self.limits);
        for part in [module, data, self.settings.expose(), &facts] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        format!("{:x}", hash.finalize())
    }
}
