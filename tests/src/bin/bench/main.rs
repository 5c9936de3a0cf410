//! `make bench`: the sandbox alone, whole decisions over a real nats-server, herds of clients, reload, memory and start-up, each beside the
//! figure to reach. Without arguments everything is measured; `sandbox`, `service`, `load` and `herd COUNT` measure one part.
//! `load COMMAND...` puts the same load on another service, which is started with the example keys.

mod herd;
mod load;
mod sandbox;
mod service;
mod table;

use std::process::ExitCode;

use table::Table;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let mut table = Table::default();
    match words.as_slice() {
        [] => {
            sandbox::measure(&mut table);
            service::measure(&mut table).await;
            load::measure(&mut table).await;
            herd::measure(&mut table, 5_000).await;
            herd::measure(&mut table, 9_500).await;
        }
        ["sandbox"] => sandbox::measure(&mut table),
        ["service"] => service::measure(&mut table).await,
        ["load"] => load::measure(&mut table).await,
        ["load", command @ ..] if !command.is_empty() => {
            load::measure_other(&mut table, command).await
        }
        ["herd", count] if count.parse::<usize>().is_ok() => {
            herd::measure(&mut table, count.parse().unwrap_or_default()).await;
        }
        _ => {
            eprintln!("usage: bench [sandbox | service | load [COMMAND...] | herd COUNT]");
            return ExitCode::from(2);
        }
    }
    println!("{table}");
    ExitCode::SUCCESS
}
