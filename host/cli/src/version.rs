//! What `--version` says: the version, the commit that the program was built from, and the contracts that it serves.

use std::sync::LazyLock;

use portcullis_componentize::{PACKAGE, PACKAGE_VERSION};

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Set by the build script.
const COMMIT: &str = env!("PORTCULLIS_COMMIT");

/// One line, for `-V` and the manual pages.
pub(super) fn short() -> &'static str {
    static SHORT: LazyLock<String> = LazyLock::new(|| format!("{VERSION} ({COMMIT})"));
    &SHORT
}

/// One line for each fact, for `--version`.
pub(super) fn long() -> &'static str {
    static LONG: LazyLock<String> = LazyLock::new(|| {
        format!("{VERSION}\ncommit: {COMMIT}\ncontract: {PACKAGE} {PACKAGE_VERSION}")
    });
    &LONG
}
