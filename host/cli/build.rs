//! Embeds what `portcullis new` writes: the templates, the SDKs and the contract, file by file, so that the binary needs
//! no other file. Files that tools leave in those folders are not embedded. The
//! commit that `--version` names is passed on too.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// Folders of the repository that are embedded completely: the templates, and what is copied into a new project.
const WHOLE: [&str; 2] = ["host/cli/templates", "wit"];
/// Folders of SDKs. Files that serve only their own development are not embedded.
const SDKS: [&str; 4] = [
    "guest-sdk/c",
    "guest-sdk/go",
    "guest-sdk/javascript",
    "guest-sdk/python/portcullis",
];
/// The Rust SDK, whose folder contains the others.
const RUST_SDK: [&str; 2] = ["guest-sdk/Cargo.toml", "guest-sdk/src"];

fn main() -> io::Result<()> {
    let mut listing = Listing::new()?;
    name_commit(&listing.root);
    for place in WHOLE {
        listing.add(Path::new(place), &|_| true)?;
    }
    for place in SDKS.iter().chain(&RUST_SDK) {
        listing.add(Path::new(place), &is_for_users)?;
    }
    listing.write()
}

/// The commit for `--version`. A release says it in the variable, because only the release knows whether the tree is dirty:
/// to look at that here would build the crate again after each edit of any file.
fn name_commit(root: &Path) {
    const VARIABLE: &str = "PORTCULLIS_COMMIT";
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    let named = env::var(VARIABLE).ok().filter(|name| !name.is_empty());
    let commit = named
        .or_else(|| commit_of(root))
        .unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env={VARIABLE}={commit}");
}

/// Asks git, if `root` is a repository itself and not only a folder inside one.
fn commit_of(root: &Path) -> Option<String> {
    root.join(".git").exists().then_some(())?;
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .arg("-C")
            .arg(root)
            .args(arguments)
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    // One of these changes with every commit and checkout. Those that do not exist are left out: cargo takes a missing file
    // for a changed one.
    let branch = git(&["symbolic-ref", "--quiet", "HEAD"]);
    for name in ["HEAD", "logs/HEAD", "packed-refs"]
        .into_iter()
        .chain(branch.as_deref())
    {
        let path = git(&["rev-parse", "--git-path", name]).map(|path| root.join(path));
        if let Some(path) = path.filter(|path| path.exists()) {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

/// Files of the repository, by their paths from its root.
struct Listing {
    root: PathBuf,
    files: Vec<PathBuf>,
}

impl Listing {
    fn new() -> io::Result<Self> {
        let package =
            PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
        let root = package
            .ancestors()
            .nth(2)
            .ok_or(io::ErrorKind::NotFound)?
            .to_owned();
        let files = Vec::new();
        Ok(Self { root, files })
    }

    fn add(&mut self, place: &Path, wanted: &dyn Fn(&str) -> bool) -> io::Result<()> {
        self.walk(place, wanted)
    }

    fn walk(&mut self, place: &Path, wanted: &dyn Fn(&str) -> bool) -> io::Result<()> {
        let path = self.root.join(place);
        if path.is_file() {
            // Not the folder: files that tools leave in it would cause the host to be built again.
            println!("cargo::rerun-if-changed={}", path.display());
            self.files.push(place.to_owned());
        } else if path.is_dir() {
            for entry in fs::read_dir(path)? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let kind = entry.file_type()?;
                let is_source = if kind.is_dir() {
                    !is_left_behind(&name)
                } else {
                    kind.is_file()
                };
                if is_source && wanted(&name) {
                    self.walk(&place.join(name), wanted)?;
                }
            }
        }
        Ok(())
    }

    fn write(mut self) -> io::Result<()> {
        self.files.sort();
        let entry = |file: &PathBuf| {
            format!(
                "    ({file:?}, include_bytes!({:?})),\n",
                self.root.join(file)
            )
        };
        let entries: String = self.files.iter().map(entry).collect();
        let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
        fs::write(
            Path::new(&out).join("embedded.rs"),
            format!("&[\n{entries}]\n"),
        )
    }
}

/// Whether a tool made the folder.
fn is_left_behind(name: &str) -> bool {
    let made = ["node_modules", "__pycache__", "dist", "build", "target"];
    name.starts_with('.') || made.contains(&name)
}

/// Whether a file is for users: not a test of the SDK itself, nor a file that only runs or formats tests.
fn is_for_users(name: &str) -> bool {
    let for_authors = ["Makefile", "test", "tests"];
    !name.starts_with('.') && !for_authors.contains(&name) && !name.ends_with("_test.go")
}
