//! `make dist-check`: the archive of `make dist`, used as somebody does who has nothing else. The arguments are the folder
//! of the unpacked archive and an empty folder. `PORTCULLIS_BIN` is the program in the archive.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use portcullis_tests::client::Client;
use portcullis_tests::nats_server::DEFAULT_VERSION;
use portcullis_tests::stage::Stage;
use portcullis_tests::{NatsServer, Portcullis};

/// What an archive has besides the manual pages of the verbs.
const FILES: &[&str] = &[
    "Containerfile",
    "LICENSE",
    "README.md",
    "lib/systemd/system/portcullis.service",
    "lib/sysusers.d/portcullis.conf",
    "share/bash-completion/completions/portcullis",
    "share/doc/portcullis/LICENSES.txt",
    "share/doc/portcullis/examples/nats-server.conf",
    "share/doc/portcullis/examples/portcullis.toml",
    "share/doc/portcullis/sbom.cdx.json",
    "share/fish/vendor_completions.d/portcullis.fish",
    "share/man/man1/portcullis.1",
    "share/man/man1/portcullis-serve.1",
    "share/portcullis/policies/directory.wasm",
    "share/portcullis/policies/hello.wasm",
    "share/portcullis/policies/office-hours.wasm",
    "share/portcullis/policies/rego.wasm",
    "share/portcullis/policies/token-accounts.wasm",
    "share/zsh/site-functions/_portcullis",
];
/// The shared libraries that the base of the Containerfile has, and the version of its C library.
const LIBRARIES: [&str; 4] = [
    "libc.so.6",
    "libm.so.6",
    "libgcc_s.so.1",
    "ld-linux-x86-64.so.2",
];
const GLIBC: (u32, u32) = (2, 36);

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(archive), Some(work)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: dist_check UNPACKED EMPTY");
        return ExitCode::from(2);
    };
    let mut stage = Stage::new();
    let new = Newcomer { archive, work };
    new.looks_at_the_files(&mut stage);
    new.builds_an_image(&mut stage);
    new.begins(&mut stage);
    new.serves(&mut stage).await;
    stage.curtain()
}

struct Newcomer {
    archive: PathBuf,
    work: PathBuf,
}

impl Newcomer {
    fn looks_at_the_files(&self, stage: &mut Stage) {
        stage.scene("what is in the archive");
        let is_missing = |file: &&&str| !self.archive.join(file).is_file();
        let missing: Vec<_> = FILES.iter().filter(is_missing).collect();
        stage.step("files that are missing", "[]", &format!("{missing:?}"));
        let bill = self.read("share/doc/portcullis/sbom.cdx.json");
        let bill: serde_json::Value = serde_json::from_str(&bill).unwrap_or_default();
        let count = bill["components"].as_array().map_or(0, Vec::len);
        let format = format!("{}, {count} components", bill["bomFormat"]);
        stage.step("the bill of materials", "\"CycloneDX\"", &format);
        let named = bill["components"]
            .to_string()
            .contains("\"name\":\"wasmtime\"");
        stage.step("the bill names wasmtime", "true", &named.to_string());
        let licenses = self.read("share/doc/portcullis/LICENSES.txt");
        let without = bill["components"].as_array().into_iter().flatten();
        let without = without.filter_map(|component| {
            let line = format!(
                "{} {}",
                component["name"].as_str()?,
                component["version"].as_str()?
            );
            (!licenses.contains(&line) && component["name"] != "std").then_some(line)
        });
        let without: Vec<_> = without.collect();
        stage.step(
            "components without a licence text",
            "[]",
            &format!("{without:?}"),
        );
        let example = self.read("share/doc/portcullis/examples/nats-server.conf");
        stage.step(
            "the example has no key",
            "issuer: PUBLIC-KEY-OF-issuer.seed",
            &example,
        );
    }

    /// As far as it can be told without an engine.
    fn builds_an_image(&self, stage: &mut Stage) {
        stage.scene("the Containerfile");
        let text = self.read("Containerfile");
        let copies = text.lines().filter_map(|line| line.strip_prefix("COPY "));
        let sources = copies.flat_map(|copy| {
            let words: Vec<_> = copy.split_whitespace().collect();
            words[..words.len() - 1].to_vec()
        });
        let missing: Vec<_> = sources
            .filter(|source| !self.archive.join(source).exists())
            .collect();
        stage.step(
            "sources of COPY that are missing",
            "[]",
            &format!("{missing:?}"),
        );
        let program = self.archive.join("bin/portcullis");
        let Ok(dynamic) = output("readelf", &["--dynamic", "--wide"], &program) else {
            return stage.say("there is no readelf: the program's libraries are not looked at");
        };
        let needed = dynamic.lines().filter(|line| line.contains("(NEEDED)"));
        let needed = needed.filter_map(|line| line.split(['[', ']']).nth(1));
        let foreign: Vec<_> = needed
            .filter(|library| !LIBRARIES.contains(library))
            .collect();
        stage.step(
            "libraries that the base has not",
            "[]",
            &format!("{foreign:?}"),
        );
        let versions =
            output("readelf", &["--version-info", "--wide"], &program).unwrap_or_default();
        let newest = versions
            .split("GLIBC_")
            .skip(1)
            .filter_map(glibc_version)
            .max();
        let is_old_enough = newest.is_some_and(|newest| newest <= GLIBC);
        stage.step(
            &format!("the C library that it needs ({newest:?}) is not newer than that of the base"),
            "true",
            &is_old_enough.to_string(),
        );
    }

    fn begins(&self, stage: &mut Stage) {
        stage.scene("the first steps, in an empty folder");
        stage.step(
            "portcullis --version",
            "contract: portcullis:policy",
            &self.portcullis(&["--version"]),
        );
        let init = ["init", "demo", "--policy", "directory"];
        stage.step(
            "portcullis init demo --policy directory",
            "Next:",
            &self.portcullis(&init),
        );
        // Ports that are free, as this is not the only server of the machine.
        self.replace("demo/nats-server.conf", "127.0.0.1:4222", "127.0.0.1:-1");
        self.replace("demo/portcullis.toml", "127.0.0.1:9222", "127.0.0.1:0");
        let check = ["check", "--config", "demo/portcullis.toml"];
        stage.step(
            &format!("portcullis {}", check.join(" ")),
            "portcullis.toml: good",
            &self.portcullis(&check),
        );
        let eval = [
            "eval",
            "demo/policy.wasm",
            "--data",
            "demo/users.json",
            "--user",
            "alice",
            "--password",
            "@demo/alice.password",
        ];
        stage.step(
            &format!("portcullis {}", eval.join(" ")),
            "allow",
            &self.portcullis(&eval),
        );
    }

    async fn serves(&self, stage: &mut Stage) {
        stage.scene("a real nats-server, and clients");
        let server =
            NatsServer::start_configured(&self.work.join("demo/nats-server.conf"), DEFAULT_VERSION)
                .await;
        self.replace(
            "demo/portcullis.toml",
            "nats://127.0.0.1:4222",
            &server.url(),
        );
        let serve = [
            "serve",
            "--config",
            "demo/portcullis.toml",
            "--log-format",
            "json",
        ];
        let serve: Vec<_> = serve.iter().map(Into::into).collect();
        let service = Portcullis::spawn(&self.work, &serve);
        service.wait_for_message(0, "ready").await;
        stage.say(&format!(
            "portcullis serve is ready; nats-server listens on {}",
            server.url()
        ));
        let password =
            fs::read_to_string(self.work.join("demo/alice.password")).unwrap_or_default();
        for (what, password, expected) in [
            (
                "alice connects with her password",
                password.trim(),
                "admitted",
            ),
            (
                "alice connects with another",
                "guessed",
                "authorization violation",
            ),
        ] {
            let seen = match Client::connect(&server.url(), "alice", password).await {
                Ok(_) => "admitted".to_owned(),
                Err(error) => error.to_string(),
            };
            stage.step(what, expected, &seen);
        }
        let (status, _) = service.get("/ready").await;
        stage.step("GET /ready", "200", &status.to_string());
        let finished = service.terminate().await;
        stage.step("SIGTERM", "exit status: 0", &finished.status.to_string());
    }

    /// Runs the program with nothing of this machine but its folder; gives what it said and its exit code if that is not 0.
    fn portcullis(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(self.archive.join("bin/portcullis"));
        command.args(arguments).current_dir(&self.work);
        command.env_clear().env("HOME", &self.work);
        match command.output() {
            Ok(output) if output.status.success() => said(&output),
            Ok(output) => format!("{}: {}", output.status, said(&output)),
            Err(error) => error.to_string(),
        }
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.archive.join(file)).unwrap_or_default()
    }

    fn replace(&self, file: &str, old: &str, new: &str) {
        let path = self.work.join(file);
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, text.replace(old, new)).expect("written");
    }
}

fn said(output: &Output) -> String {
    let text = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    text.concat().trim().to_owned()
}

fn output(program: &str, arguments: &[&str], file: &Path) -> std::io::Result<String> {
    let output = Command::new(program).args(arguments).arg(file).output()?;
    Ok(said(&output))
}

/// `2.34) ...` is (2, 34).
fn glibc_version(text: &str) -> Option<(u32, u32)> {
    let digits: String = text
        .chars()
        .take_while(|letter| letter.is_ascii_digit() || *letter == '.')
        .collect();
    let mut numbers = digits.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}
