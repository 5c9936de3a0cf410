/// Why a module is not a policy. Each text tells the author of the module what is wrong and how to fix it.
#[derive(Debug, thiserror::Error)]
pub enum ModuleError {
    #[error("the file is empty; build the policy again")]
    Empty,
    #[error("the file is not a WebAssembly module: {hint}")]
    NotWasm { hint: &'static str },
    #[error(
        "the module has {bytes} bytes, more than the {bytes_max} allowed; strip its debug information or raise `module-bytes`"
    )]
    TooLarge { bytes: usize, bytes_max: usize },
    #[error("the module is damaged or incomplete: {0}; copy it again, or build it again")]
    Invalid(String),
    #[error(
        "this is a core module that exports no `portcullis:policy/authorizer`; build it with an SDK and `portcullis build`"
    )]
    NoMetadata,
    #[error("the core module cannot become a component: {0}; build it with `portcullis build`")]
    Core(String),
    #[error("the host's adapter for WASI preview 1 is faulty: {0}; this is a bug in Portcullis")]
    Adapter(String),
    #[error(
        "the module is built against {found}, this host serves {served}; build it against the WIT of this version"
    )]
    OtherVersion { found: String, served: String },
    #[error("the module does not export `{expected}`, so it is not a policy; it exports {found}")]
    OtherWorld {
        expected: &'static str,
        found: String,
    },
    #[error("the module imports `{import}`, which policies do not get: {hint}")]
    ForbiddenImport { import: String, hint: &'static str },
    #[error(
        "the module uses the asynchronous ABI, which policies cannot use; build it with synchronous functions \
         (componentize-qjs: `--sync`; wit-bindgen: no `async`; componentize-py: `def`, not `async def`)"
    )]
    AsyncAbi,
}

impl ModuleError {
    /// A word from a fixed list, to count by.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotWasm { .. } => "not_wasm",
            Self::TooLarge { .. } => "too_large",
            Self::Invalid(_) => "invalid",
            Self::NoMetadata => "no_metadata",
            Self::Core(_) => "core",
            Self::Adapter(_) => "adapter",
            Self::OtherVersion { .. } => "other_version",
            Self::OtherWorld { .. } => "other_world",
            Self::ForbiddenImport { .. } => "forbidden_import",
            Self::AsyncAbi => "async_abi",
        }
    }
}
