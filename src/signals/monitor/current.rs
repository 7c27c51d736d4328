//! The current value of a ratio, with the window that it is measured over.

use super::super::tally::{RatioSeries, TallySum};
use super::super::{Reading, Sample};
use chrono::{DateTime, TimeDelta, Utc};

/// Also the short window of the fastest burn rate, so that the two agree.
const WINDOW: TimeDelta = TimeDelta::minutes(5);

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurrentRatio {
    /// `NotANumber`: no traffic.
    pub reading: Reading,
    pub window: TallySum,
}

impl CurrentRatio {
    /// Of the last five minutes before `end`. A series that is not fresh has no current value.
    pub fn of(track: &RatioSeries, end: DateTime<Utc>, fresh: bool) -> Self {
        Self::over(track, WINDOW, end, fresh)
    }

    /// The same over another window: of one scrape at least.
    pub fn over(track: &RatioSeries, span: TimeDelta, end: DateTime<Utc>, fresh: bool) -> Self {
        let window = track.sum(end - span.max(WINDOW), end);
        let reading = match window.tally.ratio() {
            _ if !fresh || window.measured == 0 => Reading::NoData,
            None => Reading::NotANumber,
            Some(ratio) => Reading::Value(ratio),
        };
        Self { reading, window }
    }

    /// From a partial answer: shown, and no verdict rests on it.
    pub fn as_partial(self) -> Self {
        let reading = self.reading.as_partial();
        Self { reading, ..self }
    }

    /// Of a rate without a volume: its own value, over a window that its query decides.
    pub fn of_value(sample: Option<Sample>, window: TallySum) -> Self {
        let reading = sample.map_or(Reading::NoData, |sample| sample.reading);
        Self { reading, window }
    }

    /// Payments a minute; `None` without a current measurement.
    pub fn per_minute(&self) -> Option<f64> {
        let minutes = self.window.measured as f64 / 60.0;
        (self.reading != Reading::NoData).then(|| self.window.tally.total / minutes)
    }
}
