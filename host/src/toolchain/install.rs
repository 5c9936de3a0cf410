//! One command that installs what is missing, in the words of the machine's own package manager.

use std::env;
use std::path::Path;

use super::tool::State;
use super::version::Version;

/// What can be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    Rust,
    Cargo,
    WasmTarget,
    Go,
    Node,
    Npm,
    Python,
    Venv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packages {
    Apt,
    Dnf,
    Apk,
    Pacman,
    Brew,
}

/// The command, or the page where no command is sure to do.
pub(super) fn advice(thing: Thing, state: &State) -> String {
    match state {
        State::TooOld(found) => newer(thing, *found),
        _ => command(thing, packages()),
    }
    .to_owned()
}

fn newer(thing: Thing, found: Version) -> &'static str {
    // From 1.21 on, go fetches a newer go by itself, but some distributions switch that off.
    const FETCHES_ITSELF: Version = Version::new(1, 21);
    match thing {
        Thing::Rust | Thing::Cargo | Thing::WasmTarget => "rustup update stable",
        Thing::Go if found >= FETCHES_ITSELF => "go env -w GOTOOLCHAIN=go1.24.0+auto",
        Thing::Go => "https://go.dev/dl",
        Thing::Node | Thing::Npm => "npx --yes n 22",
        Thing::Python | Thing::Venv => "https://www.python.org/downloads",
    }
}

fn command(thing: Thing, packages: Option<Packages>) -> &'static str {
    match (thing, packages) {
        (Thing::Rust | Thing::Cargo, _) => {
            "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
        }
        (Thing::WasmTarget, _) => "rustup target add wasm32-unknown-unknown",
        (Thing::Go, Some(Packages::Apt)) => "apt-get install golang-go",
        (Thing::Go, Some(Packages::Dnf)) => "dnf install golang",
        (Thing::Go, Some(Packages::Apk)) => "apk add go",
        (Thing::Go, Some(Packages::Pacman)) => "pacman -S go",
        (Thing::Go, Some(Packages::Brew)) => "brew install go",
        (Thing::Go, None) => "https://go.dev/dl",
        (Thing::Node | Thing::Npm, Some(Packages::Apt)) => "apt-get install nodejs npm",
        (Thing::Node | Thing::Npm, Some(Packages::Dnf)) => "dnf install nodejs npm",
        (Thing::Node | Thing::Npm, Some(Packages::Apk)) => "apk add nodejs npm",
        (Thing::Node | Thing::Npm, Some(Packages::Pacman)) => "pacman -S nodejs npm",
        (Thing::Node | Thing::Npm, Some(Packages::Brew)) => "brew install node",
        (Thing::Node | Thing::Npm, None) => "https://nodejs.org/en/download",
        (Thing::Python | Thing::Venv, Some(Packages::Apt)) => {
            "apt-get install python3 python3-venv"
        }
        (Thing::Python | Thing::Venv, Some(Packages::Dnf)) => "dnf install python3",
        (Thing::Python | Thing::Venv, Some(Packages::Apk)) => "apk add python3",
        (Thing::Python | Thing::Venv, Some(Packages::Pacman)) => "pacman -S python",
        (Thing::Python | Thing::Venv, Some(Packages::Brew)) => "brew install python",
        (Thing::Python | Thing::Venv, None) => "https://www.python.org/downloads",
    }
}

/// The first package manager on PATH.
fn packages() -> Option<Packages> {
    let managers = [
        ("brew", Packages::Brew),
        ("apt-get", Packages::Apt),
        ("dnf", Packages::Dnf),
        ("apk", Packages::Apk),
        ("pacman", Packages::Pacman),
    ];
    let path = env::var_os("PATH")?;
    let is_there =
        |name: &str| env::split_paths(&path).any(|folder| is_program(&folder.join(name)));
    managers
        .into_iter()
        .find(|(name, _)| is_there(name))
        .map(|(_, packages)| packages)
}

fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_old_is_renewed_and_not_installed_again() {
        let too_old = |minor| State::TooOld(Version::new(1, minor));
        assert_eq!(
            advice(Thing::Go, &too_old(22)),
            "go env -w GOTOOLCHAIN=go1.24.0+auto"
        );
        assert_eq!(advice(Thing::Go, &too_old(19)), "https://go.dev/dl");
        assert_eq!(advice(Thing::Rust, &too_old(80)), "rustup update stable");
    }

    #[test]
    fn the_machine_s_package_manager_is_used() {
        assert_eq!(
            command(Thing::Node, Some(Packages::Brew)),
            "brew install node"
        );
        assert_eq!(
            command(Thing::Node, Some(Packages::Apt)),
            "apt-get install nodejs npm"
        );
        assert_eq!(
            command(Thing::WasmTarget, None),
            "rustup target add wasm32-unknown-unknown"
        );
    }
}
