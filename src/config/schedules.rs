//! On-call schedules: their file, read schedule by schedule. A schedule that cannot be used is reported, the others
//! are used. Calendars are read later, by their users.

use super::error::{ConfigError, parse};
use crate::incident::Slug;
use crate::oncall::{Rota, RotaFile, Schedule, ScheduleFile};
use crate::text::Safe;
use crate::text::secret::SecretRef;
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The schedules, and the places of their calendars.
#[derive(Debug, Clone, Default)]
pub struct Schedules {
    /// Without the shifts of calendars.
    pub rota: Rota,
    /// Schedules with a calendar, and its place.
    pub calendars: Vec<(ScheduleFile, CalendarPlace)>,
    pub faults: Vec<ConfigError>,
    pub file: Option<PathBuf>,
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
        let Some(file) = file else {
            return Self::default();
        };
        let path = base.join(file);
        let mut all = Self {
            file: Some(path.clone()),
            ..Self::default()
        };
        let schedules = match forms(&path) {
            Ok(schedules) => schedules,
            Err(error) => {
                let said =
                    format!("{error}; targets are paged without the names of who is on call");
                all.rota = Rota::default().with_faults([Safe::line(&said)]);
                all.faults.push(error);
                return all;
            }
        };
        let mut known: Vec<Schedule> = Vec::new();
        for form in schedules {
            let name = form
                .as_ref()
                .map_or_else(|bad| bad.name.clone(), |form| Some(form.schedule.clone()));
            if let Some(name) = name.filter(|name| known.iter().any(|other| other.name == *name)) {
                all.refuse(
                    &path,
                    format!("schedule \"{name}\" is named twice; the first one is used"),
                );
                continue;
            }
            match form.map(|form| (Schedule::new(&form), form)) {
                Ok((Ok(schedule), form)) => {
                    known.push(schedule);
                    let place = place(&form, path.parent().unwrap_or(Path::new(".")));
                    all.calendars.extend(place.map(|place| (form, place)));
                }
                Ok((Err(error), form)) => {
                    all.refuse(&path, error.to_string());
                    let said = all
                        .faults
                        .last()
                        .map(ToString::to_string)
                        .unwrap_or_default();
                    let otherwise = form.otherwise.as_deref();
                    known.push(Schedule::unusable(form.schedule.clone(), otherwise, &said));
                }
                Err(bad) => {
                    let named = bad.name.map(|name| {
                        Schedule::unusable(name, bad.otherwise.as_deref(), &bad.error.to_string())
                    });
                    match named {
                        Some(schedule) => known.push(schedule),
                        None => {
                            all.rota = std::mem::take(&mut all.rota)
                                .with_faults([Safe::line(&bad.error.to_string())])
                        }
                    }
                    all.faults.push(bad.error);
                }
            }
        }
        for schedule in known {
            all.rota.replace(schedule);
        }
        all
    }

    fn refuse(&mut self, path: &Path, what: String) {
        let remedy = "correct the schedule; `warroom escalation check` shows what it gives";
        self.faults.push(ConfigError::value(path, what, remedy));
    }
}

/// An invalid schedule.
struct Bad {
    name: Option<Slug>,
    otherwise: Option<String>,
    error: ConfigError,
}

/// The schedules of a file. If the file is invalid as a whole, each schedule is read on its own.
fn forms(path: &Path) -> Result<Vec<Result<ScheduleFile, Bad>>, ConfigError> {
    let text = crate::files::trusted_text(path).map_err(ConfigError::read(path))?;
    let first = match parse::<RotaFile>(path, &text) {
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
            let error = first.take().unwrap_or_else(|| {
                let remedy = "correct the schedule; `warroom escalation check` shows what it gives";
                ConfigError::value(path, format!("schedule \"{which}\": {error}"), remedy)
            });
            Bad {
                name: name.and_then(|name| Slug::new(&name)),
                otherwise,
                error,
            }
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
