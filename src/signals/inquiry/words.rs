//! The words of findings.

use super::finding::{Finding, FindingLevel, Reason};
use super::query::QueryFault;
use crate::signals::words::short;
use crate::text::Safe;
use chrono::TimeDelta;

/// In cells: below a row of the screen.
const SHORT: usize = 70;

impl FindingLevel {
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Warning => "warning",
            Self::Fine => "fine",
        }
    }
}

impl QueryFault {
    fn what(&self) -> String {
        match self {
            Self::Empty => "the query is empty".into(),
            Self::NotClosed(mark) => format!("{mark} is not closed"),
            Self::NotOpened(mark) => format!("{mark} is not opened"),
            Self::Variable(name) => format!("{name} is a variable of another tool"),
            Self::Window => "$window stands for nothing here".into(),
        }
    }

    fn hint(&self) -> &'static str {
        match self {
            Self::Empty => "write a query",
            Self::NotClosed(_) | Self::NotOpened(_) => "correct the query",
            Self::Variable(_) => {
                "write $window for the length of the range (in good, bad, total, unknown, amount of money), or a fixed range such as [1h] (elsewhere)"
            }
            Self::Window => "write a fixed range such as [1h]",
        }
    }
}

/// Rounded for people.
fn about(span: TimeDelta) -> String {
    let seconds = span.num_seconds();
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", (seconds + 30) / 60),
        7_200..172_800 => format!("{} h", (seconds + 1_800) / 3_600),
        _ => format!("{} days", (seconds + 43_200) / 86_400),
    }
}

fn did_you_mean(nearest: Option<&Safe>) -> String {
    nearest.map_or(String::new(), |nearest| format!("; nearest: {nearest}"))
}

/// A number as in the answer of a server.
fn bound(seconds: f64) -> String {
    format!("{seconds}")
}

fn no_bucket(wanted: f64, below: Option<f64>, above: Option<f64>) -> String {
    let there = [below, above].into_iter().flatten();
    let there: Vec<String> = there.map(bound).collect();
    let there = match there.len() {
        0 => String::new(),
        1 => format!("; {} is", there[0]),
        _ => format!("; {} are", there.join(" and ")),
    };
    format!("{} is no bucket{there}", bound(wanted))
}

fn retention(kept: TimeDelta, window: TimeDelta, by_sample: bool) -> String {
    let (kept, window) = (about(kept), about(window));
    match by_sample {
        true => format!("the oldest sample is {kept} old, the window {window}"),
        false => format!("keeps {kept}, the window is {window}"),
    }
}

fn skew(ahead: TimeDelta) -> String {
    let side = match ahead < TimeDelta::zero() {
        true => "behind",
        false => "ahead of",
    };
    let seconds = ahead.num_seconds().abs();
    format!("its clock is {seconds} s {side} this machine's")
}

fn labels(label: &Safe, values: usize, nearest: Option<&Safe>) -> String {
    match values {
        0 => format!("no series has the label {label}{}", did_you_mean(nearest)),
        1 => format!("{label}: 1 value"),
        values => format!("{label}: {} values", short(values as f64)),
    }
}

impl Reason {
    pub fn what(&self) -> String {
        match self {
            Self::Malformed(fault) => fault.what(),
            Self::Modified => "a counter with a fixed range or offset".into(),
            Self::NoWindow => "an expression without $window".into(),
            Self::RecordedRate(name) => format!("{name} is already a rate or a ratio"),
            Self::Variable(name) => format!("\"{name}\" in a quoted text is no variable here"),
            Self::Doubtful(said) => format!("not understood here: {said}"),
            Self::RefusedByServer(said) => format!("the server refuses the query: {said}"),
            Self::NotAsked(said) => format!("not checked: {said}"),
            Self::Measured { series, kind } => {
                let kind = kind
                    .as_ref()
                    .map_or(String::new(), |kind| format!(", {kind}"));
                format!("{series} series{kind}")
            }
            Self::SeveralSeries(series) => {
                format!("the query gives {series} series; it must give one")
            }
            Self::NoMetric { metric, nearest } => {
                format!("no metric {metric}{}", did_you_mean(nearest.as_ref()))
            }
            Self::NoLabel { label, nearest } => {
                format!("no label {label}{}", did_you_mean(nearest.as_ref()))
            }
            Self::NoValue { matcher, nearest } => {
                format!("no series with {matcher}{}", did_you_mean(nearest.as_ref()))
            }
            Self::NoCombination(selector) => format!("no series with all of {selector}"),
            Self::Silent { metric, age } => {
                format!("no sample for {}: {metric}", about(*age))
            }
            Self::TooFewSamples { interval, .. } => match interval {
                Some(interval) => format!(
                    "fewer than 2 samples in the range; scraped every {}",
                    about(*interval)
                ),
                None => "fewer than 2 samples in the range".into(),
            },
            Self::Empty => "the query gives no series".into(),
            Self::NoNumber => "the query gives no number, most often 0 / 0".into(),
            Self::NoShare(value) => {
                let value = (value * 100.0).round() / 100.0;
                format!("gives {value}; a success rate is between 0 and 1")
            }
            Self::NotACounter { metric, kind } => format!("{metric} is no counter but a {kind}"),
            Self::Falls { metric, share } => {
                format!("{metric} falls at {:.0} % of its samples", share * 100.0)
            }
            Self::NoBucket {
                wanted,
                below,
                above,
            } => no_bucket(*wanted, *below, *above),
            Self::Native(name) => format!("{name} is a native histogram"),
            Self::Classic(name) => format!("{name} is a classic histogram"),
            Self::Interval(interval) => format!("scraped every {}", about(*interval)),
            Self::Retention {
                kept,
                window,
                by_sample,
            } => retention(*kept, *window, *by_sample),
            Self::RetentionUnknown => "how long it keeps samples is not known".into(),
            Self::Skew(ahead) => skew(*ahead),
            Self::Labels {
                label,
                values,
                nearest,
            } => labels(label, *values, nearest.as_ref()),
            Self::Partial(said) => format!("the answer is partial: {said}"),
        }
    }

    /// Empty: nothing is to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Malformed(fault) => fault.hint(),
            Self::Modified => {
                "name the counter alone (payments_total{path=\"confirm\"}), or write an expression whose range is $window"
            }
            Self::NoWindow => {
                "name a counter (it is rated and summed here), or write $window as the range of the expression"
            }
            Self::RecordedRate(_) => RECORDED,
            Self::Variable(_) => "write the value",
            Self::Doubtful(_) => "the server decides: `warroom config check --online` asks it",
            Self::RefusedByServer(_) => "correct the query; try it in the server's own page first",
            Self::NotAsked(_) => "see `warroom doctor`",
            Self::Measured { .. } | Self::RetentionUnknown => "",
            Self::SeveralSeries(_) => "put sum(…) or max(…) around it",
            Self::NoMetric { .. } => "correct the name, or look whether its exporter is scraped",
            Self::NoLabel { .. } | Self::NoValue { .. } => {
                "correct the selector; a label value appears only after its first event"
            }
            Self::NoCombination(_) => "correct the selector: each condition alone has series",
            Self::Silent { .. } => "look whether its exporter is scraped",
            Self::TooFewSamples { .. } => "a rate needs two samples: look whether it is scraped",
            Self::Interval(_) => "at most 10 min is supported: scrape it more often",
            Self::Empty => "try the query in the server's own page",
            Self::NoNumber => "look whether there is traffic",
            Self::NoShare(_) => "give good / total, not percent",
            Self::NotACounter { .. } | Self::Falls { .. } => GAUGE,
            Self::NoBucket { .. } => {
                "set `within` to a bound that exists, or add the bucket to the exporter"
            }
            Self::Native(_) => "set native: true",
            Self::Classic(_) => "remove native: true",
            Self::Retention { .. } => {
                "the budget rests on the kept part: keep samples longer, or set window_days"
            }
            Self::Skew(_) => "set both clocks by NTP; readings are taken at the source's time",
            Self::Labels { values: 0, .. } => "correct `by`",
            Self::Labels { values, .. } if *values > 20 => {
                "20 values are watched, the others only in the total: choose a coarser label"
            }
            Self::Labels { .. } => "",
            Self::Partial(_) => "no verdict rests on it: look at what the server does not reach",
        }
    }
}

/// The forms that work.
const RECORDED: &str = "a recorded success ratio R is `rate: {query: R, objective: 0.999}`; \
     recorded events a second are 'sum(avg_over_time(job:payments_good:rate5m[$window]))', total alike";
const GAUGE: &str = "name a counter; of a gauge of events a second use an expression with $window: \
     'sum(avg_over_time(payments_per_second[$window]))'; for a plain number use `level`";

impl Finding {
    /// Below a row of the screen: at most 70 cells.
    pub fn short(&self) -> String {
        let text = format!("{}: {}", self.part, self.reason.what());
        let mut line: String = text.chars().take(SHORT).collect();
        if text.chars().nth(SHORT).is_some() {
            line.pop();
            line.push('…');
        }
        line
    }
}
