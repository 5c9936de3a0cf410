//! What the service needs to know about the machine it runs on.

use std::fs;

/// Whether the memory of this process can never be swapped out: the machine has no swap, or the control group allows none.
pub(super) fn never_swaps() -> bool {
    let no_swap = fs::read_to_string("/proc/swaps").is_ok_and(|swaps| swaps.lines().count() <= 1);
    no_swap || group_has_no_swap().unwrap_or(false)
}

/// Control groups version 2: a limit applies to a group and everything below it.
fn group_has_no_swap() -> Option<bool> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let mut group = groups.lines().find_map(|line| line.strip_prefix("0::"))?;
    loop {
        let limit = fs::read_to_string(format!("/sys/fs/cgroup{group}/memory.swap.max"));
        if limit.is_ok_and(|limit| limit.trim() == "0") {
            return Some(true);
        }
        group = group.rsplit_once('/')?.0;
    }
}
