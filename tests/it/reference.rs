//! The reference in `docs/src/reference` names what the program has, and nothing else. What the program has is asked of
//! the program: its help, its errors, its metrics, its log.

use std::collections::BTreeSet;

use portcullis_tests::Portcullis;
use portcullis_tests::bed::{Bed, Setup};
use portcullis_tests::events::Event;
use portcullis_tests::portcullis::Finished;
use rstest::rstest;
use serde_json::Value;

mod pages;
mod sources;

use pages::{Page, codes_below};

const COMMANDS: &str = include_str!("../../docs/src/reference/commands.md");
const SETTINGS: &str = include_str!("../../docs/src/reference/settings.md");
const METRICS: &str = include_str!("../../docs/src/reference/metrics.md");
const LOG: &str = include_str!("../../docs/src/reference/log.md");
const HTTP: &str = include_str!("../../docs/src/reference/http.md");

type Names = BTreeSet<String>;

#[track_caller]
fn assert_same(what: &str, program: &Names, reference: &Names) {
    let missing: Vec<_> = program.difference(reference).collect();
    let invented: Vec<_> = reference.difference(program).collect();
    assert!(
        missing.is_empty(),
        "{what}: the reference lacks {missing:?}"
    );
    assert!(
        invented.is_empty(),
        "{what}: the program has no {invented:?}"
    );
    assert!(!program.is_empty(), "{what}: nothing was compared");
}

async fn run(arguments: &[&str]) -> Finished {
    let home = tempfile::tempdir().expect("a directory");
    Portcullis::run(home.path(), arguments).await
}

async fn help(verb: &[&str]) -> Vec<String> {
    let arguments: Vec<_> = verb.iter().copied().chain(["--help"]).collect();
    run(&arguments).await.stdout
}

/// The first words of the lines below `Commands:`.
async fn verbs() -> Names {
    let lines = help(&[]).await;
    let below = lines.iter().skip_while(|line| line.as_str() != "Commands:");
    let verbs = below.skip(1).take_while(|line| !line.is_empty());
    let names = verbs.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// The long flags of a verb: lines that begin with one, alone or after a short one, and go on with its value or its text.
async fn flags(verb: &str) -> Names {
    let lines = help(&[verb]).await;
    let flags = lines.iter().filter_map(|line| {
        let line = line.strip_prefix("  ")?.trim_start();
        let line = line.split_once(", ").map_or(
            line,
            |(short, long)| {
                if short.len() == 2 { long } else { line }
            },
        );
        let rest = line.strip_prefix("--")?;
        let name = rest.split([' ', '=']).next()?;
        let after = rest.get(name.len()..)?;
        let is_listed = after.is_empty() || after.starts_with(" <") || after.starts_with("  ");
        (is_listed && name != "help").then(|| name.to_owned())
    });
    flags.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_verb_is_named() {
    let page = Page::new(COMMANDS);
    assert_same(
        "verbs",
        &verbs().await,
        &page.first_column("Commands and exit codes"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_flag_is_named() {
    let page = Page::new(COMMANDS);
    for verb in verbs().await {
        let of_serve = || Page::new(SETTINGS).flags_in_columns("flag");
        let reference = match verb.as_str() {
            "serve" => of_serve(),
            "check" => of_serve()
                .into_iter()
                .chain(page.flags_of("check"))
                .collect(),
            verb => page.flags_of(verb),
        };
        let program = flags(&verb).await;
        // These take nothing but an argument.
        if ["completions", "man"].contains(&verb.as_str()) {
            assert!(program.is_empty() && reference.is_empty(), "{program:?}");
            continue;
        }
        assert_same(&format!("flags of {verb}"), &program, &reference);
    }
}

/// `portcullis serve --help` has the rule: `--issuer-seed` is `PORTCULLIS_ISSUER_SEED`.
#[tokio::test(flavor = "multi_thread")]
async fn every_variable_is_named() {
    let rule = help(&["serve"]).await.join(" ");
    assert!(
        rule.contains("--issuer-seed is PORTCULLIS_ISSUER_SEED"),
        "{rule}"
    );
    let variable = |flag: &String| format!("PORTCULLIS_{}", flag.to_uppercase().replace('-', "_"));
    let program = flags("serve").await.iter().map(variable).collect();
    assert_same(
        "variables",
        &program,
        &Page::new(SETTINGS).names_in_columns("variable", "PORTCULLIS_"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_exit_code_is_named() {
    let lines = help(&[]).await;
    let below = lines
        .iter()
        .skip_while(|line| line.as_str() != "Exit codes:")
        .skip(1);
    let codes = below.filter_map(|line| line.split_whitespace().next());
    let codes = codes
        .filter(|word| word.parse::<u8>().is_ok())
        .map(str::to_owned);
    let page = Page::new(COMMANDS);
    assert_same(
        "exit codes",
        &codes.collect(),
        &page.plain_first_column("Exit codes"),
    );
}

/// An unknown key is answered with the keys that there are.
#[rstest]
#[case::top("Top level", "", "")]
#[case::nats("`[nats]`", "[nats]\n", "")]
#[case::service("`[service]`", "[service]\n", "")]
#[case::throttle("`[throttle]`", "[throttle]\n", "")]
#[case::limits("`[limits]`", "[limits]\n", "")]
#[case::policies("`[[policies]]`", "[[policies]]\n", "module = \"a.wasm\"\n")]
#[case::when("`when`", "[[policies]]\nmodule = \"a.wasm\"\n[policies.when]\n", "")]
#[tokio::test(flavor = "multi_thread")]
async fn every_settings_key_is_named(
    #[case] heading: &str,
    #[case] table: &str,
    #[case] more: &str,
) {
    let home = tempfile::tempdir().expect("a directory");
    let text = format!("{table}zzzzzzzz = 1\n{more}");
    std::fs::write(home.path().join("portcullis.toml"), text).expect("written");
    let finished = Portcullis::run(home.path(), &["serve", "--config", "portcullis.toml"]).await;
    let said = finished.text();
    let keys = said.split_once("the keys here are ");
    let keys = keys
        .unwrap_or_else(|| panic!("no list of keys in {said}"))
        .1;
    let keys = keys.lines().next().expect("a line").split(", ");
    let keys = keys
        .map(|key| key.trim_end_matches('.').to_owned())
        .collect();
    assert_same(heading, &keys, &Page::new(SETTINGS).first_column(heading));
}

/// A metric with labels shows up with its first value: a policy that fails, and a request that is not one, give all of them.
#[tokio::test(flavor = "multi_thread")]
async fn every_metric_is_named() {
    let bed = Bed::start(Setup::guest("traps-in-decide").without_callout()).await;
    let forger = bed.forger().await;
    let request = forger.request("mallory", "");
    let payload = forger.encode(&request);
    forger.send(payload, request.header.as_deref()).await;
    forger.send("not a request".into(), None).await;
    bed.portcullis.wait_for_decision(0, "mallory").await;
    bed.portcullis.wait_for_message(0, "request rejected").await;
    let (_, text) = bed.portcullis.get("/metrics").await;
    let described = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let page = Page::new(METRICS);
    let (mut program, mut kinds) = (Names::new(), Names::new());
    for line in described {
        let (name, kind) = line.split_once(' ').expect("a name and a type");
        let suffix = match kind {
            "counter" => "_total",
            "info" => "_info",
            _ => "",
        };
        program.insert(format!("{name}{suffix}"));
        kinds.insert(format!("{name}{suffix} {kind}"));
    }
    assert_same("metrics", &program, &page.first_column("Metrics"));
    assert_same("types of metrics", &kinds, &page.pairs("Metrics"));
    assert_same("labels", &labels(&text), &page.names_with_third("Metrics"));
}

/// Each metric with each of its labels; `le` belongs to the format of histograms.
fn labels(text: &str) -> Names {
    let mut found = Names::new();
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    for (name, rest) in samples.filter_map(|line| line.split_once('{')) {
        let name = name.trim_end_matches("_bucket");
        let name = name.trim_end_matches("_count").trim_end_matches("_sum");
        let (labels, _) = rest.rsplit_once('}').expect("labels");
        for label in labels
            .split("\",")
            .filter_map(|label| label.split_once('='))
        {
            found.insert(format!("{name} {}", label.0));
        }
    }
    let without = |pair: &String| !pair.ends_with(" le");
    found.into_iter().filter(without).collect()
}

#[test]
fn every_event_is_named() {
    let page = Page::new(LOG).first_column("Other events");
    let other = |message: &String| {
        let fits = |row: &&String| match row.strip_suffix("...") {
            Some(start) => message.starts_with(start),
            None => *row == message,
        };
        page.iter().find(fits).unwrap_or(message).clone()
    };
    let mut events = sources::events();
    // It has a section of its own.
    assert!(events.remove("decision"), "{events:?}");
    assert_same("events", &events.iter().map(other).collect(), &page);
}

#[test]
fn every_kind_of_a_policy_failure_is_named() {
    let reference = codes_below(METRICS, "Kinds of policy failures");
    assert_same("failures", &sources::failures(), &reference);
}

#[test]
fn every_kind_of_a_cause_is_named() {
    let reference = codes_below(METRICS, "Kinds of causes");
    assert_same("causes", &sources::causes(), &reference);
}

/// One of each: who is admitted, who is denied, and where a policy fails.
#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_decision_is_named() {
    let bed = Bed::start(Setup::directory()).await;
    bed.admitted("alice").await;
    bed.refused("pam").await;
    let failing = Bed::start(Setup::guest("traps-in-decide")).await;
    failing.refused("mallory").await;
    let events = [bed.portcullis.events(), failing.portcullis.events()].concat();
    let records = events.iter().filter(|event| event.message() == "decision");
    let common = ["timestamp", "level", "target", "message"];
    let fields = records
        .flat_map(Event::fields)
        .filter(|name| !common.contains(&name.as_str()));
    let page = Page::new(LOG);
    assert_same(
        "the record",
        &fields.collect(),
        &page.first_column("The record of a decision"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_ready_is_named() {
    let bed = Bed::start(Setup::directory()).await;
    let (_, text) = bed.portcullis.get("/ready").await;
    let body: Value = serde_json::from_str(&text).expect("JSON");
    let fields = body
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    assert_same("/ready", &fields, &Page::new(HTTP).first_column("`/ready`"));
}

#[test]
fn every_kind_of_rejected_request_is_named() {
    let page = Page::new(METRICS);
    assert_same(
        "kinds",
        &sources::rejections(),
        &page.first_column("Kinds of rejected requests"),
    );
}
