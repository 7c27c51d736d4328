//! On-call schedules in force, with the calendars that they name read, and those that are to be fetched.

use super::error::ConfigError;
use super::parse;
use crate::incident::rota::{MAX_CALENDAR, Rota, RotaFile, Schedule, ScheduleFile};
use crate::text::secret::SecretRef;
use std::path::{Path, PathBuf};

/// The schedules, and where calendars are fetched.
#[derive(Debug, Clone, Default)]
pub struct Schedules {
    /// The schedules. One whose calendar is fetched names nobody until then.
    pub rota: Rota,
    /// Schedules whose calendar is at an address.
    pub feeds: Vec<(ScheduleFile, SecretRef)>,
    /// Their file.
    pub file: Option<PathBuf>,
}

impl Schedules {
    /// Reads and checks a file of schedules.
    pub fn load(file: Option<&Path>, base: &Path) -> Result<Self, ConfigError> {
        let Some(file) = file else {
            return Ok(Self::default());
        };
        let path = base.join(file);
        let text = std::fs::read_to_string(&path).map_err(ConfigError::read(&path))?;
        let form: RotaFile = parse(&path, &text)?;
        let remedy = "correct the schedule; `warroom escalation check` shows what it gives";
        let wrong = |what: String| ConfigError::value(&path, what, remedy);
        let (mut schedules, mut feeds) = (Vec::new(), Vec::new());
        for schedule in form.schedules {
            let name = &schedule.schedule;
            if schedules.iter().any(|known: &Schedule| known.name == *name) {
                return Err(wrong(format!("schedule \"{name}\" is there twice")));
            }
            let place = path.parent().unwrap_or(Path::new("."));
            let calendar = calendar(&schedule, place)?;
            let checked = Schedule::new(&schedule, calendar.as_deref());
            schedules.push(checked.map_err(|error| wrong(error.to_string()))?);
            if let Some(url) = schedule
                .calendar
                .as_ref()
                .and_then(|source| source.url.clone())
            {
                feeds.push((schedule, url));
            }
        }
        Ok(Self {
            rota: Rota::new(schedules),
            feeds,
            file: Some(path),
        })
    }
}

fn calendar(schedule: &ScheduleFile, base: &Path) -> Result<Option<String>, ConfigError> {
    let file = schedule
        .calendar
        .as_ref()
        .and_then(|source| source.file.as_ref());
    let Some(path) = file.map(|path| base.join(path)) else {
        return Ok(None);
    };
    let size = std::fs::metadata(&path)
        .map_err(ConfigError::read(&path))?
        .len();
    if size > MAX_CALENDAR as u64 {
        let what = format!("the calendar is larger than {} MB", MAX_CALENDAR >> 20);
        return Err(ConfigError::value(&path, what, "export a shorter time"));
    }
    std::fs::read_to_string(&path)
        .map(Some)
        .map_err(ConfigError::read(&path))
}
