//! The begin of a drop that goes on. Each minute's scan estimates it again; the estimate with the most evidence
//! stays, so that the time on the screen does not jump.

use super::drop::SuccessDrop;
use super::windows::reach;
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Onset(Option<Begin>);

#[derive(Debug, Clone, Copy, PartialEq)]
struct Begin {
    at: DateTime<Utc>,
    or_before: bool,
    evidence: f64,
}

impl Onset {
    /// A drop keeps its begin until a scan, which ended at `end`, has more evidence. If a part recovers, the drop
    /// becomes
    /// smaller, not younger.
    pub fn follow(
        &mut self,
        found: Option<SuccessDrop>,
        end: DateTime<Utc>,
    ) -> Option<SuccessDrop> {
        let Some(mut drop) = found else {
            self.0 = None;
            return None;
        };
        let new = Begin {
            at: drop.since,
            or_before: drop.or_before,
            evidence: drop.evidence,
        };
        let begin = match self.0 {
            // The scan no longer reaches the begin, so its estimate is not better.
            Some(kept) if kept.at <= end - reach() => kept,
            Some(kept) if kept.evidence >= new.evidence => kept,
            _ => new,
        };
        self.0 = Some(begin);
        drop.since = begin.at;
        drop.or_before = begin.or_before;
        Some(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::detection::NormalSource;
    use crate::testing::start;
    use chrono::TimeDelta;

    fn drop(minutes_ago: i64, end: DateTime<Utc>, evidence: f64) -> SuccessDrop {
        SuccessDrop {
            since: end - TimeDelta::minutes(minutes_ago),
            or_before: minutes_ago == reach().num_minutes(),
            now: 0.9,
            normal: 0.999,
            from: NormalSource::EarlierWeeks,
            excess: 100.0,
            evidence,
            culprit: None,
        }
    }

    #[test]
    fn more_evidence_moves_the_begin_and_less_does_not() {
        let mut onset = Onset::default();
        let mut follow = |after: i64, ago: i64, evidence: f64| {
            let end = start() + TimeDelta::minutes(after);
            let drop = onset.follow(Some(drop(ago, end, evidence)), end);
            drop.unwrap().since
        };
        assert_eq!(follow(3, 2, 20.0), start() + TimeDelta::minutes(1));
        assert_eq!(follow(4, 4, 30.0), start(), "seen better");
        // Half of it recovers: a short window shows the rest best.
        assert_eq!(follow(60, 5, 25.0), start(), "smaller, not younger");
        assert_eq!(follow(500, 360, 900.0), start(), "out of reach, and known");
    }

    #[test]
    fn what_has_ended_begins_anew() {
        let mut onset = Onset::default();
        let end = start() + TimeDelta::minutes(10);
        onset.follow(Some(drop(10, end, 50.0)), end);
        assert_eq!(onset.follow(None, end + TimeDelta::minutes(9)), None);
        let later = end + TimeDelta::minutes(30);
        let again = onset.follow(Some(drop(2, later, 20.0)), later).unwrap();
        assert_eq!(again.since, later - TimeDelta::minutes(2));
    }

    #[test]
    fn what_began_before_the_first_minute_that_is_read_says_so() {
        let mut onset = Onset::default();
        let first = onset.follow(Some(drop(360, start(), 900.0)), start());
        assert!(first.unwrap().or_before);
        let end = start() + TimeDelta::minutes(30);
        let later = onset.follow(Some(drop(360, end, 950.0)), end).unwrap();
        assert!(later.or_before);
        assert_eq!(later.since, start() - TimeDelta::minutes(360));
    }
}
