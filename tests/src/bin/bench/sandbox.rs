//! The sandbox alone: one decision of the directory policy from its snapshot, with few users and with many.

use std::time::{Duration, Instant};

use portcullis_model::{Client, Credentials, Decision, Request, Secret, Server, Transport};
use portcullis_sandbox::{
    ConfigureInput, Decide, Effort, EngineSettings, Instances, LoadedPolicy, PolicySource, Sandbox,
    SandboxLimits,
};
use portcullis_tests::artifacts;
use serde_json::{Map, json};

use crate::table::{Table, quantile};

const ROUNDS: usize = 20_000;
const WARM_UP: usize = 1_000;
const BUDGET: Duration = Duration::from_secs(1);

pub(crate) fn measure(table: &mut Table) {
    for (pagemap_scan, goal) in [
        (true, ["10 us", "-", "60 us"]),
        (false, ["40 us", "-", "-"]),
    ] {
        let settings = EngineSettings { pagemap_scan };
        let sandbox = Sandbox::new(settings, None).expect("the sandbox");
        for (users, goal) in [3, 1_000, 100_000].into_iter().zip(goal) {
            let scan = if pagemap_scan { "with" } else { "without" };
            let figure = format!("sandbox, {users} users, {scan} pagemap_scan: p50 / p99");
            let started = Instant::now();
            let policy = directory(&sandbox, users);
            let loaded = started.elapsed();
            table.row(
                &figure,
                goal,
                format!("{}, loaded in {} ms", times(&policy), loaded.as_millis()),
            );
        }
    }
}

fn directory(sandbox: &Sandbox, users: usize) -> LoadedPolicy {
    let entry = |number| {
        let rules = json!({ "allow": [format!("u.{number}.>")] });
        let user = json!({
            "pass": format!("password-{number}"),
            "account": "APP",
            "permissions": { "pub": rules, "sub": rules },
        });
        (format!("user-{number}"), user)
    };
    let data: Map<_, _> = (0..users).map(entry).collect();
    let source = PolicySource {
        module: std::fs::read(artifacts::guest("directory")).expect("the guest"),
        configuration: ConfigureInput {
            settings_json: "{}".into(),
            data: vec![("users.json".into(), json!(data).to_string().into_bytes())],
        },
        instances: Instances::Snapshot,
        limits: SandboxLimits::default(),
    };
    sandbox
        .load(&source, Effort::Whole, 1_790_000_000)
        .expect("a policy")
}

fn times(policy: &LoadedPolicy) -> String {
    let request = request();
    let mut times = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS + WARM_UP {
        let started = Instant::now();
        let verdict = policy.decide(&request, BUDGET);
        let took = started.elapsed();
        assert!(
            matches!(verdict.decision, Ok(Decision::Allow(_))),
            "{verdict:?}"
        );
        if round >= WARM_UP {
            times.push(took);
        }
    }
    times.sort();
    let microseconds = |share| quantile(&times, share).as_nanos() as f64 / 1e3;
    format!("{:.1} / {:.1} us", microseconds(0.5), microseconds(0.99))
}

fn request() -> Request {
    Request {
        received_at: 1_790_000_000,
        server: Server {
            id: "NABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWX".into(),
            name: "n1".into(),
            host: "0.0.0.0".into(),
            version: "2.15.1".into(),
            cluster: Some("c".into()),
            tags: vec!["a".into()],
        },
        client: Client {
            id: 42,
            host: "10.1.2.3".into(),
            transport: Some(Transport::Nats),
            name: Some("app".into()),
            lang: Some("go".into()),
            version: Some("1.52.0".into()),
            mqtt_client_id: None,
        },
        credentials: Credentials {
            user: Some("user-2".into()),
            password: Some(Secret::from("password-2")),
            ..Credentials::default()
        },
        user_nkey: "UABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWX".into(),
        ..Request::default()
    }
}
