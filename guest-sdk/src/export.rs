//! Connects the component's exports to a [`Policy`].

use std::sync::OnceLock;

use crate::bindings::portcullis::policy::types;
use crate::{Decision, Policy, Request, Settings, ignore};

/// Makes a [`Policy`](crate::Policy) the policy of this component. Write
/// `portcullis_sdk::export!(MyPolicy);` once in a crate.
///
/// The exports are generated only for WebAssembly, so that the same crate also links natively for
/// `cargo test`.
#[macro_export]
macro_rules! export {
    ($policy:ty) => {
        #[doc(hidden)]
        pub const PORTCULLIS_EXPORTS_ONE_POLICY: () = $crate::__internal::check::<$policy>();

        #[cfg(target_family = "wasm")]
        const _: () = {
            static SLOT: $crate::__internal::Slot<$policy> = $crate::__internal::Slot::new();

            struct Component;

            impl $crate::__internal::Guest for Component {
                fn configure(
                    settings: $crate::__internal::RawSettings,
                ) -> ::core::result::Result<(), ::std::string::String> {
                    SLOT.configure(settings)
                }

                fn decide(request: $crate::__internal::RawRequest) -> $crate::Decision {
                    SLOT.decide(request)
                }
            }

    $crate::bindings::export_component!(Component with_types_in $crate::bindings);
        };
    };
}

/// Holds the policy of the component between `configure` and `decide`, and so in the host's
/// snapshot.
pub struct Slot<P>(OnceLock<P>);

impl<P: Policy> Slot<P> {
    #[expect(clippy::new_without_default, reason = "a static is its only use")]
    /// Not configured yet.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The component's `configure`.
    pub fn configure(&self, settings: types::Settings) -> Result<(), String> {
        log_panics();
        let policy = P::configure(&Settings::new(settings)).map_err(|error| error.to_string())?;
        self.0
            .set(policy)
            .map_err(|_| "configure was called twice".to_owned())
    }

    /// The component's `decide`.
    pub fn decide(&self, request: types::Request) -> Decision {
        match self.0.get() {
            Some(policy) => policy.decide(&Request::new(request)),
            None => ignore("decide was called before configure"),
        }
    }
}

/// Logs the message of a panic. The policy traps, and the trap alone would not say why.
fn log_panics() {
    if cfg!(target_family = "wasm") {
        std::panic::set_hook(Box::new(|panic| crate::log::error!("{panic}")));
    }
}

/// Checks at compile time, on every target, that `export!` was given a policy.
pub const fn check<P: Policy>() {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, deny};

    struct Closed;

    impl Policy for Closed {
        fn configure(settings: &Settings) -> crate::Result<Self> {
            match settings.data("fault") {
                Ok(_) => Err(Error::new("no good")),
                Err(_) => Ok(Self),
            }
        }

        fn decide(&self, _: &Request) -> Decision {
            deny("closed")
        }
    }

    fn settings(names: &[&str]) -> types::Settings {
        let data = names
            .iter()
            .map(|name| ((*name).to_owned(), Vec::new()))
            .collect();
        types::Settings {
            json: "{}".to_owned(),
            data,
        }
    }

    fn request() -> types::Request {
        crate::testing::request().into_raw()
    }

    #[test]
    fn a_configured_policy_decides() {
        let slot = Slot::<Closed>::new();
        assert_eq!(slot.configure(settings(&[])), Ok(()));
        assert_eq!(slot.decide(request()), deny("closed"));
    }

    #[test]
    fn a_policy_that_refuses_its_settings_decides_nothing() {
        let slot = Slot::<Closed>::new();
        assert_eq!(
            slot.configure(settings(&["fault"])),
            Err("no good".to_owned())
        );
        assert_eq!(
            slot.decide(request()),
            ignore("decide was called before configure")
        );
    }

    #[test]
    fn a_policy_is_configured_once() {
        let slot = Slot::<Closed>::new();
        assert_eq!(slot.configure(settings(&[])), Ok(()));
        assert_eq!(
            slot.configure(settings(&[])),
            Err("configure was called twice".to_owned())
        );
    }
}
