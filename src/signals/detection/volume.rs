//! Volume drops: payments that do not arrive, of a whole or of one of its parts. A success rate does not show them.

use super::super::tally::{RatioPart, RatioSeries};
use super::attribution::LabelSplit;
use super::baseline::Baseline;
use super::statistics::shortfall;
use super::windows::LONGEST;
use chrono::{DateTime, Utc};

/// A label with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub label: String,
    /// As the source gave it, made safe.
    pub value: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct VolumeDrop {
    /// Payments a minute, in the last five minutes.
    pub now: f64,
    /// Payments a minute at this hour, in the median of earlier weeks.
    pub normal: f64,
    /// At most six hours ago.
    pub since: DateTime<Utc>,
    /// The part that falls silent while the rest is normal; with it, the numbers are its own.
    pub culprit: Option<Part>,
}

impl VolumeDrop {
    /// Of the normal volume.
    pub fn share(&self) -> f64 {
        self.now / self.normal.max(f64::MIN_POSITIVE)
    }

    /// Payments a minute that do not arrive.
    fn missing(&self) -> f64 {
        self.normal - self.now
    }
}

/// Windows in which payments have almost stopped, in minutes.
const STOPPED: [i64; 4] = [3, 5, 10, 20];
/// Of the low normal volume. Closed shops and routing stay above it.
const STOPPED_SHARE: f64 = 0.1;
/// Windows in which fewer payments arrive for a while, in minutes.
const FEWER: [i64; 3] = [15, 30, 60];
/// Of the low normal volume, times the measured spread of whole hours.
const FEWER_SHARE: f64 = 0.6;
/// A part varies more than the whole: payments are routed elsewhere.
const FEWER_SHARE_OF_PART: f64 = 0.4;
/// Of the evidence. Poisson's variance is the smallest: fewer payments need more.
const THRESHOLD: f64 = 14.0;
const FEWER_THRESHOLD: f64 = 20.0;
/// Of a longer window that must be measured.
const MEASURED: f64 = 0.8;

/// Normal minutes after which a volume drop is over.
const OVER_MINUTES: usize = 5;
/// That these minutes need.
const OVER_EVIDENCE: f64 = 7.0;
/// In which they are looked for. Without a sign of the drop for as long, it is over, too.
const OVER_WITHIN: i64 = 15;
/// Of the missing payments: a part that misses so many explains the drop of the whole.
const EXPLAINED: f64 = 0.9;
/// Of a label: its values must explain the whole, before an absent one counts as zero.
const COMPLETE: f64 = 0.99;

/// At the end of the minute before `end`: the drop of the whole, or the clearest one of a part.
pub fn find(
    track: &RatioSeries,
    baseline: &Baseline,
    parts: &[LabelSplit<'_>],
    end: DateTime<Utc>,
) -> Option<VolumeDrop> {
    let last = end.timestamp().div_euclid(60) - 1;
    let whole = Volume {
        count: &|minute| total(track, minute),
        baseline,
        fewer: FEWER_SHARE,
        penalty: 0.0,
    };
    let whole = whole.drop(last).map(|found| found.drop);
    let of_part = part_drop(track, parts, last);
    match (whole, of_part) {
        // The numbers of the whole count while almost nothing arrives.
        (Some(whole), Some(part))
            if whole.share() >= STOPPED_SHARE && part.missing() >= whole.missing() * EXPLAINED =>
        {
            Some(part)
        }
        (whole, part) => whole.or(part),
    }
}

fn part_drop(track: &RatioSeries, parts: &[LabelSplit<'_>], last: i64) -> Option<VolumeDrop> {
    let penalty = (parts.len().max(1) as f64).ln();
    let found = parts.iter().filter(|part| !part.baseline.volume.moved_away);
    let found = found.filter_map(|part| {
        let volume = Volume {
            count: &|minute| total_of(part, (track, parts), minute),
            baseline: part.baseline,
            fewer: FEWER_SHARE_OF_PART,
            penalty,
        };
        Some((part, volume.drop(last)?))
    });
    let (part, mut found) = found.max_by(|a, b| a.1.evidence.total_cmp(&b.1.evidence))?;
    found.drop.culprit = Some(Part {
        label: part.label.to_string(),
        value: part.value.to_string(),
    });
    Some(found.drop)
}

fn total(track: &RatioSeries, minute: i64) -> Option<f64> {
    track.lane(RatioPart::Total, 60).get(minute)
}

/// A process that was restarted and has counted nothing has no series. That is zero if the other parts add up to the
/// whole, else unknown.
fn total_of(
    part: &LabelSplit<'_>,
    (track, parts): (&RatioSeries, &[LabelSplit<'_>]),
    minute: i64,
) -> Option<f64> {
    total(part.track, minute).or_else(|| {
        let whole = total(track, minute)?;
        let others = parts.iter().filter(|other| other.label == part.label);
        let others: f64 = others.filter_map(|other| total(other.track, minute)).sum();
        (others >= whole * COMPLETE).then_some(0.0)
    })
}

struct Volume<'a> {
    /// By the number of the minute since 1970; `None` if it was not measured.
    count: &'a dyn Fn(i64) -> Option<f64>,
    baseline: &'a Baseline,
    fewer: f64,
    /// For the number of parts.
    penalty: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct VolumeSum {
    count: f64,
    /// The low normal number in the measured minutes.
    normal: f64,
    /// That were measured and have a normal number.
    minutes: f64,
}

impl VolumeSum {
    fn without(self, other: Self) -> Self {
        Self {
            count: self.count - other.count,
            normal: self.normal - other.normal,
            minutes: self.minutes - other.minutes,
        }
    }
}

struct FoundVolumeDrop {
    drop: VolumeDrop,
    evidence: f64,
}

/// The window that shows it, and its share of the low normal volume.
struct Shown {
    first: i64,
    share: f64,
    evidence: f64,
}

impl Volume<'_> {
    /// It goes on until five minutes are normal.
    fn drop(&self, last: i64) -> Option<FoundVolumeDrop> {
        let sums = self.sums(last);
        let shown = (0..=OVER_WITHIN).find_map(|back| self.shown(&sums, last, back))?;
        if self.is_over(last, shown.share) {
            return None;
        }
        let (mut count, mut normal, mut minutes) = (0.0, 0.0, 0.0);
        for minute in last - 4..=last {
            let typical = self.baseline.typical_volume(minute);
            if let (Some(found), Some(typical)) = ((self.count)(minute), typical) {
                (count, normal, minutes) = (count + found, normal + typical, minutes + 1.0);
            }
        }
        let drop = VolumeDrop {
            now: count / minutes,
            normal: normal / minutes,
            since: DateTime::from_timestamp(self.begin(&shown) * 60, 0)?,
            culprit: None,
        };
        (minutes > 0.0).then_some(FoundVolumeDrop {
            drop,
            evidence: shown.evidence,
        })
    }

    /// By the shortest window that ends so many minutes ago. A minute without a measurement is not empty: a short window
    /// with such a minute proves nothing.
    fn shown(&self, sums: &[VolumeSum], last: i64, back: i64) -> Option<Shown> {
        let spread = self.baseline.volume.spread;
        let stopped = STOPPED_SHARE.min(spread / 2.0);
        let stopped = STOPPED.map(|window| (window, stopped, THRESHOLD, 1.0));
        let fewer = spread * self.fewer;
        let fewer = FEWER.map(|window| (window, fewer, FEWER_THRESHOLD, MEASURED));
        let mut windows = stopped.into_iter().chain(fewer);
        windows.find_map(|(window, share, threshold, measured)| {
            let (late, early) = (sums[back as usize], sums[(back + window) as usize]);
            let found = early.without(late);
            let evidence = shortfall(found.count, found.normal);
            // The variance of volume grows with volume: besides the evidence, a share of the normal volume is required.
            let shows = found.minutes >= window as f64 * measured
                && found.count < found.normal * share
                && evidence > threshold + self.penalty;
            shows.then_some(Shown {
                first: last + 1 - back - window,
                share: found.count / found.normal,
                evidence,
            })
        })
    }

    /// Of the last 0, 1, 2 … minutes.
    fn sums(&self, last: i64) -> Vec<VolumeSum> {
        let mut sums = vec![VolumeSum::default()];
        let mut sum = VolumeSum::default();
        for back in 0..OVER_WITHIN + FEWER[FEWER.len() - 1] {
            let minute = last - back;
            if let Some((low, _)) = self.baseline.volume.at(minute)
                && let Some(found) = (self.count)(minute)
            {
                sum.count += found;
                sum.normal += low;
                sum.minutes += 1.0;
            }
            sums.push(sum);
        }
        sums
    }

    /// How much better this minute fits the share of the drop than the normal volume.
    fn score(&self, minute: i64, share: f64) -> Option<(f64, bool)> {
        /// Of the normal volume: with less, one payment would end a drop.
        const LEAST: f64 = 0.02;
        let (count, (low, _)) = ((self.count)(minute)?, self.baseline.volume.at(minute)?);
        let share = share.clamp(LEAST, 0.9);
        let is_normal = count >= low * f64::midpoint(share, 1.0);
        Some((low * (1.0 - share) + count * share.ln(), is_normal))
    }

    /// Five normal minutes, which the normal volume explains better than the drop; later minutes fit the drop no better.
    fn is_over(&self, last: i64, share: f64) -> bool {
        let (mut as_drop, mut normal) = (0.0, 0);
        for minute in (last - OVER_WITHIN + 1..=last).rev() {
            let Some((score, is_normal)) = self.score(minute, share) else {
                continue;
            };
            as_drop += score;
            normal += usize::from(is_normal);
            if as_drop > OVER_EVIDENCE {
                return false;
            }
            if normal >= OVER_MINUTES && as_drop < -OVER_EVIDENCE {
                return true;
            }
        }
        false
    }

    /// The first minute of the minutes that fit the drop best, before an interruption that would have ended it.
    fn begin(&self, shown: &Shown) -> i64 {
        let (mut sum, mut best, mut begin, mut normal) = (0.0, 0.0, shown.first, 0);
        for minute in (shown.first - LONGEST..shown.first).rev() {
            let Some((score, is_normal)) = self.score(minute, shown.share) else {
                continue;
            };
            sum += score;
            normal += usize::from(is_normal);
            if sum > best {
                (best, begin, normal) = (sum, minute, 0);
            } else if normal >= OVER_MINUTES && sum < best - OVER_EVIDENCE {
                break;
            }
        }
        // The window itself may begin with normal minutes.
        let mut first = begin;
        let is_normal = |minute: i64| self.score(minute, shown.share).is_none_or(|(_, is)| is);
        while first < shown.first + 60 && is_normal(first) {
            first += 1;
        }
        first
    }
}

#[cfg(test)]
mod tests;
