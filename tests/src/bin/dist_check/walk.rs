//! The steps that `portcullis init --policy` prints, one after the other.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use portcullis_tests::client::Client;
use portcullis_tests::nats_server::DEFAULT_VERSION;
use portcullis_tests::stage::Stage;
use portcullis_tests::{NatsServer, Portcullis};

use super::program::Program;

/// As `init` writes and prints it.
const SERVER: &str = "nats://127.0.0.1:4222";

pub(super) async fn walk(program: &Program, policy: &str, stage: &mut Stage) {
    stage.scene(&format!("the first steps with the policy {policy}"));
    let init = format!("portcullis init {policy} --policy {policy}");
    let printed = program.says(&init);
    stage.step(&init, "Next:", &printed);
    let folder = program.work.join(policy);
    // Ports that are free, as this is not the only server of the machine.
    replace(
        &folder,
        "nats-server.conf",
        "127.0.0.1:4222",
        "127.0.0.1:-1",
    );
    replace(&folder, "portcullis.toml", "127.0.0.1:9222", "127.0.0.1:0");
    for (command, expected) in [
        ("portcullis check --config", "portcullis.toml: good"),
        ("portcullis eval --config", ": yes"),
    ] {
        let line = step(&printed, command);
        stage.step(line, expected, &program.says(line));
    }
    serve(program, policy, step(&printed, "nats --server"), stage).await;
}

/// The line that begins with these words, among those to type.
fn step<'a>(printed: &'a str, words: &str) -> &'a str {
    let lines = printed.lines().map(str::trim);
    let mut steps = lines.filter(|line| line.starts_with(words));
    steps
        .next()
        .unwrap_or_else(|| panic!("no step {words:?} in {printed}"))
}

async fn serve(program: &Program, policy: &str, client: &str, stage: &mut Stage) {
    let folder = program.work.join(policy);
    let server =
        NatsServer::start_configured(&folder.join("nats-server.conf"), DEFAULT_VERSION).await;
    replace(&folder, "portcullis.toml", SERVER, &server.url());
    let before = names(&folder);
    let settings = format!("{policy}/portcullis.toml");
    let serve = [
        "serve",
        "--config",
        &settings,
        "--cache",
        "none",
        "--log-format",
        "json",
    ];
    let serve: Vec<_> = serve.iter().map(Into::into).collect();
    let service = Portcullis::spawn(&program.work, &serve);
    service.wait_for_message(0, "ready").await;
    stage.say(&format!(
        "portcullis serve is ready; nats-server listens on {}",
        server.url()
    ));

    let line = client.replace(SERVER, &server.url());
    let connected = connect(program, &service, &line).await;
    stage.step(client, "allow", &connected);
    let stranger = match Client::connect(&server.url(), "alice", "guessed").await {
        Ok(_) => "admitted".to_owned(),
        Err(error) => error.to_string(),
    };
    stage.step(
        "alice connects with a guessed password",
        "authorization violation",
        &stranger,
    );
    let (status, _) = service.get("/ready").await;
    stage.step("GET /ready", "200", &status.to_string());
    let finished = service.terminate().await;
    stage.step("SIGTERM", "exit status: 0", &finished.status.to_string());
    stage.step(
        "a service without a cache writes no file",
        &format!("{before:?}"),
        &format!("{:?}", names(&folder)),
    );
}

/// Runs the client until the service has decided about it. Some clients stay until they are stopped.
async fn connect(program: &Program, service: &Portcullis, line: &str) -> String {
    let mark = service.mark();
    let mut command: Command = program.shell(&format!("exec {line}"));
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut client = command.spawn().expect("sh runs");
    let decided = service.wait_for_message(mark, "decision").await;
    let _ = client.kill();
    let _ = client.wait();
    decided.text("outcome").to_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| entry.file_name().display().to_string())
        .collect();
    names.sort();
    names
}

fn replace(folder: &Path, file: &str, old: &str, new: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap_or_default();
    fs::write(path, text.replace(old, new)).expect("written");
}
