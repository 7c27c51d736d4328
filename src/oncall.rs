//! On-call schedules: the people on call for a target at a given time. Pure: calendars arrive as text.

mod calendar;
mod file;
mod hours;
mod pattern;
mod schedule;
mod schedules;
mod shift;
mod status;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub use calendar::{CalendarEvents, MAX_CALENDAR};
pub use file::{ScheduleFile, SchedulesFile};
pub use hours::{WorkingHours, Zone, quiet_monday};
pub use schedule::Schedule;
pub use schedules::{OnCall, OnCallSchedules};
pub use shift::{Shift, names};
pub use status::ScheduleStatus;
