//! Silences: the alerts they match, their end, author and reason.

mod expression;
mod grammar;
mod matcher;
mod row;

pub use matcher::{Matcher, MatcherOperator};
pub use row::{RowSilenceError, matchers_of_row};

use super::alert::Alert;
use super::answer::UnreadItems;
use crate::text::{Problem, Safe, Slug};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use matcher::PreparedMatcher;
use serde_json::{Value, json};

/// Longest silence that is made here: a silence of months hides an outage from everybody who joins later.
const LONGEST: TimeDelta = TimeDelta::days(30);

const TOO_LONG: (&str, &str) = (
    "a silence lasts 30 days at most",
    "fix or remove the alert instead",
);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSilence {
    /// All must match.
    pub matchers: Vec<Matcher>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub created_by: Safe,
    pub comment: Safe,
}

pub fn sent_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub fn written_matchers(matchers: &[Matcher]) -> String {
    let all: Vec<String> = matchers.iter().map(ToString::to_string).collect();
    all.join(" ")
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// By position.
    pub matching: Vec<usize>,
    /// Number of them that stand for several alerts of the source, of which not all match.
    pub in_part: usize,
    /// Number of alerts that may match: not all of their labels are known here.
    pub unsure: usize,
    /// Expressions that cannot be computed here: with one of them nothing is known.
    pub uncomputed: Vec<String>,
}

impl NewSilence {
    pub fn body(&self) -> Value {
        let matchers: Vec<Value> = self.matchers.iter().map(Matcher::body).collect();
        json!({
            "matchers": matchers,
            "startsAt": sent_time(self.starts_at),
            "endsAt": sent_time(self.ends_at),
            "createdBy": self.created_by,
            "comment": self.comment,
        })
    }

    /// What is wrong, and what to do; checked before anything is sent.
    pub fn problem(&self) -> Option<Problem> {
        let tests = self.prepared();
        // Alertmanager's own rule: one matcher at least must not match an empty value.
        let matches_all = tests.iter().all(|test| test.passes("") == Some(true));
        let faults = [
            (
                tests.iter().any(PreparedMatcher::is_broken),
                (
                    "one matcher is no regular expression",
                    "write name=~expression",
                ),
            ),
            (
                matches_all,
                (
                    "that would silence every alert",
                    "name at least one label with a value, such as alertname=PaymentSuccessRateLow",
                ),
            ),
            (
                self.comment.missing() > 0,
                (
                    "the comment is longer than 1,024 bytes",
                    "write the reason in a line, and record the rest as a note of the incident",
                ),
            ),
            (
                self.comment.is_empty(),
                (
                    "a silence needs a comment",
                    "write why these alerts are silenced",
                ),
            ),
            (
                self.ends_at <= self.starts_at,
                ("a silence needs an end in the future", "for example 2h"),
            ),
            (self.ends_at - self.starts_at > LONGEST, TOO_LONG),
        ];
        let first = faults.into_iter().find(|(wrong, _)| *wrong);
        first.map(|(_, (what, hint))| Problem::new(what, hint))
    }

    fn prepared(&self) -> Vec<PreparedMatcher<'_>> {
        self.matchers.iter().map(Matcher::prepared).collect()
    }

    /// Compares the source's own labels.
    pub fn coverage<'a>(&self, alerts: impl IntoIterator<Item = &'a Alert>) -> Coverage {
        let tests = self.prepared();
        let uncomputed = tests.iter().filter(|test| test.is_uncomputed());
        let mut coverage = Coverage {
            uncomputed: uncomputed.map(|test| test.matcher().to_string()).collect(),
            ..Coverage::default()
        };
        for (at, alert) in alerts.into_iter().enumerate() {
            let (mut matching, mut others) = (0, 0);
            for set in alert.label_sets() {
                // One matcher that does not pass is enough, even if others cannot be computed.
                let verdicts = || tests.iter().map(|test| test.passes_set(&set));
                if verdicts().any(|verdict| verdict == Some(false)) {
                    others += 1;
                } else if verdicts().all(|verdict| verdict == Some(true)) {
                    matching += 1;
                }
            }
            if matching > 0 {
                coverage.matching.push(at);
                coverage.in_part += usize::from(others > 0);
            } else if !alert.raw.is_complete() {
                coverage.unsure += 1;
            }
        }
        coverage
    }

    pub fn covers(&self, alert: &Alert) -> bool {
        !self.coverage([alert]).matching.is_empty()
    }

    pub fn what(&self) -> String {
        written_matchers(&self.matchers)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    pub id: Slug,
    pub what: Safe,
    /// If all of them can be read.
    pub matchers: Option<Vec<Matcher>>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub by: Safe,
    pub comment: Safe,
    /// `active`, `pending` or `expired`.
    pub state: Safe,
    pub odd: Vec<Safe>,
}

impl Silence {
    /// Why it cannot last until then, and what to do.
    pub fn extension_problem(&self, until: DateTime<Utc>, now: DateTime<Utc>) -> Option<Problem> {
        let ended = self.ends_at.is_some_and(|end| end <= now);
        if self.state.as_str() == "expired" || ended {
            return Some(Problem::new(
                "the silence has expired, and an expired silence cannot be extended",
                "make a new one: m on the row, or `warroom alerts silence`",
            ));
        }
        if until <= now || self.ends_at.is_some_and(|end| until <= end) {
            return Some(Problem::new(
                "the silence lasts until then already",
                "name a longer time from now, or end the silence",
            ));
        }
        let starts = self.starts_at.unwrap_or(now);
        let (what, hint) = TOO_LONG;
        (until - starts > LONGEST).then(|| Problem::new(what, hint))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Silences {
    pub silences: Vec<Silence>,
    /// Number beyond the limit; expired ones are not counted.
    pub dropped: usize,
    pub unread: UnreadItems,
}

#[cfg(test)]
mod tests;
