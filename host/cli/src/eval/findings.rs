//! The result of an evaluation, for people and for programs alike. Causes and log lines are cleaned of the client's secrets, as
//! everywhere; what would be signed is shown as it is.

use super::deployment::Deployment;
use super::evaluation::{Evaluation, Loaded};
use super::origins::Origins;
use super::questions::{self, AbilityAnswer};
use portcullis_model::Admission;
use portcullis_model::{Cause, Request, Rules, Timestamp};
use portcullis_permits::List;
use portcullis_permits::bounds::Permit;
use portcullis_service::authorizer::{Ruled, Ruling};
use portcullis_service::reload::PolicyPlan;
use portcullis_service::telemetry::Redactor;

pub(super) struct Findings {
    /// The settings file; none for a single module.
    pub(super) config: Option<String>,
    pub(super) at: Timestamp,
    /// `allow`, `deny`, `ignore`, `fail`, or `pass` where the next policy of a chain would be asked.
    pub(super) outcome: &'static str,
    /// The name of the policy that decided, if one did.
    pub(super) policy: Option<String>,
    pub(super) cause: Option<Cause>,
    pub(super) policy_failure: Option<&'static str>,
    pub(super) admitted: Option<AdmittedClient>,
    pub(super) answers: Vec<AbilityAnswer>,
    pub(super) warnings: Vec<String>,
    /// What the policies logged in this decision.
    pub(super) log: Vec<LogEntry>,
    /// In the order in which they are asked.
    pub(super) policies: Vec<PolicyFindings>,
}

pub(super) struct LogEntry {
    pub(super) policy: String,
    pub(super) level: String,
    pub(super) text: String,
}

/// One policy, and its part in the decision.
pub(super) struct PolicyFindings {
    pub(super) name: String,
    pub(super) module: String,
    /// SHA-256 of the module; none if it was not loaded.
    pub(super) digest: Option<String>,
    pub(super) part: PolicyPart,
}

pub(super) enum PolicyPart {
    NotLoaded,
    /// The client does not meet this part of the policy's condition.
    ConditionUnmet(&'static str),
    /// A policy before it decided, or nothing was asked.
    NotReached,
    /// What it answered: `allow`, `deny`, `ignore`, `pass` or `fail`.
    Answered(&'static str),
}

/// What the server learns about an admitted client.
pub(super) struct AdmittedClient {
    pub(super) account: String,
    pub(super) name: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) expires_at: Timestamp,
    /// None: the defaults of the account.
    pub(super) rules: Option<Rules>,
    pub(super) entries: Vec<PermissionEntry>,
}

/// One entry of the permissions, and where it comes from.
pub(super) struct PermissionEntry {
    pub(super) list: List,
    /// A subject; empty for responses, which have none.
    pub(super) subject: String,
    /// The policy's own words that it comes from.
    pub(super) from: Vec<String>,
    /// Why the host added it, if it did.
    pub(super) host_reason: Option<&'static str>,
}

impl Findings {
    pub(super) fn new(
        deployment: &Deployment,
        loaded: &Loaded,
        evaluation: &Evaluation<'_>,
        request: &Request,
        sentences: &[String],
    ) -> Self {
        let redactor = Redactor::new(&request.credentials);
        let ruled = evaluation.ruled.as_ref();
        let permit = permit(ruled);
        let access = evaluation
            .answers
            .iter()
            .find_map(|answer| answer.access.as_ref());
        let origins = Origins::new(access, request.client.transport);
        let answer = |sentence: &String| questions::answer(sentence, permit, &origins);
        Self {
            config: deployment
                .config
                .as_ref()
                .map(|path| path.display().to_string()),
            at: request.received_at,
            outcome: ruled.map_or("pass", |ruled| ruled.ruling.outcome().word()),
            policy: ruled.and_then(|ruled| ruled.policy).map(str::to_owned),
            cause: ruled
                .and_then(|ruled| ruled.ruling.cause())
                .map(|cause| Cause {
                    text: redactor.clean(&cause.text).into_owned(),
                    ..cause.clone()
                }),
            policy_failure: ruled.and_then(|ruled| ruled.failure),
            admitted: permit.map(|permit| AdmittedClient::new(permit, &origins)),
            answers: sentences.iter().map(answer).collect(),
            warnings: warnings(deployment, loaded),
            log: log(evaluation, &redactor),
            policies: policies(deployment, loaded, evaluation, request),
        }
    }

    /// The name at the top of the report.
    pub(super) fn name(&self) -> &str {
        match (&self.config, self.policies.first()) {
            (Some(path), _) => path,
            (None, Some(policy)) => &policy.module,
            (None, None) => "",
        }
    }

    /// The policy that decided; a single module also if it passed.
    pub(super) fn deciding(&self) -> Option<&PolicyFindings> {
        match (&self.policy, &self.config) {
            (Some(name), _) => self.policies.iter().find(|policy| policy.name == *name),
            (None, None) => self.policies.first(),
            (None, Some(_)) => None,
        }
    }

    pub(super) fn is_loaded(&self) -> bool {
        self.policies.iter().all(|policy| policy.digest.is_some())
    }

    /// Whether the client is admitted and every question is answered with yes.
    pub(super) fn is_yes(&self) -> bool {
        self.admitted.is_some() && self.answers.iter().all(|answer| answer.allowed)
    }
}

fn permit<'a>(ruled: Option<&'a Ruled<'_>>) -> Option<&'a Permit> {
    match &ruled?.ruling {
        Ruling::Allow(permit) => Some(permit),
        Ruling::Deny(_) | Ruling::Silence(..) => None,
    }
}

/// Warnings of the policies. `check --config` has those of the settings.
fn warnings(deployment: &Deployment, loaded: &Loaded) -> Vec<String> {
    let policies = deployment.policies.iter().zip(&loaded.abouts);
    let of_policies = policies.flat_map(|(plan, about)| {
        let warnings = about.iter().flat_map(|about| &about.warnings);
        warnings.map(|text| deployment.about(&plan.name, text))
    });
    of_policies.collect()
}

fn log(evaluation: &Evaluation<'_>, redactor: &Redactor<'_>) -> Vec<LogEntry> {
    let lines = evaluation
        .answers
        .iter()
        .flat_map(|answer| answer.log.iter().map(move |line| (answer, line)));
    lines
        .map(|(answer, line)| LogEntry {
            policy: answer.policy.clone(),
            level: tracing::Level::from(line.level).as_str().to_lowercase(),
            text: redactor.clean(&line.text).into_owned(),
        })
        .collect()
}

fn policies(
    deployment: &Deployment,
    loaded: &Loaded,
    evaluation: &Evaluation<'_>,
    request: &Request,
) -> Vec<PolicyFindings> {
    let policies = deployment.policies.iter().zip(&loaded.abouts);
    let part = |plan: &PolicyPlan, is_loaded: bool| {
        let mut answers = evaluation.answers.iter();
        let answer = answers.find(|answer| answer.policy == plan.name);
        match (answer, plan.condition.unmet(request)) {
            _ if !is_loaded => PolicyPart::NotLoaded,
            (Some(answer), _) => PolicyPart::Answered(answer.word),
            (None, Some(unmet)) => PolicyPart::ConditionUnmet(unmet),
            (None, None) => PolicyPart::NotReached,
        }
    };
    policies
        .map(|(plan, about)| PolicyFindings {
            name: plan.name.clone(),
            module: plan.material.module.display().to_string(),
            digest: about.as_ref().map(|about| about.digest.clone()),
            part: part(plan, about.is_some()),
        })
        .collect()
}

impl AdmittedClient {
    fn new(permit: &Permit, origins: &Origins<'_>) -> Self {
        Self {
            account: permit.account().to_owned(),
            name: permit.name().map(str::to_owned),
            tags: permit.tags().to_vec(),
            expires_at: permit.expires_at(),
            rules: permit.rules().cloned(),
            entries: permit
                .rules()
                .map_or_else(Vec::new, |rules| entries(rules, origins)),
        }
    }
}

fn entries(rules: &Rules, origins: &Origins<'_>) -> Vec<PermissionEntry> {
    let lists = [
        (List::PublishAllow, &rules.publish.allow),
        (List::PublishDeny, &rules.publish.deny),
        (List::SubscribeAllow, &rules.subscribe.allow),
        (List::SubscribeDeny, &rules.subscribe.deny),
    ];
    let entry = |list: List, subject: &str| {
        let from = origins.of(list, subject);
        let is_of_host = from.is_empty();
        PermissionEntry {
            list,
            subject: subject.to_owned(),
            from,
            host_reason: is_of_host.then(|| origins.host_reason(list, subject)),
        }
    };
    let subjects = lists
        .into_iter()
        .flat_map(|(list, subjects)| subjects.iter().map(move |subject| entry(list, subject)));
    let responses = rules.responses.map(|_| entry(List::Responses, ""));
    subjects.chain(responses).collect()
}

/// The name of a list, as data files and the WIT write it.
pub(super) fn list_name(list: List) -> &'static str {
    match list {
        List::PublishAllow => "publish.allow",
        List::PublishDeny => "publish.deny",
        List::SubscribeAllow => "subscribe.allow",
        List::SubscribeDeny => "subscribe.deny",
        List::Responses => "responses",
    }
}
