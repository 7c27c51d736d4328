//! The scan for a drop of the success ratio.

use super::super::tally::RatioSeries;
use super::baseline::Baseline;
use super::begin::begin;
use super::drop::SuccessDrop;
use super::past::{EndedDrop, Past};
use super::windows::WINDOWS;
use chrono::{DateTime, Utc};

pub(super) struct Scan {
    pub(super) drop: Option<FoundDrop>,
    /// Over, and still visible in a window.
    pub(super) over: Vec<EndedDrop>,
}

pub(super) struct FoundDrop {
    pub(super) drop: SuccessDrop,
    /// With the most evidence, in minutes.
    pub(super) window: i64,
    /// In that window: failures beyond the normal number.
    pub(super) excess: f64,
}

/// One of many label values needs a higher threshold. Leaves out the minutes of drops that are `known` to be over.
pub(super) fn scan(
    track: &RatioSeries,
    baseline: &Baseline,
    end: DateTime<Utc>,
    threshold: f64,
    known: &[EndedDrop],
) -> Scan {
    let last = end.timestamp().div_euclid(60) - 1;
    let past = Past::read(track, baseline, last, known);
    let mut over = Vec::new();
    for window in WINDOWS {
        if past.shows(0, window, threshold)
            && let Some(found) = past.over_in(0, window)
            && !over.contains(&found)
        {
            over.push(found);
        }
    }
    let drop = past.strongest(0, threshold).and_then(|window| {
        let strongest = past.between(0, window);
        let begin = begin(&past, threshold);
        let whole = past.between(0, begin.back);
        let drop = SuccessDrop {
            since: DateTime::from_timestamp((last + 1 - begin.back) * 60 + begin.seconds, 0)?,
            or_before: begin.or_before,
            now: 1.0 - strongest.bad / strongest.total,
            normal: 1.0 - strongest.expected / strongest.total,
            from: baseline.normal(),
            excess: whole.excess().max(strongest.excess()),
            evidence: past.evidence(0, window),
            culprit: None,
        };
        Some(FoundDrop {
            drop,
            window,
            excess: strongest.excess(),
        })
    });
    Scan { drop, over }
}
