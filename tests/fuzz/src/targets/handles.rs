//! The handles that a policy took while it was configured, and that its snapshot takes again: one byte says what the component
//! imports, one what else it has, and each other byte is an event.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis_componentize::{Handle, HandleEvent, retake};
use portcullis_fuzz::wasm::{component, fault};

const EVENTS_MAX: usize = 64;

fuzz_target!(|bytes: &[u8]| {
    let [imports, others, events @ ..] = bytes else {
        return;
    };
    let events = parse(events);
    let component = component(*imports, *others);
    assert_eq!(fault(&component), None, "the component of this target");
    let Ok(appended) = retake(component.clone(), &events) else {
        assert!(!is_possible(*imports, &events), "{events:?} of {imports:b}");
        return;
    };
    assert!(appended.starts_with(&component));
    assert!(is_possible(*imports, &events), "{events:?} of {imports:b}");
    let fault = fault(&appended);
    assert!(fault.is_none(), "{fault:?} after {events:?}");
});

/// The low bits are the kind of an event; the high bits are the handle that it is about, one of those taken. A handle that is
/// given back may be one too many.
fn parse(bytes: &[u8]) -> Vec<HandleEvent> {
    let mut taken = 0;
    let mut events = Vec::new();
    for byte in bytes.iter().take(EVENTS_MAX) {
        let number = usize::from(byte >> 3);
        let nth = number.checked_rem(taken);
        let event = match (byte & 0b111, nth) {
            (0, _) => HandleEvent::Taken(Handle::Stdin),
            (1, _) => HandleEvent::Taken(Handle::Stdout),
            (2, _) => HandleEvent::Taken(Handle::Stderr),
            (3, Some(nth)) => HandleEvent::Taken(Handle::OutputReady(nth)),
            (4, Some(nth)) => HandleEvent::Taken(Handle::InputReady(nth)),
            _ => HandleEvent::Returned(number % (taken + 1)),
        };
        taken += usize::from(matches!(event, HandleEvent::Taken(_)));
        events.push(event);
    }
    events
}

/// Whether each event is about a handle that was taken before, and the component imports what takes it and gives it back.
fn is_possible(imports: u8, events: &[HandleEvent]) -> bool {
    let imports_bit = |bit: u8| imports >> bit & 1 == 1;
    let any = imports & 0b1111 != 0;
    let mut taken = Vec::new();
    for event in events {
        let possible = match event {
            HandleEvent::Taken(handle) => {
                let possible = match handle {
                    Handle::Stdin => imports_bit(1),
                    Handle::Stdout => imports_bit(2),
                    Handle::Stderr => imports_bit(3),
                    Handle::OutputReady(_) | Handle::InputReady(_) => any,
                };
                taken.push(*handle);
                possible
            }
            HandleEvent::Returned(nth) => any && *nth < taken.len(),
        };
        if !possible {
            return false;
        }
    }
    true
}
