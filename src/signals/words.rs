//! The words for signals, changes, the gate and money that people read.

use super::Reading;
use super::budget::Budget;
use super::cause::Cause;
use super::change::{ChangeKind, ChangeSet};
use super::detection::{Culprit, NormalSource, Part, VolumeDrop};
use super::gate::{ChangeRisk, GateVerdict};
use super::impact::{Impact, ImpactAmount};
use super::latency::{Quantile, Quantiles};
use super::map::Autonomy;
use super::money::PriceMethod;
use super::monitor::SignalStanding;
use chrono::TimeDelta;

pub fn short(count: f64) -> String {
    match count {
        count if count < 999.5 => format!("{count:.0}"),
        count if count < 99_950.0 => format!("{:.1} k", count / 1e3),
        count if count < 999_500.0 => format!("{:.0} k", count / 1e3),
        count if count < 99_950_000.0 => format!("{:.1} M", count / 1e6),
        count => format!("{:.0} M", count / 1e6),
    }
}

/// With a space for each thousand, for documents: `18 440`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

pub fn interval(low: f64, high: f64) -> String {
    let (low, high) = (short(low), short(high));
    match low == high {
        true => low,
        false => format!("{low} to {high}"),
    }
}

/// A measured number: two digits, none from a hundred on.
pub fn rounded(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        _ => format!("{}", (value * 100.0).round() / 100.0),
    }
}

/// A multiple of the burn rate that spends the budget exactly in its window.
pub fn times(burn: f64) -> String {
    match burn {
        burn if burn >= 9.95 => format!("{burn:.0}"),
        burn => format!("{burn:.1}"),
    }
}

/// `18 d 8 h`.
pub fn span(span: TimeDelta) -> String {
    let minutes = span.num_minutes().max(0);
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// Of a budget, in whole percent: rounded down, so that none is left that is spent.
fn whole_percent(share: f64) -> String {
    format!("{:.0} %", (share * 100.0 + 1e-9).floor())
}

impl Budget {
    /// What is left: `26 %`, or `spent 2.5x`; `-122 to 14 %` where a scrape gap leaves it open. `None` if it is not known.
    pub fn left_words(&self) -> Option<String> {
        let (low, high) = (self.left_at_least()?, self.left_at_most()?);
        // A window that was measured in part has a budget that is known in part; of a trace nothing is concluded.
        let about = match self.measured() {
            measured if measured < 0.01 => return None,
            measured if measured < 0.95 => "about ",
            _ => "",
        };
        let (low, high) = (whole_percent(low), whole_percent(high));
        Some(match self.left() {
            Some(left) if left < 0.0 => format!("spent {}x", times(1.0 - left)),
            Some(_) => format!("{about}{low}"),
            None if low == high => low,
            None => format!("{} to {high}", low.trim_end_matches(" %")),
        })
    }

    /// What a scrape gap leaves open, as what is spent at least.
    pub fn open_words(&self) -> Option<String> {
        let (low, high) = self.spent_between.filter(|_| self.spent.is_none())?;
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        Some(format!(
            "at least {} spent, at most {}: a scrape gap leaves it open",
            percent(low),
            percent(high)
        ))
    }
}

impl Quantile {
    /// `420 ms`, `≥ 2.5 s`.
    pub fn words(self) -> String {
        let sign = if self.or_more { "≥ " } else { "" };
        match self.seconds {
            seconds if seconds < 0.9995 => format!("{sign}{:.0} ms", seconds * 1000.0),
            seconds => format!("{sign}{} s", rounded(seconds)),
        }
    }
}

impl Quantiles {
    pub fn words(self) -> String {
        let [p50, p95, p99] = [self.p50, self.p95, self.p99].map(Quantile::words);
        format!("P50 {p50}, P95 {p95}, P99 {p99}")
    }
}

impl Cause {
    pub fn word(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Said => "said",
            Self::Measured => "measured",
            Self::Declared => "service map",
            Self::Change => "change",
            Self::Decision => "decision",
            Self::Cadence => "cadence",
        }
    }
}

impl ChangeKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Deployment => "deploy",
            Self::Flag => "flag",
            Self::Model => "model",
            Self::Cab => "CAB",
            Self::Other => "change",
        }
    }
}

impl ChangeSet {
    pub fn words(&self) -> Option<String> {
        let mut all = Vec::new();
        if let Some(said) = &self.partial {
            all.push(format!("the answer is partial: {said}"));
        }
        if let Some((count, first)) = &self.unread {
            all.push(format!("{count} records cannot be read: {first}"));
        }
        if let Some((count, first)) = &self.odd {
            all.push(format!("{count} records are malformed: {first}"));
        }
        if self.dropped > 0 {
            all.push(format!("{} older changes are left out", self.dropped));
        }
        (!all.is_empty()).then(|| all.join("; "))
    }
}

impl SignalStanding {
    pub fn word(self) -> &'static str {
        match self {
            Self::CorrectnessFault => "wrong",
            Self::Breach => "breach",
            Self::AtRisk => "watch",
            Self::Unknown => "unknown",
            Self::Fine => "fine",
        }
    }
}

impl Reading {
    pub fn word(self) -> &'static str {
        match self {
            Self::Value(_) => "measured",
            Self::Partial(_) => "partial",
            Self::NoData => "no data",
            Self::NotANumber => "not a number",
            Self::Infinite => "infinite",
            Self::Ambiguous => "several series",
        }
    }
}

impl GateVerdict {
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Cautious => "cautious",
            Self::Frozen => "frozen",
        }
    }
}

impl ChangeRisk {
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

impl Autonomy {
    pub fn word(self) -> &'static str {
        match self {
            Self::Advises => "advises",
            Self::Acts => "acts by itself",
        }
    }
}

impl NormalSource {
    pub fn words(self) -> &'static str {
        match self {
            Self::EarlierWeeks => "at this hour of earlier weeks",
            Self::LastDays => "in the last days",
            Self::Objective => "by its objective; no history is known",
        }
    }
}

impl Culprit {
    pub fn words(&self) -> String {
        let and = self.and.as_ref();
        let and = and.map_or(String::new(), |(label, value)| format!(", {label} {value}"));
        format!(
            "{} of it {} {}{and}",
            self.share_words(),
            self.label,
            self.value
        )
    }

    /// Without the names of the labels.
    pub fn short_words(&self) -> String {
        let and = self.and.as_ref();
        let and = and.map_or(String::new(), |(_, value)| format!(", {value}"));
        format!("{} of it {}{and}", self.share_words(), self.value)
    }

    fn share_words(&self) -> String {
        match self.share >= 0.9 {
            true => "all".to_string(),
            false => format!("{:.0} %", self.share * 100.0),
        }
    }
}

impl Part {
    pub fn words(&self) -> String {
        format!("{} {}", self.label, self.value)
    }
}

impl VolumeDrop {
    pub fn words(&self) -> String {
        let now = match self.now {
            now if now < 9.95 && now > 0.0 => format!("{now:.1}"),
            now => format!("{now:.0}"),
        };
        let of = self.culprit.as_ref();
        let of = of.map_or(String::new(), |part| format!(" of {}", part.words()));
        format!(
            "{now} payments a minute{of} where {:.0} are normal",
            self.normal
        )
    }
}

impl PriceMethod {
    pub fn words(self, currency: &str) -> String {
        match self {
            Self::Measured => "measured amounts".to_string(),
            Self::Average(average) => format!("estimate: count × average {currency} {average:.2}"),
        }
    }
}

impl Impact {
    /// Failed payments and their amount; `about` marks an estimate.
    pub fn words(&self, about: &str) -> String {
        match self.amount.as_ref().filter(|_| self.measured > 0) {
            Some(amount) => format!("{}, {}", self.failed_words(), amount.words(about)),
            None => self.failed_words(),
        }
    }

    pub fn failed_words(&self) -> String {
        if self.measured == 0 {
            return "failures not counted yet".to_string();
        }
        let failed = interval(self.failed as f64, (self.failed + self.unknown) as f64);
        let mut text = format!("{failed} failed");
        if self.unmeasured >= 60 {
            text += &format!(" + {} min unmeasured", self.unmeasured / 60);
        }
        text
    }
}

impl ImpactAmount {
    pub fn words(&self, about: &str) -> String {
        let mark = match self.is_estimate() {
            true => format!("{about} "),
            false => String::new(),
        };
        let amount = interval(self.at_least as f64, self.at_most as f64);
        format!("{mark}{} {amount}", self.currency)
    }
}
