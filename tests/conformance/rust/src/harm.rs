//! What a policy should not do.

use std::hint::black_box;

pub(crate) fn trap() -> ! {
    panic!("trapped on request")
}

pub(crate) fn spin() -> ! {
    loop {
        black_box(());
    }
}

pub(crate) fn hoard() -> ! {
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(vec![1_u8; 1 << 20]));
    }
}

pub(crate) fn recurse() -> ! {
    panic!("{} levels of recursion", deeper(0))
}

/// Uses its own result, so that the compiler cannot make it a loop.
#[expect(
    unconditional_recursion,
    reason = "it has to recurse until the stack is exhausted"
)]
fn deeper(depth: u64) -> u64 {
    let mut frame = [depth; 64];
    black_box(&mut frame);
    deeper(depth + 1).wrapping_add(black_box(frame[7]))
}
