//! The events that record news of the clocks.

use super::{BootChanged, ClockStepped, Event};
use crate::incident::ids::Slug;
use crate::incident::steady::ClockNews;

impl From<ClockNews> for Event {
    fn from(news: ClockNews) -> Self {
        match news {
            ClockNews::Stepped(by, after) => Self::from(ClockStepped {
                step_ms: by.num_milliseconds(),
                after: Some(after),
            }),
            ClockNews::OtherBoot(boot) => Self::from(BootChanged {
                boot: Slug::nearest(boot.as_str()),
            }),
        }
    }
}
