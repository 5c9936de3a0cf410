//! Modules and data are replaced while the service runs: every way in which files change leads to the new version, and a
//! faulty version changes nothing.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use portcullis_tests::artifacts::guest;
use portcullis_tests::bed::{Setup, install, users, write_renamed};
use portcullis_tests::events::Event;
use portcullis_tests::portcullis::Serve;
use portcullis_tests::{Bed, Keys, NatsServer, Portcullis, nats_server, raw};
use rustix::process::Signal;
use serde_json::{Value, json};

/// The users of the documentation and one more.
pub(super) fn users_with(name: &str) -> Value {
    let mut users = users();
    users[name] = json!({ "pass": name, "account": "APP" });
    users
}

async fn reloaded(portcullis: &Portcullis, mark: usize) -> u64 {
    let event = portcullis
        .wait_for(mark, "the reload", Event::is_reload)
        .await;
    event.number("generation").expect("a generation")
}

#[tokio::test(flavor = "multi_thread")]
async fn data_replaced_by_a_rename_is_loaded() {
    let bed = Bed::start(Setup::directory()).await;
    bed.refused("carol").await;
    let mark = bed.portcullis.mark();
    bed.write_users(&users_with("carol"));
    let first = reloaded(&bed.portcullis, mark).await;
    bed.admitted("carol").await;
    let mark = bed.portcullis.mark();
    bed.write_users(&users_with("dave"));
    assert!(reloaded(&bed.portcullis, mark).await > first);
    bed.refused("carol").await;
    bed.admitted("dave").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_written_in_place_is_loaded() {
    let bed = Bed::start(Setup::directory()).await;
    let mark = bed.portcullis.mark();
    std::fs::write(bed.users_path(), users_with("carol").to_string()).expect("written");
    reloaded(&bed.portcullis, mark).await;
    bed.admitted("carol").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn partly_written_data_changes_nothing_until_it_is_complete() {
    let bed = Bed::start(Setup::directory()).await;
    let whole = users_with("carol").to_string();
    let half = whole.get(..whole.len() / 2).expect("half");
    let mark = bed.portcullis.mark();
    std::fs::write(bed.users_path(), half).expect("written");
    let failure = bed
        .portcullis
        .wait_for(mark, "the failure", Event::is_reload_failure)
        .await;
    assert!(failure.text("cause").contains("users.json"), "{failure:?}");
    bed.admitted("alice").await;
    assert!(
        bed.portcullis
            .metrics()
            .await
            .sum("portcullis_reloads_total", &["failed"])
            >= 1.0
    );
    let mark = bed.portcullis.mark();
    std::fs::write(bed.users_path(), &whole).expect("written");
    reloaded(&bed.portcullis, mark).await;
    bed.admitted("carol").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_touched_file_makes_no_generation() {
    let bed = Bed::start(Setup::directory()).await;
    let before = bed
        .portcullis
        .metrics()
        .await
        .sum("portcullis_generation", &[]);
    std::fs::write(bed.users_path(), users().to_string()).expect("written");
    // The later change is seen; if the touch had counted, there would be two generations.
    let mark = bed.portcullis.mark();
    bed.portcullis.signal(Signal::HUP);
    bed.write_users(&users_with("carol"));
    let generation = reloaded(&bed.portcullis, mark).await;
    assert_eq!(generation as f64, before + 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_replaced_by_another_decides_the_next_connection() {
    let bed = Bed::start(Setup::directory()).await;
    bed.admitted("alice").await;
    let mark = bed.portcullis.mark();
    bed.install_policy("hello");
    let generation = reloaded(&bed.portcullis, mark).await;
    bed.admitted("guest").await;
    bed.refused("alice").await;
    let record = bed.portcullis.wait_for_decision(mark, "guest").await;
    assert_eq!(record.number("generation"), Some(generation));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_module_keeps_deciding_until_it_is_restored() {
    let bed = Bed::start(Setup::directory()).await;
    let mark = bed.portcullis.mark();
    std::fs::remove_file(bed.policy_path()).expect("removed");
    bed.portcullis
        .wait_for(mark, "the failure", Event::is_reload_failure)
        .await;
    bed.admitted("alice").await;
    let mark = bed.portcullis.mark();
    bed.install_policy("hello");
    reloaded(&bed.portcullis, mark).await;
    bed.admitted("guest").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_module_changes_nothing_but_the_operators_view() {
    let bed = Bed::start(Setup::directory()).await;
    let mark = bed.portcullis.mark();
    write_renamed(&bed.policy_path(), b"\0asm\x0d\0\x01\0broken");
    let failure = bed
        .portcullis
        .wait_for(mark, "the failure", Event::is_reload_failure)
        .await;
    assert_eq!(failure.text("policy"), "policy", "{failure:?}");
    bed.admitted("alice").await;
    let (status, ready) = bed.portcullis.get("/ready").await;
    assert_eq!(status, 200, "a policy is still deciding");
    assert!(ready.contains("\"degraded\":true"), "{ready}");
}

/// The settings and the files of policies are both looked at, and the same fault is not a second one.
#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_told_once_for_each_hangup_and_its_end_is_told() {
    let bed = Bed::start(Setup::directory()).await;
    let good = std::fs::read(bed.policy_path()).expect("the module");
    let mark = bed.portcullis.mark();
    write_renamed(&bed.policy_path(), b"\0asm\x0d\0\x01\0broken");
    bed.portcullis
        .wait_for(mark, "the failure", Event::is_reload_failure)
        .await;
    let mark = bed.portcullis.mark();
    bed.portcullis.signal(Signal::HUP);
    bed.portcullis
        .wait_for(mark, "the failure", Event::is_reload_failure)
        .await;
    write_renamed(&bed.policy_path(), &good);
    let is_recovery = |event: &Event| event.message() == "recovered";
    let recovery = bed.portcullis.wait_for(mark, "recovery", is_recovery).await;
    assert_eq!(recovery.text("policy"), "policy", "{recovery:?}");
    let log = bed.portcullis.log();
    let told = log
        .since(mark)
        .into_iter()
        .filter_map(|line| Event::parse(&line));
    assert_eq!(told.filter(Event::is_reload_failure).count(), 1);
    bed.admitted("alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_reloads() {
    let bed = Bed::start(Setup::directory()).await;
    let mark = bed.portcullis.mark();
    bed.write_users(&users_with("carol"));
    bed.portcullis.signal(Signal::HUP);
    reloaded(&bed.portcullis, mark).await;
    bed.admitted("carol").await;
}

/// A folder as Kubernetes projects volumes: files are links into `..data`, itself a link, which a rename replaces.
#[tokio::test(flavor = "multi_thread")]
async fn a_swapped_data_link_is_loaded() {
    let home = tempfile::tempdir().expect("a directory");
    let volume = home.path().join("volume");
    let project = |revision: &str, users: &Value| {
        let folder = volume.join(revision);
        std::fs::create_dir_all(&folder).expect("a directory");
        std::fs::copy(guest("directory"), folder.join("policy.wasm")).expect("copied");
        std::fs::write(folder.join("users.json"), users.to_string()).expect("written");
        symlink(revision, volume.join("..data_tmp")).expect("linked");
        std::fs::rename(volume.join("..data_tmp"), volume.join("..data")).expect("renamed");
    };
    project("..first", &users());
    for file in ["policy.wasm", "users.json"] {
        symlink(format!("..data/{file}"), volume.join(file)).expect("linked");
    }
    let (server, portcullis) = serve_folder(home.path(), &volume).await;
    let mark = portcullis.mark();
    project("..second", &users_with("carol"));
    std::fs::remove_dir_all(volume.join("..first")).expect("removed");
    reloaded(&portcullis, mark).await;
    assert_eq!(connect(&server, "carol").await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_folder_that_is_replaced_is_still_watched() {
    let home = tempfile::tempdir().expect("a directory");
    let (folder, next) = (home.path().join("policies"), home.path().join("next"));
    let fill = |folder: &std::path::Path, users: &Value| {
        std::fs::create_dir(folder).expect("a directory");
        std::fs::copy(guest("directory"), folder.join("policy.wasm")).expect("copied");
        std::fs::write(folder.join("users.json"), users.to_string()).expect("written");
    };
    fill(&folder, &users());
    let (server, portcullis) = serve_folder(home.path(), &folder).await;
    let mark = portcullis.mark();
    fill(&next, &users_with("carol"));
    std::fs::rename(&folder, home.path().join("gone")).expect("renamed");
    std::fs::rename(&next, &folder).expect("renamed");
    reloaded(&portcullis, mark).await;
    assert_eq!(connect(&server, "carol").await, Ok(()));
    let mark = portcullis.mark();
    std::fs::write(folder.join("users.json"), users_with("dave").to_string()).expect("written");
    reloaded(&portcullis, mark).await;
    assert_eq!(connect(&server, "dave").await, Ok(()));
}

/// Clients connect continuously while module and data change fifty times. The versions place alice in different accounts,
/// so that her account shows which version decided.
#[tokio::test(flavor = "multi_thread")]
async fn a_swap_under_load_loses_no_client_and_mixes_no_generations() {
    let mut setup = Setup::directory();
    // The timeout that the documentation recommends; on a busy machine the usual two seconds may pass without a fault of ours.
    setup.server.timeout_seconds = 5;
    let bed = Arc::new(Bed::start(setup).await);
    let running = Arc::new(AtomicBool::new(true));
    let clients: Vec<_> = (0..4)
        .map(|_| tokio::spawn(connect_while(Arc::clone(&running), Arc::clone(&bed))))
        .collect();
    let accounts = swap_fifty_times(&bed).await;
    running.store(false, Ordering::Relaxed);
    let mut admitted = 0;
    for client in clients {
        admitted += client.await.expect("a client was lost");
    }
    assert!(admitted > accounts.len(), "there was load");
    for event in bed
        .portcullis
        .events()
        .iter()
        .filter(|event| event.message() == "decision")
    {
        let generation = event.number("generation").expect("a generation");
        let account = accounts
            .get(&generation)
            .expect("a generation that was announced");
        assert_eq!(event.text("account"), *account, "{event:?}");
    }
}

async fn connect_while(running: Arc<AtomicBool>, bed: Arc<Bed>) -> usize {
    let mut admitted = 0;
    while running.load(Ordering::Relaxed) {
        if let Err(refusal) = connect(&bed.server, "alice").await {
            let metrics = bed.portcullis.get("/metrics").await.1;
            panic!("{refusal}; the metrics since:\n{metrics}");
        }
        admitted += 1;
    }
    admitted
}

/// Returns the account in which each generation places alice.
async fn swap_fifty_times(bed: &Bed) -> BTreeMap<u64, &'static str> {
    let portcullis = &bed.portcullis;
    let first = portcullis.metrics().await.sum("portcullis_generation", &[]);
    let mut accounts = BTreeMap::from([(first as u64, "APP")]);
    let mut by_data = "APP";
    for swap in 0..50 {
        let mark = portcullis.mark();
        let account = match swap % 5 {
            // This module places all clients in APP, whatever the data.
            3 => {
                bed.install_policy("remembers");
                "APP"
            }
            // A faulty module changes nothing; then the first one again.
            4 => {
                bed.install_policy("traps-in-configure");
                portcullis
                    .wait_for(mark, "the failure", Event::is_reload_failure)
                    .await;
                bed.install_policy("directory");
                by_data
            }
            _ => {
                by_data = if by_data == "APP" { "SYS" } else { "APP" };
                let mut users = users();
                users["alice"]["account"] = by_data.into();
                bed.write_users(&users);
                by_data
            }
        };
        accounts.insert(reloaded(portcullis, mark).await, account);
    }
    assert_eq!(accounts.len(), 51, "each swap is one generation");
    accounts
}

async fn connect(server: &NatsServer, user: &str) -> Result<(), String> {
    let mut connection = raw::Connection::open(&server.address())
        .await
        .map_err(|error| error.to_string())?;
    connection.log_in(user, user).await
}

/// Serves `policy.wasm` with `users.json` of that folder.
async fn serve_folder(
    home: &std::path::Path,
    folder: &std::path::Path,
) -> (NatsServer, Portcullis) {
    let keys = Keys::generate();
    let server = NatsServer::start(&nats_server::Options::sealed(&keys)).await;
    let serve = Serve::new(home, &server.url())
        .issuer(&keys)
        .xkey(&keys)
        .accounts(&["APP", "SYS"]);
    let serve = serve.flag("--policy", folder.join("policy.wasm"));
    let portcullis = serve.flag("--data", folder.join("users.json")).spawn();
    portcullis.wait_for_message(0, "ready").await;
    (server, portcullis)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_waits_for_its_module() {
    let one = "[[policies]]\nmodule = \"policies/policy.wasm\"\n";
    let bed = Bed::start(Setup::config(one)).await;
    let mark = bed.portcullis.mark();
    let two = format!("{one}[[policies]]\nmodule = \"second.wasm\"\n");
    write_renamed(&bed.config_path(), two.as_bytes());
    let told = |event: &Event| event.text("cause").contains("second.wasm");
    bed.portcullis
        .wait_for(mark, "the missing module", told)
        .await;
    let mark = bed.portcullis.mark();
    install(guest("hello"), &bed.folder().join("second.wasm"));
    reloaded(&bed.portcullis, mark).await;
    let (_, readiness) = bed.portcullis.get("/ready").await;
    assert!(readiness.contains("\"degraded\":false"), "{readiness}");
}
