//! What is in the archive.

use std::fs;
use std::path::Path;

use portcullis_tests::stage::Stage;

/// What an archive has besides the manual pages of the verbs.
const FILES: &[&str] = &[
    "Containerfile",
    "LICENSE",
    "README.md",
    "lib/systemd/system/portcullis.service",
    "lib/sysusers.d/portcullis.conf",
    "share/bash-completion/completions/portcullis",
    "share/doc/portcullis/LICENSES.txt",
    "share/doc/portcullis/book/SUMMARY.md",
    "share/doc/portcullis/book/abilities.md",
    "share/doc/portcullis/book/operating/deploying.md",
    "share/doc/portcullis/book/policies/directory.md",
    "share/doc/portcullis/book/types.wit",
    "share/doc/portcullis/examples/nats-server.conf",
    "share/doc/portcullis/examples/portcullis.toml",
    "share/doc/portcullis/sbom.cdx.json",
    "share/fish/vendor_completions.d/portcullis.fish",
    "share/man/man1/portcullis.1",
    "share/man/man1/portcullis-serve.1",
    "share/zsh/site-functions/_portcullis",
];

/// The files, the bill of materials and the licences.
pub(super) fn look(archive: &Path, stage: &mut Stage) {
    stage.scene("what is in the archive");
    let is_missing = |file: &&&str| !archive.join(file).is_file();
    let missing: Vec<_> = FILES.iter().filter(is_missing).collect();
    stage.step("files that are missing", "[]", &format!("{missing:?}"));
    let bill = read(archive, "share/doc/portcullis/sbom.cdx.json");
    let bill: serde_json::Value = serde_json::from_str(&bill).unwrap_or_default();
    let count = bill["components"].as_array().map_or(0, Vec::len);
    let format = format!("{}, {count} components", bill["bomFormat"]);
    stage.step("the bill of materials", "\"CycloneDX\"", &format);
    let named = bill["components"]
        .to_string()
        .contains("\"name\":\"wasmtime\"");
    stage.step("the bill names wasmtime", "true", &named.to_string());
    let licenses = read(archive, "share/doc/portcullis/LICENSES.txt");
    let without = bill["components"].as_array().into_iter().flatten();
    let without = without.filter_map(|component| {
        let name = component["name"].as_str()?;
        let line = format!("\n  {name} {}:", component["version"].as_str()?);
        (!licenses.contains(&line) && name != "std").then_some(line)
    });
    let without: Vec<_> = without.collect();
    stage.step(
        "components without a licence text",
        "[]",
        &format!("{without:?}"),
    );
    let example = read(archive, "share/doc/portcullis/examples/nats-server.conf");
    stage.step(
        "the example has no key",
        "issuer: PUBLIC-KEY-OF-issuer.seed",
        &example,
    );
}

fn read(archive: &Path, file: &str) -> String {
    fs::read_to_string(archive.join(file)).unwrap_or_default()
}
