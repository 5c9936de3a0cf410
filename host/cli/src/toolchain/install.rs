//! The command that installs a missing tool, for the machine's package manager.

use std::env;
use std::path::Path;

use super::state::State;
use super::version::Version;

/// What can be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Installable {
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

/// The command, or a web page if no command is sure to work.
pub(super) fn advice(thing: Installable, state: &State) -> String {
    match state {
        State::TooOld(found) => newer(thing, *found),
        _ => command(thing, packages()),
    }
    .to_owned()
}

fn newer(thing: Installable, found: Version) -> &'static str {
    // Since 1.21, go downloads a newer go itself, but some distributions switch that off.
    const FETCHES_ITSELF: Version = Version::new(1, 21);
    match thing {
        Installable::Rust | Installable::Cargo | Installable::WasmTarget => "rustup update stable",
        Installable::Go if found >= FETCHES_ITSELF => "go env -w GOTOOLCHAIN=go1.24.0+auto",
        Installable::Go => "https://go.dev/dl",
        Installable::Node | Installable::Npm => "npx --yes n 22",
        Installable::Python | Installable::Venv => "https://www.python.org/downloads",
    }
}

fn command(thing: Installable, packages: Option<Packages>) -> &'static str {
    match (thing, packages) {
        (Installable::Rust | Installable::Cargo, _) => {
            "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
        }
        (Installable::WasmTarget, _) => "rustup target add wasm32-unknown-unknown",
        (Installable::Go, Some(Packages::Apt)) => "apt-get install golang-go",
        (Installable::Go, Some(Packages::Dnf)) => "dnf install golang",
        (Installable::Go, Some(Packages::Apk)) => "apk add go",
        (Installable::Go, Some(Packages::Pacman)) => "pacman -S go",
        (Installable::Go, Some(Packages::Brew)) => "brew install go",
        (Installable::Go, None) => "https://go.dev/dl",
        (Installable::Node | Installable::Npm, Some(Packages::Apt)) => "apt-get install nodejs npm",
        (Installable::Node | Installable::Npm, Some(Packages::Dnf)) => "dnf install nodejs npm",
        (Installable::Node | Installable::Npm, Some(Packages::Apk)) => "apk add nodejs npm",
        (Installable::Node | Installable::Npm, Some(Packages::Pacman)) => "pacman -S nodejs npm",
        (Installable::Node | Installable::Npm, Some(Packages::Brew)) => "brew install node",
        (Installable::Node | Installable::Npm, None) => "https://nodejs.org/en/download",
        (Installable::Python | Installable::Venv, Some(Packages::Apt)) => {
            "apt-get install python3 python3-venv"
        }
        (Installable::Python | Installable::Venv, Some(Packages::Dnf)) => "dnf install python3",
        (Installable::Python | Installable::Venv, Some(Packages::Apk)) => "apk add python3",
        (Installable::Python | Installable::Venv, Some(Packages::Pacman)) => "pacman -S python",
        (Installable::Python | Installable::Venv, Some(Packages::Brew)) => "brew install python",
        (Installable::Python | Installable::Venv, None) => "https://www.python.org/downloads",
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
    fn an_old_tool_is_updated_and_not_installed_again() {
        let too_old = |minor| State::TooOld(Version::new(1, minor));
        assert_eq!(
            advice(Installable::Go, &too_old(22)),
            "go env -w GOTOOLCHAIN=go1.24.0+auto"
        );
        assert_eq!(advice(Installable::Go, &too_old(19)), "https://go.dev/dl");
        assert_eq!(
            advice(Installable::Rust, &too_old(80)),
            "rustup update stable"
        );
    }

    #[test]
    fn the_machine_s_package_manager_is_used() {
        assert_eq!(
            command(Installable::Node, Some(Packages::Brew)),
            "brew install node"
        );
        assert_eq!(
            command(Installable::Node, Some(Packages::Apt)),
            "apt-get install nodejs npm"
        );
        assert_eq!(
            command(Installable::WasmTarget, None),
            "rustup target add wasm32-unknown-unknown"
        );
    }
}
