//! A language in the real service: requests sealed as nats-server seals them, and the memory of the process.

use portcullis_tests::Bed;
use portcullis_tests::bed::Setup;
use portcullis_tests::events::Event;
use portcullis_tests::forger::Forger;
use portcullis_tests::portcullis::rss_of;

use super::asking::{self, Language};

/// How much the process may grow in a thousand decisions: less than one instance of the larger languages.
const GROWTH_MIB_MAX: u64 = 8;

pub(super) async fn does_not_grow(language: &Language) {
    for instances in ["snapshot", "warm"] {
        let bed = start(language, instances).await;
        let forger = bed.forger().await;
        decide(language, &forger).await;
        let before = rss_of(bed.portcullis.pid());
        decide(language, &forger).await;
        let after = rss_of(bed.portcullis.pid());
        assert!(
            after <= before + GROWTH_MIB_MAX,
            "{}, {instances}: {before} MiB became {after} MiB",
            language.name
        );
    }
}

async fn start(language: &Language, instances: &str) -> Bed {
    let module = language.module.display();
    let policy = format!(
        "[[policies]]\nname = \"conformance\"\nmodule = \"{module}\"\ninstances = \"{instances}\"\n"
    );
    let setup = Setup {
        accounts: vec!["ECHO"],
        ..Setup::config(policy)
    };
    // A machine that builds and tests at once is slow, so that a policy in Python would exceed the usual deadline.
    let setup = setup.flag("--limit", "decide-deadline=1s");
    let bed = Bed::start_unready(setup.without_callout()).await;
    let log = bed.portcullis.log();
    let ready = |line: &str| Event::parse(line).filter(|event| event.message() == "ready");
    let seen = log.wait_for(0, asking::PATIENCE * 3, ready).await;
    assert!(seen.is_some(), "{}: {:?}", language.name, log.since(0));
    bed
}

async fn decide(language: &Language, forger: &Forger) {
    for number in 0..1_000 {
        let answer = forger.ask(&forger.request("count", "")).await;
        assert!(
            answer.allows(),
            "{}, decision {number}: {answer:?}",
            language.name
        );
    }
}
