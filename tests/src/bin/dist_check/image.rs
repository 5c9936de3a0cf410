//! The Containerfile.

use std::fs;
use std::path::Path;
use std::process::Command;

use portcullis_tests::stage::Stage;

/// The shared libraries that the base of the Containerfile has, besides the dynamic linker, and the version of its C library.
const LIBRARIES: [&str; 3] = ["libc.so.6", "libm.so.6", "libgcc_s.so.1"];
const LINKER: &str = "ld-linux-";
const GLIBC: (u32, u32) = (2, 36);

/// Everything about the image that can be checked without an engine.
pub(super) fn check(archive: &Path, stage: &mut Stage) {
    stage.scene("the Containerfile");
    let text = read(archive, "Containerfile");
    let copies = text.lines().filter_map(|line| line.strip_prefix("COPY "));
    let sources = copies.flat_map(|copy| {
        let words: Vec<_> = copy.split_whitespace().collect();
        words[..words.len() - 1].to_vec()
    });
    let missing: Vec<_> = sources
        .filter(|source| !archive.join(source).exists())
        .collect();
    stage.step(
        "sources of COPY that are missing",
        "[]",
        &format!("{missing:?}"),
    );
    let program = archive.join("bin/portcullis");
    let Ok(dynamic) = output("readelf", &["--dynamic", "--wide"], &program) else {
        return stage.say("there is no readelf: the program's libraries are not looked at");
    };
    let needed = dynamic.lines().filter(|line| line.contains("(NEEDED)"));
    let needed = needed.filter_map(|line| line.split(['[', ']']).nth(1));
    let foreign: Vec<_> = needed
        .filter(|library| !LIBRARIES.contains(library) && !library.starts_with(LINKER))
        .collect();
    stage.step(
        "libraries that the base lacks",
        "[]",
        &format!("{foreign:?}"),
    );
    let versions = output("readelf", &["--version-info", "--wide"], &program).unwrap_or_default();
    let newest = versions
        .split("GLIBC_")
        .skip(1)
        .filter_map(glibc_version)
        .max();
    let is_old_enough = newest.is_some_and(|newest| newest <= GLIBC);
    stage.step(
        &format!("the C library that it needs ({newest:?}) is not newer than that of the base"),
        "true",
        &is_old_enough.to_string(),
    );
}

fn read(archive: &Path, file: &str) -> String {
    fs::read_to_string(archive.join(file)).unwrap_or_default()
}

fn output(program: &str, arguments: &[&str], file: &Path) -> std::io::Result<String> {
    let output = Command::new(program).args(arguments).arg(file).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `2.34) ...` is (2, 34).
fn glibc_version(text: &str) -> Option<(u32, u32)> {
    let digits: String = text
        .chars()
        .take_while(|letter| letter.is_ascii_digit() || *letter == '.')
        .collect();
    let mut numbers = digits.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}
