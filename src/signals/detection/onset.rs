//! The begin of a drop that goes on for longer than a scan reaches back.

use super::drop::SuccessDrop;
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Onset(Option<Begin>);

#[derive(Debug, Clone, Copy, PartialEq)]
struct Begin {
    at: DateTime<Utc>,
    or_before: bool,
}

impl Onset {
    /// A scan that reaches the begin sees it; a later one knows only that the drop began before its first minute.
    pub fn follow(&mut self, found: Option<SuccessDrop>) -> Option<SuccessDrop> {
        let Some(mut drop) = found else {
            self.0 = None;
            return None;
        };
        let seen = Begin {
            at: drop.since,
            or_before: drop.or_before,
        };
        let begin = match self.0 {
            Some(kept) if seen.or_before && kept.at < seen.at => kept,
            _ => seen,
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

    fn drop(began: i64, or_before: bool) -> SuccessDrop {
        SuccessDrop {
            since: start() + TimeDelta::minutes(began),
            or_before,
            now: 0.9,
            normal: 0.999,
            from: NormalSource::EarlierWeeks,
            excess: 100.0,
            evidence: 100.0,
            culprit: None,
        }
    }

    #[test]
    fn a_begin_out_of_reach_stays_known() {
        let mut onset = Onset::default();
        let mut follow = |began, or_before| onset.follow(Some(drop(began, or_before))).unwrap();
        assert_eq!(follow(0, false).since, start());
        let later = follow(30, true);
        assert_eq!((later.since, later.or_before), (start(), false));
    }

    #[test]
    fn what_began_before_the_first_minute_that_is_read_says_so() {
        let mut onset = Onset::default();
        let mut follow = |began| onset.follow(Some(drop(began, true))).unwrap();
        assert!(follow(0).or_before);
        let later = follow(30);
        assert_eq!((later.since, later.or_before), (start(), true));
    }

    #[test]
    fn what_has_ended_begins_anew() {
        let mut onset = Onset::default();
        onset.follow(Some(drop(0, false)));
        assert_eq!(onset.follow(None), None);
        let again = onset.follow(Some(drop(30, true))).unwrap();
        assert_eq!(again.since, start() + TimeDelta::minutes(30));
    }
}
