//! Times as people state them: how exactly each is known, and what follows for durations. Pure: no clock.

mod ends;
mod lasted;
mod moment;
mod problem;
mod reading;
mod spans;
mod stated;
mod written;
mod zone;

pub use ends::{TimeEnd, TimeEnds};
pub use lasted::{Lasted, after_start, write_span};
pub use moment::{DueTime, due_by, parse_moment};
pub use problem::TimeProblem;
pub use reading::{TimeDirection, lacks_date, read_time, read_time_on};
pub use stated::{Grain, StatedTime};
pub use zone::StatedZone;
