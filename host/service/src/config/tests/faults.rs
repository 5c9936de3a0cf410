use proptest::prelude::*;
use rstest::rstest;

use super::*;

#[rstest]
#[case(
    "acounts = ['APP']",
    "/etc/p/p.toml:1:1: unknown key \"acounts\"; did you mean \"accounts\"?"
)]
#[case(
    "\n  [limits]\n  memroy = '1GiB'",
    "/etc/p/p.toml:3:3: unknown key \"memroy\"; did you mean \"memory\"?"
)]
#[case(
    "zzz = 1",
    "/etc/p/p.toml:1:1: unknown key \"zzz\"; the keys here are accounts, system-accounts, "
)]
#[case(
    "nats = 5",
    "/etc/p/p.toml:1:8: nats: expected a table, found a number"
)]
#[case(
    "nats = ['nats://127.0.0.1:4222']",
    "/etc/p/p.toml:1:8: nats: expected a table, found a list"
)]
#[case(
    "service = []",
    "/etc/p/p.toml:1:11: service: expected a table, found a list"
)]
#[case(
    "limits = ['1s']",
    "/etc/p/p.toml:1:10: limits: expected a table, found a list"
)]
#[case(
    "policies = [['n', 'hello.wasm']]",
    "/etc/p/p.toml:1:13: policies: expected a table, found a list"
)]
#[case(
    "service.http = 8222",
    "/etc/p/p.toml:1:16: service.http: expected a string, found a number"
)]
#[case(
    "issuer-seed = 1",
    "/etc/p/p.toml:1:15: issuer-seed: expected a string or a list of strings, found a number"
)]
#[case(
    "limits.memory = true",
    "/etc/p/p.toml:1:17: limits.memory: expected a string or a whole number, found true or false"
)]
#[case(
    "limits.memory = '1 gig'",
    "/etc/p/p.toml:1:17: limits.memory: \"1 gig\" is not a size above zero; write a whole number and B, "
)]
#[case(
    "limits.decide-deadline = 5",
    "/etc/p/p.toml:1:26: limits.decide-deadline: \"5\" is not a duration of 1ms or more; write a number with ms, "
)]
#[case(
    "[[policies]]\nname = 'x'",
    "/etc/p/p.toml:1:1: policies (1): the key `module` is missing here"
)]
#[case("a = = 1", "/etc/p/p.toml:1:5: ")]
fn a_fault_of_the_file_has_line_and_column(#[case] text: &str, #[case] expected: &str) {
    let complaint = complaint(text);
    assert!(complaint.starts_with(expected), "{complaint}");
    assert!(!complaint.contains('\n'), "{complaint}");
}

#[rstest]
#[case(
    "'@issuer.seed'",
    "'@none.seed'",
    "issuer-seed: cannot read /etc/p/none.seed: No such file or directory; check the path and that this user may read it"
)]
#[case(
    "'@issuer.seed'",
    "'@empty'",
    "issuer-seed: /etc/p/empty is empty; put a secret there, or name another file"
)]
#[case(
    "'@issuer.seed'",
    "'@'",
    "issuer-seed: the text after @ is missing; write @FILE"
)]
#[case("'@issuer.seed'", "''", "issuer-seed: the issuer seed is empty; ")]
#[case(
    "'@issuer.seed'",
    "'issuer.seed'",
    "issuer-seed: this looks like the name of a file; write @FILE to read a seed from a file"
)]
#[case(
    "'@issuer.seed'",
    "'SAANDL'",
    "issuer-seed: the issuer seed has 6 characters, but a seed has 58 "
)]
#[case(
    "'@issuer.seed'",
    "'saandl'",
    "issuer-seed: the issuer seed has 6 characters, but a seed has 58 "
)]
#[case(
    "'@issuer.seed'",
    "'@user.seed'",
    "issuer-seed: the issuer seed is the seed of a user; give the seed of an account key, which begins with SA, "
)]
#[case(
    "'@issuer.seed'",
    "'ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA'",
    "issuer-seed: the issuer seed is the public key of an account; give the seed of "
)]
#[case(
    "'@xkey.seed'",
    "'@issuer.seed'",
    "xkey-seed: the xkey seed is the seed of an account; give the seed of an xkey (a curve key), which begins with SX, "
)]
#[case("'APP', ", "'', ", "accounts: an account name is empty; ")]
#[case(
    "'APP', ",
    "'A B', ",
    "accounts: account \"A B\" has spaces or control characters; "
)]
#[case(
    "[[policies]]",
    "[[policies]]\naccounts = ['AP']",
    "policies (\"policy\").accounts: account \"AP\" is not among the accounts of the whole service (APP, TENANT-*); did you mean \"APP\"?"
)]
#[case(
    "policy.wasm",
    "none.wasm",
    "policies (\"none\").module: cannot read /etc/p/none.wasm: No such file or directory"
)]
#[case(
    "[[policies]]",
    "[[policies]]\nname = 'a b'",
    "policies (1): \"a b\" cannot name a policy; "
)]
#[case(
    "[[policies]]",
    "[[policies]]\nmodule = 'policy.wasm'\n[[policies]]",
    "policies (\"policy\").module: two policies are called \"policy\"; "
)]
#[case(
    "[[policies]]",
    "[[policies]]\ndata = ['a/../x=y']",
    "policies (\"policy\").data: \"a/../x=y\" is not data; "
)]
#[case(
    "[[policies]]",
    "[[policies]]\ninstances = 'hot'",
    "policies (\"policy\").instances: \"hot\" is not \"snapshot\", \"fresh\" or \"warm\""
)]
#[case(
    "[[policies]]",
    "[[policies]]\nwarm-uses = 4",
    "policies (\"policy\").warm-uses: warm-uses has no effect here; remove it, or set instances = \"warm\""
)]
#[case(
    "[[policies]]",
    "[[policies]]\non-failure = 'allow'",
    "policies (\"policy\").on-failure: \"allow\" is not \"silence\" or \"deny\""
)]
#[case(
    "[[policies]]",
    "[[policies]]\nlifetime = '40d'",
    "policies (\"policy\").lifetime: lifetime is longer than lifetime-max (30days); shorten it, or raise lifetime-max"
)]
#[case(
    "[[policies]]",
    "[[policies]]\nlifetime-max = '31d'",
    "policies (\"policy\").lifetime-max: lifetime-max of a policy is longer than that of the service (30days); shorten it, "
)]
#[case(
    "[[policies]]",
    "[[policies]]\nlifetime-max = 'soon'",
    "policies (\"policy\").lifetime-max: \"soon\" is not a duration of 1ms or more; "
)]
#[case(
    "[[policies]]",
    "[[policies]]\ndenied-subjects = ['a..b']",
    "policies (\"policy\").denied-subjects: denied subject \"a..b\" "
)]
#[case(
    "[[policies]]",
    "[[policies]]\nwhen.transports = ['http']",
    "policies (\"policy\").when.transports: \"http\" is not \"nats\", "
)]
#[case(
    "127.0.0.1:9222",
    "localhost",
    "service.http: \"localhost\" is not an address; write IP:PORT, such as 127.0.0.1:9222"
)]
#[case(
    "nats.user",
    "nats.nkey = 'user.seed'\nnats.user",
    "nats.nkey: nats.user and nats.nkey are two ways to log in to NATS; keep one of them"
)]
#[case(
    "nats.user = 'auth'",
    "",
    "nats.password: password without user; give both, or neither"
)]
#[case(
    "nats.user",
    "nats.tlscert = 'cert.pem'\nnats.user",
    "nats.tlscert: tlscert without tlskey; give both, or neither"
)]
#[case(
    "nats.user",
    "nats.tlsca = 'user.seed'\nnats.user",
    "nats.tlsca: /etc/p/user.seed is not a PEM file of certificates (-----BEGIN CERTIFICATE-----); "
)]
#[case(
    "nats.user",
    "nats.tlsca = 'cut.pem'\nnats.user",
    "nats.tlsca: /etc/p/cut.pem is not a PEM file of certificates (-----BEGIN CERTIFICATE-----); "
)]
#[case(
    "nats.user",
    "nats.tlscert = 'cert.pem'\nnats.tlskey = 'cert.pem'\nnats.user",
    "nats.tlskey: /etc/p/cert.pem is not a PEM file of a private key "
)]
#[case(
    "nats.user",
    "nats.tlscert = 'key.pem'\nnats.tlskey = 'key.pem'\nnats.user",
    "nats.tlscert: /etc/p/key.pem is not a PEM file of certificates "
)]
#[case(
    "nats.user",
    "nats.tlsca = 'none.pem'\nnats.user",
    "nats.tlsca: cannot read /etc/p/none.pem: No such file or directory"
)]
#[case(
    "nats.user",
    "nats.server = 'nats://a:b@host'\nnats.user",
    "nats.server: a password inside the URL would end up in logs; use user and password instead"
)]
#[case(
    "nats.user",
    "nats.server = 'http://host'\nnats.user",
    "nats.server: \"http://host\" is not a server; "
)]
#[case(
    "nats.user",
    "nats.server = 'host:99999'\nnats.user",
    "nats.server: \"host:99999\" is not a server; "
)]
fn a_bad_setting_is_one_line_that_says_what_and_where(
    #[case] good: &str,
    #[case] bad: &str,
    #[case] expected: &str,
) {
    let fake = Fake::new()
        .file("/etc/p/empty", " \n")
        .file("/etc/p/user.seed", USER)
        .file("/etc/p/cert.pem", &pem("CERTIFICATE"))
        .file("/etc/p/key.pem", &pem("PRIVATE KEY"))
        .file("/etc/p/cut.pem", &pem("CERTIFICATE")[..40])
        .config(&GOOD.replacen(good, bad, 1));
    let (line, local) = alone(&load(&from_file(), &fake).unwrap_err());
    assert!(local.starts_with(expected), "{line}");
    assert!(!line.contains('\n'), "{line}");
}

/// A PEM file as far as it can be checked without knowing more than PEM.
fn pem(label: &str) -> String {
    format!("-----BEGIN {label}-----\nMAAwADAA\n-----END {label}-----\n")
}

/// The only fault, whole and without its place.
fn alone(faults: &Faults) -> (String, String) {
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    let [line] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    let mut parts = line.splitn(4, ':');
    let place: Vec<&str> = parts.by_ref().take(3).collect();
    let [file, row, column] = place.as_slice() else {
        panic!("{line}");
    };
    assert_eq!(*file, "/etc/p/p.toml", "{line}");
    assert!(
        row.parse::<u32>().is_ok() && column.parse::<u32>().is_ok(),
        "{line}"
    );
    (
        line.clone(),
        parts.next().unwrap_or_default().trim_start().to_owned(),
    )
}

#[rstest]
#[case(|_: &mut Flags| (), "settings: no issuer seed; give --issuer-seed @FILE, ")]
#[case(|flags: &mut Flags| flags.config = Some("none.toml".into()), "--config: cannot read none.toml: No such file")]
#[case(|flags: &mut Flags| seeded(flags), "settings: no policy; give --policy FILE.wasm, ")]
#[case(|flags: &mut Flags| { seeded(flags); flags.policy = vec!["local.wasm".into()]; }, "settings: no account; name those ")]
#[case(|flags: &mut Flags| { seeded(flags); flags.data = vec!["x".to_owned()]; }, "--data: this belongs to one --policy, and there is none; ")]
#[case(|flags: &mut Flags| { chain(flags); flags.data = vec!["x".to_owned()]; }, "--data: this belongs to one --policy, and there are several; ")]
#[case(|flags: &mut Flags| { chain(flags); flags.settings = Some("[1]".into()); flags.policy.truncate(1); }, "--settings: the settings are not a JSON object (this is another kind of value); write {\"KEY\": VALUE}, or @FILE")]
#[case(|flags: &mut Flags| { chain(flags); flags.log_format = Some("xml".to_owned()); }, "--log-format: \"xml\" is not \"text\" or \"json\"")]
#[case(|flags: &mut Flags| { chain(flags); flags.limit = vec!["memory".to_owned()]; }, "--limit: \"memory\" has no value; write memory=VALUE")]
#[case(|flags: &mut Flags| { chain(flags); flags.limit = vec!["in-fligth=5".to_owned()]; }, "--limit: unknown key \"in-fligth\"; did you mean \"in-flight\"?")]
#[case(|flags: &mut Flags| { chain(flags); flags.policy.push("none.wasm".into()); }, "--policy: cannot read none.wasm: ")]
fn a_bad_flag_is_named(#[case] change: fn(&mut Flags), #[case] expected: &str) {
    let mut flags = Flags::default();
    change(&mut flags);
    let faults = load(&flags, &Fake::new()).unwrap_err();
    let complaint = faults.iter().next().unwrap().to_string();
    assert!(complaint.starts_with(expected), "{complaint}");
}

fn seeded(flags: &mut Flags) {
    flags.issuer_seed = vec!["@/etc/p/issuer.seed".into()];
}

fn chain(flags: &mut Flags) {
    seeded(flags);
    flags.account = vec!["APP".to_owned()];
    flags.policy = vec!["local.wasm".into(), "other.wasm".into()];
}

proptest! {
    /// Seeds under every key, right or wrong: nothing that is printed has them.
    #[test]
    fn no_seed_is_ever_printed(
        body in "[A-Z2-7]{22,60}",
        kind in "S[AUXON]",
        line in prop::sample::select(vec![
            "issuer-seed = '?'", "issuer-seed = ['?', '?']", "xkey-seed = '?'", "issuer-seed = { '?' = '?' }",
            "accounts = ['?', 'APP']", "accounts = '?'", "service.http = '?'", "service.log-format = '?'", "http = '?'", "? = 1", "nats = '?'",
            "nats.server = 'nats://?@host'", "nats.server = 'x://?'", "nats.password = '?'\nnats.user = 'a'",
            "nats.nkey = '?'", "policies = '?'", "limits.memory = '?'", "limits.'?' = 1", "service.cache = '?'", "lifetime = '?'",
            "denied-subjects = ['?.']", "service.cache = { '?' = 1 }", "'?' = '?", "system-accounts = '?'",
        ]),
        rest in prop::sample::select(vec!["", GOOD, "[[policies]]\nmodule = 'policy.wasm'\nsettings.key = '?'"]),
    ) {
        let seed = format!("{kind}{body}");
        let text = format!("{line}\n{rest}").replace('?', &seed);
        let secret_place = line.contains("seed") || line.contains("password") || line.is_empty();
        let shown = match load(&from_file(), &Fake::new().config(&text)) {
            Ok(loaded) if secret_place => format!("{loaded:?}"),
            Ok(_) => String::new(),
            Err(error) => format!("{error} {error:?}"),
        };
        prop_assert!(!shown.contains(&body), "{}", shown);
    }
}

pub(super) fn complaint(text: &str) -> String {
    let faults = load(&from_file(), &Fake::new().config(text)).unwrap_err();
    faults.iter().next().unwrap().to_string()
}
