//! How a stated time is written into a journal, and read back.

use super::reading::canonical;
use super::stated::{Form, Grain, Said, StatedTime};
use super::zone::StatedZone;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// In the journal: `at` and `until` are instants, `as` is the stated form.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<DateTime<Utc>>,
    r#as: String,
}

impl StatedTime {
    /// The end, where it has a width, and the form: what is written beside [`Self::from`].
    pub fn parts(&self) -> (Option<DateTime<Utc>>, String) {
        ((!self.is_instant()).then_some(self.until), self.shown())
    }

    /// From what [`Self::parts`] wrote. A form that cannot be read leaves the span; the instants do not depend on the zone
    /// data of this program.
    pub fn of_parts(from: DateTime<Utc>, until: Option<DateTime<Utc>>, form: &str) -> Self {
        let (from, until) = (bounded(from), bounded(until.unwrap_or(from)));
        let until = until.max(from);
        let said = |at| Said {
            at,
            grain: Grain::Second,
            zone: StatedZone::Utc,
        };
        let form = match canonical(form) {
            // The seconds of an instant may have a fraction, which its form does not show.
            Some(read) if read.is_instant() && from == until && near(&read, from, until) => {
                Form::Plain(said(from))
            }
            Some(read) if near(&read, from, until) => read.form,
            _ if from == until => Form::Plain(said(from)),
            _ => Form::Between(said(from), said(until)),
        };
        Self { from, until, form }
    }
}

/// Years 1 to 9999, as everywhere in a journal: no computation leaves the calendar.
fn bounded(at: DateTime<Utc>) -> DateTime<Utc> {
    let year = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single();
    match (year(1), year(9999)) {
        (Some(first), Some(last)) => at.clamp(first, last),
        _ => at,
    }
}

/// Whether a form can have been said of these instants: zone data changes by hours, and what has not happened is cut.
fn near(read: &StatedTime, from: DateTime<Utc>, until: DateTime<Utc>) -> bool {
    let slack = match read.is_precise() {
        true => TimeDelta::seconds(1),
        false => TimeDelta::days(1),
    };
    (read.from - from).abs() <= slack && until <= read.until + slack
}

impl Serialize for StatedTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (until, form) = self.parts();
        let (at, r#as) = (self.from, form);
        Written { at, until, r#as }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StatedTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written { at, until, r#as } = Written::deserialize(deserializer)?;
        Ok(Self::of_parts(at, until, &r#as))
    }
}
