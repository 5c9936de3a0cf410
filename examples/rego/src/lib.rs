//! The rules are not in this crate: `*.rego` among the data files are the policy, `*.json` its data.
//! The input is the request, and the resulting document is the decision.

#![forbid(unsafe_code)]

mod answer;
mod builtins;
mod calendar;
mod documents;
mod input;
mod rules;

use portcullis_sdk::{Decision, Policy, Request, Result, Settings, deny, log, pass};
use regorus::Value;
use serde::Deserialize;

use answer::Malformed;
use rules::Rules;

pub struct Rego {
    rules: Rules,
    options: Options,
}

/// The policy's `settings`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Options {
    /// The rule whose value is the decision.
    entrypoint: String,
    /// With it, the entrypoint is `true` or `false`, and this rule gives the grant.
    grant: Option<String>,
    /// What an entrypoint without a value means.
    undefined: Undefined,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Undefined {
    Deny,
    Pass,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            entrypoint: "data.portcullis.decision".to_owned(),
            grant: None,
            undefined: Undefined::Deny,
        }
    }
}

impl Policy for Rego {
    fn configure(settings: &Settings) -> Result<Self> {
        let options: Options = settings.json()?;
        let documents = documents::read(settings)?;
        log::info!("modules of rules: {}", documents.modules.len());
        let rules = Rules::compile(documents)?;
        rules.warm_up("entrypoint", &options.entrypoint, input::of_nobody())?;
        if let Some(grant) = &options.grant {
            rules.warm_up("grant", grant, input::of_nobody())?;
        }
        Ok(Self { rules, options })
    }

    /// Any fault of the rules is a denial and a line in the log.
    fn decide(&self, request: &Request) -> Decision {
        match self.decided(request) {
            Ok(decision) => decision,
            Err(Fault::Rules(fault)) => {
                log::error!("{fault}");
                deny("the rules could not be evaluated")
            }
            Err(Fault::Document(rule, fault)) => {
                log::error!("{rule}: {fault}");
                deny("the decision document is malformed")
            }
        }
    }
}

/// Why there is no decision.
enum Fault {
    /// The rules contradict each other, or call a function that does not exist.
    Rules(rules::Fault),
    /// The value of this rule is not a decision.
    Document(String, Malformed),
}

impl Rego {
    fn decided(&self, request: &Request) -> Result<Decision, Fault> {
        self.rules
            .set_input(input::of(request), request.received_at());
        let entrypoint = &self.options.entrypoint;
        let in_document = |fault| Fault::Document(entrypoint.clone(), fault);
        match (
            self.rules.value(entrypoint).map_err(Fault::Rules)?,
            &self.options.grant,
        ) {
            (Value::Undefined, _) => Ok(self.undefined()),
            (document, None) => answer::decision(&document).map_err(in_document),
            (Value::Bool(false), Some(_)) => Ok(deny("not allowed")),
            (Value::Bool(true), Some(grant)) => self.granted(grant),
            (_, Some(_)) => Err(in_document(Malformed::new("expected true or false"))),
        }
    }

    fn granted(&self, rule: &str) -> Result<Decision, Fault> {
        let grant = self.rules.value(rule).map_err(Fault::Rules)?;
        answer::granted(&grant).map_err(|fault| Fault::Document(rule.to_owned(), fault))
    }

    fn undefined(&self) -> Decision {
        match self.options.undefined {
            Undefined::Deny => deny("no rule decides on this client"),
            Undefined::Pass => pass(),
        }
    }
}

portcullis_sdk::export!(Rego);

#[cfg(test)]
mod tests;
