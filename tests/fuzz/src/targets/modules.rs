//! The bytes of a `.wasm` file, on their way to a component that fits the contract.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis_componentize::{
    Handle, HandleEvent, ModuleError, component_of, componentize, inspect, retake,
};
use portcullis_fuzz::wasm::{AUTHORIZER, fault};

/// What a policy that printed something holds.
const EVENTS: [HandleEvent; 3] = [
    HandleEvent::Taken(Handle::Stdout),
    HandleEvent::Taken(Handle::OutputReady(0)),
    HandleEvent::Returned(1),
];

fuzz_target!(|bytes: &[u8]| {
    let small = component_of(bytes, bytes.len().saturating_sub(1));
    assert!(bytes.is_empty() || matches!(small, Err(ModuleError::TooLarge { .. })));
    if let Ok(component) = component_of(bytes, bytes.len()) {
        let again = component_of(&component, usize::MAX).expect("a component stays one");
        assert_eq!(again, component, "something is left to take away");
        it_is_valid_if_we_made_it(bytes, &component);
        it_takes_handles_again(&component);
    }
    if let Ok(policy) = componentize(bytes) {
        it_fits_the_contract(&policy.bytes, &policy.imports);
    }
});

/// A core module was encoded here. A component is used as it was, or is a part of it, and the runtime validates its code.
fn it_is_valid_if_we_made_it(bytes: &[u8], component: &[u8]) {
    if bytes.windows(component.len()).any(|part| part == component) {
        return;
    }
    let fault = fault(component);
    assert!(fault.is_none(), "the component is not valid: {fault:?}");
}

/// Appending reads only what it has to count, so it must bear a component that nothing has validated.
fn it_takes_handles_again(component: &[u8]) {
    if let Ok(appended) = retake(component.to_vec(), &EVENTS) {
        assert!(appended.starts_with(component) && appended.len() > component.len());
    }
}

fn it_fits_the_contract(component: &[u8], imports: &[String]) {
    let inspected = inspect(component).expect("what was inspected is inspected again");
    assert_eq!(inspected.all, imports);
    assert!(
        inspected
            .closed
            .iter()
            .all(|closed| imports.contains(closed))
    );
    let exported = component
        .windows(AUTHORIZER.len())
        .any(|part| part == AUTHORIZER.as_bytes());
    assert!(exported, "a policy without the authorizer");
}
