//! Changes: deployments, flags, model aliases, change records. "What changed?" is the first question (rule D6).

use crate::text::{PathId, Safe, Slug, SourceId, hex};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Of one source; the newest stay.
pub const MAX_CHANGES: usize = 200;
/// After the start of the reading, one day ago. Changes planned for tomorrow are shown; without this limit a change of
/// the year 9999 would stay the newest for ever.
const LATEST: TimeDelta = TimeDelta::days(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    Deployment,
    Flag,
    Model,
    /// A record of the change advisory board.
    Cab,
    #[default]
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub at: DateTime<Utc>,
    pub kind: ChangeKind,
    pub what: Safe,
    pub who: Safe,
    /// Empty if the source does not name it.
    pub outcome: Safe,
    pub path: Option<PathId>,
    pub source: SourceId,
}

impl Change {
    /// Digest of time, source and content: the same change has the same key in every process.
    pub fn key(&self) -> Slug {
        let text = format!("{}\n{}\n{}", self.at.timestamp(), self.source, self.what);
        Slug::nearest(&hex(&Sha256::digest(text.as_bytes())[..8]))
    }

    /// Dated in the future: it has caused nothing yet.
    pub fn is_planned(&self, now: DateTime<Utc>) -> bool {
        self.at > now + CLOCKS
    }
}

/// Clocks differ by up to a minute.
const CLOCKS: TimeDelta = TimeDelta::minutes(1);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangeSet {
    pub changes: Vec<Change>,
    /// The source's words about changes that its answer lacks.
    pub partial: Option<Safe>,
    /// Records that could not be read, and the problem of the first.
    pub unread: Option<(usize, String)>,
    /// Records that were read with a problem, and the problem of the first.
    pub odd: Option<(usize, String)>,
    /// Number of changes beyond [`MAX_CHANGES`].
    pub dropped: usize,
}

impl ChangeSet {
    /// Ignores a change that is older than `since`.
    pub fn push(&mut self, change: Change, since: DateTime<Utc>) {
        if change.at > since + LATEST {
            self.add_unreadable(format!(
                "{} at {} lies in the future",
                change.what, change.at
            ));
        } else if change.at >= since {
            self.changes.push(change);
        }
    }

    pub fn add_malformed(&mut self, what: String) {
        self.odd.get_or_insert((0, what)).0 += 1;
    }

    pub fn add_unreadable(&mut self, what: String) {
        self.unread.get_or_insert((0, what)).0 += 1;
    }

    /// Sorts the newest first and drops the changes beyond the limit.
    pub fn settled(mut self) -> Self {
        self.changes
            .sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.what.cmp(&b.what)));
        self.dropped += self.changes.len().saturating_sub(MAX_CHANGES);
        self.changes.truncate(MAX_CHANGES);
        self
    }
}

/// Orders changes by how likely they caused a problem that began at `onset`: first those shortly before it, then
/// older ones, then later ones, then planned ones; within each group the nearest first.
pub fn suspects<'c>(
    changes: impl Iterator<Item = &'c Change>,
    onset: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<&'c Change> {
    /// Most changes show their effect within an hour.
    const SOON: TimeDelta = TimeDelta::hours(1);
    let class = |change: &Change| {
        let before = onset + CLOCKS - change.at;
        if change.is_planned(now) {
            3
        } else if before < TimeDelta::zero() {
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

    fn change(when: &str) -> Change {
        Change {
            at: at(when),
            kind: ChangeKind::Deployment,
            what: Safe::line(when),
            who: Safe::default(),
            outcome: Safe::default(),
            path: None,
            source: SourceId::nearest("cab"),
        }
    }

    #[test]
    fn a_change_of_the_far_future_is_named_and_what_is_beyond_the_limit_is_counted() {
        let mut set = ChangeSet::default();
        let since = at("2026-11-21T00:00:00Z");
        for _ in 0..MAX_CHANGES + 3 {
            set.push(change("2026-11-21T12:00:00Z"), since);
        }
        set.push(change("9999-01-01T00:00:00Z"), since);
        set.push(change("2026-11-22T20:00:00Z"), since);
        let set = set.settled();
        assert_eq!((set.changes.len(), set.dropped), (MAX_CHANGES, 4));
        assert_eq!(
            set.changes[0].at,
            at("2026-11-22T20:00:00Z"),
            "planned for tonight"
        );
        let words = set.words().unwrap();
        assert!(
            words.contains("in the future") && words.contains("4 older"),
            "{words}"
        );
    }

    #[test]
    fn what_changed_just_before_the_onset_is_suspected_first() {
        let text = [
            "2026-11-22T01:10:00Z",
            "2026-11-21T20:00:00Z",
            "2026-11-22T00:31:00Z",
            "2026-11-22T00:57:00Z",
            "2026-11-22T00:59:30Z",
        ]
        .map(change);
        let order = |now| {
            let all = suspects(text.iter(), at("2026-11-22T00:58:00Z"), at(now));
            let all = all
                .into_iter()
                .map(|change| change.what.as_str()[11..16].to_string());
            all.collect::<Vec<String>>()
        };
        let now = order("2026-11-22T01:30:00Z");
        assert_eq!(now, ["00:57", "00:31", "20:00", "00:59", "01:10"]);
        let before = order("2026-11-22T00:58:00Z");
        assert_eq!(before, ["00:57", "00:31", "20:00", "00:59", "01:10"]);
        assert!(text[0].is_planned(at("2026-11-22T01:00:00Z")));
        assert!(
            !text[0].is_planned(at("2026-11-22T01:09:30Z")),
            "clocks differ"
        );
    }
}
