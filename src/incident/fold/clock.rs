//! What clocks change: steps of the system clock, deadlines that passed, processes that stopped.

use super::state::Incident;
use crate::incident::entry::ClockEvent;

impl Incident {
    pub(super) fn apply_clock(&mut self, seq: u64, event: &ClockEvent) {
        match event {
            ClockEvent::ClockStepped(data) => {
                self.clock.step_recorded(seq, data.by());
                self.clock_steps.push((seq, data.step_ms));
            }
            // What it says is in its own stamp.
            ClockEvent::BootChanged(_) => {}
            ClockEvent::Overdue(data) => self.overdue.push((seq, data.clone())),
            ClockEvent::PeerLost(data) => self.peers_lost.push((seq, data.clone())),
        }
    }
}
