//! Sentences about alerts and silences.

use super::alert::{AlertState, ImplausibleTime};
use super::answer::{AnswerGaps, UnreadItems};
use super::silence::{Coverage, RowSilenceError, Silence, Silences};
use crate::text::{Problem, list, write_day_time};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::fmt;

const MAX_NAMES: usize = 5;

impl AlertState {
    pub fn word(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Suppressed => "suppressed",
            Self::Cleared => "resolved",
            Self::Vanished => "not reported",
        }
    }
}

impl ImplausibleTime {
    pub fn word(self) -> &'static str {
        match self {
            Self::Zero => "a zero of its program",
            Self::Old => "more than 30 days ago",
            Self::Ahead => "in the future",
        }
    }
}

impl UnreadItems {
    pub fn words(&self, one: &str, many: &str) -> Option<String> {
        match self.count {
            0 => None,
            1 => Some(format!("1 {one} could not be read: {}", self.first)),
            count => Some(format!(
                "{count} {many} could not be read; the first: {}",
                self.first
            )),
        }
    }
}

impl AnswerGaps {
    pub fn words(&self) -> Vec<String> {
        let mut all = Vec::new();
        all.extend(self.unread.words("alert", "alerts"));
        if self.dropped > 0 {
            all.push(format!(
                "{} alerts beyond the limit are not shown",
                self.dropped
            ));
        }
        if let Some(Problem { what, .. }) = &self.broken {
            all.push(format!(
                "only the first part of the answer was read: {what}"
            ));
        }
        all
    }
}

impl Coverage {
    /// How many alerts match and which, and what is uncertain. `name` gives the name of an alert by position; `gaps` is
    /// what is missing from the alerts.
    pub fn words(&self, name: impl Fn(usize) -> String, gaps: &[String]) -> String {
        if let Some(first) = self.uncomputed.first() {
            return format!(
                "the preview cannot compute this expression: {first}; the source decides what matches"
            );
        }
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for at in &self.matching {
            *names.entry(name(*at)).or_default() += 1;
        }
        let counted = |(name, count): (&String, &usize)| match count {
            1 => name.clone(),
            count => format!("{count} × {name}"),
        };
        let mut all: Vec<String> = names.iter().take(MAX_NAMES).map(counted).collect();
        if names.len() > MAX_NAMES {
            all.push(format!("and {} more names", names.len() - MAX_NAMES));
        }
        let mut text = match self.matching.len() {
            0 => "no alert matches now".to_string(),
            1 => format!("1 alert matches now ({})", all.join(", ")),
            count => format!("{count} alerts match now ({})", all.join(", ")),
        };
        if self.in_part > 0 {
            text += &format!(
                "; {} of them only in part: they stand for several alerts of the source",
                self.in_part
            );
        }
        let unsure = (self.unsure > 0)
            .then(|| format!("{} alerts are not known with all labels", self.unsure));
        let doubts: Vec<&String> = unsure.iter().chain(gaps).collect();
        if !doubts.is_empty() {
            text += &format!("; not certain: {}", list(doubts));
        }
        text
    }
}

impl Silence {
    pub fn words(&self, now: DateTime<Utc>) -> String {
        let until = self.ends_at.map_or("an unknown time".to_string(), |at| {
            match (at - now).abs() < TimeDelta::hours(20) {
                true => at.format("%H:%M UTC").to_string(),
                false => write_day_time(at, now),
            }
        });
        format!("silenced by {} until {until}: {}", self.by, self.comment)
    }
}

impl Silences {
    pub fn gaps(&self) -> Vec<String> {
        let mut all: Vec<String> = self
            .unread
            .words("silence", "silences")
            .into_iter()
            .collect();
        if self.dropped > 0 {
            all.push(format!(
                "{} silences beyond the limit are not shown",
                self.dropped
            ));
        }
        all
    }
}

impl fmt::Display for RowSilenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mixed(others) => write!(
                f,
                "no single silence covers this row without alerts of other rows ({})",
                list(others)
            ),
            Self::TooMany => write!(
                f,
                "the alerts of this row differ in more values than one silence takes"
            ),
            Self::NoLabels => write!(f, "the alert has no label that a silence could name"),
        }
    }
}
