use std::path::PathBuf;
use std::time::Duration;

/// What is wrong with a setting, and how to fix it. A secret is never part of it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    #[error("cannot read {}: {reason}; check the path and that this user may read it", .path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} is empty; put {wanted} there, or name another file", .path.display())]
    EmptyFile { path: PathBuf, wanted: &'static str },
    #[error("{} is not {wanted}", .path.display())]
    OtherFile { path: PathBuf, wanted: &'static str },
    #[error("the text after @ is missing; write @FILE")]
    NoFileName,

    #[error("this looks like the name of a file; write @FILE to read a seed from a file")]
    SeedFile,
    #[error(
        "no issuer seed; give --issuer-seed @FILE, PORTCULLIS_ISSUER_SEED, or issuer-seed in the file ('portcullis init' makes one)"
    )]
    NoIssuer,

    #[error(
        "no account; name those where policies may place clients, with --account, PORTCULLIS_ACCOUNT, or accounts in the file"
    )]
    NoAccounts,
    #[error("account {account:?} is not among the accounts of the whole service ({known}){hint}")]
    UnknownAccount {
        account: String,
        known: String,
        hint: String,
    },

    #[error(
        "an empty list would admit nobody; name accounts, or leave the key out for all accounts of the whole service"
    )]
    EmptyAccounts,
    #[error("{0:?} is not the name of an account; write the whole name, without * and blanks")]
    BadAccount(String),

    #[error(
        "no policy; give --policy FILE.wasm, PORTCULLIS_POLICY, or a [[policies]] table in the file"
    )]
    NoPolicies,
    #[error(
        "two policies are called {0:?}; give one of them another name, by 'name' in the file's [[policies]]"
    )]
    SameName(String),
    #[error(
        "{0:?} cannot name a policy; use letters, digits, '-', '_' and '.', at most 64 of them"
    )]
    BadName(String),
    #[error(
        "this belongs to one --policy, and there {0}; write it under the file's [[policies]] instead"
    )]
    NoSinglePolicy(&'static str),
    #[error(
        "{0:?} is not data; write FILE, DIR, NAME=FILE or NAME=DIR, the name without '..' and leading '/'"
    )]
    BadData(String),
    #[error("the settings are not a JSON object ({0}); write {{\"KEY\": VALUE}}, or @FILE")]
    BadJson(String),
    #[error(
        "no client can meet an empty list; name those who are meant, or leave the key out to ask about every client"
    )]
    EmptyCondition,
    #[error(
        "no client meets an empty name: one without a user name meets no pattern; leave it out, or write * for any name"
    )]
    EmptyUser,
    #[error("warm-uses has no effect here; remove it, or set instances = \"warm\"")]
    WarmUses,
    #[error(
        "lifetime is longer than lifetime-max ({}); shorten it, or raise lifetime-max", humantime::format_duration(*.0)
    )]
    Lifetime(Duration),
    #[error(
        "lifetime-max of a policy is longer than that of the service ({}); shorten it, or raise the other at the top of the file", humantime::format_duration(*.0)
    )]
    LifetimeMax(Duration),

    #[error("{0:?} is not a server; write nats://HOST:PORT, tls://HOST:PORT or HOST:PORT")]
    BadServer(String),
    #[error("a password inside the URL would end up in logs; use user and password instead")]
    ServerLogin,
    #[error("{one} and {other} are two ways to log in to NATS; keep one of them")]
    TwoLogins { one: String, other: String },
    #[error("{given} without {missing}; give both, or neither")]
    Half {
        given: &'static str,
        missing: &'static str,
    },

    #[error("{0:?} is not an address; write IP:PORT, such as 127.0.0.1:9222")]
    BadAddress(String),
    #[error("{0:?} is longer than 100 years; write a shorter duration")]
    TooLong(String),
    #[error("{found:?} is not {wanted}")]
    BadWord { found: String, wanted: &'static str },
    #[error("{0:?} is not a limit; write KEY=VALUE, such as decide-deadline=50ms")]
    BadLimit(String),
    #[error("{0:?} has no value; write {0}=VALUE")]
    NoLimitValue(String),
    #[error(
        "the value begins with '[' but is not a JSON array of strings ({0}); write [\"a\", \"b\"], or a,b"
    )]
    BadList(String),
    #[error("the key {0:?} is written twice; remove one of them")]
    Duplicate(String),
    #[error("unknown key {key:?}; {hint}")]
    UnknownKey { key: String, hint: String },
    #[error("{key:?} belongs to {home}; move it there")]
    OtherTable { key: String, home: String },
    #[error("the key `{0}` is missing here")]
    MissingKey(&'static str),
    /// What another part says about a value: the TOML parser, the keys, the bounds.
    #[error("{0}")]
    Other(String),
}

/// `did you mean "x"?`, or the list if no word is similar.
pub(super) fn suggestion(found: &str, known: &[&str]) -> String {
    nearest(found, known).map_or_else(
        || format!("the keys here are {}", known.join(", ")),
        |near| format!("did you mean {near:?}?"),
    )
}

/// The known word that was probably meant, if one is similar.
pub fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    nearest_above(0.8, found, known)
}

/// The same for a likeness from 0 to 1.
pub(super) fn nearest_above<'a>(
    likeness_min: f64,
    found: &str,
    known: &[&'a str],
) -> Option<&'a str> {
    let likeness = |word: &str| strsim::jaro_winkler(found, word);
    known
        .iter()
        .copied()
        .filter(|word| likeness(word) > likeness_min)
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
}
