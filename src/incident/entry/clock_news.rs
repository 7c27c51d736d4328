//! The events that record news of the clocks.

use super::{BootChanged, ClockStepped, Event};
use crate::incident::ids::Slug;
use crate::incident::steady::ClockNews;

impl From<ClockNews> for Event {
    fn from(news: ClockNews) -> Self {
        match news {
            ClockNews::Stepped(by, earlier) => Self::from(ClockStepped {
                step_ms: by.num_milliseconds(),
                supersedes: Some(earlier),
            }),
            ClockNews::OtherBoot(boot) => Self::from(BootChanged {
                boot: Slug::nearest(boot.as_str()),
            }),
        }
    }
}
