use std::io;
use std::sync::Arc;

use rstest::rstest;
use serde_json::Value;
use tracing::subscriber::with_default;

use super::*;
use portcullis_model::{
    Cause, Client, Credentials, Outcome, Reply, Request, Secret, Server, Silence, Transport,
};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().clone()).unwrap()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The log that `act` writes.
fn written(format: LogFormat, act: impl FnOnce()) -> String {
    let lines = Lines::default();
    let writer = lines.clone();
    let make = move || writer.clone();
    let filter = log::filter(None).unwrap();
    match format {
        LogFormat::Text => with_default(log::text(filter, false, make), act),
        LogFormat::Json => with_default(log::json(filter, make), act),
    }
    lines.text()
}

fn request(user: &str) -> Request {
    Request {
        server: Server {
            id: "NSERVER".into(),
            name: "n1".into(),
            ..Server::default()
        },
        client: Client {
            id: 7,
            host: "10.0.0.9".into(),
            transport: Some(Transport::WebSocket),
            ..Client::default()
        },
        credentials: Credentials {
            user: Some(user.to_owned()),
            password: Some(Secret::from("hunter2")),
            ..Credentials::default()
        },
        ..Request::default()
    }
}

fn denial(text: &str) -> Cause {
    Cause {
        blame: Blame::Peer,
        kind: DENIED_BY_POLICY,
        text: text.to_owned(),
    }
}

/// Makes a record of the request and passes it to `act`.
fn with_record(request: &Request, cause: Option<&Cause>, act: impl FnOnce(Record<'_>)) {
    let redactor = Redactor::new(&request.credentials);
    act(Record {
        outcome: Outcome::Reply(if cause.is_some() {
            Reply::Deny
        } else {
            Reply::Allow
        }),
        cause,
        policy: Some("staff"),
        generation: 3,
        request,
        account: Some("APP"),
        correlation_id: "c0ffee",
        failure: None,
        stages: Stages {
            decide: Duration::from_micros(42),
            ..Stages::default()
        },
        clock_skew_seconds: 0,
        redactor: &redactor,
    });
}

#[test]
fn a_decision_is_one_json_event_with_its_fields_at_the_top() {
    let telemetry = Telemetry::new();
    let text = written(LogFormat::Json, || {
        with_record(&request("alice"), None, |record| {
            telemetry.decided(&record, Instant::now())
        });
    });
    assert_eq!(text.lines().count(), 1);
    let event: Value = serde_json::from_str(&text).unwrap();
    for (field, value) in [
        ("message", Value::from("decision")),
        ("level", "INFO".into()),
        ("outcome", "allow".into()),
        ("policy", "staff".into()),
        ("generation", 3.into()),
        ("server", "n1".into()),
        ("server_id", "NSERVER".into()),
        ("client_id", 7.into()),
        ("host", "10.0.0.9".into()),
        ("transport", "websocket".into()),
        ("user", "alice".into()),
        ("account", "APP".into()),
        ("correlation_id", "c0ffee".into()),
        ("decide_us", 42.into()),
        ("cause", Value::Null),
    ] {
        assert_eq!(event.get(field).unwrap_or(&Value::Null), &value, "{field}");
    }
    assert!(event["timestamp"].is_string());
}

#[rstest]
fn a_user_name_cannot_forge_a_line(
    #[values(LogFormat::Text, LogFormat::Json)] format: LogFormat,
    #[values("\n", "\r\n", "\u{1b}[2K\r", "\u{85}", "\u{2028}")] separator: &str,
) {
    let user = format!("eve{separator}2026-01-01T00:00:00Z  INFO portcullis: all is well");
    let telemetry = Telemetry::new();
    let text = written(format, || {
        let cause = denial(&format!("no such user: {user}"));
        with_record(&request(&user), Some(&cause), |record| {
            telemetry.decided(&record, Instant::now());
            telemetry.policy_log("staff", Some("c0ffee"), Level::INFO, &user, record.redactor);
            telemetry.rejected("garbage", &user, Instant::now());
        });
    });
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(!text.contains(['\r', '\u{1b}']), "{text:?}");
}

#[test]
fn a_secret_in_a_denial_is_neither_logged_nor_used_as_a_label() {
    let telemetry = Telemetry::new();
    let text = written(LogFormat::Text, || {
        let cause = denial("hunter2 is not the password");
        with_record(&request("alice"), Some(&cause), |record| {
            telemetry.decided(&record, Instant::now());
            telemetry.policy_log("staff", None, Level::WARN, "saw hunter2", record.redactor);
        });
    });
    assert!(text.contains("[secret] is not the password") && text.contains("saw [secret]"));
    assert!(!text.contains("hunter2"), "{text}");
    let metrics = telemetry.render();
    let counted = r#"portcullis_causes_total{policy="staff",cause="with_a_secret"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
}

#[test]
fn passwords_that_are_parts_of_a_cause_make_no_labels() {
    let telemetry = Telemetry::new();
    let cause = denial("wrong password");
    for password in ["w", "r", "ro", "wrong", "wrong p"] {
        let mut request = request("alice");
        request.credentials.password = Some(Secret::from(password));
        with_record(&request, Some(&cause), |record| {
            telemetry.decided(&record, Instant::now());
        });
    }
    let metrics = telemetry.render();
    let labels = metrics.matches("portcullis_causes_total{").count();
    assert_eq!(labels, 1, "{metrics}");
}

#[test]
fn a_secret_that_a_policy_names_as_the_account_is_not_logged() {
    let request = request("alice");
    let text = written(LogFormat::Json, || {
        with_record(&request, None, |record| {
            Telemetry::new().decided(
                &Record {
                    account: Some("hunter2"),
                    ..record
                },
                Instant::now(),
            );
        });
    });
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains("\"account\":"), "{text}");
}

#[test]
fn long_names_are_cut() {
    let telemetry = Telemetry::new();
    let text = written(LogFormat::Json, || {
        let request = request(&"é".repeat(100_000));
        with_record(&request, None, |record| {
            telemetry.decided(&record, Instant::now())
        });
    });
    let event: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        event["user"].as_str().unwrap().chars().count(),
        record::NAME_CHARS + 1
    );
}

#[test]
fn causes_beyond_the_bound_are_counted_together() {
    let telemetry = Telemetry::new();
    let request = request("alice");
    for number in 0..100 {
        let cause = denial(&format!("cause {number}"));
        with_record(&request, Some(&cause), |record| {
            telemetry.decided(&record, Instant::now())
        });
    }
    let metrics = telemetry.render();
    let causes = metrics
        .lines()
        .filter(|line| line.starts_with("portcullis_causes_total{"));
    assert_eq!(causes.count(), 65);
    assert!(metrics.contains(r#"portcullis_causes_total{policy="staff",cause="other"} 36"#));
}

#[test]
fn texts_of_a_policy_do_not_use_up_the_room_of_others() {
    let telemetry = Telemetry::new();
    let request = request("alice");
    for number in 0..100 {
        let cause = denial(&format!("cause {number}"));
        with_record(&request, Some(&cause), |record| {
            telemetry.decided(&record, Instant::now())
        });
    }
    let unrouted = Cause {
        kind: "unrouted",
        ..denial("no policy answered")
    };
    with_record(&request, Some(&unrouted), |record| {
        telemetry.decided(&record, Instant::now())
    });
    let other = denial("not a guest");
    with_record(&request, Some(&other), |record| {
        let record = Record {
            policy: Some("guests"),
            ..record
        };
        telemetry.decided(&record, Instant::now());
    });
    let metrics = telemetry.render();
    for line in [
        r#"portcullis_causes_total{policy="staff",cause="unrouted"} 1"#,
        r#"portcullis_causes_total{policy="guests",cause="not a guest"} 1"#,
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
}

#[test]
fn a_policy_in_force_has_counters_that_start_from_zero() {
    let telemetry = Telemetry::new();
    telemetry.policies(["staff"].into_iter());
    let metrics = telemetry.render();
    for policy in ["staff", "none"] {
        let line = format!("portcullis_decisions_total{{outcome=\"deny\",policy=\"{policy}\"}} 0");
        assert!(metrics.contains(&line), "{line} is not in {metrics}");
    }
}

#[test]
fn the_metrics_say_what_happened() {
    let telemetry = Telemetry::new();
    telemetry.in_flight().inc();
    telemetry.connected(true);
    telemetry.rejected("expired", "too old", Instant::now());
    telemetry.reloaded("staff.wasm", 3, Duration::from_millis(40));
    telemetry.reload_failed(Some("staff"), Blame::Operator, "not wasm");
    telemetry.load_failed("guests", Blame::Operator, "not wasm");
    telemetry.reload_unchanged("staff.wasm");
    let request = request("alice");
    with_record(&request, None, |record| {
        let failed = Record {
            outcome: Outcome::Silence(Silence::Fail),
            failure: Some("trap"),
            ..record
        };
        telemetry.decided(&failed, Instant::now());
    });
    let metrics = telemetry.render();
    for line in [
        r#"portcullis_decisions_total{outcome="fail",policy="staff"} 1"#,
        r#"portcullis_decisions_total{outcome="allow",policy="staff"} 0"#,
        r#"portcullis_rejected_total{kind="expired"} 1"#,
        r#"portcullis_policy_failures_total{policy="staff",kind="trap"} 1"#,
        r#"portcullis_stage_microseconds_bucket{le="20.0",stage="decide"} 0"#,
        r#"portcullis_stage_microseconds_bucket{le="50.0",stage="decide"} 1"#,
        r#"portcullis_stage_microseconds_count{stage="open"} 0"#,
        r#"portcullis_reloads_total{result="ok"} 1"#,
        r#"portcullis_reloads_total{result="failed"} 2"#,
        r#"portcullis_reloads_total{result="unchanged"} 1"#,
        "portcullis_reload_microseconds_sum 40000.0",
        "portcullis_generation 3",
        "portcullis_in_flight 1",
        "portcullis_connected 1",
        concat!(
            r#"portcullis_build_info{version=""#,
            env!("CARGO_PKG_VERSION"),
            r#""} 1"#
        ),
        "# EOF",
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line} is not in\n{metrics}"
        );
    }
}

#[test]
fn rejections_of_a_kind_are_written_ten_times_and_then_summed_up() {
    let telemetry = Telemetry::new();
    let start = Instant::now();
    let text = written(LogFormat::Text, || {
        for _ in 0..25 {
            telemetry.rejected("expired", "too old", start);
        }
        telemetry.settle(start + REJECTED_WINDOW);
    });
    assert_eq!(text.matches("request rejected").count(), 10);
    assert!(
        text.contains(r#"more requests rejected kind="expired" suppressed=15"#),
        "{text}"
    );
    assert!(
        telemetry
            .render()
            .contains(r#"portcullis_rejected_total{kind="expired"} 25"#)
    );
}

#[test]
fn a_clock_that_is_off_is_reported_once_a_minute_for_each_server() {
    let telemetry = Telemetry::new();
    let start = Instant::now();
    let text = written(LogFormat::Text, || {
        let request = request("alice");
        with_record(&request, None, |record| {
            for (skew, after) in [(2, 0), (-61, 0), (-61, 59), (-61, 60)] {
                let record = Record {
                    clock_skew_seconds: skew,
                    ..record
                };
                telemetry.decided(&record, start + Duration::from_secs(after));
            }
        });
    });
    assert_eq!(text.matches("skew_seconds=-61").count(), 2, "{text}");
}
