//! Compares the matcher with real servers: permissions and questions are generated at random, clients that got the
//! permissions through the callout ask the server, and the matcher has to give the same answer for the signed rules.
//!
//! A run prints its seed; `MATCHER_SEED` repeats it.

mod asking;
mod draw;

use std::collections::BTreeMap;
use std::fmt;

use portcullis_permits::matcher::{Matcher, Release};
use portcullis_tests::Bed;
use portcullis_tests::bed::Setup;
use portcullis_tests::nats_server::Options;
use rstest::rstest;

use asking::Asking;
use draw::Draw;

/// The kind of a pair of permissions and a question. For each kind, both answers have to occur often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Publish,
    Subscribe,
    SubscribeInQueue,
    Deliver,
    DeliverToQueue,
    Reply,
}

const KINDS: [Kind; 6] = [
    Kind::Publish,
    Kind::Subscribe,
    Kind::SubscribeInQueue,
    Kind::Deliver,
    Kind::DeliverToQueue,
    Kind::Reply,
];

/// How often server and matcher said yes and no, and where they differed.
#[derive(Default)]
struct Tally {
    answers: BTreeMap<(Kind, bool), usize>,
    differences: Vec<String>,
}

impl Tally {
    fn compare(&mut self, kind: Kind, question: impl fmt::Display, server: bool, matcher: bool) {
        *self.answers.entry((kind, server)).or_default() += 1;
        if server != matcher {
            let difference = format!("{kind:?} {question}: server {server}, matcher {matcher}");
            self.differences.push(difference);
        }
    }

    fn count(&self, kind: Kind, answer: bool) -> usize {
        self.answers.get(&(kind, answer)).copied().unwrap_or(0)
    }

    fn pairs(&self) -> usize {
        self.answers.values().sum()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} pairs", self.pairs())?;
        for kind in KINDS {
            let (yes, no) = (self.count(kind, true), self.count(kind, false));
            write!(formatter, ", {kind:?} {yes} yes and {no} no")?;
        }
        Ok(())
    }
}

#[rstest]
#[case::v2_10("2.10.25", Release::V2_10_25, 150, 1_500)]
#[case::v2_12("2.12.8", Release::V2_12_8, 150, 1_500)]
#[case::v2_15("2.15.1", Release::V2_15_1, 400, 5_000)]
#[tokio::test(flavor = "multi_thread")]
async fn the_matcher_says_what_a_server_says(
    #[case] version: &str,
    #[case] release: Release,
    #[case] clients: usize,
    #[case] pairs: usize,
) {
    let seed = std::env::var("MATCHER_SEED").map_or_else(
        |_| fastrand::u64(..),
        |seed| seed.parse().expect("a number"),
    );
    println!("nats-server {version}, MATCHER_SEED={seed}");
    let mut draw = Draw::new(seed);
    let users = (0..clients).map(|_| draw.permissions()).collect::<Vec<_>>();
    let setup = Setup {
        users: Some(asking::users_json(&users)),
        ..Setup::directory().plain()
    };
    let server = Options {
        version: version.to_owned(),
        ..setup.server.clone()
    };
    let bed = Bed::start(Setup { server, ..setup }).await;
    let mut tally = Tally::default();
    let mut asking = Asking::start(&bed, release).await;
    for number in 0..clients {
        let rules = asking.log_in(number).await;
        let matcher = Matcher::of(release, Some(&rules));
        let before = tally.differences.len();
        asking
            .publish(&mut draw, &rules, &matcher, &mut tally)
            .await;
        let open = asking
            .subscribe(&mut draw, &rules, &matcher, &mut tally)
            .await;
        asking
            .deliver(number, &open, &mut draw, &rules, &matcher, &mut tally)
            .await;
        for difference in tally.differences.iter_mut().skip(before) {
            *difference += &format!("\n    {rules:?}");
        }
    }
    println!("nats-server {version}: {tally}");
    let differences = tally.differences.len();
    let some = tally.differences.iter().take(10).cloned();
    let some = some.collect::<Vec<_>>().join("\n");
    assert!(
        tally.differences.is_empty(),
        "MATCHER_SEED={seed}: {differences} differences\n{some}"
    );
    assert!(tally.pairs() >= pairs, "{tally}");
    for kind in KINDS {
        for answer in [true, false] {
            let plenty = pairs / 100;
            assert!(
                tally.count(kind, answer) >= plenty,
                "{kind:?} {answer}: {tally}"
            );
        }
    }
}
