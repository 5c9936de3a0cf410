use portcullis_callout::{Callout, CalloutLimits, Inbound, Keyring, NewKey, Unsealed, generate};
use portcullis_model::Secret;
use portcullis_permits::bounds::Permit;
use portcullis_test_server::Server;
use serde_json::json;

use super::*;

const GENERATION: u64 = 1;

/// A throttle, and clients that are asked about at a time of the test's choice.
struct Bench {
    throttle: Throttle,
    now: Instant,
}

impl Bench {
    fn new(limits: ThrottleLimits) -> Self {
        Self {
            throttle: Throttle::new(limits),
            now: Instant::now(),
        }
    }

    fn check(&self, client: &Unsealed) -> Result<(), Throttled> {
        let claimant = client.claimant();
        let attempt = self.throttle.attempt(claimant);
        self.throttle.check(&attempt, claimant, self.now)
    }

    fn refuse(&self, client: &Unsealed) {
        let attempt = self.throttle.attempt(client.claimant());
        self.throttle.refused(&attempt, GENERATION, self.now);
    }

    fn admit(&self, client: &Unsealed) {
        self.throttle
            .admitted(&self.throttle.attempt(client.claimant()));
    }
}

fn limits() -> ThrottleLimits {
    ThrottleLimits {
        per_client: 3,
        per_address: Some(5),
        proxies: vec!["10.9.0.0/16".parse().unwrap()],
    }
}

/// A client as its server describes it. Without a user, the password is a token.
fn client(user: Option<&str>, password: &str, host: &str) -> Unsealed {
    let server = Server::new(1);
    let mut claims = server.claims(1);
    claims["nats"]["client_info"]["host"] = json!(host);
    claims["nats"]["connect_opts"] = match user {
        Some(user) => json!({"user": user, "pass": password}),
        None => json!({"auth_token": password}),
    };
    let (seed, _): (Secret, _) = generate(NewKey::Issuer, [1; 32]).unwrap();
    let keys = Keyring::<Permit>::parse(&[seed], &[]).unwrap();
    let inbound = Inbound {
        payload: server.plain(&claims).payload.into(),
        server_xkey: None,
    };
    let callout = Callout::new(CalloutLimits::default());
    callout.unseal(&keys, &inbound).unwrap()
}

fn alice(password: &str) -> Unsealed {
    client(Some("alice"), password, "10.0.0.1")
}

#[test]
fn after_too_many_wrong_passwords_another_one_has_to_wait() {
    let mut bench = Bench::new(limits());
    for password in ["a", "b", "c"] {
        assert_eq!(bench.check(&alice(password)), Ok(()));
        bench.refuse(&alice(password));
    }
    let throttled = bench.check(&alice("d")).unwrap_err();
    assert_eq!(throttled.kind, "throttled_client");
    assert_eq!(
        throttled.to_string(),
        "user \"alice\" at 10.0.0.1 (server s1) sent 3 different wrong credentials within a minute; a credential that was not \
         right before gets no answer for 21 s; see denials-per-client under [throttle]"
    );
    let report = bench.throttle.report().unwrap();
    assert!(
        report.starts_with("1 requests got no answer lately; the last: user \"alice\" at "),
        "{report}"
    );
    assert_eq!(bench.throttle.report(), None);
    bench.now += Duration::from_secs(21);
    assert_eq!(bench.check(&alice("d")), Ok(()));
    bench.refuse(&alice("d"));
    assert!(
        bench.check(&alice("e")).is_err(),
        "an even pace from now on"
    );
}

#[test]
fn a_wrong_password_that_is_repeated_is_one_guess() {
    let bench = Bench::new(limits());
    for _ in 0..100 {
        bench.refuse(&alice("old"));
    }
    bench.refuse(&alice("older"));
    assert_eq!(bench.check(&alice("right")), Ok(()));
}

#[test]
fn a_password_that_was_right_before_is_never_held_up() {
    let bench = Bench::new(limits());
    bench.admit(&alice("right"));
    for password in ["a", "b", "c", "d"] {
        bench.refuse(&alice(password));
    }
    assert_eq!(bench.check(&alice("right")), Ok(()));
    // It was changed meanwhile.
    bench.refuse(&alice("right"));
    assert!(bench.check(&alice("right")).is_err());
}

#[test]
fn others_are_not_held_up() {
    let bench = Bench::new(ThrottleLimits {
        per_address: None,
        ..limits()
    });
    for number in 0..100 {
        bench.refuse(&alice(&number.to_string()));
        bench.refuse(&client(None, &number.to_string(), "10.0.0.1"));
    }
    for other in [
        client(Some("bob"), "bob", "10.0.0.1"),
        client(Some("alice"), "alice", "10.0.0.2"),
        client(None, "a right token", "10.0.0.1"),
    ] {
        assert_eq!(bench.check(&other), Ok(()));
    }
}

#[test]
fn an_address_that_tries_many_names_is_slowed_down_unless_it_is_a_proxy() {
    let bench = Bench::new(limits());
    for host in ["10.0.0.1", "10.9.0.1"] {
        for user in ["a", "b", "c", "d", "e"] {
            bench.refuse(&client(Some(user), "x", host));
        }
    }
    let throttled = bench.check(&client(None, "x", "10.0.0.1")).unwrap_err();
    assert_eq!(throttled.kind, "throttled_address");
    assert_eq!(bench.check(&client(None, "x", "10.9.0.1")), Ok(()));
}

#[test]
fn a_client_is_refused_again_for_a_moment_and_under_the_same_generation() {
    let bench = Bench::new(limits());
    bench.refuse(&alice("wrong"));
    let throttle = &bench.throttle;
    let is_refused = |client: &Unsealed, generation, now| {
        throttle.is_refused(&throttle.attempt(client.claimant()), generation, now)
    };
    let wrong = alice("wrong");
    assert!(is_refused(&wrong, GENERATION, bench.now));
    assert!(!is_refused(&wrong, GENERATION + 1, bench.now));
    assert!(!is_refused(&wrong, GENERATION, bench.now + REFUSED_AGAIN));
    assert!(!is_refused(&alice("right"), GENERATION, bench.now));
    let elsewhere = client(Some("alice"), "wrong", "10.0.0.2");
    assert!(!is_refused(&elsewhere, GENERATION, bench.now));
}

#[test]
fn what_is_remembered_is_bounded() {
    let bench = Bench::new(limits());
    for number in 0..3 * GUESSERS_MAX as u64 {
        let attempt = Attempt {
            has_name: true,
            guesser: number,
            address: Some(number),
            credential: number,
            client: number,
        };
        bench.throttle.refused(&attempt, GENERATION, bench.now);
    }
    assert!(bench.throttle.guessers.len() <= 2 * GUESSERS_MAX + 32);
    assert!(bench.throttle.refused.len() <= 2 * CREDENTIALS_MAX + 32);
}
