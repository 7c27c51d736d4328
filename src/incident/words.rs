//! Words and sentences about an incident.

use super::cadence::CadenceClock;
use super::closing::LeftOpen;
use super::entry::{
    Act, Audience, ClockKind, Disclosed, ImpactChange, Occasion, PageOutcome, Settled, StepOutcome,
    WorkKind, WorkState,
};
use super::severity::{KnownFact, Peak, Question, SeverityFacts};
use super::{Incident, Role, Slug, Status};
use crate::signals::map::Autonomy;
use crate::text::list;
use chrono::TimeDelta;

impl Status {
    pub fn word(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }

    pub fn meaning(self) -> &'static str {
        match self {
            Self::Investigating => "the cause is not known",
            Self::Identified => "the cause is known, the impact goes on",
            Self::Mitigated => "the impact has stopped or is contained",
            Self::Resolved => "normal service is confirmed by a person",
            Self::Closed => "the response has ended; paging stops",
        }
    }
}

impl ImpactChange {
    pub fn word(self) -> &'static str {
        match self {
            Self::Began => "began again",
            Self::Ended => "ended",
        }
    }
}

impl Role {
    /// By its title, its short form, or as the journal writes it.
    pub fn named(word: &str) -> Option<Self> {
        let words = |role: &Self| [role.title(), role.short(), role.slug()];
        let is_named = |role: &Self| words(role).iter().any(|it| it.eq_ignore_ascii_case(word));
        Self::ALL.into_iter().find(is_named)
    }

    /// As the journal writes it.
    pub fn slug(self) -> &'static str {
        match self {
            Self::IncidentCommander => "incident-commander",
            Self::Operations => "operations",
            Self::Communications => "communications",
            Self::Scribe => "scribe",
            Self::Compliance => "compliance",
            Self::SubjectExpert => "subject-expert",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::IncidentCommander => "incident commander",
            Self::Operations => "operations lead",
            Self::Communications => "communications lead",
            Self::Scribe => "scribe",
            Self::Compliance => "compliance officer",
            Self::SubjectExpert => "subject-matter expert",
        }
    }

    pub fn short(self) -> &'static str {
        match self {
            Self::IncidentCommander => "IC",
            Self::Operations => "ops",
            Self::Communications => "com",
            Self::Scribe => "scribe",
            Self::Compliance => "compl",
            Self::SubjectExpert => "sme",
        }
    }
}

impl Audience {
    pub fn word(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Stakeholders => "stakeholders",
        }
    }
}

impl Settled {
    pub fn word(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }
}

impl PageOutcome {
    pub fn words(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed, not delivered",
            Self::Unknown => "unknown, may have arrived",
            Self::NoChannel => "NOT SENT: no channel",
            Self::Simulated => "exercise, nothing sent",
            Self::Withdrawn => "not sent: no longer wanted",
        }
    }
}

impl StepOutcome {
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Chosen => "chosen",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unknown => "no answer",
        }
    }
}

impl WorkKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::VendorCase => "vendor case",
            Self::Risk => "risk",
            Self::Question => "question",
            Self::Link => "link",
        }
    }
}

impl WorkState {
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }
}

impl Occasion {
    pub fn words(self) -> &'static str {
        match self {
            Self::Declaration => "at declaration",
            Self::HandOver => "at hand-over",
            Self::Close => "at close",
            Self::Seal => "at sealing",
            Self::Export => "for an export",
            Self::Request => "on request",
        }
    }
}

impl Act {
    pub fn words(&self) -> String {
        match self {
            Self::Erase { entry, field, .. } => {
                format!("erase the text \"{field}\" of entry #{entry}")
            }
            Self::Delete { head } => {
                let short = &head[..head.len().min(12)];
                format!("delete the incident with the head {short}")
            }
            Self::ReleaseHold { hold } => format!("release the legal hold {hold}"),
        }
    }
}

impl Disclosed {
    pub fn or_word(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Withheld => "withheld",
        }
    }
}

impl CadenceClock {
    /// An action item is named by its kind and entry.
    pub fn waits_for(&self, incident: &Incident) -> String {
        match &self.clock {
            ClockKind::StatusUpdate => "status update".into(),
            ClockKind::CheckIn => "commander's check-in".into(),
            ClockKind::TimelineEntry => "next entry".into(),
            ClockKind::Acknowledgement => {
                match &incident.escalation.unacknowledged(&incident.response())[..] {
                    missing if incident.acknowledged().is_some() => {
                        format!("answer of {}", list(missing))
                    }
                    _ => "acknowledgement".into(),
                }
            }
            ClockKind::ActionItem => {
                let item = self.item.unwrap_or_default();
                let fact = incident.work.get(&item);
                let kind = fact.map_or("action item", |fact| fact.kind.word());
                format!("{kind} #{item}")
            }
            ClockKind::Other(name) => name.to_string(),
        }
    }
}

impl SeverityFacts {
    pub fn words(&self, question: &Question) -> Option<String> {
        Some(match question.known.as_ref()? {
            KnownFact::Autonomy { .. } if self.is_past => {
                "the service map of today need not hold for then: a person must say".into()
            }
            KnownFact::Autonomy { .. } => match self.models.as_deref() {
                None => "no service map of yours has this path".into(),
                Some([]) => "the service map names no model on this path".into(),
                Some(models) => {
                    let word = |(model, autonomy): &(Slug, Autonomy)| {
                        format!("{model} {}", autonomy.word())
                    };
                    let models: Vec<String> = models.iter().map(word).collect();
                    format!("the service map: {}", models.join(", "))
                }
            },
            KnownFact::Peak { .. } => match &self.peak {
                Some(Peak::During(event)) => format!("peak event in the service map: {event}"),
                Some(Peak::Outside) => "the service map has no peak event at this time".into(),
                None if self.is_past => {
                    "the service map names no peak event for then: a person must say".into()
                }
                None => "no service map of yours says when there are peak events".into(),
            },
            KnownFact::Duration { .. } => match &self.lasting {
                Some(lasting) => format!("impact by the record: {}", lasting.shown()),
                None if self.is_past => "the record does not say when the impact ended".into(),
                None => "the record does not say when it began".into(),
            },
        })
    }
}

pub fn left_open_in_words(left: &[LeftOpen]) -> Vec<String> {
    let (mut work, mut rest) = (Vec::new(), Vec::new());
    for open in left {
        match open {
            LeftOpen::Work(seq, kind) => work.push(format!("{} #{seq}", kind.word())),
            LeftOpen::NoUpdateToUsers => rest.push("no status update to users is recorded"),
            LeftOpen::NoUpdateOfResolution => {
                rest.push("no status update about the resolution was sent to users");
            }
            LeftOpen::NotClassified => rest.push("no severity is recorded"),
        }
    }
    let work = (!work.is_empty()).then(|| format!("still open: {}", work.join(", ")));
    work.into_iter()
        .chain(rest.into_iter().map(String::from))
        .collect()
}

/// `set back by 1 h 0 min`
pub fn step_in_words(step: TimeDelta) -> String {
    let how = match step < TimeDelta::zero() {
        true => "set back",
        false => "set forward",
    };
    format!("{how} by {}", span(step.abs()))
}

fn span(step: TimeDelta) -> String {
    // The clocks are read one after the other: an hour is seldom an hour to the millisecond.
    let whole = match step < TimeDelta::seconds(10) {
        true => step,
        false => TimeDelta::seconds((step.num_milliseconds() + 500) / 1_000),
    };
    let (days, hours, minutes) = (whole.num_days(), whole.num_hours(), whole.num_minutes());
    match (days, hours, minutes) {
        (1.., ..) => format!("{days} d {} h", hours % 24),
        (_, 1.., _) => format!("{hours} h {} min", minutes % 60),
        (_, _, 1..) => format!("{minutes} min {} s", whole.num_seconds() % 60),
        _ if whole.num_seconds() >= 10 => format!("{} s", whole.num_seconds()),
        _ => format!("{:.1} s", step.num_milliseconds() as f64 / 1_000.0),
    }
}
