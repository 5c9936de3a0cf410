//! Each policy is loaded on its own: one that takes long, or fails, never holds up another.

use std::path::Path;

use portcullis_tests::Bed;
use portcullis_tests::artifacts::guest;
use portcullis_tests::bed::{Setup, install, users, write_renamed};
use portcullis_tests::events::Event;
use rustix::process::Signal;

use super::config_reload::policy;
use super::reload::users_with;

/// The directory of this file, and a policy that is replaced by one that takes a minute to fail.
fn chain(users: &Path) -> String {
    let data = format!("data = [{users:?}]");
    format!(
        "accounts = [\"APP\", \"SYS\"]\n{}\n[[policies]]\nname = \"slow\"\nmodule = \"policies/policy.wasm\"\n\
         [limits]\nconfigure-deadline = \"60s\"\n",
        policy("directory", &data)
    )
}

/// A service with that chain, and the folder of `users.json`.
async fn bed() -> (Bed, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("users.json");
    std::fs::write(&file, users().to_string()).expect("written");
    let bed = Bed::start(Setup {
        accounts: vec![],
        ..Setup::config(chain(&file))
    });
    (bed.await, folder)
}

async fn reloaded_with(bed: &Bed, mark: usize, what: &str) {
    let wanted = |event: &Event| event.is_reload() && event.text("what").contains(what);
    bed.portcullis.wait_for(mark, "the reload", wanted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_data_do_not_wait_for_a_module_that_takes_long() {
    let (bed, folder) = bed().await;
    bed.refused("carol").await;
    let mark = bed.portcullis.mark();
    bed.install_policy("endless-configure");
    bed.portcullis.wait_for_message(mark, "loading").await;
    let users = users_with("carol").to_string();
    write_renamed(&folder.path().join("users.json"), users.as_bytes());
    reloaded_with(&bed, mark, "users.json").await;
    bed.admitted("carol").await;
    let failed = bed.portcullis.events();
    assert!(!failed.iter().any(Event::is_reload_failure), "{failed:?}");
}

/// All files may have changed, and the configuration waits until the last of its policies is loaded.
#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_puts_new_data_into_force_while_a_module_takes_long() {
    let (bed, folder) = bed().await;
    let mark = bed.portcullis.mark();
    bed.install_policy("endless-configure");
    bed.portcullis.wait_for_message(mark, "loading").await;
    let users = users_with("carol").to_string();
    std::fs::write(folder.path().join("users.json"), users).expect("written");
    bed.portcullis.signal(Signal::HUP);
    let reload = bed.portcullis.wait_for(mark, "a reload", Event::is_reload);
    reload.await;
    bed.admitted("carol").await;
}

/// A module that is right again is in force at once, whatever is still being loaded.
#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_is_restored_does_not_wait_for_the_wrong_one() {
    let (bed, _folder) = bed().await;
    let mark = bed.portcullis.mark();
    bed.install_policy("endless-configure");
    bed.portcullis.wait_for_message(mark, "loading").await;
    bed.install_policy("hello");
    reloaded_with(&bed, mark, "policy.wasm").await;
    bed.admitted("alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_is_incomplete_only_if_the_operator_lets_it() {
    for (line, ready) in [("", false), ("[service]\nincomplete-start = true\n", true)] {
        let folder = tempfile::tempdir().expect("a directory");
        let file = folder.path().join("users.json");
        std::fs::write(&file, users().to_string()).expect("written");
        let broken = folder.path().join("broken.wasm");
        std::fs::write(&broken, b"\0asm\x0d\0\x01\0broken").expect("written");
        let directory = policy("directory", &format!("data = [{file:?}]"));
        let text = format!(
            "accounts = [\"APP\", \"SYS\"]\n{directory}[[policies]]\nname = \"broken\"\nmodule = {broken:?}\n{line}"
        );
        let bed = Bed::start_unready(Setup {
            accounts: vec![],
            ..Setup::config(text)
        })
        .await;
        let words = match ready {
            true => "ready",
            false => "reloaded",
        };
        bed.portcullis.wait_for_message(0, words).await;
        let (status, report) = bed.portcullis.get("/ready").await;
        assert_eq!(status == 200, ready, "{report}");
        let told = "policy `broken` cannot decide";
        assert!(
            report.contains(told) && report.contains("\"degraded\":true"),
            "{report}"
        );
        if ready {
            bed.admitted("alice").await;
            bed.refused("carol").await;
        } else {
            install(guest("hello"), &broken);
            bed.portcullis.wait_for_message(0, "ready").await;
            bed.admitted("alice").await;
        }
    }
}
