//! The ends of a stated time, for where there is no space for the whole.

use super::stated::{Form, Grain, Said, StatedTime};
use chrono::{DateTime, NaiveDate, Utc};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeEnds {
    Plain(TimeEnd),
    About(TimeEnd),
    Between(TimeEnd, TimeEnd),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeEnd {
    pub at: DateTime<Utc>,
    pub grain: Grain,
    /// In the zone in which it was stated.
    pub day: NaiveDate,
}

impl StatedTime {
    pub fn ends(&self) -> TimeEnds {
        match self.form {
            Form::Plain(said) => TimeEnds::Plain(part(said)),
            Form::About(said, _) => TimeEnds::About(part(said)),
            Form::Between(first, last) => TimeEnds::Between(part(first), part(last)),
        }
    }

    /// The end with which it begins.
    pub(super) fn first(&self) -> TimeEnd {
        match self.ends() {
            TimeEnds::Plain(part) | TimeEnds::About(part) | TimeEnds::Between(part, _) => part,
        }
    }
}

fn part(said: Said) -> TimeEnd {
    TimeEnd {
        at: said.at,
        grain: said.grain,
        day: said.zone.local(said.at).date(),
    }
}
