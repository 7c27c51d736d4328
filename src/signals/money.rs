//! The cost of failed payments: an interval, because some outcomes are unknown.

use super::map::Pricing;
use super::monitor::RatioReport;
use super::tally::RatioSeries;
use chrono::{DateTime, TimeDelta, Utc};

#[derive(Debug, Clone, PartialEq)]
pub struct Loss {
    pub from: DateTime<Utc>,
    /// At least: payments of unknown outcome are not among them.
    pub failed: f64,
    /// May have failed too: payments of unknown outcome, and those of a scrape gap whose time or number is not certain.
    pub unknown: f64,
    /// Seconds. Zero in the first minute: a minute is counted when it is over.
    pub measured: i64,
    /// Seconds; failures in them are in neither number.
    pub missing: i64,
    /// Failed payments, over the last five measured minutes.
    pub per_minute: Option<f64>,
    /// `None`: the map names no price.
    pub worth: Option<LossValue>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LossValue {
    pub failed: f64,
    /// Payments of unknown outcome included.
    pub at_most: f64,
    /// At the current rate.
    pub per_minute: Option<f64>,
    pub currency: String,
    pub method: PriceMethod,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PriceMethod {
    /// The counter of failed amounts. Only payments of unknown outcome are estimated.
    Measured,
    /// Count times this average amount.
    Average(f64),
}

impl PriceMethod {
    pub fn is_estimate(self) -> bool {
        matches!(self, Self::Average(_))
    }
}

/// A minute is read when it is over, and its answer arrives a little later.
const COMING: TimeDelta = TimeDelta::minutes(3);

pub fn loss(ratio: &RatioReport, from: DateTime<Utc>, to: DateTime<Utc>) -> Loss {
    let end = ratio.track.end().unwrap_or(to);
    // Incomplete minutes are not missing: their measurement is still to come.
    let coming = COMING.max(ratio.interval.unwrap_or_default() * 3);
    let to = if to - end < coming { to.min(end) } else { to };
    let sum = ratio.track.sum(from, to);
    let recent = ratio.current.window;
    let minutes = recent.measured as f64 / 60.0;
    let rate = |count: f64| (minutes > 0.0).then(|| count / minutes);
    let unknown = ratio.unknown.as_ref();
    let unknown = unknown.map_or(0.0, |track| count(track, from, to));
    let (bad, at_most) = sum.bad_between();
    // They count once: among the failed, or beside them. If that is not known, the interval covers both.
    let among = if ratio.unknown_is_failed == Some(false) {
        0.0
    } else {
        unknown
    };
    let beside = if ratio.unknown_is_failed == Some(true) {
        0.0
    } else {
        unknown
    };
    let failed = (bad - among).max(0.0);
    let unknown = at_most + beside - failed;
    let per_minute = rate(recent.tally.bad());
    let amount = ratio.amount.as_ref();
    let amount = amount.map(|track| {
        (
            count(track, from, to),
            rate(count(track, recent.from, recent.to)),
        )
    });
    let pricing = ratio.pricing.as_ref();
    let worth =
        pricing.and_then(|pricing| worth(pricing, amount, (failed, unknown, bad), per_minute));
    Loss {
        from,
        failed,
        unknown,
        measured: sum.measured,
        missing: sum.missing(),
        per_minute,
        worth,
    }
}

/// Of a series that holds one count.
fn count(track: &RatioSeries, from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    track.sum(from, to).tally.total
}

fn worth(
    pricing: &Pricing,
    amount: Option<(f64, Option<f64>)>,
    (failed, unknown, bad): (f64, f64, f64),
    per_minute: Option<f64>,
) -> Option<LossValue> {
    let currency = pricing.currency.clone();
    if let Some((known, now)) = amount.filter(|(known, _)| *known > 0.0) {
        // Payments of unknown outcome have the price of failed ones.
        let each = pricing
            .average
            .or_else(|| (bad > 0.0).then(|| known / bad))
            .unwrap_or_default();
        return Some(LossValue {
            failed: (known - (bad - failed) * each).max(0.0),
            at_most: known + (failed + unknown - bad) * each,
            per_minute: now,
            currency,
            method: PriceMethod::Measured,
        });
    }
    let average = pricing.average?;
    Some(LossValue {
        failed: failed * average,
        at_most: (failed + unknown) * average,
        per_minute: per_minute.map(|count| count * average),
        currency,
        method: PriceMethod::Average(average),
    })
}

#[cfg(test)]
mod tests {
    use super::super::impact::{Impact, ImpactBasis, ImpactSpan};
    use super::super::words::short;
    use super::*;
    use crate::signals::budget::Budget;
    use crate::signals::monitor::CurrentRatio;
    use rstest::rstest;
    use std::sync::Arc;

    fn shown(loss: &Loss) -> Impact {
        let span = ImpactSpan {
            from: loss.from,
            or_before: false,
            to: loss.from,
            basis: ImpactBasis::Drop,
            ended: false,
        };
        Impact::of(span, loss)
    }

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_305_600 + minutes * 60, 0).unwrap()
    }

    fn counts(part: f64, total: f64) -> Arc<RatioSeries> {
        let mut track = RatioSeries::new(TimeDelta::days(30));
        for minute in 0..30 {
            track.put(60, at(minute).timestamp() / 60, part, total);
        }
        Arc::new(track)
    }

    fn ratio(average: Option<f64>, amount: Option<f64>, unknown: Option<f64>) -> RatioReport {
        let track = counts(90.0, 100.0);
        let budget = Budget::at(&track, 0.999, TimeDelta::days(30), at(30));
        let current = CurrentRatio::of(&track, at(30), true);
        RatioReport {
            pricing: Some(Pricing {
                currency: "EUR".into(),
                average,
                amount: None,
                unknown: None,
                unknown_in_total: None,
            }),
            unknown_is_failed: Some(false),
            unknown: unknown.map(|count| counts(0.0, count)),
            amount: amount.map(|count| counts(0.0, count)),
            ..RatioReport::new(track, current, budget)
        }
    }

    #[test]
    fn payments_of_unknown_outcome_make_an_interval() {
        let loss = loss(&ratio(Some(30.0), None, Some(2.0)), at(20), at(30));
        assert!((loss.failed - 100.0).abs() < 1e-9 && (loss.unknown - 20.0).abs() < 1e-9);
        assert_eq!(shown(&loss).failed_words(), "100 to 120 failed");
        let amount = shown(&loss).amount.unwrap().words("≈");
        let worth = loss.worth.unwrap();
        assert_eq!(amount, "≈ EUR 3.0 k to 3.6 k");
        assert!(worth.method.is_estimate());
        assert!((worth.per_minute.unwrap() - 300.0).abs() < 1e-9);
    }

    #[rstest]
    #[case::beside_the_failed(Some(false), "100 to 120 failed", "EUR 3.0 k to 3.6 k")]
    #[case::among_the_failed(Some(true), "80 to 100 failed", "EUR 2.4 k to 3.0 k")]
    #[case::not_known(None, "80 to 120 failed", "EUR 2.4 k to 3.6 k")]
    fn payments_of_unknown_outcome_count_once(
        #[case] unknown_is_failed: Option<bool>,
        #[case] failed: &str,
        #[case] cost: &str,
    ) {
        for amount in [None, Some(300.0)] {
            let ratio = RatioReport {
                unknown_is_failed,
                ..ratio(Some(30.0), amount, Some(2.0))
            };
            let loss = loss(&ratio, at(20), at(30));
            assert_eq!(shown(&loss).failed_words(), failed);
            assert_eq!(
                shown(&loss)
                    .amount
                    .unwrap()
                    .words("≈")
                    .trim_start_matches("≈ "),
                cost
            );
        }
    }

    #[test]
    fn a_counter_of_amounts_is_a_measurement_and_not_marked_as_an_estimate() {
        let loss = loss(&ratio(None, Some(450.0), None), at(20), at(30));
        let amount = shown(&loss).amount.unwrap().words("≈");
        let worth = loss.worth.unwrap();
        assert_eq!(amount, "EUR 4.5 k");
        assert_eq!(worth.method, PriceMethod::Measured);
    }

    #[test]
    fn without_a_price_there_is_no_worth() {
        assert_eq!(loss(&ratio(None, None, None), at(20), at(30)).worth, None);
    }

    #[test]
    fn minutes_without_a_measurement_are_said_beside_the_count() {
        let loss = loss(&ratio(None, None, None), at(20), at(40));
        assert_eq!(
            shown(&loss).failed_words(),
            "100 failed + 10 min unmeasured"
        );
    }

    #[rstest]
    #[case(0.0, "0")]
    #[case(999.0, "999")]
    #[case(18_440.0, "18.4 k")]
    #[case(611_300.0, "611 k")]
    #[case(2_500_000.0, "2.5 M")]
    fn a_count_reads_at_a_glance(#[case] count: f64, #[case] text: &str) {
        assert_eq!(short(count), text);
    }
}
