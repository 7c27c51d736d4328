//! The order in which facts take effect: by the time at which each happened, not by its place in the journal.

use super::state::{Incident, Order};
use crate::incident::entry::Entry;

impl Incident {
    pub(super) fn order(&mut self, entry: &Entry) -> Order {
        let seq = entry.seq;
        let stated = entry.occurred.filter(|occurred| occurred.in_order);
        let at = match stated {
            Some(occurred) => occurred.at.until(),
            None => {
                // A clock that was set back puts no entry before an earlier one.
                self.recorded_upto = self.recorded_upto.max(entry.recorded);
                self.recorded_upto
            }
        };
        Order { at, seq }
    }
}

/// Keeps a list in the order of its items.
pub(super) fn insert<T>(list: &mut Vec<T>, item: T, order: impl Fn(&T) -> Order) {
    let place = list.partition_point(|known| order(known) <= order(&item));
    list.insert(place, item);
}
