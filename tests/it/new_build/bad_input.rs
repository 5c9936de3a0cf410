//! Wrong usage: exit code 2, an error that says how to fix it, and nothing is written.

use super::*;

#[rstest]
#[case::capitals(&["new", "Gate", "--lang", "go"], "contains 'G'")]
#[case::digit_first(&["new", "2fast", "--lang", "go"], "begins with '2'")]
#[case::path(&["new", "../gate", "--lang", "go"], "contains '.'")]
#[case::empty(&["new", "", "--lang", "go"], "the name is empty")]
#[case::reserved(&["new", "match", "--lang", "rust"], "a keyword of the language")]
#[case::dependency(&["new", "esbuild", "--lang", "ts"], "depends on")]
#[case::misspelt(&["new", "gate", "--lang", "pyton"], "did you mean \"python\"?")]
#[case::unknown(&["new", "gate", "--lang", "cobol"], "choose one of rust, go, python, js, ts, c")]
#[case::no_language(&["new", "gate"], "--lang <LANGUAGE>")]
#[case::no_name(&["new", "--lang", "go"], "<NAME>")]
#[case::doctor(&["doctor", "--lang", "golang"], "did you mean \"go\"?")]
fn wrong_usage_is_reported_and_nothing_is_written(#[case] arguments: &[&str], #[case] words: &str) {
    let work_dir = WorkDir::new();
    assert_says(&work_dir.portcullis(".", arguments), 2, &[words]);
    assert!(work_dir.names().is_empty(), "{:?}", work_dir.names());
}

#[test]
fn a_name_of_64_letters_is_too_long() {
    let work_dir = WorkDir::new();
    let long = "a".repeat(64);
    assert_says(
        &work_dir.portcullis(".", &["new", &long, "--lang", "c"]),
        2,
        &["at most 63"],
    );
    assert_says(
        &work_dir.portcullis(".", &["new", &long[1..], "--lang", "c"]),
        0,
        &[],
    );
}

#[test]
fn a_folder_with_files_is_not_changed() {
    let work_dir = WorkDir::new();
    work_dir.write("gate/.hidden", "mine");
    let refused = work_dir.portcullis(".", &["new", "gate", "--lang", "rust"]);
    assert_says(&refused, 2, &["gate already exists", "nothing was written"]);
    assert_eq!(
        fs::read_dir(work_dir.path("gate"))
            .expect("the folder")
            .count(),
        1
    );
    work_dir.write("file", "mine");
    let refused = work_dir.portcullis(".", &["new", "file", "--lang", "rust"]);
    assert_says(&refused, 2, &["file already exists", "not a folder"]);
    assert_eq!(work_dir.names(), ["file", "gate"]);
}

#[rstest]
#[case::empty(&[], "is not a policy project")]
#[case::makefile_alone(&["Makefile"], "is not a policy project")]
#[case::several(&["Cargo.toml", "go.mod", "package.json"], "Cargo.toml and go.mod and package.json")]
#[case::no_entry(&["package.json", "src/index.ts"], "neither src/policy.ts nor src/policy.js")]
fn a_folder_without_a_project_is_not_built(#[case] files: &[&str], #[case] words: &str) {
    let work_dir = WorkDir::new();
    fs::create_dir(work_dir.path("here")).expect("the folder");
    for file in files {
        work_dir.write(&format!("here/{file}"), "");
    }
    assert_says(
        &work_dir.portcullis(".", &["build", "here"]),
        2,
        &["here", words],
    );
    assert_eq!(work_dir.names(), ["here"]);
}

#[test]
fn the_output_path_is_checked_before_the_build() {
    let work_dir = WorkDir::new();
    work_dir.write("here/Cargo.toml", "");
    let into = |output: &str| work_dir.portcullis(".", &["build", "here", "-o", output]);
    assert_says(&into("here"), 2, &["here is a folder; name a file"]);
    assert_says(
        &into("nowhere/policy.wasm"),
        2,
        &["there is no folder nowhere"],
    );
    assert_says(
        &work_dir.portcullis(".", &["build", "nowhere"]),
        2,
        &["cannot read the folder nowhere"],
    );
}

#[test]
fn check_without_a_module_checks_the_one_that_build_writes() {
    let missing = WorkDir::new().portcullis(".", &["check"]);
    assert_says(&missing, 2, &["policy.wasm: fault"]);
}
