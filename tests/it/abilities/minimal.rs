//! Every subject of an ability is needed: without it, something that a library offers fails on some server.
//!
//! Two objects of one kind stand for one another: what is seen to be needed for the stream `LS` is needed for `S`.

use std::collections::{BTreeMap, BTreeSet};

use portcullis::model::subject::matches;
use portcullis::model::{Rules, SubjectRules};
use portcullis::permits::{self, List};
use portcullis_tests::driver::{Driver, Library, Outcome};
use serde_json::{Map, Value};

use super::cases::{self, Case, entry, general};
use super::operations::Operation;
use super::world::{Flavour, World};

/// Where a subject may be needed, the newest server first.
const FLAVOURS: [(&str, bool); 3] = [("2.15.1", false), ("2.15.1", true), ("2.10.25", false)];

/// A subject that an ability has, and a user who lacks it and nothing else.
#[derive(Clone, Debug)]
struct Lack {
    case: usize,
    publish: bool,
    subject: String,
    user: String,
    rules: Rules,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_subject_of_an_ability_can_be_missed() {
    let cases = cases::all();
    let lacks = lacks(&cases);
    let mut needed = BTreeSet::new();
    for (version, newer_acks) in FLAVOURS {
        let flavour = Flavour {
            version,
            newer_acks,
        };
        let mut world = World::start(flavour, users(&cases, &lacks)).await;
        let mut drivers: Vec<Driver> = flavour.libraries().into_iter().map(Driver::start).collect();
        let uses = uses(&mut world, &mut drivers, &cases).await;
        for lack in &lacks {
            let kinds = lack.kinds(&cases);
            if lack.is_shared(&kinds) || kinds.is_subset(&needed) {
                continue;
            }
            if let Some(witness) = witness(&mut world, &mut drivers, &cases, &uses, lack).await {
                println!("{version} {}: {witness}", lack.describe(&cases));
                needed.extend(kinds);
            }
        }
    }
    let unneeded = lacks
        .iter()
        .map(|lack| (lack, lack.kinds(&cases)))
        .filter(|(lack, kinds)| !lack.is_shared(kinds) && !kinds.is_subset(&needed));
    let unneeded: Vec<String> = unneeded.map(|(lack, _)| lack.describe(&cases)).collect();
    println!("{} subjects, {} not needed", lacks.len(), unneeded.len());
    assert!(
        unneeded.is_empty(),
        "nothing needs\n{}",
        unneeded.join("\n")
    );
}

/// Each subject of each case.
fn lacks(cases: &[Case]) -> Vec<Lack> {
    let mut lacks = Vec::new();
    for (case, rules) in cases.iter().map(Case::rules).enumerate() {
        let lists = [(true, &rules.publish), (false, &rules.subscribe)];
        for (publish, subject) in lists.into_iter().flat_map(|(publish, list)| {
            list.allow
                .iter()
                .map(move |subject| (publish, subject.clone()))
        }) {
            let mut rules = rules.clone();
            let list: &mut SubjectRules = if publish {
                &mut rules.publish
            } else {
                &mut rules.subscribe
            };
            list.allow.retain(|entry| *entry != subject);
            lacks.push(Lack {
                case,
                publish,
                subject,
                user: format!("lacks-{}", lacks.len()),
                rules,
            });
        }
    }
    lacks
}

fn users(cases: &[Case], lacks: &[Lack]) -> Value {
    let whole = cases
        .iter()
        .map(|case| (case.user.to_owned(), case.entry()));
    let lacking = lacks
        .iter()
        .map(|lack| (lack.user.clone(), entry(&lack.user, &lack.rules)));
    Value::Object(whole.chain(lacking).collect::<Map<_, _>>())
}

/// Operations that work, with what they publish.
type Uses = BTreeMap<(usize, Library), Vec<(Operation, BTreeSet<String>)>>;

async fn uses(world: &mut World, drivers: &mut [Driver], cases: &[Case]) -> Uses {
    let mut uses = Uses::new();
    for driver in drivers {
        for (index, case) in cases.iter().enumerate() {
            world.connect(driver, case.user, case).await;
            let used = uses.entry((index, driver.library())).or_default();
            for operation in &case.works {
                if let (Outcome::Done(_), subjects) = world.perform(driver, case, operation).await {
                    used.push((operation.clone(), subjects));
                }
            }
        }
    }
    uses
}

/// What fails for the user who lacks the subject, and for nobody else.
async fn witness(
    world: &mut World,
    drivers: &mut [Driver],
    cases: &[Case],
    uses: &Uses,
    lack: &Lack,
) -> Option<String> {
    let case = cases.get(lack.case)?;
    for driver in drivers {
        let library = driver.library();
        let used = uses.get(&(lack.case, library))?;
        let is_used = |subjects: &BTreeSet<String>| {
            !lack.publish
                || subjects
                    .iter()
                    .any(|subject| matches(&lack.subject, subject))
        };
        let mut candidates = used
            .iter()
            .filter(|(_, subjects)| is_used(subjects))
            .peekable();
        if candidates.peek().is_some() {
            world.connect(driver, &lack.user, case).await;
        }
        for (operation, _) in candidates {
            if let (Outcome::Failed(text), _) = world.perform(driver, case, operation).await {
                return Some(format!("{} {}: {text}", library.name(), operation.request));
            }
        }
    }
    None
}

impl Lack {
    fn describe(&self, cases: &[Case]) -> String {
        let can = cases.get(self.case).map_or(&[][..], |case| case.can);
        let verb = if self.publish { "publish" } else { "subscribe" };
        format!("{can:?} {verb} {}", self.subject)
    }

    /// Where several sentences need it, nothing can be said of one of them: other cases have it alone.
    fn is_shared(&self, kinds: &BTreeSet<(String, String)>) -> bool {
        kinds.len() > 1
    }

    /// What it is, with one name for all objects of a kind, and the sentences that need it.
    fn kinds(&self, cases: &[Case]) -> BTreeSet<(String, String)> {
        let case = cases.get(self.case).expect("its case");
        let list = if self.publish {
            List::PublishAllow
        } else {
            List::SubscribeAllow
        };
        let access = case.access();
        let compiled = permits::compile(&access, None)
            .expect("abilities")
            .expect("rules");
        let origins = compiled.origins(list, &self.subject);
        let kind = |sentence: &str| (general(sentence), general(&self.subject));
        origins.into_iter().map(kind).collect()
    }
}
