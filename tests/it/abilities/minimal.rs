//! Every subject of an ability is needed: without it, something that a library offers fails on some server.
//!
//! Objects of one kind are equivalent: what the stream `LS` needs, `S` needs, too.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use portcullis_model::Rules;
use portcullis_model::subject::matches;
use portcullis_permits::{List, compile};
use portcullis_tests::driver::{Driver, Library, Outcome};
use serde_json::{Map, Value};

use super::cases::{self, AbilityCase, entry, general};
use super::operations::Operation;
use super::world::{Flavour, World};

/// Servers on which a subject may be needed, the newest first.
const FLAVOURS: [(&str, bool); 3] = [("2.15.1", false), ("2.15.1", true), ("2.10.25", false)];

/// A subject of an ability, and a user who lacks only that subject.
#[derive(Clone, Debug)]
struct Lack {
    case: usize,
    publish: bool,
    subject: String,
    user: String,
    rules: Rules,
    /// The sentences that need it, and the subject itself, with one name for all objects of a kind.
    kinds: BTreeSet<(String, String)>,
}

/// Worlds that are searched at the same time: most of the time is spent on waiting for answers that do not come.
const SHARDS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn every_subject_of_an_ability_is_needed() {
    let cases = cases::all();
    let lacks = lacks(&cases);
    let search = Search {
        cases: &cases,
        lacks: &lacks,
        needed: RefCell::default(),
    };
    for (version, newer_acks) in FLAVOURS {
        let flavour = Flavour {
            version,
            newer_acks,
        };
        join_all((0..SHARDS).map(|shard| search.run(flavour, shard))).await;
    }
    let unneeded: Vec<String> = lacks
        .iter()
        .filter(|lack| search.is_open(lack))
        .map(|lack| lack.describe(&cases))
        .collect();
    println!("{} subjects, {} not needed", lacks.len(), unneeded.len());
    assert!(
        unneeded.is_empty(),
        "nothing needs\n{}",
        unneeded.join("\n")
    );
}

/// What is to be shown, and what has been.
struct Search<'a> {
    cases: &'a [AbilityCase],
    lacks: &'a [Lack],
    needed: RefCell<BTreeSet<(String, String)>>,
}

impl Search<'_> {
    /// Looks for a use of each subject that is still open, among the cases of the shard.
    async fn run(&self, flavour: Flavour, shard: usize) {
        let is_here = |case: usize| case % SHARDS == shard;
        let here = self.lacks.iter().filter(|lack| is_here(lack.case));
        let open: Vec<_> = here.filter(|lack| self.is_open(lack)).collect();
        if open.is_empty() {
            return;
        }
        let mut world = World::start(flavour, users(self.cases, &open)).await;
        let mut drivers: Vec<Driver> = flavour.libraries().into_iter().map(Driver::start).collect();
        let wanted: BTreeSet<usize> = open.iter().map(|lack| lack.case).collect();
        let uses = uses(&mut world, &mut drivers, self.cases, &wanted).await;
        for lack in open {
            if !self.is_open(lack) {
                continue;
            }
            let witness = witness(&mut world, &mut drivers, self.cases, &uses, lack).await;
            if let Some(witness) = witness {
                println!(
                    "{} {}: {witness}",
                    flavour.version,
                    lack.describe(self.cases)
                );
                self.needed.borrow_mut().extend(lack.kinds.clone());
            }
        }
    }

    /// If several sentences need it, nothing can be proved for one of them; other cases have only one.
    fn is_open(&self, lack: &Lack) -> bool {
        lack.kinds.len() == 1 && !lack.kinds.is_subset(&self.needed.borrow())
    }
}

/// Each subject of each case.
fn lacks(cases: &[AbilityCase]) -> Vec<Lack> {
    let mut lacks = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let access = case.access();
        let compiled = compile(&access, None).expect("abilities");
        let compiled = compiled.expect("rules");
        let whole = compiled.rules();
        for (list, subject) in [
            (List::PublishAllow, &whole.publish.allow),
            (List::SubscribeAllow, &whole.subscribe.allow),
        ]
        .into_iter()
        .flat_map(|(list, subjects)| subjects.iter().map(move |subject| (list, subject)))
        {
            let publish = list == List::PublishAllow;
            let mut rules = whole.clone();
            let reduced = if publish {
                &mut rules.publish
            } else {
                &mut rules.subscribe
            };
            reduced.allow.retain(|entry| entry != subject);
            let kind = |sentence: &str| (general(sentence), general(subject));
            lacks.push(Lack {
                case: index,
                publish,
                subject: subject.clone(),
                user: format!("lacks-{}", lacks.len()),
                rules,
                kinds: compiled
                    .origins(list, subject)
                    .into_iter()
                    .map(kind)
                    .collect(),
            });
        }
    }
    lacks
}

fn users(cases: &[AbilityCase], lacks: &[&Lack]) -> Value {
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

async fn uses(
    world: &mut World,
    drivers: &mut [Driver],
    cases: &[AbilityCase],
    wanted: &BTreeSet<usize>,
) -> Uses {
    let mut uses = Uses::new();
    for driver in drivers {
        let wanted = |(index, _): &(usize, &AbilityCase)| wanted.contains(index);
        for (index, case) in cases.iter().enumerate().filter(wanted) {
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

/// The operation that fails for the user who lacks the subject, and for no other user.
async fn witness(
    world: &mut World,
    drivers: &mut [Driver],
    cases: &[AbilityCase],
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
    fn describe(&self, cases: &[AbilityCase]) -> String {
        let can = cases.get(self.case).map_or(&[][..], |case| case.can);
        let verb = if self.publish { "publish" } else { "subscribe" };
        format!("{can:?} {verb} {}", self.subject)
    }
}
