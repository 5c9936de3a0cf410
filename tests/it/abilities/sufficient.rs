//! What a library offers for an ability works with it, without a complaint of the server. The counts show how much was tried.

use std::collections::BTreeMap;

use futures::future::join_all;
use portcullis_tests::driver::{Driver, Library, Outcome};
use rstest::rstest;
use serde_json::{Map, Value};

use super::cases::{self, AbilityCase};
use super::world::{Flavour, World};

/// What was tried with one library.
#[derive(Debug, Default)]
struct Tally {
    worked: usize,
    /// Documented as needing more; the test checks that the server refuses it.
    needs_more: usize,
    unsupported: usize,
}

#[rstest]
#[case::oldest("2.10.25", false)]
#[case::before("2.12.8", false)]
#[case::newest("2.15.1", false)]
#[case::newer_acks("2.15.1", true)]
#[tokio::test(flavor = "multi_thread")]
async fn an_ability_is_enough_for_what_libraries_offer(
    #[case] version: &'static str,
    #[case] newer_acks: bool,
) {
    let flavour = Flavour {
        version,
        newer_acks,
    };
    // Each library has a world of its own: most of the time is spent on waiting for answers.
    let libraries = flavour.libraries().into_iter();
    let faults = join_all(libraries.map(|library| try_library(flavour, library))).await;
    let faults = faults.concat();
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

async fn try_library(flavour: Flavour, library: Library) -> Vec<String> {
    let cases = cases::all();
    let users: Map<String, Value> = cases
        .iter()
        .map(|case| (case.user.to_owned(), case.entry()))
        .collect();
    let mut world = World::start(flavour, Value::Object(users)).await;
    let mut driver = Driver::start(library);
    let name = driver.version().await;
    let mut faults = Vec::new();
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for case in &cases {
        let tally = tallies
            .entry(case.can.first().expect("an ability"))
            .or_default();
        faults.extend(try_case(&mut world, &mut driver, case, tally).await);
    }
    for (ability, tally) in tallies {
        let version = flavour.version;
        println!("nats-server {version}, {name}: {ability}: {tally:?}");
    }
    faults
}

async fn try_case(
    world: &mut World,
    driver: &mut Driver,
    case: &AbilityCase,
    tally: &mut Tally,
) -> Vec<String> {
    let mut faults = Vec::new();
    world.connect(driver, case.user, case).await;
    for operation in &case.works {
        if operation.recent && !world.flavour.is_recent() {
            continue;
        }
        let (outcome, _) = world.perform(driver, case, operation).await;
        let fault = match (outcome, operation.why_not(driver.library())) {
            (Outcome::Unsupported(_), _) => {
                tally.unsupported += 1;
                continue;
            }
            (Outcome::Done(_), None) => {
                tally.worked += 1;
                continue;
            }
            (Outcome::Failed(text), Some(_)) if is_refusal(&text) => {
                tally.needs_more += 1;
                continue;
            }
            (Outcome::Failed(text), Some(why)) => format!("not refused because {why}, but: {text}"),
            (Outcome::Done(_), Some(why)) => format!("works, although {why}"),
            (Outcome::Failed(text), None) => text,
        };
        let library = driver.library().name();
        faults.push(format!(
            "{:?} {library} {}: {fault}",
            case.can, operation.request
        ));
    }
    faults
}

/// nats-py writes the server's text in lower case.
fn is_refusal(text: &str) -> bool {
    text.to_lowercase().contains("permissions violation")
}
