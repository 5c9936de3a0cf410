//! Everything outside of an ability is refused. Every subject of the JetStream API (nats-server, `jetstream_api.go`), of
//! buckets, of object stores, of services and some others is tried directly, on the object of the ability and on its
//! neighbor: either the server complains, or the subject is on the list of what the ability is for.

use portcullis_tests::Bed;
use portcullis_tests::bed::Setup;
use portcullis_tests::nats_server::Options;
use portcullis_tests::raw::Connection;
use rstest::rstest;
use serde_json::{Map, Value};

use super::cases::{self, AbilityCase, general};
use super::meant;
use super::probes::{self, Probe};

#[rstest]
#[case::oldest("2.10.25")]
#[case::newest("2.15.1")]
#[tokio::test(flavor = "multi_thread")]
async fn an_ability_allows_nothing_else(#[case] version: &'static str) {
    let cases = cases::all();
    let users = cases
        .iter()
        .map(|case| (case.user.to_owned(), case.entry()));
    let users = Value::Object(users.collect::<Map<_, _>>());
    let mut setup = Setup::directory();
    setup.users = Some(users);
    setup.server = Options {
        version: version.to_owned(),
        jetstream: true,
        timeout_seconds: 5,
        ..setup.server
    };
    let bed = Bed::start(setup).await;
    let mut faults = Vec::new();
    let mut tried = (0, 0);
    for case in &cases {
        let mut connection = Connection::open(&bed.server.address())
            .await
            .expect("connected");
        let admitted = connection.log_in(case.user, case.user).await;
        admitted.unwrap_or_else(|error| panic!("{}: {error}", case.user));
        let meant = meant::meant_for(case.user);
        let probes = probes::all(&case.inbox());
        faults.extend(unmeant(case, &meant));
        for probe in &probes {
            let allowed = is_allowed(&mut connection, probe).await;
            let is_meant = meant.iter().any(|pattern| probe.fits(pattern));
            tried = if allowed {
                (tried.0 + 1, tried.1)
            } else {
                (tried.0, tried.1 + 1)
            };
            if allowed != is_meant {
                faults.push(format!("{:?}: {probe:?} is allowed: {allowed}", case.can));
            }
        }
        let is_tried = |pattern: &str| probes.iter().any(|probe| probe.fits(pattern));
        let idle = meant.iter().filter(|pattern| !is_tried(pattern));
        faults.extend(idle.map(|pattern| format!("{:?}: nothing tries {pattern}", case.can)));
    }
    println!(
        "nats-server {version}: {} subjects allowed, {} refused",
        tried.0, tried.1
    );
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

async fn is_allowed(connection: &mut Connection, probe: &Probe) -> bool {
    let answer = match probe {
        Probe::Publish(subject) => connection.publish(subject).await,
        Probe::Subscribe(subject) => connection.subscribe(subject).await,
    };
    match answer {
        Ok(()) => true,
        Err(complaint) if complaint.contains("Permissions Violation") => false,
        Err(complaint) => panic!("{probe:?}: {complaint}"),
    }
}

/// What the case allows beyond its purpose, whether something tries it or not.
fn unmeant(case: &AbilityCase, meant: &[String]) -> Vec<String> {
    let twins = meant::meant_for_twins(case.user);
    let meant: Vec<String> = meant
        .iter()
        .chain(&twins)
        .map(|pattern| general(pattern))
        .collect();
    let rules = case.rules();
    let published = rules
        .publish
        .allow
        .iter()
        .map(|entry| Probe::Publish(general(entry)));
    let heard = rules
        .subscribe
        .allow
        .iter()
        .map(|entry| Probe::Subscribe(general(entry)));
    let entries = published.chain(heard);
    let unmeant = entries.filter(|entry| !meant.iter().any(|pattern| entry.fits(pattern)));
    unmeant
        .map(|entry| format!("{:?}: {entry:?} is not meant", case.can))
        .collect()
}
