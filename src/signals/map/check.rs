//! Checks of a service map before it is used.

use super::error::MapError;
use super::promql::WINDOW;
use super::{LONGEST_WINDOW_DAYS, ServiceMap, SignalSpec};
use crate::text::Slug;
use std::collections::BTreeSet;

/// Most labels by which a signal is split.
const MAX_LABELS: usize = 4;

impl ServiceMap {
    /// Reports the first problem.
    pub fn check(&self) -> Result<(), MapError> {
        if self.paths().next().is_none() {
            return Err(MapError::Empty);
        }
        range("scrape_seconds", self.scrape_seconds, 1..=300, "1 to 300")?;
        range(
            "window_days",
            self.window_days,
            1..=LONGEST_WINDOW_DAYS,
            "1 to 90",
        )?;
        let mut paths = BTreeSet::new();
        let mut signals = BTreeSet::new();
        for (_, path) in self.paths() {
            once("path", &path.path, &mut paths)?;
            if let Some(money) = &path.money {
                let priced =
                    money.average.is_some_and(|average| average > 0.0) || money.amount.is_some();
                let code = money.currency.len() == 3
                    && money.currency.bytes().all(|b| b.is_ascii_uppercase());
                if !priced || !code {
                    return Err(MapError::Pricing(path.path.clone()));
                }
            }
            for signal in &path.signals {
                once("signal", &signal.signal, &mut signals)?;
                signal.check()?;
            }
        }
        let known = |what: String, path: &Slug| match paths.contains(path) {
            true => Ok(()),
            false => Err(MapError::NoSuchPath {
                what,
                path: path.clone(),
            }),
        };
        for event in &self.peak_events {
            if event.to <= event.from {
                return Err(MapError::Backwards(event.event.clone()));
            }
            for path in &event.paths {
                known(format!("peak event \"{}\"", event.event), path)?;
            }
        }
        for model in &self.models {
            known(format!("model \"{}\"", model.model), &model.path)?;
        }
        for file in &self.slo_files {
            known(format!("slo file {}", file.file), &file.path)?;
        }
        Ok(())
    }
}

impl SignalSpec {
    /// Reports the first problem.
    pub fn check(&self) -> Result<(), MapError> {
        let name = || self.signal.clone();
        if self.ways() != 1 {
            return Err(MapError::Ways(name()));
        }
        if let Some(objective) = self.objective()
            && !(objective > 0.0 && objective < 1.0)
        {
            return Err(MapError::Range {
                what: format!("the objective of signal \"{}\"", self.signal),
                range: "between 0 and 1, 99.9 % as 0.999",
                found: objective.to_string(),
            });
        }
        if let Some(days) = self.window_days {
            let what = format!("window_days of signal \"{}\"", self.signal);
            range(&what, days, 1..=LONGEST_WINDOW_DAYS, "1 to 90")?;
        }
        if let Some(ratio) = &self.ratio {
            if ratio.good.is_some() == ratio.bad.is_some() {
                return Err(MapError::GoodOrBad(name()));
            }
            let part = ratio.good.as_ref().or(ratio.bad.as_ref());
            let expression = [part, Some(&ratio.total)]
                .into_iter()
                .flatten()
                .any(|q| q.contains(WINDOW));
            if expression && !ratio.by.is_empty() {
                return Err(MapError::ByNeedsSelectors(name()));
            }
            if ratio.by.len() > MAX_LABELS {
                return Err(MapError::Range {
                    what: format!("the number of labels in `by` of signal \"{}\"", self.signal),
                    range: "at most 4",
                    found: ratio.by.len().to_string(),
                });
            }
            if let Some(label) = ratio.by.iter().find(|label| !is_label(label)) {
                return Err(MapError::Label {
                    signal: name(),
                    label: label.clone(),
                });
            }
        }
        for (what, query) in self.texts() {
            if query.trim().is_empty() {
                return Err(MapError::NoQuery {
                    signal: name(),
                    what,
                });
            }
        }
        Ok(())
    }

    /// Every query, with its key in the file.
    fn texts(&self) -> Vec<(&'static str, &str)> {
        let mut all: Vec<(&'static str, &str)> = Vec::new();
        if let Some(ratio) = &self.ratio {
            all.push(("total", &ratio.total));
            all.extend(ratio.good.as_deref().map(|good| ("good", good)));
            all.extend(ratio.bad.as_deref().map(|bad| ("bad", bad)));
        }
        all.extend(
            self.latency
                .as_ref()
                .map(|latency| ("histogram", latency.histogram.as_str())),
        );
        all.extend(
            self.correctness
                .as_ref()
                .map(|spec| ("query", spec.query.as_str())),
        );
        all.extend(
            self.level
                .as_ref()
                .map(|spec| ("query", spec.query.as_str())),
        );
        all.extend(
            self.version
                .as_ref()
                .map(|spec| ("query", spec.query.as_str())),
        );
        all.extend(
            self.deadline
                .as_ref()
                .map(|spec| ("query", spec.query.as_str())),
        );
        all
    }
}

/// Prometheus 3 reads other letters than ASCII too.
fn is_label(text: &str) -> bool {
    const MAX: usize = 200;
    !text.is_empty() && text.len() <= MAX && !text.chars().any(char::is_control)
}

fn range(
    what: &str,
    found: u32,
    allowed: std::ops::RangeInclusive<u32>,
    range: &'static str,
) -> Result<(), MapError> {
    match allowed.contains(&found) {
        true => Ok(()),
        false => Err(MapError::Range {
            what: what.to_string(),
            range,
            found: found.to_string(),
        }),
    }
}

fn once<'m>(
    what: &'static str,
    name: &'m Slug,
    seen: &mut BTreeSet<&'m Slug>,
) -> Result<(), MapError> {
    match seen.insert(name) {
        true => Ok(()),
        false => Err(MapError::Twice {
            what,
            name: name.clone(),
        }),
    }
}
