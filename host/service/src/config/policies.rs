use std::path::PathBuf;

use toml::Spanned;

use super::bounds::ServiceBounds;
use super::fault::{Fault, Place};
use super::limits::Limits;
use super::policy_name::{is_name, label, written_name};
use super::policy_settings::settings;
use super::problem::Problem;
use super::reported::Reported;
use super::resolver::{Resolver, unreadable};
use super::tree::PolicyTable;
use crate::catalog::OnFailure;
use crate::reload::{DataSpec, Material, PolicyPlan, ReadError};
use crate::router::Condition;
use portcullis_model::{Pattern, Transport};
use portcullis_sandbox::Instances;

const WARM_USES: u32 = 10_000;

/// One policy, as far as it could be read, with the places of its parts.
#[derive(Debug)]
pub struct PolicyReading {
    pub plan: PolicyPlan,
    /// Everything that it is loaded from is good: module, data, settings, instances.
    pub can_load: bool,
    /// Its table has no fault at all.
    pub is_good: bool,
    label: String,
    module: Place,
    data: Vec<(PathBuf, Place)>,
}

impl PolicyReading {
    /// The policy refuses its data or settings: the fault is in the data file that its text names, if it names one.
    pub fn refusal(&self, text: String) -> Fault {
        let mut data = self.plan.material.data.iter().zip(&self.data);
        let named = data.find(|(spec, _)| spec.own_name().is_some_and(|name| text.contains(name)));
        match named {
            Some((_, (_, place))) => self.data_fault(place, text),
            None => self.load_fault(text),
        }
    }

    fn data_fault(&self, place: &Place, text: String) -> Fault {
        let key = format!("{}.data", self.label);
        Fault::new(place.clone(), key, Problem::Other(text))
    }

    /// The module cannot be loaded.
    pub fn load_fault(&self, text: String) -> Fault {
        let key = format!("{}.module", self.label);
        Fault::new(self.module.clone(), key, Problem::Other(text))
    }

    /// The module or the data cannot be read.
    pub fn read_fault(&self, error: &ReadError) -> Fault {
        let mut data = self.data.iter();
        match data.find(|(path, _)| error.path().starts_with(path)) {
            Some((_, place)) => self.data_fault(place, error.to_string()),
            None => self.load_fault(error.to_string()),
        }
    }
}

/// The chain. A policy without a module is left out.
pub(super) fn policies(
    tables: &[Spanned<PolicyTable>],
    service_bounds: &ServiceBounds,
    limits: &Limits,
    reported: &Reported,
    resolver: &mut Resolver<'_>,
) -> Vec<PolicyReading> {
    if tables.is_empty() && !reported.has("policies") {
        resolver.missing(Problem::NoPolicies);
    }
    let homeless = |table: &Spanned<PolicyTable>| table.get_ref().accounts.is_none();
    let is_needed = tables.is_empty() || tables.iter().any(homeless);
    if service_bounds.has_no_accounts && is_needed && !reported.has("accounts") {
        resolver.missing(Problem::NoAccounts);
    }
    let mut chain: Vec<PolicyReading> = Vec::with_capacity(tables.len());
    for (index, table) in tables.iter().enumerate() {
        let (offset, table) = (table.span().start, table.get_ref());
        let Some(module) = &table.module else {
            if !reported.has_in(offset, "module") {
                let missing = Problem::MissingKey("module");
                resolver.fault(offset, &label(index, None), missing);
            }
            continue;
        };
        let faults = resolver.faults.len();
        let draft = Draft::new(index, module, table, resolver);
        if chain.iter().any(|other| other.plan.name == draft.name) {
            draft.complain_of_name(resolver);
        }
        let mut reading = draft.finish(service_bounds, limits, resolver);
        let parts = ["data", "settings", "instances", "warm-uses"];
        reading.can_load &= !parts.into_iter().any(|part| reported.has_in(offset, part));
        reading.is_good = resolver.faults.len() == faults && !reported.has_any_in(offset);
        chain.push(reading);
    }
    chain
}

/// A policy's table, with its name.
struct Draft<'a> {
    name: String,
    /// The name of its keys in messages.
    label: String,
    module: &'a Spanned<String>,
    table: &'a PolicyTable,
}

impl<'a> Draft<'a> {
    fn new(
        index: usize,
        module: &'a Spanned<String>,
        table: &'a PolicyTable,
        resolver: &mut Resolver<'_>,
    ) -> Self {
        let written = table.name.as_ref().unwrap_or(module);
        let name = table.name.as_ref().map(|name| name.get_ref().as_str());
        let name = written_name(name, Some(module.get_ref())).unwrap_or_default();
        let label = label(index, Some(&name));
        let is_name = is_name(&name);
        if !is_name {
            resolver.fault(written.span().start, &label, Problem::BadName(name.clone()));
        }
        Self {
            name: if is_name { name } else { label.clone() },
            label,
            module,
            table,
        }
    }

    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.label)
    }

    /// Another policy has that name.
    fn complain_of_name(&self, resolver: &mut Resolver<'_>) {
        let (written, key) = match &self.table.name {
            Some(written) => (written, "name"),
            None => (self.module, "module"),
        };
        let problem = Problem::SameName(self.name.clone());
        resolver.fault(written.span().start, &self.key(key), problem);
    }

    fn finish(
        self,
        service_bounds: &ServiceBounds,
        limits: &Limits,
        resolver: &mut Resolver<'_>,
    ) -> PolicyReading {
        let faults = resolver.faults.len();
        let material = self.material(limits, resolver);
        let can_load = resolver.faults.len() == faults;
        let mut on_failure = OnFailure::default();
        let written = &self.table.on_failure;
        resolver.set(&mut on_failure, &self.key("on-failure"), written, |word| {
            on_failure_of(word)
        });
        let bounds = service_bounds.of_policy(self.table, &self.label, resolver);
        let condition = self.condition(resolver);
        let place = |written: &Spanned<String>| resolver.sources.place(written.span().start);
        let paths = material.data.iter().map(|data| data.path.clone());
        PolicyReading {
            can_load,
            is_good: can_load,
            module: place(self.module),
            data: paths.zip(self.table.data.iter().map(place)).collect(),
            label: self.label,
            plan: PolicyPlan {
                name: self.name,
                material,
                bounds,
                on_failure,
                condition,
            },
        }
    }

    /// The parts from which the policy is loaded; its files exist.
    fn material(&self, limits: &Limits, resolver: &mut Resolver<'_>) -> Material {
        let module = resolver.path(self.module);
        if let Err(error) = resolver.around.probe(&module) {
            let problem = unreadable(&module, &error);
            resolver.fault(self.module.span().start, &self.key("module"), problem);
        }
        let data = self.table.data.iter();
        let data = data.filter_map(|written| data_spec(&self.key("data"), written, resolver));
        Material {
            module,
            data: data.collect(),
            settings: settings(&self.key("settings"), &self.table.settings, resolver),
            instances: self.instances(resolver),
            limits: limits.sandbox.clone(),
            data_bytes_max: limits.data_bytes,
        }
    }

    fn instances(&self, resolver: &mut Resolver<'_>) -> Instances {
        let uses = self.table.warm_uses.as_ref();
        let uses_max = uses.map_or(WARM_USES, |uses| *uses.get_ref()).max(1);
        let mut instances = Instances::Snapshot;
        let (key, written) = (self.key("instances"), &self.table.instances);
        resolver.set(&mut instances, &key, written, |word| match word.as_str() {
            "snapshot" => Ok(Instances::Snapshot),
            "fresh" => Ok(Instances::Fresh),
            "warm" => Ok(Instances::Warm { uses_max }),
            other => Err(Problem::BadWord {
                found: other.to_owned(),
                wanted: "\"snapshot\", \"fresh\" or \"warm\"",
            }),
        });
        if let (Some(uses), false) = (uses, matches!(instances, Instances::Warm { .. })) {
            resolver.fault(uses.span().start, &self.key("warm-uses"), Problem::WarmUses);
        }
        instances
    }

    fn condition(&self, resolver: &mut Resolver<'_>) -> Condition {
        let when = &self.table.when;
        let (users, transports) = (self.key("when.users"), self.key("when.transports"));
        Condition {
            users: entries(&users, &when.users, resolver, |name| match name {
                "" => Err(Problem::EmptyUser),
                name => Ok(Pattern::new(name)),
            }),
            transports: entries(&transports, &when.transports, resolver, transport),
            tls: when.tls,
        }
    }
}

fn data_spec(
    key: &str,
    written: &Spanned<String>,
    resolver: &mut Resolver<'_>,
) -> Option<DataSpec> {
    let spec = resolver.parse(key, written, |entry| {
        let spec: Result<DataSpec, _> = entry.parse();
        spec.map_err(|_| Problem::BadData(entry.clone()))
    })?;
    let offset = written.span().start;
    let path = resolver.sources.resolve(offset, &spec.path);
    match resolver.around.has_data(&path) {
        Ok(true) => {}
        Ok(false) => resolver.warn(
            offset,
            key,
            format!(
                "{} has no files, so the policy gets no data from it; put some there, or name another folder",
                path.display()
            ),
        ),
        Err(error) => resolver.fault(offset, key, unreadable(&path, &error)),
    }
    Some(DataSpec { path, ..spec })
}

fn on_failure_of(word: &str) -> Result<OnFailure, Problem> {
    match word {
        "silence" => Ok(OnFailure::Silence),
        "deny" => Ok(OnFailure::Deny),
        other => Err(Problem::BadWord {
            found: other.to_owned(),
            wanted: "\"silence\" or \"deny\"",
        }),
    }
}

/// The entries of a condition. An empty list in the file is a fault: no request could meet it.
fn entries<T>(
    key: &str,
    written: &Option<Spanned<Vec<Spanned<String>>>>,
    resolver: &mut Resolver<'_>,
    parse: impl Fn(&str) -> Result<T, Problem>,
) -> Vec<T> {
    let Some(list) = written else {
        return Vec::new();
    };
    if list.get_ref().is_empty() {
        resolver.fault(list.span().start, key, Problem::EmptyCondition);
    }
    resolver.parse_all(key, list.get_ref(), |word| parse(word))
}

fn transport(word: &str) -> Result<Transport, Problem> {
    match word {
        "nats" => Ok(Transport::Nats),
        "websocket" => Ok(Transport::WebSocket),
        "mqtt" => Ok(Transport::Mqtt),
        "leafnode" => Ok(Transport::Leafnode),
        other => Err(Problem::BadWord {
            found: other.to_owned(),
            wanted: "\"nats\", \"websocket\", \"mqtt\" or \"leafnode\"",
        }),
    }
}
