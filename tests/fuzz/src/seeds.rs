//! seeds FOLDER: writes the first inputs of every target, one folder each: requests of real servers, the sentences and lists of
//! the documents and tests, modules of every kind. They are made here, so that the repository has no binaries.

use libfuzzer_sys as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use portcullis_fuzz::certificate::der;
use portcullis_fuzz::request::captured;
use portcullis_fuzz::server::HEADER;
use portcullis_fuzz::wasm::{AUTHORIZER, binary, component, core_module, wrapped};

const GRANTS: &str = include_str!("seeds/grants.txt");
const BILLING: &str = include_str!("../../../host/cli/src/eval/request_file/billing.pem");

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("usage: seeds FOLDER"))?;
    requests(&folder)?;
    certificates(&folder)?;
    // Both targets read the same lines.
    for target in ["subjects", "abilities"] {
        for (number, grant) in GRANTS.split("\n\n").enumerate() {
            write(
                &folder,
                target,
                &format!("grant-{number}"),
                grant.as_bytes(),
            )?;
        }
    }
    modules(&folder)
}

fn write(folder: &Path, target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = folder.join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}

fn requests(folder: &Path) -> io::Result<()> {
    for request in captured() {
        let header = request.header_xkey.clone().unwrap_or_default();
        let message = [header.as_bytes(), b"\n", &request.payload].concat();
        write(folder, "envelope", &request.name, &message)?;
        let claims = format!("{HEADER}\n{}", request.claims());
        write(folder, "claims", &request.name, claims.as_bytes())?;
    }
    Ok(())
}

fn certificates(folder: &Path) -> io::Result<()> {
    let mut files = vec![BILLING.to_owned(), format!("{BILLING}{BILLING}")];
    for request in captured() {
        let claims: serde_json::Value = serde_json::from_str(&request.claims())?;
        let tls = &claims["nats"]["client_tls"];
        let chains = [&tls["certs"], &tls["verified_chains"][0]];
        let chains = chains.into_iter().filter_map(|chain| chain.as_array());
        files.extend(chains.map(|chain| {
            let texts = chain.iter().filter_map(|pem| pem.as_str());
            texts.collect::<String>()
        }));
    }
    for (number, file) in files.iter().enumerate() {
        write(
            folder,
            "certificates",
            &format!("file-{number}"),
            file.as_bytes(),
        )?;
        if let Some(der) = der(file) {
            write(folder, "certificates", &format!("der-{number}"), &der)?;
        }
    }
    Ok(())
}

fn modules(folder: &Path) -> io::Result<()> {
    let core = core_module(AUTHORIZER, "Go");
    let made = portcullis_componentize::componentize(&core).map_err(io::Error::other)?;
    let mut modules = vec![
        ("go", core),
        ("component", made.bytes),
        (
            "older",
            core_module("portcullis:policy/authorizer@0.0.9", "C11"),
        ),
        ("empty", binary("(module)")),
        ("empty-component", binary("(component)")),
        ("wrapped-1", wrapped(1)),
        ("wrapped-3", wrapped(3)),
        ("text", b"(module)".to_vec()),
    ];
    modules.push(("imports", component(0b1111, 0b0111_1111)));
    for (name, bytes) in &modules {
        write(folder, "modules", name, bytes)?;
    }
    for (number, events) in [&[1, 1 + 8, 3, 5 + 8][..], &[0, 4, 5, 13], &[2, 1, 0]]
        .iter()
        .enumerate()
    {
        let input = [&[0b1111, 0b1010_0101][..], events].concat();
        write(folder, "handles", &format!("events-{number}"), &input)?;
    }
    Ok(())
}
