//! Series for charts: columns of equal width with a success ratio or a remaining budget.

use super::tally::RatioSeries;
use chrono::{DateTime, TimeDelta, Utc};

/// A column without a measurement is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartColumns {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub values: Vec<Option<f64>>,
}

impl ChartColumns {
    /// `None` outside the chart.
    pub fn column(&self, at: DateTime<Utc>) -> Option<usize> {
        let (span, past) = (
            (self.to - self.from).num_milliseconds(),
            (at - self.from).num_milliseconds(),
        );
        let inside = span > 0 && (0..span).contains(&past);
        inside.then(|| (past as f64 / span as f64 * self.values.len() as f64) as usize)
    }

    /// `None` if nothing was measured.
    pub fn range(&self) -> Option<(f64, f64)> {
        let known = || self.values.iter().flatten().copied();
        let (low, high) = (known().reduce(f64::min)?, known().reduce(f64::max)?);
        Some((low, high))
    }
}

fn borders(from: DateTime<Utc>, to: DateTime<Utc>, columns: usize) -> Vec<DateTime<Utc>> {
    let step = (to - from).num_milliseconds() as f64 / columns.max(1) as f64;
    let at = |index: usize| from + TimeDelta::milliseconds((index as f64 * step).round() as i64);
    (0..=columns).map(at).collect()
}

/// Success ratio by column, weighted by volume.
pub fn success(
    track: &RatioSeries,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    columns: usize,
) -> ChartColumns {
    let borders = borders(from, to, columns);
    let values = borders
        .windows(2)
        .map(|pair| track.sum(pair[0], pair[1]).tally.ratio());
    ChartColumns {
        from,
        to,
        values: values.collect(),
    }
}

/// At the end of each column. Its volume is that of the whole span: otherwise a span with little traffic at first looks
/// overdrawn.
pub fn budget(
    track: &RatioSeries,
    objective: f64,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    columns: usize,
) -> ChartColumns {
    let allowed = track.sum(from, to).tally.total * (1.0 - objective);
    let mut spent = 0.0;
    let borders = borders(from, to, columns);
    let values = borders.windows(2).map(|pair| {
        let sum = track.sum(pair[0], pair[1]);
        spent += sum.tally.bad();
        (allowed > 0.0 && sum.measured > 0).then(|| 1.0 - spent / allowed)
    });
    ChartColumns {
        from,
        to,
        values: values.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_305_600 + minutes * 60, 0).unwrap()
    }

    /// An hour with 10 of 100 failing in its second half, and a gap of ten minutes.
    fn track() -> RatioSeries {
        let mut track = RatioSeries::new(TimeDelta::days(30));
        for minute in (0..60).filter(|minute| !(20..30).contains(minute)) {
            let good = if minute < 30 { 100.0 } else { 90.0 };
            track.put(60, at(minute).timestamp() / 60, good, 100.0);
        }
        track
    }

    #[test]
    fn a_gap_stays_a_gap_in_the_picture() {
        let columns = success(&track(), at(0), at(60), 6);
        assert_eq!(
            columns.values,
            [Some(1.0), Some(1.0), None, Some(0.9), Some(0.9), Some(0.9)]
        );
        assert_eq!(columns.column(at(35)), Some(3));
        assert_eq!(columns.column(at(61)), None);
        assert_eq!(columns.range(), Some((0.9, 1.0)));
    }

    #[test]
    fn the_budget_falls_by_what_fails_and_ends_where_the_sum_says() {
        let columns = budget(&track(), 0.9, at(0), at(60), 6);
        // 300 of 500 allowed failures.
        assert!((columns.values[5].unwrap() - 0.4).abs() < 1e-9);
        assert!((columns.values[0].unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(columns.values[2], None);
    }
}
