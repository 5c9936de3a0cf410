//! Names of the contract in `wit/`, and of the interfaces that a policy may import.

/// Name and version of the package that this host serves.
pub const PACKAGE: &str = "portcullis:policy";
pub const PACKAGE_VERSION: &str = "0.1.0";
/// The one export that the host calls.
pub(crate) const AUTHORIZER: &str = "portcullis:policy/authorizer@0.1.0";
/// The start of its name in every version.
pub(crate) const AUTHORIZER_OF_ANY_VERSION: &str = "portcullis:policy/authorizer@";

/// The interface through which QuickJS, at build time, looks for further source files.
pub const MODULE_LOADER: &str = "local:init/module-loader";

/// The parts of WASI that a policy may import, by interface; all other parts are refused when a module is loaded.
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

/// The parts that may be imported, because runtimes import them unasked, and that have nothing behind them.
pub(crate) const WASI_CLOSED: &[&str] = &["wasi:filesystem/preopens", "wasi:filesystem/types"];
