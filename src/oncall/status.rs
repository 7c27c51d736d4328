//! How well a schedule is known: when its calendar was read, why there is no newer one, and its faults.

use crate::text::Safe;
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScheduleStatus {
    /// When the calendar in use was read at its source.
    pub read: Option<DateTime<Utc>>,
    pub error: Option<Safe>,
    /// As sentences.
    pub faults: Vec<Safe>,
    pub(super) usability: Usability,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Usability {
    #[default]
    Usable,
    Waiting,
    /// Written incorrectly; it will not be read.
    Refused,
}

impl ScheduleStatus {
    pub fn unread() -> Self {
        Self {
            error: Some(Safe::line("it was not read yet")),
            usability: Usability::Waiting,
            ..Self::default()
        }
    }

    pub(super) fn refused(why: &str) -> Self {
        Self {
            error: Some(Safe::line(why)),
            usability: Usability::Refused,
            ..Self::default()
        }
    }

    pub fn read(at: DateTime<Utc>, faults: Vec<Safe>) -> Self {
        Self {
            read: Some(at),
            faults,
            ..Self::default()
        }
    }

    pub fn failing(self, why: &str) -> Self {
        Self {
            error: Some(Safe::line(why)),
            usability: Usability::Usable,
            ..self
        }
    }

    pub fn is_waiting(&self) -> bool {
        self.usability == Usability::Waiting
    }
}
