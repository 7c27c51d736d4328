//! Changes: deployments, flags, model aliases, change records. "What changed?" is the first question (rule D6).

use crate::text::{Safe, Slug};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Most changes kept of one source: the newest.
pub const MAX_CHANGES: usize = 200;

/// What kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Code went out.
    Deployment,
    /// A feature flag moved.
    Flag,
    /// A model's version or alias moved.
    Model,
    /// A record of the change advisory board.
    Cab,
    /// Anything else.
    #[default]
    Other,
}

impl ChangeKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deployment => "deploy",
            Self::Flag => "flag",
            Self::Model => "model",
            Self::Cab => "CAB",
            Self::Other => "change",
        }
    }
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// What kind.
    pub kind: ChangeKind,
    /// What was changed, and to what.
    pub what: Safe,
    /// Who did it: a person or a pipeline.
    pub who: Safe,
    /// How it ended; empty where that is not said.
    pub outcome: Safe,
    /// The path that it touches, where that is said.
    pub path: Option<Slug>,
    /// Where it was read.
    pub source: Slug,
}

impl Change {
    /// Names it, whoever reads it and how often: a digest of when, where and what.
    pub fn key(&self) -> Slug {
        let text = format!("{}\n{}\n{}", self.at.timestamp(), self.source, self.what);
        let digest = Sha256::digest(text.as_bytes());
        let hex: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Slug::nearest(&hex)
    }
}

/// The changes of one reading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangeSet {
    /// The changes, the newest first.
    pub changes: Vec<Change>,
    /// Records that could not be read, and the first one's fault.
    pub unread: Option<(usize, String)>,
}

/// A line of a change log.
#[derive(Deserialize)]
struct Line {
    at: DateTime<Utc>,
    #[serde(default)]
    kind: ChangeKind,
    what: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    path: Option<Slug>,
}

impl ChangeSet {
    /// From JSON lines, each `{"at", "kind", "what", "who", "outcome", "path"}`; `at` needs a zone.
    pub fn from_lines(source: &Slug, text: &str, since: DateTime<Utc>) -> Self {
        let mut set = Self::default();
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            match serde_json::from_str::<Line>(line) {
                Ok(line) => set.push(
                    Change {
                        at: line.at,
                        kind: line.kind,
                        what: Safe::line(&line.what),
                        who: Safe::line(&line.who),
                        outcome: Safe::line(&line.outcome),
                        path: line.path,
                        source: source.clone(),
                    },
                    since,
                ),
                Err(error) => set.fault(format!("line {}: {error}", index + 1)),
            }
        }
        set.settled()
    }

    /// Adds one that is not older than `since`.
    pub fn push(&mut self, change: Change, since: DateTime<Utc>) {
        if change.at >= since {
            self.changes.push(change);
        }
    }

    /// Counts a record that could not be read.
    pub fn fault(&mut self, what: String) {
        let fault = self.unread.get_or_insert((0, what));
        fault.0 += 1;
    }

    /// The newest first, and no more than are kept.
    pub fn settled(mut self) -> Self {
        self.changes
            .sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.what.cmp(&b.what)));
        self.changes.truncate(MAX_CHANGES);
        self
    }
}

/// How likely a change is to have caused what began at `onset`: those shortly before it come first, then older
/// ones, then those after it. Within each the nearest first.
pub fn suspects<'c>(
    changes: impl Iterator<Item = &'c Change>,
    onset: DateTime<Utc>,
) -> Vec<&'c Change> {
    /// A change shows its effect within the hour, mostly; clocks differ by a minute.
    const SOON: TimeDelta = TimeDelta::hours(1);
    const CLOCKS: TimeDelta = TimeDelta::minutes(1);
    let class = |change: &Change| {
        let before = onset + CLOCKS - change.at;
        if before < TimeDelta::zero() {
            2
        } else {
            u8::from(before > SOON)
        }
    };
    let mut all: Vec<&Change> = changes.collect();
    all.sort_by_key(|change| (class(change), (onset - change.at).abs()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_line_that_cannot_be_read_is_counted_and_named_and_hides_no_other() {
        let text = "{\"at\":\"2026-11-22T00:57:00Z\",\"kind\":\"model\",\"what\":\"fraud v42\",\"who\":\"ci\"}\n\
                    {\"at\":\"yesterday\",\"what\":\"x\"}\n\n\
                    {\"at\":\"2026-11-22T00:31:00+01:00\",\"what\":\"flag new-3ds 25 %\",\"surplus\":1}\n";
        let set = ChangeSet::from_lines(&Slug::nearest("cab"), text, at("2026-11-21T00:00:00Z"));
        assert_eq!(set.changes.len(), 2);
        assert_eq!(set.changes[0].kind, ChangeKind::Model);
        let (count, first) = set.unread.unwrap();
        assert!(count == 1 && first.starts_with("line 2"), "{first}");
    }

    #[test]
    fn a_card_number_in_a_change_is_masked() {
        let text = "{\"at\":\"2026-11-22T00:57:00Z\",\"what\":\"test 4111 1111 1111 1111\"}";
        let set = ChangeSet::from_lines(&Slug::nearest("cab"), text, at("2026-11-21T00:00:00Z"));
        assert!(!set.changes[0].what.as_str().contains("1111 1111"));
    }

    #[test]
    fn what_changed_just_before_the_onset_is_suspected_first() {
        let text = [
            "2026-11-22T01:10:00Z",
            "2026-11-21T20:00:00Z",
            "2026-11-22T00:31:00Z",
            "2026-11-22T00:57:00Z",
        ]
        .map(|at| format!("{{\"at\":\"{at}\",\"what\":\"{at}\"}}"))
        .join("\n");
        let set = ChangeSet::from_lines(&Slug::nearest("cab"), &text, at("2026-11-21T00:00:00Z"));
        let order: Vec<&str> = suspects(set.changes.iter(), at("2026-11-22T00:58:00Z"))
            .iter()
            .map(|change| &change.what.as_str()[11..16])
            .collect();
        assert_eq!(order, ["00:57", "00:31", "20:00", "01:10"]);
    }
}
