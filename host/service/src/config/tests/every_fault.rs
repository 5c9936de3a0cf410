use rstest::rstest;

use super::faults::complaint;
use super::*;

#[test]
fn every_fault_is_reported_and_not_only_the_first() {
    let text = "\
acounts = ['APP']
issuer-seed = '@none.seed'
http = '127.0.0.1:9222'
lifetime = 5
[nats]
server = ['nats://host', 'http://host', 7]
[limits]
memory = '1 gig'
threads = 3
[[policies]]
module = 'none.wasm'
when.transports = ['http']
[[policies]]
name = 'second'
data = ['..=x']
";
    let fake = Fake::new().config(text);
    let faults = load(&from_file(), &fake).unwrap_err();
    let found: Vec<String> = faults.iter().map(Fault::to_string).collect();
    let expected = [
        "1:1: unknown key \"acounts\"; did you mean \"accounts\"?",
        "2:15: issuer-seed: cannot read /etc/p/none.seed: ",
        "3:1: \"http\" belongs to the table [service]; move it there",
        "4:12: lifetime: expected a string, found a number",
        "6:26: nats.server: \"http://host\" is not a server; ",
        "6:41: nats.server: expected a string, found a number",
        "8:10: limits.memory: \"1 gig\" is not a size above zero; ",
        "9:1: \"threads\" belongs to the table [service]; move it there",
        "11:10: policies (\"none\").module: cannot read /etc/p/none.wasm: ",
        "12:20: policies (\"none\").when.transports: \"http\" is not ",
        "13:1: policies (2): the key `module` is missing here",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        let expected = format!("/etc/p/p.toml:{expected}");
        assert!(
            found.starts_with(&expected),
            "{found:?} is not {expected:?}"
        );
    }
}

#[test]
fn a_file_that_is_not_toml_is_reported_line_by_line_and_alone() {
    let fake = Fake::new().config("a = = 1\nb = 'x'\nc = [1, \nd");
    let faults = load(&from_file(), &fake).unwrap_err();
    for fault in faults.iter() {
        assert!(matches!(fault.place(), Place::File { .. }), "{faults:?}");
        assert!(!fault.to_string().contains("no issuer"), "{faults:?}");
    }
    let first = faults.iter().next().unwrap().to_string();
    assert!(first.starts_with("/etc/p/p.toml:1:5: "), "{first}");
}

#[test]
fn faults_of_flags_are_reported_with_those_of_the_file() {
    let flags = Flags {
        limit: vec!["threads=none".to_owned(), "memory".to_owned()],
        log_format: Some("xml".to_owned()),
        ..from_file()
    };
    let fake = Fake::new()
        .config(&with("lifetime = 'soon'"))
        .variable("PORTCULLIS_HTTP", "localhost");
    let faults = load(&flags, &fake).unwrap_err();
    let found: Vec<String> = faults.iter().map(Fault::to_string).collect();
    for expected in [
        "/etc/p/p.toml:1:12: lifetime: \"soon\" is not a duration",
        "--limit: threads: \"none\" is not a whole number from 1 to 1024",
        "--limit: \"memory\" has no value; write memory=VALUE",
        "--log-format: \"xml\" is not ",
        "PORTCULLIS_HTTP: \"localhost\" is not an address; ",
    ] {
        let told = found.iter().any(|found| found.starts_with(expected));
        assert!(told, "{expected:?} is not in {found:#?}");
    }
    assert_eq!(found.len(), 5, "{found:#?}");
}

/// Nobody can meet these conditions, and an empty list is not taken for no condition.
#[rstest]
#[case("when.users = []", "when.users: no client can meet an empty list; ")]
#[case(
    "when.transports = []",
    "when.transports: no client can meet an empty list; "
)]
#[case(
    "when.users = ['a', '']",
    "when.users: no client meets an empty name: "
)]
fn a_condition_that_nothing_can_meet_is_a_fault(#[case] line: &str, #[case] expected: &str) {
    let fake = Fake::new().config(&format!("{GOOD}{line}"));
    let faults = load(&from_file(), &fake).unwrap_err().to_string();
    let expected = format!("policies (\"policy\").{expected}");
    assert!(faults.contains(&expected), "{faults}");
}

/// A key in a former place: the error names the new one.
#[rstest]
#[case("http = 'x'", "1:1: \"http\" belongs to the table [service]")]
#[case("cache = 'x'", "1:1: \"cache\" belongs to the table [service]")]
#[case(
    "log-format = 'x'",
    "1:1: \"log-format\" belongs to the table [service]"
)]
#[case(
    "callout-account = 'x'",
    "1:1: \"callout-account\" belongs to the table [service]"
)]
#[case(
    "limits.in-flight = 5",
    "1:8: \"in-flight\" belongs to the table [service]"
)]
#[case(
    "limits.request-bytes = '1MB'",
    "1:8: \"request-bytes\" belongs to the table [service]"
)]
#[case(
    "limits.clock-tolerance = '1s'",
    "1:8: \"clock-tolerance\" belongs to the table [service]"
)]
#[case(
    "limits.drain-deadline = '1s'",
    "1:8: \"drain-deadline\" belongs to the table [service]"
)]
#[case(
    "limits.denials-per-client = 5",
    "1:8: \"denials-per-client\" belongs to the table [throttle]"
)]
#[case(
    "service.denials-per-address = 5",
    "1:9: \"denials-per-address\" belongs to the table [throttle]"
)]
#[case("service.memory = 5", "1:9: \"memory\" belongs to the table [limits]")]
#[case("user = 'auth'", "1:1: \"user\" belongs to the table [nats]")]
#[case(
    "[nats]\naccounts = ['APP']",
    "2:1: \"accounts\" belongs to the top of the file, before the first table"
)]
fn a_key_in_another_table_is_reported_with_its_own(#[case] text: &str, #[case] expected: &str) {
    let complaint = complaint(text);
    let expected = format!("/etc/p/p.toml:{expected}");
    assert!(complaint.starts_with(&expected), "{complaint}");
}

#[test]
fn a_variable_that_is_not_a_list_is_named() {
    let fake = Fake::new()
        .config(GOOD)
        .variable("PORTCULLIS_ACCOUNT", "[\"APP\"");
    let faults = load(&from_file(), &fake).unwrap_err().to_string();
    assert!(
        faults.starts_with("PORTCULLIS_ACCOUNT: the value begins with '[' but is not "),
        "{faults}"
    );
}

#[test]
fn one_missing_bracket_is_one_fault() {
    let fake = Fake::new().config(&GOOD.replacen("'TENANT-*']", "'TENANT-*'", 1));
    let faults = load(&from_file(), &fake).unwrap_err().to_string();
    assert!(faults.starts_with("/etc/p/p.toml:"), "{faults}");
    assert!(!faults.contains("; /etc/p"), "{faults}");
}

/// Everything that was written wrong, and nothing that only follows from it.
#[rstest]
#[case::keys_that_are_there_twice(
    "lifetime = '1h'\nlifetime = '2h'\nacounts = []\nservice.cache = 5",
    "",
    &[
        "2:1: the key \"lifetime\" is written twice; remove one of them",
        "3:1: unknown key \"acounts\"; did you mean \"accounts\"?",
        "4:17: service.cache: expected a string, found a number",
    ]
)]
#[case::two_ways_to_log_in_of_which_one_is_broken(
    "nats.nkey = 'none.nk'",
    "",
    &[
        "1:13: nats.nkey: nats.user and nats.nkey are two ways to log in to NATS; keep one of them",
        "1:13: nats.nkey: cannot read /etc/p/none.nk: No such file or directory; check the path and that this user may read it",
    ]
)]
#[case::keys_of_policies(
    "",
    "instances = 5\nwhen = ['svc-*']\n[[policies]]\nname = 'last'\nmodule = 7\n[[policies]]",
    &[
        "11:13: policies (\"policy\").instances: expected a string, found a number",
        "12:8: policies (\"policy\").when: expected a table, found a list",
        "15:10: policies (\"last\").module: expected a string, found a number",
        "16:1: policies (3): the key `module` is missing here",
    ]
)]
#[case::values_of_another_kind(
    "denied-subjects = 'a'\nlifetime = 1979-05-27",
    "data = { a = 'b' }\nwarm-uses = -1\nwhen.tls = 'yes'\nsettings = 1.5",
    &[
        "1:19: denied-subjects: expected a list of strings, found a string",
        "2:12: lifetime: expected a string, found a date or time",
        "12:8: policies (\"policy\").data: expected a list of strings, found a table",
        "13:13: policies (\"policy\").warm-uses: expected a whole number that is not negative, found another number",
        "14:12: policies (\"policy\").when.tls: expected true or false, found a string",
        "15:12: policies (\"policy\").settings: expected a table, a JSON object as a string, or \"@FILE\", found a number",
    ]
)]
fn nothing_is_reported_but_what_is_wrong(
    #[case] first: &str,
    #[case] last: &str,
    #[case] expected: &[&str],
) {
    let fake = Fake::new().config(&format!("{}{last}\n", with(first)));
    let reading = read(&from_file(), &fake).unwrap();
    let found: Vec<String> = reading.faults.iter().map(Fault::to_string).collect();
    let expected: Vec<String> = expected
        .iter()
        .map(|line| format!("/etc/p/p.toml:{line}"))
        .collect();
    assert_eq!(found, expected);
    assert!(reading.warnings.is_empty(), "{:?}", reading.warnings);
}

/// Values that a template may leave, and numbers that no machine has.
#[rstest]
#[case(
    "",
    "accounts = []",
    "policies (\"policy\").accounts: an empty list would admit nobody; "
)]
#[case(
    "",
    "when.user = ['a']",
    "unknown key \"user\"; did you mean \"users\"?"
)]
#[case(
    "service.threads = 100000",
    "",
    "service.threads: \"100000\" is not a whole number from 1 to 1024"
)]
#[case(
    "service.in-flight = 100000000",
    "",
    "service.in-flight: \"100000000\" is not a whole number from 1 to "
)]
#[case(
    "service.callout-account = '*'",
    "",
    "service.callout-account: \"*\" is not the name of an account; "
)]
#[case(
    "lifetime-max = '99999d'",
    "",
    "lifetime-max: \"99999d\" is longer than 100 years; "
)]
#[case(
    "lifetime = '100ms'",
    "",
    "lifetime: \"100ms\" is not a lifetime of 1s or more; "
)]
#[case(
    "throttle.proxies = ['10.0.0.0/33']\nthrottle.denials-per-address = 5",
    "",
    "throttle.proxies: \"10.0.0.0/33\" is not an address or a network; "
)]
fn a_value_that_makes_no_sense_is_refused(
    #[case] first: &str,
    #[case] last: &str,
    #[case] expected: &str,
) {
    let fake = Fake::new().config(&format!("{}{last}\n", with(first)));
    let faults = load(&from_file(), &fake).unwrap_err().to_string();
    assert!(faults.contains(&format!(": {expected}")), "{faults}");
}

#[test]
fn a_wrong_account_is_not_a_missing_one() {
    let flags = Flags {
        account: vec!["a b".to_owned()],
        policy: vec!["local.wasm".to_owned()],
        issuer_seed: vec!["@/etc/p/issuer.seed".into()],
        ..Flags::default()
    };
    let faults = load(&flags, &Fake::new()).unwrap_err();
    let found: Vec<String> = faults.iter().map(Fault::to_string).collect();
    assert_eq!(found.len(), 1, "{found:?}");
}

/// The same module twice is worth a warning only if both are as they were meant.
#[rstest]
#[case("", true)]
#[case("when = 5", false)]
#[case("wen.users = ['a*']", false)]
fn a_policy_with_a_fault_does_not_repeat_another(#[case] line: &str, #[case] warned: bool) {
    let text = format!("{GOOD}[[policies]]\nname = 'again'\nmodule = 'policy.wasm'\n{line}\n");
    let reading = read(&from_file(), &Fake::new().config(&text)).unwrap();
    assert_eq!(!reading.warnings.is_empty(), warned, "{reading:?}");
    let good: Vec<bool> = reading
        .policies
        .iter()
        .map(|policy| policy.is_good)
        .collect();
    assert_eq!(good, [true, warned]);
}
