//! The SDK and the host read the same sentences: what passes an author's tests, the host compiles.

use portcullis_model::{Access, Permissions};
use portcullis_permits::compile;
use portcullis_sdk::abilities::Ability;

const WORDS: &[&str] = &[
    "",
    "publish",
    "subscribe",
    "request",
    "reply",
    "service",
    "service offer",
    "service find",
    "stream",
    "stream publish",
    "stream view",
    "stream consume",
    "stream manage",
    "kv",
    "kv read",
    "kv write",
    "kv manage",
    "kv delete",
    "object read",
    "object write",
    "object manage",
    "object",
    "mqtt publish",
    "mqtt subscribe",
    "mqtt",
    "invalid",
    "Publish",
];

/// Names that are valid for some kinds only. A wildcard inside a token is not among them: the host's `bounds` refuses it.
const NAMES: &[&str] = &[
    "a",
    "a.b",
    "a.*",
    "*",
    "*.a",
    ">",
    "a.>",
    "a.>.b",
    "a..b",
    ".a",
    "a.",
    "",
    "a/b",
    "a//b",
    "/",
    "+",
    "+/a",
    "a/#",
    "#",
    "#/a",
    "a+",
    "a#",
    "ä",
    "$JS",
    "a:b",
    "a\\b",
    "a\tb",
    "a\u{2003}b",
    "a\u{7f}b",
    "{api}",
    "-_=",
];

#[test]
fn the_host_compiles_what_the_sdk_lets_pass_and_nothing_else() {
    let long = [
        "x".repeat(251),
        "x".repeat(252),
        "x".repeat(253),
        "x".repeat(255),
        "x".repeat(256),
    ];
    let names = || NAMES.iter().copied().chain(long.iter().map(String::as_str));
    let mut understood = 0;
    for words in WORDS {
        let none = [(*words).to_owned()];
        let one = names().map(|name| format!("{words} {name}"));
        let two = names().flat_map(|name| {
            NAMES
                .iter()
                .map(move |other| format!("{words} {name} {other}"))
        });
        let three = names().map(|name| format!("{words} a {name} b"));
        for sentence in none.into_iter().chain(one).chain(two).chain(three) {
            let by_sdk = sentence.parse::<Ability>().is_ok();
            assert_eq!(by_host(&sentence), by_sdk, "{sentence:?}");
            understood += u32::from(by_sdk);
        }
    }
    assert!(
        understood > 300,
        "only {understood} sentences were understood"
    );
}

fn by_host(sentence: &str) -> bool {
    let permissions = Permissions {
        abilities: vec![sentence.to_owned()],
        ..Permissions::default()
    };
    compile(&Access::Only(permissions), None).is_ok()
}
