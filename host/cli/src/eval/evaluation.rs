//! Loads the policies, asks them and rules as the service does, with the service's own chain.

use std::sync::Arc;
use std::time::Duration;

use super::super::failure::Failure;
use super::deployment::Deployment;
use portcullis_model::{Access, Blame, Cause, Decision, Request, Silence};
use portcullis_sandbox::{About, CallOutput, Decide, Effort, LogLine, PolicySource, Sandbox};
use portcullis_service::authorizer::{Chain, Clock, Ruled, Ruling, RulingContext};
use portcullis_service::catalog::Slot;
use portcullis_service::reload::PolicyPlan;
use portcullis_service::router::Routes;
use portcullis_service::workers::Monotonic;

/// How long a server waits for an answer by default (`authorization.timeout`). The policies' own deadline is shorter.
const SERVER_TIMEOUT: Duration = Duration::from_secs(2);

/// All policies, ready to be asked as far as they could be loaded.
pub(super) struct Loaded {
    routes: Routes,
    slots: Vec<Slot>,
    /// In the same order; none if a policy could not be loaded.
    pub(super) abouts: Vec<Option<About>>,
}

/// The ruling about a client, and how it came about.
pub(super) struct Evaluation<'a> {
    /// None if a single module passed.
    pub(super) ruled: Option<Ruled<'a>>,
    /// The answers of the policies that were asked, in order.
    pub(super) answers: Vec<PolicyAnswer>,
}

pub(super) struct PolicyAnswer {
    pub(super) policy: String,
    /// `allow`, `deny`, `ignore`, `pass`, or `fail`.
    pub(super) word: &'static str,
    /// What the policy granted, before the bounds.
    pub(super) access: Option<Access>,
    pub(super) log: Vec<LogLine>,
}

impl Loaded {
    /// Reads modules and data, loads and configures all policies.
    ///
    /// # Errors
    ///
    /// Files that cannot be read.
    pub(super) fn new(
        deployment: &Deployment,
        sandbox: &Sandbox,
        request: &Request,
    ) -> Result<Self, Failure> {
        let plans = &deployment.policies;
        let read = |plan: &PolicyPlan| match plan.material.read() {
            Ok(reading) => Ok(reading.source),
            Err(error) => {
                let text = deployment.about(&plan.name, &error.to_string());
                Err(Failure::Settings(text))
            }
        };
        let sources: Vec<_> = plans.iter().map(read).collect::<Result<_, _>>()?;
        let load = |(plan, source)| load(plan, source, sandbox, request);
        let (slots, abouts) = plans.iter().zip(&sources).map(load).unzip();
        let conditions = plans.iter().map(|plan| plan.condition.clone());
        Ok(Self {
            routes: Routes::new(conditions.collect()),
            slots,
            abouts,
        })
    }

    /// Asks nothing unless all policies are loaded: a service that starts without one of them does not answer either.
    pub(super) fn evaluate<'a>(
        &'a self,
        deployment: &'a Deployment,
        request: &'a Request,
    ) -> Evaluation<'a> {
        let fault = |slot: &Slot| {
            let fault = slot.policy.as_ref().err()?;
            Some(deployment.about(&slot.name, fault))
        };
        let faults: Vec<_> = self.slots.iter().filter_map(fault).collect();
        if !faults.is_empty() {
            return Evaluation {
                ruled: Some(not_loaded(faults.join("; "))),
                answers: Vec::new(),
            };
        }
        let chain = Chain {
            routes: &self.routes,
            slots: &self.slots,
            context: RulingContext {
                request,
                issued_at: request.received_at,
                callout_account: Some(&deployment.callout_account),
                spread_by: None,
            },
            ends: Monotonic.now() + SERVER_TIMEOUT,
        };
        let mut answers = Vec::new();
        let ruled = chain.ask(&Monotonic, |slot, output| {
            answers.push(PolicyAnswer::new(slot, output));
        });
        // After a single module, a chain may have others.
        let is_over = deployment.config.is_some() || ruled.policy.is_some();
        Evaluation {
            ruled: is_over.then_some(ruled),
            answers,
        }
    }
}

fn load(
    plan: &PolicyPlan,
    source: &PolicySource,
    sandbox: &Sandbox,
    request: &Request,
) -> (Slot, Option<About>) {
    let loaded = sandbox.load(source, Effort::Whole, request.received_at);
    let about = loaded.as_ref().ok().map(|policy| policy.about().clone());
    let slot = Slot {
        name: plan.name.clone(),
        policy: loaded
            .map(|policy| Arc::new(policy) as Arc<dyn Decide>)
            .map_err(|error| error.to_string()),
        bounds: plan.bounds.clone(),
        on_failure: plan.on_failure,
    };
    (slot, about)
}

fn not_loaded<'a>(text: String) -> Ruled<'a> {
    let cause = Cause {
        blame: Blame::Operator,
        kind: NOT_LOADED,
        text,
    };
    Ruled {
        ruling: Ruling::Silence(Silence::Fail, cause),
        policy: None,
        failure: Some(NOT_LOADED),
    }
}

const NOT_LOADED: &str = "not_loaded";

impl PolicyAnswer {
    fn new(slot: &Slot, output: &CallOutput) -> Self {
        let (word, access) = match &output.decision {
            Ok(Decision::Allow(grant)) => ("allow", Some(grant.access.clone())),
            Ok(Decision::Deny(_)) => ("deny", None),
            Ok(Decision::Ignore(_)) => ("ignore", None),
            Ok(Decision::Pass) => ("pass", None),
            Err(_) => ("fail", None),
        };
        Self {
            policy: slot.name.clone(),
            word,
            access,
            log: output.log.clone(),
        }
    }
}
