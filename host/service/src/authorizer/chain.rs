//! Asks the policies of a chain until one answers, with a server or without.

use std::time::Instant;

use super::clock::Clock;
use super::rule::{Ruled, RulingContext, late, not_loaded, unrouted};
use crate::catalog::Slot;
use crate::router::Routes;
use portcullis_sandbox::CallOutput;

/// A client, and the policies that may be asked about it.
#[derive(Clone, Copy, Debug)]
pub struct Chain<'a> {
    pub routes: &'a Routes,
    /// In the order of the routes.
    pub slots: &'a [Slot],
    pub context: RulingContext<'a>,
    /// When the client's server stops waiting.
    pub ends: Instant,
}

impl<'a> Chain<'a> {
    /// The first answer other than `pass` counts. A policy that fails ends the chain: it never counts as `pass`.
    ///
    /// `answered` is called with every policy that was asked, and with its answer.
    pub fn ask(
        &self,
        clock: &impl Clock,
        mut answered: impl FnMut(&Slot, &CallOutput),
    ) -> Ruled<'a> {
        for index in self.routes.chain(self.context.request) {
            let Some(slot) = self.slots.get(index) else {
                continue;
            };
            if let Some(ruled) = self.ask_one(slot, clock, &mut answered) {
                return ruled;
            }
        }
        unrouted()
    }

    fn ask_one(
        &self,
        slot: &'a Slot,
        clock: &impl Clock,
        answered: &mut impl FnMut(&Slot, &CallOutput),
    ) -> Option<Ruled<'a>> {
        let policy = match &slot.policy {
            Ok(policy) => policy,
            Err(why) => return Some(not_loaded(slot, why.clone())),
        };
        let budget = self.ends.saturating_duration_since(clock.now());
        if budget.is_zero() {
            return Some(late(slot));
        }
        let output = policy.decide(self.context.request, budget);
        answered(slot, &output);
        let ruled = self.context.rule(slot, output.decision)?;
        // Compiling a grant takes time, too.
        match clock.now() < self.ends {
            true => Some(ruled),
            false => Some(late(slot)),
        }
    }
}
