//! What the command line writes for values.

use super::error::Exit;
use crate::alerts::{AlertState, Condition};
use crate::incident::escalation::ForecastEvent;
use crate::journal::SignatureStanding;
use crate::oncall::{OnCall, names};
use crate::text::{Safe, list};

impl Exit {
    /// As JSON names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Usage => "usage",
            Self::Config => "configuration",
            Self::Journal => "journal",
            Self::Source => "source",
            Self::Internal => "internal",
        }
    }
}

pub(super) fn alert_state(state: AlertState, condition: Condition) -> &'static str {
    match (state, condition) {
        (AlertState::Suppressed, _) => "suppressed",
        (_, Condition::NoData) => "no data",
        (_, Condition::Error) => "error",
        _ => "firing",
    }
}

pub(super) fn alert_condition(condition: Condition) -> &'static str {
    match condition {
        Condition::Met => "met",
        Condition::NoData => "no data",
        Condition::Error => "error",
    }
}

/// What a source has that cannot be read as it should be, behind the row that it is in.
pub(super) fn odd(faults: &[Safe]) -> String {
    let faults: Vec<&str> = faults.iter().map(Safe::as_str).collect();
    match faults.is_empty() {
        true => String::new(),
        false => format!("  (odd: {})", faults.join("; ")),
    }
}

pub(super) fn on_call_now(on_call: &OnCall) -> String {
    match on_call {
        OnCall::People(who) if who.len() > 1 => {
            format!("{} are on call now; all are paged", names(who))
        }
        OnCall::People(who) => format!("{} is on call now", names(who)),
        OnCall::Fallback(who) => format!("{who}, because the schedule names nobody now"),
        OnCall::FallbackUnknown(who) => format!("{who}, because the schedule is not known"),
        OnCall::Unknown => "who is on call is not known".to_string(),
        OnCall::Nobody => "nobody is on call now".to_string(),
        OnCall::NoSchedule => "no schedule here: the receiver of the page knows".to_string(),
    }
}

/// Behind the target of a page.
pub(super) fn on_call_in_brackets(on_call: &OnCall) -> String {
    match on_call {
        OnCall::People(who) => format!(" ({})", names(who)),
        OnCall::Fallback(who) => format!(" ({who}, the schedule names nobody)"),
        OnCall::FallbackUnknown(who) => format!(" ({who}, the schedule is not known)"),
        OnCall::Unknown => " (who is on call is not known)".to_string(),
        OnCall::Nobody => " (NOBODY is on call)".to_string(),
        OnCall::NoSchedule => String::new(),
    }
}

pub(super) fn happens(event: &ForecastEvent) -> String {
    match event {
        ForecastEvent::Acknowledged(targets) if targets.is_empty() => "acknowledged".to_string(),
        ForecastEvent::Acknowledged(targets) => format!("acknowledged for {}", list(targets)),
        ForecastEvent::Classified(severity, flags) if flags.is_empty() => {
            format!("classified {severity}")
        }
        ForecastEvent::Classified(severity, flags) => {
            format!("classified {severity}, {}", list(flags))
        }
        ForecastEvent::Resolved => "resolved".to_string(),
    }
}

pub(super) fn signature(standing: &SignatureStanding) -> String {
    match standing {
        SignatureStanding::Listed(who) => format!("holds, listed as {who}"),
        SignatureStanding::Unlisted => {
            "holds; compare the key with one that you received out of band".into()
        }
        SignatureStanding::NotChecked(why) => format!("NOT CHECKED: {why}"),
        SignatureStanding::Bad => "DOES NOT HOLD".into(),
    }
}
