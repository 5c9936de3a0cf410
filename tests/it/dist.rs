//! What an installation is made of, and that it works from an installed program alone: in any folder, without this
//! repository. `make dist-check` does the same with the archive itself.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use portcullis_tests::artifacts::{self, root};
use rstest::rstest;

/// The policies that come with an installation.
const READY: [&str; 5] = [
    "directory",
    "hello",
    "office-hours",
    "rego",
    "token-accounts",
];

/// A prefix as archives lay it out, and an empty folder to work in.
struct Installed {
    prefix: tempfile::TempDir,
    work: tempfile::TempDir,
}

impl Installed {
    /// The program alone.
    fn program() -> Self {
        let installed = Self {
            prefix: tempfile::tempdir().expect("a folder"),
            work: tempfile::tempdir().expect("a folder"),
        };
        let bin = installed.prefix.path().join("bin");
        fs::create_dir(&bin).expect("created");
        fs::copy(artifacts::portcullis(), bin.join("portcullis")).expect("copied");
        installed
    }

    fn with_policies() -> Self {
        let installed = Self::program();
        let policies = installed.prefix.path().join("share/portcullis/policies");
        copy_policies(&policies);
        installed
    }

    /// A line for the shell, where `portcullis` is the installed one.
    fn shell(&self, line: &str) -> Output {
        let path = std::env::var("PATH").expect("PATH");
        let bin = self.prefix.path().join("bin");
        let shared = artifacts::portcullis().with_file_name("test-projects");
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .current_dir(self.work.path())
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("XDG_CACHE_HOME", artifacts::cache_home())
            // Projects in Rust share what they compile of the SDK's dependencies.
            .env("CARGO_TARGET_DIR", shared.join("rust"))
            .env_remove("PORTCULLIS_POLICIES_DIR");
        command.output().expect("sh runs")
    }

    /// The same for a line that succeeds; gives its stdout.
    fn succeeds(&self, line: &str) -> String {
        let output = self.shell(line);
        let (stdout, stderr) = texts(&output);
        assert!(output.status.success(), "{line}\n{stdout}{stderr}");
        stdout
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.work.path()).expect("the folder");
        let name = |entry: fs::DirEntry| entry.file_name().display().to_string();
        entries
            .map(|entry| name(entry.expect("an entry")))
            .collect()
    }
}

fn copy_policies(folder: &Path) {
    fs::create_dir_all(folder).expect("created");
    for name in READY {
        let module = folder.join(format!("{name}.wasm"));
        fs::copy(artifacts::guest(name), module).expect("copied");
    }
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// The commands among the steps that `init` prints, without those that run until they are stopped.
fn steps(printed: &str) -> Vec<&str> {
    let lines = printed
        .lines()
        .filter_map(|line| line.strip_prefix("     "));
    let steps = lines.filter(|line| line.starts_with("portcullis ") && !line.contains(" serve "));
    steps.collect()
}

#[rstest]
#[case::directory("directory", "can publish test: yes")]
#[case::hello("hello", "can subscribe news.today: yes")]
#[case::office_hours("office-hours", "can publish test: yes")]
#[case::rego("rego", "can publish test: yes")]
#[case::token_accounts("token-accounts", "can publish test: yes")]
fn the_steps_after_a_ready_made_policy_work_in_any_folder(
    #[case] policy: &str,
    #[case] expected: &str,
) {
    let installed = Installed::with_policies();
    let printed = installed.succeeds(&format!("portcullis init 'my demo' --policy {policy}"));
    assert!(
        !printed.contains(&root().display().to_string()),
        "{printed}"
    );
    assert!(
        printed.contains("nats-server -c 'my demo/nats-server.conf'"),
        "{printed}"
    );
    let steps = steps(&printed);
    assert!(!steps.is_empty(), "{printed}");
    let seen: String = steps.iter().map(|step| installed.succeeds(step)).collect();
    assert!(seen.contains(expected), "{seen}");
}

#[test]
fn the_steps_without_a_ready_made_policy_work_in_any_folder() {
    let installed = Installed::program();
    let printed = installed.succeeds("portcullis init demo");
    assert!(
        !printed.contains(&root().display().to_string()),
        "{printed}"
    );
    let steps = steps(&printed);
    assert!(steps[0].starts_with("portcullis new ") && steps[1].starts_with("portcullis build "));
    let seen: String = steps.iter().map(|step| installed.succeeds(step)).collect();
    assert!(seen.contains("can subscribe news.today: yes"), "{seen}");
}

#[test]
fn without_the_ready_made_policies_nothing_is_written_and_the_error_says_what_to_do() {
    let installed = Installed::program();
    let output = installed.shell("portcullis init demo --policy directory");
    let (stdout, stderr) = texts(&output);
    assert_eq!(
        (output.status.code(), stdout.as_str()),
        (Some(3), ""),
        "{stderr}"
    );
    assert_eq!(stderr.trim_end().lines().count(), 1, "{stderr}");
    let place = installed
        .prefix
        .path()
        .join("share/portcullis/policies/directory.wasm");
    let place = place
        .strip_prefix(installed.prefix.path())
        .expect("below it");
    for word in [
        place.to_str().expect("text"),
        "PORTCULLIS_POLICIES_DIR",
        "portcullis new my-policy --lang rust",
        "portcullis build my-policy -o demo/policy.wasm",
    ] {
        assert!(stderr.contains(word), "{word:?} is not in {stderr}");
    }
    assert_eq!(installed.names(), [""; 0]);
}

#[test]
fn a_variable_names_another_folder_of_ready_made_policies() {
    let installed = Installed::program();
    let elsewhere = tempfile::tempdir().expect("a folder");
    copy_policies(elsewhere.path());
    let folder = elsewhere.path().display();
    installed.succeeds(&format!(
        "PORTCULLIS_POLICIES_DIR='{folder}' portcullis init demo --policy hello"
    ));
    let copied = fs::read(installed.work.path().join("demo/policy.wasm")).expect("the module");
    assert_eq!(
        copied,
        fs::read(artifacts::guest("hello")).expect("the module")
    );
}

#[test]
fn the_version_names_the_commit_and_the_contract() {
    let printed = Installed::program().succeeds("portcullis --version");
    let lines: Vec<_> = printed.lines().collect();
    let [version, commit, contract] = lines.as_slice() else {
        panic!("{printed}");
    };
    assert_eq!(*version, concat!("portcullis ", env!("CARGO_PKG_VERSION")));
    assert!(
        commit
            .strip_prefix("commit: ")
            .is_some_and(|commit| !commit.is_empty()),
        "{commit}"
    );
    let wit = fs::read_to_string(root().join("wit/types.wit")).expect("the contract");
    let package = wit.lines().find_map(|line| line.strip_prefix("package "));
    let package = package.expect("a package").trim_end_matches(';');
    assert_eq!(
        *contract,
        format!("contract: {}", package.replace('@', " "))
    );
}

/// The verbs that `--help` lists.
fn verbs(installed: &Installed) -> Vec<String> {
    let help = installed.succeeds("portcullis --help");
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = commands.take_while(|line| line.starts_with("  "));
    let names = commands.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn there_is_a_manual_page_for_every_verb() {
    let installed = Installed::program();
    let verbs = verbs(&installed);
    assert!(verbs.contains(&"serve".to_owned()), "{verbs:?}");
    installed.succeeds("portcullis man pages");
    let page = |name: &str| {
        let path = installed.work.path().join("pages").join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let first = page("portcullis.1");
    // After an empty date: the version, for the footer.
    let source = concat!(" 1 \"\" \"portcullis ", env!("CARGO_PKG_VERSION"), " (");
    for verb in verbs {
        let text = page(&format!("portcullis-{verb}.1"));
        for part in [".SH NAME", "\n.nf\n", "Example", source] {
            assert!(text.contains(part), "{part:?} is not in {text}");
        }
        assert!(
            first.contains(&format!("portcullis\\-{verb}(1)")),
            "{verb} in {first}"
        );
    }
}

#[rstest]
#[case::bash("bash", "bash -n")]
#[case::zsh("zsh", "zsh -n")]
#[case::fish("fish", "fish --no-execute")]
fn every_shell_completes_every_verb(#[case] shell: &str, #[case] check: &str) {
    let installed = Installed::program();
    let script = installed.succeeds(&format!("portcullis completions {shell} | tee script"));
    for verb in verbs(&installed) {
        assert!(
            script.contains(&verb),
            "{verb} is not in the script of {shell}"
        );
    }
    // Where the shell is on this machine, it reads the script.
    installed.succeeds(&format!(
        "if command -v {shell} >/dev/null; then {check} script; fi"
    ));
}

#[test]
fn installing_into_a_folder_that_cannot_be_written_is_reported_in_one_line() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let prefix = file.path().join("usr");
    let mut command = Command::new(artifacts::binary("portcullis-dist"));
    let output = command.arg("install").arg("--prefix").arg(&prefix).output();
    let output = output.expect("it runs");
    let (stdout, stderr) = texts(&output);
    assert_eq!(
        (output.status.code(), stdout.as_str()),
        (Some(3), ""),
        "{stderr}"
    );
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    for word in [prefix.to_str().expect("text"), "PREFIX="] {
        assert!(stderr.contains(word), "{word:?} is not in {stderr}");
    }
}

fn packaging(name: &str) -> String {
    fs::read_to_string(root().join("host/dist").join(name)).expect("the file")
}

#[test]
fn systemd_accepts_the_unit() {
    let unit = packaging("portcullis.service");
    let program = "/usr/local/bin/portcullis";
    assert!(
        unit.contains(&format!("ExecStart={program} serve ")),
        "{unit}"
    );
    if Command::new("systemd-analyze")
        .arg("--version")
        .output()
        .is_err()
    {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path: PathBuf = folder.path().join("portcullis.service");
    let here = artifacts::portcullis().display().to_string();
    fs::write(&path, unit.replace(program, &here)).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("set");
    let output = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&path)
        .output();
    let output = output.expect("it runs");
    let (stdout, stderr) = texts(&output);
    let told = stdout + &stderr;
    assert!(
        output.status.success() && !told.contains("portcullis.service"),
        "{told}"
    );
}

#[test]
fn the_image_needs_no_shell_and_no_root() {
    let text = packaging("Containerfile");
    let words = text
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let instructions: Vec<_> = words
        .filter(|word| word.chars().all(|l| l.is_ascii_uppercase()))
        .collect();
    assert!(
        !instructions.contains(&"RUN"),
        "a base without a shell runs nothing: {instructions:?}"
    );
    assert!(text.contains("\nUSER 65532:65532\n"), "{text}");
    for line in text
        .lines()
        .filter(|line| line.starts_with("ENTRYPOINT") || line.starts_with("CMD"))
    {
        assert!(
            line.contains('['),
            "without brackets it is a line for a shell: {line}"
        );
    }
}
