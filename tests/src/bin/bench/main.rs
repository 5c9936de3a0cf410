//! `make bench`: the sandbox alone, whole decisions with a real nats-server, herds of clients, reload, memory and start-up, each beside its
//! goal. Without arguments it measures everything; `sandbox`, `service`, `load`, `herd COUNT`, `languages` and `chain`
//! measure one part. `languages --markdown` writes the table for the documentation, `chain LANGUAGE...` measures other chains.
//! `load COMMAND...` puts the same load on another service, which is started with the example keys.

mod chain;
mod herd;
mod languages;
mod load;
mod sandbox;
mod service;
mod table;

use std::process::{Command, ExitCode};

use table::Table;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let mut table = Table::default();
    say_what_is_measured();
    match words.as_slice() {
        [] => {
            sandbox::measure(&mut table);
            service::measure(&mut table).await;
            load::measure(&mut table).await;
            herd::measure(&mut table, 5_000).await;
            herd::measure(&mut table, 9_500).await;
            languages::measure(&mut table);
            chain::measure(&mut table).await;
        }
        ["sandbox"] => sandbox::measure(&mut table),
        ["languages"] => languages::measure(&mut table),
        ["languages", "--markdown"] => {
            print!("{}", languages::markdown());
            return ExitCode::SUCCESS;
        }
        ["chain"] => chain::measure(&mut table).await,
        ["chain", languages @ ..] => chain::measure_one(&mut table, languages).await,
        ["service"] => service::measure(&mut table).await,
        ["load"] => load::measure(&mut table).await,
        ["load", command @ ..] if !command.is_empty() => {
            load::measure_other(&mut table, command).await
        }
        ["herd", count] if count.parse::<usize>().is_ok() => {
            herd::measure(&mut table, count.parse().unwrap_or_default()).await;
        }
        _ => {
            eprintln!(
                "usage: bench [sandbox | service | load [COMMAND...] | herd COUNT | languages [--markdown] | chain [LANGUAGE...]]"
            );
            return ExitCode::from(2);
        }
    }
    println!("{table}");
    ExitCode::SUCCESS
}

/// The parts differ in what they measure: the service as a program of its own, the rest in this process.
fn say_what_is_measured() {
    let program = portcullis_tests::artifacts::portcullis();
    let version = Command::new(program).arg("--version").output();
    let version = version.map_or_else(
        |error| error.to_string(),
        |output| {
            String::from_utf8_lossy(&output.stdout)
                .trim()
                .replace('\n', ", ")
        },
    );
    eprintln!(
        "service, load, herd, chain: {} ({version})",
        program.display()
    );
    eprintln!("sandbox, languages: the library in this process, as the dev profile builds it");
}
