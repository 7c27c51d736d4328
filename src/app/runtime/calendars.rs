//! Calendars that are fetched: every quarter of an hour. What was read last stays in force while nobody answers.

use crate::app::message::Msg;
use crate::incident::rota::{MAX_CALENDAR, Schedule, ScheduleFile};
use crate::sources::fetch_text;
use crate::text::secret::Secret;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// Pause between two readings.
const EVERY: Duration = Duration::from_secs(900);
/// Pause after one that failed.
const AGAIN: Duration = Duration::from_secs(60);

/// A schedule whose calendar is at an address.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// The schedule.
    pub schedule: ScheduleFile,
    /// The address, which usually has a token in it.
    pub url: Secret,
}

pub(super) fn start(calendars: &[Calendar], messages: &UnboundedSender<Msg>) {
    for calendar in calendars.iter().cloned() {
        tokio::spawn(follow(calendar, messages.clone()));
    }
}

async fn follow(calendar: Calendar, messages: UnboundedSender<Msg>) {
    let name = calendar.schedule.schedule.clone();
    loop {
        let read = calendar.read().await;
        let pause = if read.is_ok() { EVERY } else { AGAIN };
        let message = match read {
            Ok(schedule) => Msg::Rota(Box::new(schedule)),
            Err(why) => {
                let hint = "what was read last, if anything was, stays in force; see `warroom escalation check`";
                Msg::Failed((format!("the calendar of {name}: {why}"), hint.into()))
            }
        };
        if messages.send(message).is_err() {
            return;
        }
        tokio::time::sleep(pause).await;
    }
}

impl Calendar {
    /// Fetches it once.
    pub async fn read(&self) -> Result<Schedule, String> {
        let name = &self.schedule.schedule;
        let text = fetch_text(name, &self.url, MAX_CALENDAR).await;
        let text = text.map_err(|error| error.to_string())?;
        Schedule::new(&self.schedule, Some(&text)).map_err(|error| error.to_string())
    }
}
