use std::path::PathBuf;
use std::sync::Arc;

use super::material::Material;
use crate::catalog::OnFailure;
use crate::router::Condition;
use portcullis_callout::Keyring;
use portcullis_permits::bounds::{Bounds, Permit};

/// What a configuration asks to put into force. It names paths, which are read when the plan is carried out.
#[derive(Debug)]
pub struct Plan {
    pub keys: Arc<Keyring<Permit>>,
    pub policies: Vec<PolicyPlan>,
    /// The files that the plan was made from. When one changes, a new plan is made.
    pub sources: Vec<PathBuf>,
    /// What the operator should know although the plan is valid.
    pub warnings: Vec<String>,
}

/// Why there is no plan.
#[derive(Debug)]
pub struct Unplanned {
    /// What is wrong with the configuration, and how to fix it.
    pub text: String,
    /// Every file that was read or looked for. A change of one of them may fix the configuration.
    pub looked_at: Vec<PathBuf>,
}

/// One policy of a plan.
#[derive(Debug)]
pub struct PolicyPlan {
    pub name: String,
    pub material: Material,
    pub bounds: Bounds,
    pub on_failure: OnFailure,
    pub condition: Condition,
}

impl Plan {
    /// All paths to watch while this plan is in force.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        let of_policy = |policy: &PolicyPlan| {
            let data = policy.material.data.iter().map(|spec| spec.path.clone());
            std::iter::once(policy.material.module.clone())
                .chain(data)
                .collect::<Vec<_>>()
        };
        let of_policies = self.policies.iter().flat_map(of_policy);
        self.sources.iter().cloned().chain(of_policies).collect()
    }
}
