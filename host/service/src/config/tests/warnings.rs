use rstest::rstest;

use super::*;

fn warnings(text: &str) -> Vec<String> {
    loaded(text).plan.warnings
}

#[rstest]
#[case("['APP']", "", None)]
#[case("['TENANT-*', 'T*']", "", None)]
#[case(
    "['*']",
    "",
    Some("1:13: accounts: \"*\" also fits a system account called \"SYSTEM\", ")
)]
#[case(
    "['APP', 'S*']",
    "",
    Some("1:20: accounts: \"S*\" also fits a system account ")
)]
#[case("['*']", "system-accounts = ['OPS']", None)]
#[case(
    "['*']",
    "system-accounts = []",
    Some(
        "1:13: accounts: \"*\" also fits a system account called \"SYS\", where clients see and control every server; \
         system-accounts closes none to patterns, "
    )
)]
#[case(
    "['SYS']",
    "system-accounts = []",
    Some("1:13: accounts: \"SYS\" is a system account, ")
)]
#[case(
    "['SYSTEM']",
    "",
    Some("1:13: accounts: \"SYSTEM\" is a system account, ")
)]
#[case("['SYSTEM']", "system-accounts = ['OPS']", None)]
#[case("['SYS']", "", Some("1:13: accounts: \"SYS\" is a system account, "))]
#[case(
    "['OPS']",
    "system-accounts = ['OPS']",
    Some("1:13: accounts: \"OPS\" is a system account, ")
)]
#[case(
    "['AUTH']",
    "service.callout-account = 'AUTH'",
    Some("1:13: accounts: \"AUTH\" is the callout's own account, ")
)]
fn accounts_where_clients_can_do_harm_are_warned_of(
    #[case] accounts: &str,
    #[case] line: &str,
    #[case] expected: Option<&str>,
) {
    let rest = GOOD.split_once('\n').unwrap().1;
    let warnings = warnings(&format!("accounts = {accounts}\n{line}\n{rest}"));
    match (warnings.as_slice(), expected) {
        ([], None) => {}
        ([warning], Some(expected)) => {
            let expected = format!("/etc/p/p.toml:{expected}");
            assert!(warning.starts_with(&expected), "{warning}");
        }
        other => panic!("{other:?}"),
    }
}

const SECOND: &str = "[[policies]]\nname = 'second'\nmodule = 'policy.wasm'\n";

#[rstest]
#[case("", "", true)]
#[case("when.users = ['a*']", "when.users = ['ab', 'ac']", true)]
#[case("when.tls = true", "when.tls = true\nwhen.transports = ['mqtt']", true)]
#[case("when.users = ['a*']", "", false)]
#[case("", "settings.a = 1", false)]
#[case("", "data = ['users.json']", false)]
#[case("", "instances = 'warm'", false)]
fn a_policy_that_can_only_repeat_an_earlier_one_is_warned_of(
    #[case] first: &str,
    #[case] second: &str,
    #[case] warned: bool,
) {
    let warnings = warnings(&format!("{GOOD}{first}\n{SECOND}{second}\n"));
    assert_eq!(warnings.len(), usize::from(warned), "{warnings:?}");
    if let Some(warning) = warnings.first() {
        let expected = "policies (\"second\").module: \"second\" has the module, data and settings of \"policy\", ";
        assert!(warning.contains(expected), "{warning}");
    }
}

#[test]
fn a_folder_without_files_is_warned_of() {
    let warnings = warnings(&format!("{GOOD}data = ['users', 'empty']\n"));
    assert_eq!(
        warnings,
        [
            "/etc/p/p.toml:10:18: policies (\"policy\").data: /etc/p/empty has no files, so the policy gets no data from it; \
          put some there, or name another folder"
        ]
    );
}
