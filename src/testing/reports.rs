//! What a watch of the signals says, for tests.

use super::slug;
use crate::signals::Reading;
use chrono::{DateTime, TimeDelta, Utc};

/// A report with the watched signal in a drop that acme has, and whatever else.
pub(crate) fn report(
    now: DateTime<Utc>,
    more: Vec<crate::signals::monitor::SignalReport>,
) -> crate::signals::monitor::MonitorReport {
    let mut signals = vec![dropping(now)];
    signals.extend(more);
    crate::signals::monitor::MonitorReport {
        at: now,
        signals,
        skew: Vec::new(),
        contacts: Vec::new(),
    }
}

fn signal(
    name: &str,
    standing: crate::signals::monitor::SignalStanding,
    now: DateTime<Utc>,
    detail: crate::signals::monitor::SignalDetail,
) -> crate::signals::monitor::SignalReport {
    crate::signals::monitor::SignalReport {
        signal: slug(name),
        path: slug("confirm"),
        strict: true,
        standing,
        answered: true,
        measured: Some(now),
        scraped: Some(now),
        source: None,
        error: None,
        partial: None,
        detail,
    }
}

/// A correctness signal that tolerates nothing.
pub(crate) fn correctness(
    now: DateTime<Utc>,
    count: Reading,
) -> crate::signals::monitor::SignalReport {
    use crate::signals::monitor::{SignalDetail, SignalStanding};
    let wrong = count.value().is_some_and(|count| count > 0.0);
    let standing = if wrong {
        SignalStanding::CorrectnessFault
    } else {
        SignalStanding::Fine
    };
    let detail = SignalDetail::Correctness {
        count,
        tolerance: 0.0,
        unit: "captures".into(),
        since: wrong.then_some(now - TimeDelta::minutes(3)),
        age: None,
        amount: None,
    };
    signal("duplicate-captures", standing, now, detail)
}

/// A settlement lag within its bound.
pub(crate) fn lag(now: DateTime<Utc>) -> crate::signals::monitor::SignalReport {
    use crate::signals::map::LevelGroup;
    use crate::signals::monitor::{SignalDetail, SignalStanding};
    let detail = SignalDetail::Level {
        reading: Reading::Value(720.0),
        expect: crate::signals::Expectation::parse("<= 3600").unwrap(),
        unit: "s".into(),
        group: LevelGroup::Settlement,
        since: None,
    };
    signal("settlement-lag", SignalStanding::Fine, now, detail)
}

/// A report with this reading of the success ratio alone: no history, so no drop.
pub(crate) fn reading(
    now: DateTime<Utc>,
    reading: Reading,
) -> crate::signals::monitor::MonitorReport {
    let minutes = reading.shown().map_or(Vec::new(), |value| vec![value; 20]);
    minutes_of(now, &minutes, reading)
}

/// The last minutes, by the minute; the reading is that of the last five.
pub(crate) fn minutes(
    now: DateTime<Utc>,
    minutes: &[f64],
) -> crate::signals::monitor::MonitorReport {
    let last = &minutes[minutes.len().saturating_sub(5)..];
    let mean = last.iter().sum::<f64>() / last.len() as f64;
    minutes_of(now, minutes, Reading::Value(mean))
}

fn minutes_of(
    now: DateTime<Utc>,
    minutes: &[f64],
    reading: Reading,
) -> crate::signals::monitor::MonitorReport {
    use crate::signals::budget::Budget;
    use crate::signals::monitor::{
        CurrentRatio, MonitorReport, RatioReport, SignalDetail, SignalStanding,
    };
    use crate::signals::tally::RatioSeries;
    let mut track = RatioSeries::new(TimeDelta::hours(1));
    let last = now.timestamp().div_euclid(60);
    for (back, value) in minutes.iter().rev().enumerate() {
        track.put(60, last - 1 - back as i64, 1200.0 * value, 1200.0);
    }
    let mut current = CurrentRatio::of(&track, now, reading.shown().is_some());
    current.reading = reading;
    let budget = Budget::at(&track, 0.999, TimeDelta::hours(1), now);
    let ratio = RatioReport {
        per_minute: reading.shown().map(|_| 1200.0),
        ..RatioReport::new(std::sync::Arc::new(track), current, budget)
    };
    let standing = match reading.value() {
        None => SignalStanding::Unknown,
        Some(value) if value < 0.999 => SignalStanding::AtRisk,
        Some(_) => SignalStanding::Fine,
    };
    let detail = SignalDetail::Ratio(Box::new(ratio));
    let mut signal = signal("confirm-success", standing, now, detail);
    signal.measured = reading.shown().map(|_| now);
    MonitorReport {
        at: now,
        signals: vec![signal],
        skew: Vec::new(),
        contacts: vec![(slug("prometheus"), Ok(()))],
    }
}

/// A round in which the source answered, or not, and no signal has a number.
pub(crate) fn unread(
    now: DateTime<Utc>,
    answered: Result<(), crate::text::Problem>,
) -> crate::signals::monitor::MonitorReport {
    let mut report = reading(now, Reading::NoData);
    report.contacts = vec![(slug("prometheus"), answered)];
    report.signals[0].answered = false;
    report
}

/// A drop from `since`, in which 15 % of 1200 payments a minute fail; ended or going on.
pub(crate) fn drop(
    now: DateTime<Utc>,
    since: DateTime<Utc>,
    ended: Option<DateTime<Utc>>,
) -> crate::signals::monitor::MonitorReport {
    use crate::signals::detection::DropRecovery;
    use crate::signals::monitor::{CurrentRatio, SignalDetail, SignalStanding};
    use crate::signals::tally::RatioSeries;
    let mut report = report(now, Vec::new());
    report.contacts = vec![(slug("prometheus"), Ok(()))];
    let signal = &mut report.signals[0];
    signal.standing = SignalStanding::Breach;
    let SignalDetail::Ratio(ratio) = &mut signal.detail else {
        return report;
    };
    let mut track = RatioSeries::new(TimeDelta::hours(1));
    let last = now.timestamp().div_euclid(60);
    for minute in last - 400..last {
        let at = DateTime::from_timestamp(minute * 60, 0).unwrap();
        let failing = at >= since && ended.is_none_or(|ended| at < ended);
        let bad = if failing { 0.15 } else { 0.0003 };
        track.put(60, minute, 1200.0 * (1.0 - bad), 1200.0);
    }
    signal.measured = track.end();
    ratio.current = CurrentRatio::of(&track, track.end().unwrap(), true);
    ratio.track = std::sync::Arc::new(track);
    ratio.recovery = ended.map(|ended| DropRecovery {
        began: since,
        ended,
    });
    ratio.drop = ratio.drop.take().filter(|_| ended.is_none());
    if let Some(drop) = &mut ratio.drop {
        drop.since = since;
    }
    report
}

fn dropping(now: DateTime<Utc>) -> crate::signals::monitor::SignalReport {
    use crate::signals::budget::Budget;
    use crate::signals::detection::{Culprit, NormalSource, SuccessDrop};
    use crate::signals::map::Pricing;
    use crate::signals::monitor::{CurrentRatio, RatioReport, SignalDetail, SignalStanding};
    use crate::signals::tally::{FIVE, RatioSeries};
    let mut track = RatioSeries::new(TimeDelta::days(30));
    let since = now - TimeDelta::minutes(5);
    for (step, back) in [(60, 480 * 60), (FIVE, 30 * 86_400)] {
        let mut second = now.timestamp() - back;
        while second < now.timestamp() {
            let bad = if second >= since.timestamp() {
                0.15
            } else {
                0.0003
            };
            let count = 1200.0 * step as f64 / 60.0;
            track.put(step, second.div_euclid(step), count * (1.0 - bad), count);
            second += step;
        }
    }
    let budget = Budget::at(&track, 0.999, TimeDelta::days(30), now);
    let culprit = Culprit {
        label: "provider".into(),
        value: "acme".into(),
        and: None,
        share: 0.97,
        now: 0.7,
    };
    let drop = SuccessDrop {
        since,
        or_before: false,
        now: 0.85,
        normal: 0.9997,
        from: NormalSource::EarlierWeeks,
        excess: 890.0,
        evidence: 300.0,
        culprit: Some(culprit),
    };
    let current = CurrentRatio::of(&track, now, true);
    let ratio = RatioReport {
        drop: Some(drop),
        pricing: Some(Pricing {
            currency: "EUR".into(),
            average: Some(32.5),
            amount: None,
            unknown: None,
            unknown_in_total: None,
        }),
        has_volume: true,
        ..RatioReport::new(std::sync::Arc::new(track), current, budget)
    };
    signal(
        "confirm-success",
        SignalStanding::Breach,
        now,
        SignalDetail::Ratio(Box::new(ratio)),
    )
}

/// A ratio of a path that stands like this: in a drop, or as it should be, or not known.
pub(crate) fn elsewhere(
    now: DateTime<Utc>,
    path: &str,
    standing: crate::signals::monitor::SignalStanding,
) -> crate::signals::monitor::SignalReport {
    use crate::signals::monitor::{SignalDetail, SignalReport, SignalStanding};
    let mut signal = SignalReport {
        path: slug(path),
        standing,
        ..dropping(now)
    };
    if let SignalDetail::Ratio(ratio) = &mut signal.detail
        && standing != SignalStanding::Breach
    {
        ratio.drop = None;
        ratio.current.reading = match standing {
            SignalStanding::Unknown => Reading::NoData,
            _ => Reading::Value(0.9999),
        };
    }
    signal
}
