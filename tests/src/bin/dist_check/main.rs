//! `make dist-check`: the archive of `make dist`, used as somebody does who has nothing else. The arguments are the folder
//! of the unpacked archive and an empty folder. `PORTCULLIS_BIN` is the program in the archive.

mod contents;
mod image;
mod program;
mod walk;

use std::path::PathBuf;
use std::process::ExitCode;

use portcullis_tests::stage::Stage;

use program::Program;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(archive), Some(work)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: dist_check UNPACKED EMPTY");
        return ExitCode::from(2);
    };
    let mut stage = Stage::new();
    contents::look(&archive, &mut stage);
    image::check(&archive, &mut stage);
    let program = Program::new(archive, work);
    program.tells_its_version(&mut stage);
    let policies = program.policies(&mut stage);
    for policy in &policies {
        walk::walk(&program, policy, &mut stage).await;
    }
    stage.curtain()
}
