//! On-call schedules: their file, read schedule by schedule. A schedule that cannot be used is reported, the others
//! are used. Calendars are read later, by their users.

use super::error::{ConfigError, parse};
use crate::incident::TargetId;
use crate::oncall::{OnCallSchedules, Schedule, ScheduleFile, SchedulesFile};
use crate::text::Safe;
use crate::text::secret::SecretRef;
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The schedules, and the places of their calendars.
#[derive(Debug, Clone, Default)]
pub struct Schedules {
    /// Without the shifts of calendars.
    pub on_call: OnCallSchedules,
    /// Schedules with a calendar, and its place.
    pub calendars: Vec<(ScheduleFile, CalendarPlace)>,
    pub faults: Vec<ConfigError>,
}

#[derive(Debug, Clone)]
pub enum CalendarPlace {
    File(PathBuf),
    Url(SecretRef),
}

/// The form of the file if a schedule is invalid.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Loose {
    #[serde(default)]
    schedules: Vec<Value>,
}

impl Schedules {
    pub fn load(file: Option<&Path>, base: &Path) -> Self {
        let mut all = Self::default();
        let Some(path) = file.map(|file| base.join(file)) else {
            return all;
        };
        let schedules = match forms(&path) {
            Ok(schedules) => schedules,
            Err(error) => {
                all.warn(&format!(
                    "{error}; targets are paged without the names of the people on call"
                ));
                all.faults.push(error);
                return all;
            }
        };
        let mut known: Vec<Schedule> = Vec::new();
        for form in schedules {
            let name = match &form {
                Ok(form) => Some(&form.schedule),
                Err(bad) => bad.name.as_ref(),
            };
            if let Some(name) = name.filter(|name| known.iter().any(|one| one.name == **name)) {
                let what = format!("schedule \"{name}\" is named twice; the first one is used");
                all.faults.push(problem(&path, what));
                continue;
            }
            known.extend(match form {
                Ok(form) => Some(all.add(form, &path)),
                Err(bad) => all.add_bad(*bad),
            });
        }
        for schedule in known {
            all.on_call.replace(schedule);
        }
        all
    }

    fn add(&mut self, form: ScheduleFile, path: &Path) -> Schedule {
        match Schedule::new(&form) {
            Ok(schedule) => {
                let place = place(&form, path.parent().unwrap_or(Path::new(".")));
                self.calendars.extend(place.map(|place| (form, place)));
                schedule
            }
            Err(error) => {
                let error = problem(path, error.to_string());
                let otherwise = form.otherwise.as_deref();
                let unusable = Schedule::unusable(form.schedule, otherwise, &error.to_string());
                self.faults.push(error);
                unusable
            }
        }
    }

    fn add_bad(&mut self, bad: Bad) -> Option<Schedule> {
        let said = bad.error.to_string();
        let unusable =
            (bad.name).map(|name| Schedule::unusable(name, bad.otherwise.as_deref(), &said));
        if unusable.is_none() {
            self.warn(&said);
        }
        self.faults.push(bad.error);
        unusable
    }

    fn warn(&mut self, said: &str) {
        self.on_call = std::mem::take(&mut self.on_call).with_faults([Safe::line(said)]);
    }
}

fn problem(path: &Path, what: String) -> ConfigError {
    let hint = "correct the schedule; `warroom escalation check` shows what it gives";
    ConfigError::value(path, what, hint)
}

/// An invalid schedule.
struct Bad {
    name: Option<TargetId>,
    otherwise: Option<String>,
    error: ConfigError,
}

/// The schedules of a file. If the file is invalid as a whole, each schedule is read on its own.
fn forms(path: &Path) -> Result<Vec<Result<ScheduleFile, Box<Bad>>>, ConfigError> {
    let text = crate::files::trusted_text(path).map_err(ConfigError::read(path))?;
    let first = match parse::<SchedulesFile>(path, &text) {
        Ok(file) => return Ok(file.schedules.into_iter().map(Ok).collect()),
        Err(error) => error,
    };
    let loose: Loose = parse(path, &text).map_err(|_| first.clone())?;
    let mut first = Some(first);
    let read = |value: Value| {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_string);
        let (name, otherwise) = (text("schedule"), text("otherwise"));
        serde_json::from_value(value).map_err(|error| {
            let which = name.as_deref().unwrap_or("without a name");
            // The line is known for the first problem only.
            let error = first
                .take()
                .unwrap_or_else(|| problem(path, format!("schedule \"{which}\": {error}")));
            Box::new(Bad {
                name: name.and_then(|name| TargetId::new(&name)),
                otherwise,
                error,
            })
        })
    };
    Ok(loose.schedules.into_iter().map(read).collect())
}

fn place(form: &ScheduleFile, base: &Path) -> Option<CalendarPlace> {
    let source = form.calendar.as_ref()?;
    match (&source.file, &source.url) {
        (Some(file), None) => Some(CalendarPlace::File(base.join(file))),
        (None, Some(url)) => Some(CalendarPlace::Url(url.clone())),
        _ => None,
    }
}
