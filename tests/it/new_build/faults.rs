//! Builds that fail, and tools that are missing.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;

use rustix::process::{Pid, Signal, kill_process};

use super::*;

/// A crate without dependencies, so that it compiles quickly.
fn crate_of(source: &str) -> WorkDir {
    let work_dir = WorkDir::new();
    let manifest = "[package]\nname = \"gate\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n[workspace]\n";
    work_dir.write("gate/Cargo.toml", manifest);
    work_dir.write("gate/src/lib.rs", source);
    work_dir.write("gate/policy.wasm", "the one before");
    work_dir.own_target()
}

impl WorkDir {
    /// Crates with the same name would disturb each other.
    fn own_target(self) -> Self {
        let target = self.path("target");
        fs::create_dir(&target).expect("the folder");
        self.variable("CARGO_TARGET_DIR", target)
    }

    fn assert_kept(&self) {
        let module = fs::read_to_string(self.path("gate/policy.wasm")).expect("the module");
        assert_eq!(module, "the one before");
        assert_eq!(self.names(), ["gate", "target"]);
        let temporary = fs::read_dir(self.path("gate"))
            .expect("the folder")
            .flatten();
        let temporary: Vec<_> = temporary
            .filter(|entry| entry.file_name().to_string_lossy().starts_with('.'))
            .collect();
        assert!(temporary.is_empty(), "{temporary:?}");
    }

    /// A program of that name that runs a shell script; there is nothing else on PATH.
    fn with_program(self, name: &str, script: &str) -> Self {
        self.write(
            &format!("target/bin/{name}"),
            &format!("#!/bin/sh\n{script}\n"),
        );
        let program = self.path("target/bin").join(name);
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).expect("executable");
        let path = self.path("target/bin");
        self.variable("PATH", path)
    }
}

#[test]
fn compile_errors_are_shown_unchanged() {
    let work_dir = crate_of("pub fn decide() -> bool { neither }\n");
    let failed = work_dir.portcullis("gate", &["build"]);
    let words = [
        "error[E0425]: cannot find value `neither` in this scope",
        "--> src/lib.rs:1:27",
        "portcullis: error: build: `cargo build --release --target wasm32-unknown-unknown",
        "failed (exit status: 101)",
    ];
    assert_says(&failed, 1, &words);
    assert!(failed.stdout.is_empty());
    work_dir.assert_kept();
}

#[test]
fn a_module_that_is_not_a_policy_is_refused_with_the_reason() {
    let work_dir = crate_of("#[unsafe(no_mangle)]\npub extern \"C\" fn decide() {}\n");
    let failed = work_dir.portcullis("gate", &["build", "--json"]);
    assert_says(&failed, 1, &["the built module is not a policy"]);
    let report = object(&failed);
    assert_eq!(report["built"], false);
    assert!(
        report["fault"]
            .as_str()
            .expect("a text")
            .contains("not a policy")
    );
    work_dir.assert_kept();
}

#[test]
fn a_crate_without_a_library_is_refused_with_the_remedy() {
    let work_dir = crate_of("");
    work_dir.write(
        "gate/Cargo.toml",
        "[package]\nname = \"gate\"\n[workspace]\n",
    );
    assert_says(
        &work_dir.portcullis("gate", &["build"]),
        2,
        &["Cargo.toml", "\"cdylib\""],
    );
    work_dir.assert_kept();
}

#[rstest]
#[case::rust(&["Cargo.toml"], "rustc")]
#[case::go(&["go.mod"], "go")]
#[case::python(&["pyproject.toml"], "python3")]
#[case::javascript(&["package.json", "src/policy.js"], "node")]
#[case::c(&["Makefile", "src/policy.c"], "python3")]
fn a_missing_tool_is_named_with_the_command_that_installs_it(
    #[case] files: &[&str],
    #[case] tool: &str,
) {
    let work_dir = WorkDir::new().variable("PATH", "");
    for file in files {
        work_dir.write(file, "");
    }
    let failed = work_dir.portcullis(".", &["build"]);
    assert_says(
        &failed,
        3,
        &[
            &format!("build: {tool} ("),
            "or newer) is missing; get it: ",
        ],
    );
    assert!(!work_dir.path("policy.wasm").exists());
}

#[test]
fn a_tool_that_is_too_old_is_reported_as_such() {
    let old = |version: &str| {
        let work_dir = WorkDir::new().own_target();
        work_dir.write("go.mod", "");
        let work_dir =
            work_dir.with_program("go", &format!("echo go version go{version} linux/amd64"));
        work_dir.portcullis(".", &["build"])
    };
    assert_says(
        &old("1.22.5"),
        3,
        &["go 1.22.5 is too old (1.24 or newer); get it: go env -w GOTOOLCHAIN="],
    );
    assert_says(
        &old("1.19"),
        3,
        &["go 1.19 is too old (1.24 or newer); get it: https://go.dev/dl"],
    );
}

#[test]
fn the_doctor_reports_what_every_language_lacks() {
    let work_dir = WorkDir::new().variable("PATH", "");
    let found = work_dir.portcullis(".", &["doctor"]);
    let words = [
        "rust    not ready  rustc (1.95 or newer) is missing; get it: curl",
        "python3",
        "node",
        "npm",
        "go (1.24 or newer)",
    ];
    assert_says(&found, 1, &words);
    let found = object(&work_dir.portcullis(".", &["doctor", "--lang", "go", "--json"]));
    assert_eq!(found["ready"], false);
    let tool = &found["languages"][0]["tools"][0];
    assert_eq!(
        (&tool["tool"], &tool["state"], &tool["needed"]),
        (&"go".into(), &"missing".into(), &"1.24".into())
    );
}

#[test]
fn the_doctor_checks_only_the_given_languages() {
    let work_dir = WorkDir::new()
        .own_target()
        .with_program("go", "echo go1.30");
    assert_says(
        &work_dir.portcullis(".", &["doctor", "--lang", "go"]),
        0,
        &["go      ready      go 1.30"],
    );
    assert_says(
        &work_dir.portcullis(".", &["doctor", "--lang", "go", "--lang", "rust"]),
        1,
        &["rustc"],
    );
}

#[rstest]
#[case(Signal::TERM)]
#[case(Signal::INT)]
fn a_build_that_is_interrupted_leaves_everything_as_it_was(#[case] signal: Signal) {
    let work_dir = WorkDir::new().own_target();
    work_dir.write("gate/go.mod", "");
    work_dir.write("gate/policy.wasm", "the one before");
    let script =
        "[ \"$1\" = version ] && echo go1.30 && exit\necho compiling >&2\nexec /bin/sleep 600";
    let work_dir = work_dir.with_program("go", script);
    fs::create_dir(work_dir.path("target/temporary")).expect("the folder");
    let work_dir = {
        let folder = work_dir.path("target/temporary");
        work_dir.variable("TMPDIR", folder)
    };
    let mut command = work_dir.command(artifacts::portcullis(), "gate");
    let mut build = command
        .arg("build")
        .stderr(Stdio::piped())
        .spawn()
        .expect("portcullis runs");
    let lines = BufReader::new(build.stderr.take().expect("stderr")).lines();
    let mut lines = lines.map(|line| line.expect("text"));
    assert!(lines.any(|line| line == "compiling"));
    let id = i32::try_from(build.id())
        .ok()
        .and_then(Pid::from_raw)
        .expect("a process id");
    kill_process(id, signal).expect("the process is there");
    assert!(lines.any(|line| line.contains("interrupted")));
    assert_eq!(build.wait().expect("its status").code(), Some(3));
    work_dir.assert_kept();
    assert_eq!(
        fs::read_dir(work_dir.path("target/temporary"))
            .expect("the folder")
            .count(),
        0
    );
}
