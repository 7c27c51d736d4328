//! Reads calendars every quarter of an hour on tasks and threads that nothing waits for, and reports a computed window.
//! The last good copy stays in force while a calendar cannot be read, also over restarts.

mod copies;

pub use copies::{CalendarCopy, Copies};

use crate::app::message::Msg;
use crate::config::{CalendarPlace, resolve};
use crate::files;
use crate::journal::Clock;
use crate::oncall::{
    CalendarEvents, MAX_CALENDAR, OnCallSchedules, Schedule, ScheduleFile, ScheduleStatus,
};
use crate::sources::fetch_bytes;
use crate::text::SourceId;
use crate::text::{PlainHttp, shown_path};
use chrono::{DateTime, TimeDelta, Utc};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

const EVERY: Duration = Duration::from_secs(900);
const AGAIN: Duration = Duration::from_secs(60);
/// How long the command that gives an address may take.
const ADDRESS: Duration = Duration::from_secs(30);
/// How long the start waits for files of this machine.
const AT_HAND: Duration = Duration::from_millis(1_500);

pub type Window = (DateTime<Utc>, DateTime<Utc>);

/// The window in which a running program knows who is on call.
pub fn window(now: DateTime<Utc>) -> Window {
    (now - TimeDelta::days(1), now + TimeDelta::days(15))
}

#[derive(Debug, Clone)]
pub struct Calendar {
    pub schedule: ScheduleFile,
    /// An address usually contains a token.
    pub place: CalendarPlace,
    /// Hosts to which the address may go over plain HTTP.
    pub plain_http: PlainHttp,
    pub copies: Copies,
}

pub(super) fn start(
    calendars: &[Calendar],
    clock: &Arc<dyn Clock>,
    messages: &UnboundedSender<Msg>,
) {
    for calendar in calendars {
        let (clock, messages) = (Arc::clone(clock), messages.clone());
        tokio::spawn(follow(calendar.clone(), clock, messages));
    }
}

async fn follow(calendar: Calendar, clock: Arc<dyn Clock>, messages: UnboundedSender<Msg>) {
    let mut last = None;
    loop {
        let now = clock.now().wall;
        let schedule = calendar.read(window(now), now, &mut last).await;
        let failed = schedule.status.error.is_some();
        if messages
            .send(Msg::ScheduleRead(Box::new(schedule)))
            .is_err()
        {
            return;
        }
        tokio::time::sleep(if failed { AGAIN } else { EVERY }).await;
    }
}

/// Schedules with what local files and copies say of their calendars. What does not answer in time, such as a file on a
/// hanging file system, is left out and reported.
pub fn at_hand(
    schedules: &OnCallSchedules,
    calendars: &[Calendar],
    window: Window,
    now: DateTime<Utc>,
) -> OnCallSchedules {
    let mut schedules = schedules.clone();
    let (sender, inbox) = mpsc::channel();
    for calendar in calendars {
        let (calendar, sender) = (calendar.clone(), sender.clone());
        std::thread::spawn(move || {
            let _ = sender.send(calendar.here(window, now));
        });
    }
    drop(sender);
    let until = Instant::now() + AT_HAND;
    while let Ok(known) = inbox.recv_timeout(until.saturating_duration_since(Instant::now())) {
        if let Some(schedule) = known {
            schedules.replace(schedule);
        }
    }
    schedules
}

impl Calendar {
    /// Reads the calendar at its source; if that fails, the last good copy is used.
    pub async fn read(
        &self,
        window: Window,
        now: DateTime<Utc>,
        last: &mut Option<CalendarCopy>,
    ) -> Schedule {
        let fetched = self
            .fetch()
            .await
            .map(|bytes| CalendarCopy { bytes, at: now });
        let (calendar, before) = (self.clone(), last.take());
        let made = blocking(move || calendar.judged(fetched, before, window)).await;
        match made {
            Ok((schedule, copy)) => {
                *last = copy;
                schedule
            }
            Err(why) => self.known(None, window, &why),
        }
    }

    /// From a file or a copy on this machine.
    fn here(&self, window: Window, now: DateTime<Utc>) -> Option<Schedule> {
        match &self.place {
            CalendarPlace::File(path) => {
                let fetched = file(path).map(|bytes| CalendarCopy { bytes, at: now });
                Some(self.judged(fetched, None, window).0)
            }
            CalendarPlace::Url(_) => {
                let copy = self.copies.read(&self.schedule.schedule)?;
                self.made(&copy, window).ok()
            }
        }
    }

    /// The fetched copy if it is a calendar, else the previous one.
    fn judged(
        &self,
        fetched: Result<CalendarCopy, String>,
        before: Option<CalendarCopy>,
        window: Window,
    ) -> (Schedule, Option<CalendarCopy>) {
        let name = &self.schedule.schedule;
        let why = match fetched {
            Err(why) => why,
            Ok(copy) => match self.made(&copy, window) {
                Err(why) => why,
                Ok(schedule) => {
                    let kept = match self.place {
                        CalendarPlace::Url(_) => self.copies.keep(name, &copy),
                        CalendarPlace::File(_) => Ok(()),
                    };
                    if let Err(error) = kept {
                        tracing::warn!(%error, schedule = %name, "no copy of the calendar could be kept");
                    }
                    return (schedule, Some(copy));
                }
            },
        };
        let copy = before.or_else(|| self.copies.read(name));
        (self.known(copy.as_ref(), window, &why), copy)
    }

    /// What a copy says while the calendar itself cannot be read.
    fn known(&self, copy: Option<&CalendarCopy>, window: Window, why: &str) -> Schedule {
        let made = copy.and_then(|copy| self.made(copy, window).ok());
        match made {
            Some(schedule) => {
                let status = schedule.status.clone().failing(why);
                schedule.status(status)
            }
            None => self.blank().status(ScheduleStatus::default().failing(why)),
        }
    }

    fn blank(&self) -> Schedule {
        let form = &self.schedule;
        // Its form was checked before.
        Schedule::new(form).unwrap_or_else(|error| {
            let otherwise = form.otherwise.as_deref();
            Schedule::unusable(form.schedule.clone(), otherwise, &error.to_string())
        })
    }

    fn made(&self, copy: &CalendarCopy, (from, until): Window) -> Result<Schedule, String> {
        let form = &self.schedule;
        let summary = form
            .calendar
            .as_ref()
            .and_then(|source| source.summary.as_deref());
        let around = from + (until - from) / 2;
        let events = CalendarEvents::read(&copy.bytes, form.zone, summary, around)?;
        let table = events.table(from, until);
        let status = ScheduleStatus::read(copy.at, table.faults.clone());
        Ok(self.blank().knowing(table).status(status))
    }

    async fn fetch(&self) -> Result<Vec<u8>, String> {
        match &self.place {
            CalendarPlace::File(path) => {
                let path = path.clone();
                blocking(move || file(&path)).await?
            }
            CalendarPlace::Url(url) => {
                let url = url.clone();
                let address = blocking(move || resolve(&url).map_err(|error| error.to_string()));
                let address = tokio::time::timeout(ADDRESS, address).await;
                let address = address.map_err(|_| {
                    "the command that gives its address takes too long".to_string()
                })???;
                let name = SourceId::nearest(self.schedule.schedule.as_str());
                let fetched = fetch_bytes(&name, &address, MAX_CALENDAR, &self.plain_http).await;
                fetched.map_err(|error| error.to_string())
            }
        }
    }
}

/// On another thread: the main loop continues, and its end does not wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| "reading it failed inside the program; see the log".to_string())
}

fn file(path: &Path) -> Result<Vec<u8>, String> {
    let read = files::bytes(path, MAX_CALENDAR as u64);
    read.map_err(|error| format!("cannot read {}: {error}", shown_path(path)))
}
