//! JetStream in a domain: it runs on a hub, and clients and the callout are on a leaf without JetStream.

mod cases;

use futures::future::join_all;
use portcullis_model::{Access, Permissions, Rules};
use portcullis_permits::compile;
use portcullis_tests::bed::Setup;
use portcullis_tests::driver::{Driver, Library, Login, Outcome};
use portcullis_tests::nats_server::Options;
use portcullis_tests::raw::Connection;
use portcullis_tests::{Bed, NatsServer, PATIENCE};
use rstest::rstest;
use serde_json::{Map, Value, json};

use super::cases::entry;
use super::operations::{Operation, op};
use cases::DomainCase;

const API: &str = "$JS.hub.API";

/// Two servers, the second a leaf of the first, and a client that fills the first.
struct World {
    leaf: Bed,
    _hub: NatsServer,
    admin: async_nats::Client,
    stagehand: Driver,
}

impl World {
    async fn start(version: &str, users: Map<String, Value>) -> Self {
        let options = Options {
            version: version.to_owned(),
            jetstream: true,
            domain: Some("hub"),
            members: vec!["admin", "leaf"],
            leafnodes: true,
            ..Options::without_callout()
        };
        let hub = NatsServer::start(&options).await;
        let remote = format!(
            "leafnodes {{ remotes: [{{ url: \"nats-leaf://leaf:leaf@{}\", account: APP }}] }}\n",
            hub.leafnode_address()
        );
        let mut setup = Setup::directory();
        setup.server = Options {
            version: version.to_owned(),
            timeout_seconds: 5,
            more: remote,
            ..setup.server
        };
        setup.users = Some(Value::Object(users));
        let leaf = Bed::start(setup).await;
        let joined = |line: &str| line.contains("JetStream using domains").then_some(());
        let joined = leaf.server.log().wait_for(0, PATIENCE, joined);
        assert!(joined.await.is_some(), "the leaf does not find the hub");
        let options =
            async_nats::ConnectOptions::with_user_and_password("admin".into(), "admin".into());
        let admin = options.connect(hub.url()).await.expect("connected");
        let mut stagehand = Driver::start(Library::Go);
        stagehand
            .connect(&login(&hub.url(), "admin", None, None))
            .await;
        let mut world = Self {
            leaf,
            _hub: hub,
            admin,
            stagehand,
        };
        world.fill().await;
        world
    }

    async fn fill(&mut self) {
        for request in [
            op!("stream.create", "stream": "S", "subjects": ["s.>"]),
            op!("consumer.create", "stream": "S", "consumer": "C"),
            op!("kv.create_bucket", "bucket": "B"),
            op!("object.create_bucket", "bucket": "O"),
            op!("object.put", "bucket": "O", "name": "big", "size": 300_000),
        ] {
            let outcome = self.stagehand.perform(&request.request).await;
            assert!(
                matches!(outcome, Outcome::Done(_)),
                "{request:?}: {outcome:?}"
            );
        }
    }

    /// Restores what operations need to find, and what they change.
    async fn restore(&self) {
        for subject in ["$KV.B.dev.temp", "s.a", "s.b", "s.a"] {
            let acknowledged = self.admin.request(subject, "80c".into()).await;
            acknowledged.expect("acknowledged");
        }
    }

    async fn perform(&mut self, driver: &mut Driver, operation: &Operation) -> Outcome {
        self.restore().await;
        operation.complete(driver.perform(&operation.request).await)
    }

    async fn connect(&self, driver: &mut Driver, user: &str) {
        let url = self.leaf.server.url();
        driver
            .connect(&login(&url, user, Some("_INBOX_me"), Some("hub")))
            .await;
    }

    /// Connects as that user and carries out the operations of the case. Returns the first fault.
    async fn fault(
        &mut self,
        driver: &mut Driver,
        user: &str,
        case: &DomainCase,
    ) -> Option<String> {
        self.connect(driver, user).await;
        for operation in &case.works {
            if operation.why_not(driver.library()).is_some() {
                continue;
            }
            if let Outcome::Failed(text) = self.perform(driver, operation).await {
                return Some(format!(
                    "{} {}: {text}",
                    driver.library().name(),
                    operation.request
                ));
            }
        }
        None
    }
}

#[rstest]
#[case::oldest("2.10.25")]
#[case::newest("2.15.1")]
#[tokio::test(flavor = "multi_thread")]
async fn abilities_are_enough_in_a_domain(#[case] version: &str) {
    // Each library has a world of its own: most of the time is spent on waiting for answers.
    let faults = join_all(Library::ALL.map(|library| faults_of(library, version))).await;
    let faults = faults.concat();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Carries out the operations of all cases with the library.
async fn faults_of(library: Library, version: &str) -> Vec<String> {
    let cases = cases::all();
    let users = cases
        .iter()
        .map(|case| user(case.user, case.can, Some(API)));
    let mut world = World::start(version, users.collect()).await;
    let mut driver = Driver::start(library);
    let mut faults = Vec::new();
    let mut tried = 0;
    for case in &cases {
        world.connect(&mut driver, case.user).await;
        for operation in &case.works {
            let outcome = world.perform(&mut driver, operation).await;
            let expected = operation.why_not(library);
            match (&outcome, expected) {
                (Outcome::Unsupported(_), _) => {}
                (Outcome::Done(_), None) | (Outcome::Failed(_), Some(_)) => tried += 1,
                _ => faults.push(format!("{library:?} {}: {outcome:?}", operation.request)),
            }
        }
    }
    println!("nats-server {version}, {library:?}: {tried} operations in a domain");
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn every_subject_that_the_domain_changes_is_needed() {
    let cases = cases::all();
    let mut lacks = Vec::new();
    for case in &cases {
        let whole = rules(case.can);
        let changed = |subject: &&String| subject.starts_with(API);
        for subject in whole.publish.allow.iter().filter(changed) {
            let mut rules = whole.clone();
            rules.publish.allow.retain(|entry| entry != subject);
            lacks.push((case, format!("{} without {subject}", case.user), rules));
        }
    }
    let users = lacks
        .iter()
        .map(|(_, name, rules)| (name.clone(), entry(name, rules)));
    let mut world = World::start("2.15.1", users.collect()).await;
    let mut drivers = Library::ALL.map(Driver::start);
    let mut unneeded = Vec::new();
    for (case, name, _) in &lacks {
        let mut witness = None;
        for driver in &mut drivers {
            if witness.is_none() {
                witness = world.fault(driver, name, case).await;
            }
        }
        match witness {
            Some(witness) => println!("{name}: {witness}"),
            None => unneeded.push(name),
        }
    }
    assert!(unneeded.is_empty(), "nothing needs {unneeded:?}");
}

#[rstest]
#[case::oldest("2.10.25")]
#[case::newest("2.15.1")]
#[tokio::test(flavor = "multi_thread")]
async fn abilities_in_a_domain_allow_nothing_elsewhere(#[case] version: &str) {
    let cases = cases::all();
    let users = cases
        .iter()
        .map(|case| user(case.user, case.can, Some(API)));
    let world = World::start(version, users.collect()).await;
    let mut refused = 0;
    for case in &cases {
        let connection = Connection::open(&world.leaf.server.address()).await;
        let mut connection = connection.expect("connected");
        let admitted = connection.log_in(case.user, case.user).await;
        admitted.expect("admitted");
        for subject in rules(case.can).publish.allow {
            let Some(rest) = subject.strip_prefix(API) else {
                continue;
            };
            let rest = rest.replace(".>", ".x").replace(".*", ".x");
            assert_eq!(connection.publish(&format!("{API}{rest}")).await, Ok(()));
            for other in ["$JS.API", "$JS.leaf.API", "$JS.hub"] {
                let answer = connection.publish(&format!("{other}{rest}")).await;
                let complaint = answer.expect_err(&format!("{}: {other}{rest}", case.user));
                assert!(complaint.contains("Permissions Violation"), "{complaint}");
                refused += 1;
            }
        }
    }
    println!("nats-server {version}: {refused} subjects of other places refused");
}

/// nats-py writes keys without the prefix, which is right if the prefix stands for the API of another account.
#[rstest]
#[case::oldest("2.10.25")]
#[case::newest("2.15.1")]
#[tokio::test(flavor = "multi_thread")]
async fn keys_are_written_without_the_prefix_too(#[case] version: &str) {
    let can = &["kv write B dev.>"];
    let mut lacking = rules(can);
    lacking.publish.allow.retain(|entry| entry != "$KV.B.dev.>");
    let owner = json!({
        "pass": "owner", "account": "OWNER",
        "permissions": { "pub": { "allow": [">"] }, "sub": { "allow": [">"] } },
    });
    let users = [
        ("owner".to_owned(), owner),
        user("whole", can, Some(API)),
        ("lacking".to_owned(), entry("lacking", &lacking)),
    ];
    let mut setup = Setup::directory();
    setup.accounts.push("OWNER");
    setup.users = Some(Value::Object(users.into_iter().collect()));
    setup.server = Options {
        version: version.to_owned(),
        jetstream: true,
        timeout_seconds: 5,
        accounts: "OWNER { jetstream: enabled, exports: [{ service: \"$JS.API.>\" }, { service: \"$KV.>\" }] }\n",
        imports: "{ service: { account: OWNER, subject: \"$JS.API.>\" }, to: \"$JS.hub.API.>\" }, \
                  { service: { account: OWNER, subject: \"$KV.>\" } }",
        ..setup.server
    };
    let bed = Bed::start(setup).await;
    let url = bed.server.url();
    let mut owner = Driver::start(Library::Go);
    owner.connect(&login(&url, "owner", None, None)).await;
    let created = owner
        .perform(&json!({ "op": "kv.create_bucket", "bucket": "B" }))
        .await;
    assert!(matches!(created, Outcome::Done(_)), "{created:?}");
    let mut driver = Driver::start(Library::Python);
    for (user, works) in [("whole", true), ("lacking", false)] {
        driver
            .connect(&login(&url, user, Some("_INBOX_me"), Some("hub")))
            .await;
        let put = json!({ "op": "kv.put", "bucket": "B", "key": "dev.temp", "value": "80c" });
        let outcome = driver.perform(&put).await;
        assert_eq!(
            matches!(outcome, Outcome::Done(_)),
            works,
            "{user}: {outcome:?}"
        );
    }
}

/// The server that hosts the domain replaces the prefix before it checks permissions.
#[rstest]
#[case::oldest("2.10.25")]
#[case::newest("2.15.1")]
#[tokio::test(flavor = "multi_thread")]
async fn the_server_of_the_domain_uses_the_default_prefix(#[case] version: &str) {
    join_all(Library::ALL.map(|library| assert_default_prefix(library, version))).await;
}

async fn assert_default_prefix(library: Library, version: &str) {
    let can = &[
        "kv write B dev.>",
        "kv manage B",
        "stream manage S",
        "stream consume S",
    ];
    let mut setup = Setup::directory();
    setup.server = Options {
        version: version.to_owned(),
        jetstream: true,
        domain: Some("hub"),
        timeout_seconds: 5,
        ..setup.server
    };
    let users = [user("usual", can, None), user("prefixed", can, Some(API))];
    setup.users = Some(Value::Object(users.into_iter().collect()));
    let bed = Bed::start(setup).await;
    let url = bed.server.url();
    let mut driver = Driver::start(library);
    for (user, works) in [("prefixed", false), ("usual", true)] {
        driver
            .connect(&login(&url, user, Some("_INBOX_me"), Some("hub")))
            .await;
        for operation in [
            op!("stream.create", "stream": "S", "subjects": ["s.>"]),
            op!("consumer.create", "stream": "S", "consumer": "C"),
            op!("kv.create_bucket", "bucket": "B"),
            op!("kv.put", "bucket": "B", "key": "dev.temp", "value": "80c"),
            op!("kv.delete_bucket", "bucket": "B"),
            op!("stream.delete", "stream": "S"),
        ] {
            let outcome = driver.perform(&operation.request).await;
            let done = matches!(outcome, Outcome::Done(_));
            assert_eq!(done, works, "{user} {library:?} {operation:?}: {outcome:?}");
        }
    }
}

fn login<'a>(
    url: &'a str,
    user: &'a str,
    inbox: Option<&'a str>,
    domain: Option<&'a str>,
) -> Login<'a> {
    Login {
        url,
        user,
        inbox,
        domain,
        timeout_ms: 1_500,
    }
}

fn user(name: &str, can: &[&str], api: Option<&str>) -> (String, Value) {
    let mut entry = json!({ "pass": name, "account": "APP", "can": can, "inbox": "_INBOX_me" });
    if let Some(api) = api {
        entry["jetstream_api"] = api.into();
    }
    (name.to_owned(), entry)
}

fn rules(can: &[&str]) -> Rules {
    let access = Access::Only(Permissions {
        abilities: can.iter().map(|sentence| (*sentence).to_owned()).collect(),
        inbox: Some("_INBOX_me".to_owned()),
        jetstream_api: Some(API.to_owned()),
        ..Permissions::default()
    });
    let compiled = compile(&access, None).expect("abilities");
    compiled.expect("rules").into_rules()
}
