use std::process::ExitCode;

fn main() -> ExitCode {
    portcullis::run(std::env::args_os())
}
