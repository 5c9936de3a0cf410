//! The names in the contract in `wit/`, and the interfaces that a policy may import.

/// The name of the package that this host serves.
pub const PACKAGE: &str = "portcullis:policy";
/// The version of the package that this host serves.
pub const PACKAGE_VERSION: &str = "0.1.0";
/// The one export that the host calls.
pub(crate) const AUTHORIZER: &str = "portcullis:policy/authorizer@0.1.0";
/// The name of that export without its version.
pub(crate) const AUTHORIZER_OF_ANY_VERSION: &str = "portcullis:policy/authorizer@";

/// The interface through which QuickJS looks for more source files at build time.
pub const MODULE_LOADER: &str = "local:init/module-loader";

/// The interfaces of WASI that a policy may import. All others are refused when a module is loaded.
pub(crate) const WASI_OPEN: &[&str] = &[
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
];

/// The interfaces of WASI that a policy may import but that do nothing. Some runtimes always import them.
pub(crate) const WASI_CLOSED: &[&str] = &["wasi:filesystem/preopens", "wasi:filesystem/types"];
