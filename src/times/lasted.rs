//! Durations between stated times: as uncertain as their ends.

use super::stated::{Grain, StatedTime};
use chrono::TimeDelta;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasted {
    pub least: TimeDelta,
    pub most: TimeDelta,
    /// By the stated clock times, where both are known to the minute or better.
    clock: Option<(TimeDelta, Grain)>,
}

impl Lasted {
    pub const NONE: Self = Self {
        least: TimeDelta::zero(),
        most: TimeDelta::zero(),
        clock: Some((TimeDelta::zero(), Grain::Second)),
    };

    /// Negative where the end is before the start.
    pub fn between(start: &StatedTime, end: &StatedTime) -> Self {
        let clock = start.nominal().zip(end.nominal());
        Self {
            least: end.from() - start.until(),
            most: end.until() - start.from(),
            clock: clock.map(|((from, a), (to, b))| (to - from, a.max(b))),
        }
    }

    /// Of something that cannot end before it begins.
    pub fn of_window(start: &StatedTime, end: &StatedTime) -> Self {
        let Self { least, most, clock } = Self::between(start, end);
        let zero = TimeDelta::zero();
        Self {
            least: least.max(zero),
            most: most.max(zero),
            clock: clock.map(|(span, grain)| (span.max(zero), grain)),
        }
    }

    /// Of several that follow each other.
    pub fn plus(self, other: Self) -> Self {
        let clock = self.clock.zip(other.clock);
        Self {
            least: sum(self.least, other.least),
            most: sum(self.most, other.most),
            clock: clock.map(|((a, one), (b, two))| (sum(a, b), one.max(two))),
        }
    }

    /// Whether its ends are known to the minute or better.
    pub fn is_precise(&self) -> bool {
        self.clock.is_some()
    }

    /// By the clock times, else the longest.
    pub fn strictest(&self) -> TimeDelta {
        self.clock.map_or(self.most, |(span, _)| span)
    }

    /// Of several that are parts of `whole`, with at least `between` between them.
    pub fn within(self, whole: &Self, between: &Self) -> Self {
        let clock = whole.clock.zip(between.clock);
        let clock = clock.and_then(|((whole, _), (between, _))| whole.checked_sub(&between));
        let most = whole.most.checked_sub(&between.least);
        let mut within = self.at_most(most.unwrap_or(whole.most));
        let bound = clock.unwrap_or(within.most);
        within.clock = within.clock.map(|(span, grain)| (span.min(bound), grain));
        within
    }

    fn at_most(mut self, most: TimeDelta) -> Self {
        self.most = self.most.min(most);
        self.least = self.least.min(self.most);
        self
    }

    /// `27 min`, `4 min 12 s`, `2 h 3 min`, `26 min to 1 h 3 min`.
    pub fn shown(&self) -> String {
        match self.clock {
            Some((span, Grain::Second)) => write_span(span, true),
            Some((span, _)) if span < TimeDelta::minutes(1) && self.most > TimeDelta::zero() => {
                format!("at most {}", write_span(up(self.most), false))
            }
            Some((span, _)) => write_span(span, false),
            None if self.least <= TimeDelta::zero() && self.most > TimeDelta::zero() => {
                format!("at most {}", write_span(up(self.most), false))
            }
            None => {
                let least = TimeDelta::minutes(self.least.num_minutes());
                let (least, most) = (write_span(least, false), write_span(up(self.most), false));
                match least == most {
                    true => least,
                    false => format!("{least} to {most}"),
                }
            }
        }
    }
}

/// `27 min after the start`, `3 min before the start`.
pub fn after_start(start: &StatedTime, time: &StatedTime) -> String {
    match time.is_before(start) {
        true => format!("{} before the start", Lasted::between(time, start).shown()),
        false => format!("{} after the start", Lasted::of_window(start, time).shown()),
    }
}

/// A journal may state times of any year: a sum of them has an end.
fn sum(a: TimeDelta, b: TimeDelta) -> TimeDelta {
    a.checked_add(&b).unwrap_or(TimeDelta::MAX)
}

/// Whole minutes, or hours where no minutes are shown, never less.
fn up(span: TimeDelta) -> TimeDelta {
    let unit = match span < TimeDelta::days(1) {
        true => 60,
        false => 3600,
    };
    let rest = i64::from(span.subsec_nanos() > 0);
    let part = span.num_seconds().saturating_add(rest);
    let whole = part.saturating_add(unit - 1).div_euclid(unit);
    TimeDelta::try_seconds(whole.saturating_mul(unit)).unwrap_or(span)
}

/// `35 s`, `4 min 12 s`, `2 h 3 min`, `3 d 4 h`; without `seconds`, whole minutes.
pub fn write_span(span: TimeDelta, seconds: bool) -> String {
    let all = span.num_seconds();
    let shown = if seconds { all } else { all / 60 };
    let sign = if shown < 0 { "−" } else { "" };
    let all = all.abs();
    let (days, hours, minutes, rest) = (all / 86_400, all / 3600 % 24, all / 60 % 60, all % 60);
    match (days, hours, minutes) {
        (0, 0, 0) if seconds => format!("{sign}{rest} s"),
        (0, 0, minutes) if seconds => format!("{sign}{minutes} min {rest} s"),
        (0, 0, minutes) => format!("{sign}{minutes} min"),
        (0, hours, minutes) => format!("{sign}{hours} h {minutes} min"),
        (days, hours, _) => format!("{sign}{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::times::read_time;
    use proptest::prelude::*;

    fn times() -> impl Strategy<Value = StatedTime> {
        let day = 1..28u32;
        (day, 0..24u32, 0..60u32, 0..8usize).prop_map(|(day, hour, minute, form)| {
            let (date, now) = (format!("2019-03-{day:02}"), "2026-11-30T12:00:00Z");
            let text = match form {
                0 => format!("{date}T{hour:02}:{minute:02}:07Z"),
                1 => format!("{date}T{hour:02}:{minute:02}Z"),
                2 => format!("{date} {hour:02}h UTC"),
                3 => format!("{date} Europe/London"),
                4 => "2019-03 America/New_York".to_string(),
                5 => format!("~{date} {hour:02}:{minute:02}Z"),
                6 => format!("~{date} Asia/Kolkata"),
                _ => format!("{date} {hour:02}:{minute:02}/2019-03-29 23:00 UTC"),
            };
            read_time(&text, None, now.parse().unwrap()).unwrap()
        })
    }

    #[test]
    fn an_upper_bound_is_never_below_what_it_bounds() {
        let rows = [
            (61, "2 min"),
            (86_399, "1 d 0 h"),
            (86_400, "1 d 0 h"),
            (2 * 86_400 + 480, "2 d 1 h"),
            (i64::MAX / 1_000, "106751991167 d 7 h"),
        ];
        for (seconds, shown) in rows {
            assert_eq!(write_span(up(TimeDelta::seconds(seconds)), false), shown);
        }
    }

    proptest! {
        #[test]
        fn a_duration_encloses_every_duration_that_its_ends_allow(
            start in times(), end in times(), a in 0.0..1.0f64, b in 0.0..1.0f64
        ) {
            let at = |time: &StatedTime, share: f64| {
                let width = (time.until() - time.from()).num_milliseconds() as f64;
                time.from() + TimeDelta::milliseconds((width * share) as i64)
            };
            let actual = at(&end, b) - at(&start, a);
            let lasted = Lasted::between(&start, &end);
            prop_assert!(lasted.least <= actual && actual <= lasted.most);
            let clock = lasted.strictest();
            prop_assert!(lasted.least <= clock && clock <= lasted.most);
            prop_assert_eq!(end.is_before(&start), lasted.most <= TimeDelta::zero() && start.from() != end.from());
        }
    }

    #[test]
    fn durations_read_as_people_say_them() {
        let rows = [
            (35, "35 s", "0 min"),
            (252, "4 min 12 s", "4 min"),
            (7_400, "2 h 3 min", "2 h 3 min"),
            (-35, "−35 s", "0 min"),
            (273_600, "3 d 4 h", "3 d 4 h"),
        ];
        for (seconds, exact, minutes) in rows {
            let span = TimeDelta::seconds(seconds);
            assert_eq!(write_span(span, true), exact);
            assert_eq!(write_span(span, false), minutes);
        }
    }
}
