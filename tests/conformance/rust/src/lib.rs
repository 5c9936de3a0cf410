//! The conformance policy in Rust: `../README.md` describes it. It is built for `wasm32-unknown-unknown`, and for
//! `wasm32-wasip2`, where there are also a clock and an output.

mod echo;
mod harm;
mod mirror;

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use portcullis_sdk::{
    Decision, Error, Grant, Policy, Request, Result, Settings, allow, deny, export, log, pass,
    random,
};

/// What it was configured with.
pub struct Conformance {
    json: String,
    data: Vec<(String, Vec<u8>)>,
}

impl Policy for Conformance {
    fn configure(settings: &Settings) -> Result<Self> {
        let mut data = Vec::new();
        for name in settings.data_names() {
            match name {
                "refuse" => return Err(Error::new(settings.data_text(name)?)),
                "trap" => harm::trap(),
                "loop" => harm::spin(),
                "hoard" => harm::hoard(),
                "print" => print("printed while configured", "warned while configured"),
                _ => {}
            }
            data.push((name.to_owned(), settings.data(name)?.to_vec()));
        }
        log::info!("configured with {} files", data.len());
        Ok(Self {
            json: settings.json_text().to_owned(),
            data,
        })
    }

    fn decide(&self, request: &Request) -> Decision {
        match request.user().unwrap_or_default() {
            "echo" => answer(echo::lines(request)),
            "settings" => answer(self.settings()),
            "mirror" => mirror::decision(request),
            "trap" => harm::trap(),
            "loop" => harm::spin(),
            "hoard" => harm::hoard(),
            "recurse" => harm::recurse(),
            "flood" => flood(),
            "log" => log_name(name(request)),
            "print" => {
                print(name(request), name(request));
                pass()
            }
            "count" => answer([format!("count={}", count())]),
            "grow" => grow(),
            "random" => answer(random_numbers()),
            "clock" => answer(clock()),
            _ => deny("unknown command"),
        }
    }
}

export!(Conformance);

impl Conformance {
    fn settings(&self) -> Vec<String> {
        let json = format!("json={}", self.json);
        let data = self.data.iter().map(|(name, contents)| {
            let digits: String = contents.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("data.{name}={digits}")
        });
        [json].into_iter().chain(data).collect()
    }
}

fn answer(lines: impl IntoIterator<Item = String>) -> Decision {
    let mut grant = Grant::account("ECHO");
    grant.tags = lines.into_iter().collect();
    allow(grant)
}

fn name(request: &Request) -> &str {
    request.client().name.as_deref().unwrap_or_default()
}

fn log_name(name: &str) -> Decision {
    log::debug!("{name}");
    log::info!("{name}");
    log::warn!("{name}");
    log::error!("{name}");
    pass()
}

fn flood() -> Decision {
    for _ in 0..1_000 {
        log::info!("{}", "x".repeat(100));
    }
    pass()
}

/// On `wasm32-unknown-unknown` there is no output, so it does nothing.
fn print(out: &str, error: &str) {
    println!("{out}");
    let flushed = std::io::stdout().flush();
    eprintln!("{error}");
    flushed.expect("the output takes everything");
}

fn count() -> u64 {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    COUNTER.fetch_add(1, Ordering::Relaxed) + 1
}

fn grow() -> Decision {
    drop(std::hint::black_box(vec![1_u8; 1 << 20]));
    pass()
}

/// Rust has no ordinary random numbers of its own.
fn random_numbers() -> Vec<String> {
    let secure = || format!("secure={:016x}", random::secure_u64());
    vec![secure(), secure()]
}

#[cfg(target_os = "unknown")]
fn clock() -> Vec<String> {
    Vec::new()
}

#[cfg(not(target_os = "unknown"))]
fn clock() -> Vec<String> {
    use std::time::{SystemTime, UNIX_EPOCH};

    #[expect(
        clippy::disallowed_methods,
        reason = "this reads the clock of the sandbox on purpose"
    )]
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    vec![format!(
        "wall={}",
        now.expect("a clock after 1970").as_secs()
    )]
}
