//! What the service must know of the machine that it runs on.

use std::fs;

/// Whether memory of this process can never be swapped out: there is no swap, or its control group may use none.
pub(super) fn never_swaps() -> bool {
    let no_swap = fs::read_to_string("/proc/swaps").is_ok_and(|swaps| swaps.lines().count() <= 1);
    no_swap || group_has_no_swap().unwrap_or(false)
}

/// Control groups of version 2: a limit holds for a group and everything below it.
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
