//! A shift: the people who are on call from one time to another.

use crate::text::Safe;
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    pub from: DateTime<Utc>,
    /// Exclusive.
    pub until: DateTime<Utc>,
    /// At least one name.
    pub who: Vec<Safe>,
}

impl Shift {
    pub(super) fn covers(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }
}

pub fn names(who: &[Safe]) -> Safe {
    match who {
        [one] => one.clone(),
        _ => {
            let names: Vec<&str> = who.iter().map(Safe::as_str).collect();
            Safe::line(&names.join(" and "))
        }
    }
}
