//! What clocks change: steps of the system clock, deadlines that passed, processes that stopped.

use super::state::{Incident, Recorded};
use crate::incident::entry::{ClockEvent, Entry};

impl Incident {
    pub(super) fn apply_clock(&mut self, entry: &Entry, event: &ClockEvent) {
        let seq = entry.seq;
        match event {
            ClockEvent::ClockStepped(data) => {
                self.clock.step_recorded(seq, data.by());
                self.clock_steps.push((seq, data.step_ms));
            }
            // What it says is in its own stamp.
            ClockEvent::BootChanged(_) => {}
            ClockEvent::Overdue(data) => self.overdue.push(Recorded::of(entry, data)),
            ClockEvent::PeerLost(data) => self.peers_lost.push(Recorded::of(entry, data)),
        }
    }
}
