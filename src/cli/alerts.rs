//! `warroom alerts`: what the sources say now, and who keeps what quiet.

mod silencing;

use super::arguments::{Alerts as Verb, Global};
use super::block_on::block_on;
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::{Base, base};
use crate::alerts::{Alert, AlertStart, AlertState, Condition};
use crate::incident::{Slug, SourceId};
use crate::sources::Source;
use crate::text::Safe;
use chrono::SecondsFormat;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Serialize)]
struct Row<'a> {
    source: &'a SourceId,
    alert: &'a Safe,
    state: &'static str,
    condition: &'static str,
    since: String,
    summary: &'a Safe,
    labels: &'a BTreeMap<String, Safe>,
    suppressed_by: &'a [Safe],
    /// Whether `since` is the source's own word, or when the alert was first seen.
    start_known: bool,
    #[serde(skip_serializing_if = "<[Safe]>::is_empty")]
    odd: &'a [Safe],
    #[serde(skip_serializing_if = "is_zero")]
    labels_left_out: u32,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

pub(super) fn run(global: &Global, verb: Option<Verb>, output: &Output) -> Result<(), CliError> {
    let base = base(global)?;
    let sources = of_alerts(&base)?;
    match verb {
        None => list(&sources, output),
        Some(Verb::Silences) => silencing::list(&sources, output),
        Some(Verb::Silence {
            matchers,
            lasts,
            comment,
            source,
            incident,
        }) => {
            let wanted = silencing::wanted(&base, &matchers, &lasts, &comment)?;
            let source = named(&sources, source.as_ref())?;
            silencing::make(&base, &source, &wanted, incident.as_ref(), output)
        }
        Some(Verb::Extend {
            id,
            lasts,
            source,
            incident,
        }) => {
            let source = named(&sources, source.as_ref())?;
            silencing::extend(&base, &source, (&id, &lasts), incident.as_ref(), output)
        }
        Some(Verb::Expire { id, source }) => {
            silencing::expire(&base, &named(&sources, source.as_ref())?, &id, output)
        }
    }
}

fn of_alerts(base: &Base) -> Result<Vec<Arc<dyn Source>>, CliError> {
    let sources: Vec<Arc<dyn Source>> = base
        .sources()?
        .into_iter()
        .filter(|source| source.offers().alerts)
        .collect();
    if sources.is_empty() {
        let hint = "name one with --alertmanager URL, or under `sources` in config.yaml";
        return Err(CliError::new(
            Exit::Config,
            "no source of alerts is configured",
            hint,
        ));
    }
    Ok(sources)
}

/// The source to change something at: the one named, or the only one.
fn named(
    sources: &[Arc<dyn Source>],
    name: Option<&SourceId>,
) -> Result<Arc<dyn Source>, CliError> {
    let known = || {
        sources
            .iter()
            .map(|source| source.name().as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    match (name, sources) {
        (None, [only]) => Ok(Arc::clone(only)),
        (None, _) => Err(CliError::usage(
            "there are several sources of alerts",
            format!("name one with --source: {}", known()),
        )),
        (Some(name), _) => sources
            .iter()
            .find(|source| source.name() == name)
            .cloned()
            .ok_or_else(|| {
                CliError::usage(
                    format!("there is no source \"{name}\""),
                    format!("there are: {}", known()),
                )
            }),
    }
}

/// What is kept of an alert to be listed: its line, and what it is sorted by.
struct Listed {
    key: Slug,
    firing: bool,
    since: i64,
    line: Box<str>,
}

/// Lines of alerts, each once.
struct List {
    rows: Vec<Listed>,
    json: bool,
}

impl List {
    fn take(&mut self, source: &SourceId, alert: &Alert) {
        let row = row(source, alert);
        let line = match self.json {
            true => serde_json::to_string(&row).unwrap_or_default(),
            false => {
                let said = said(&row);
                let odd: Vec<&str> = row.odd.iter().map(Safe::as_str).collect();
                let odd = match odd.is_empty() {
                    true => String::new(),
                    false => format!("  (odd: {})", odd.join("; ")),
                };
                format!(
                    "{:<10} {:<32} {}  {said}{odd}",
                    row.state,
                    row.alert.as_str(),
                    row.since
                )
            }
        };
        self.rows.push(Listed {
            key: alert.key.clone(),
            firing: alert.state == AlertState::Firing,
            since: alert.starts_at.timestamp(),
            line: line.into_boxed_str(),
        });
    }

    /// Each alert once, whichever sources have it; firing ones last, where a terminal shows them; the newest at the end.
    fn settle(&mut self) {
        self.rows
            .sort_by(|a, b| (&a.key, b.firing).cmp(&(&b.key, a.firing)));
        self.rows.dedup_by(|later, first| later.key == first.key);
        self.rows.sort_by_key(|row| (row.firing, row.since));
    }
}

fn list(sources: &[Arc<dyn Source>], output: &Output) -> Result<(), CliError> {
    let list = Arc::new(Mutex::new(List {
        rows: Vec::new(),
        json: output.is_json(),
    }));
    let mut gaps = Vec::new();
    for source in sources {
        let (name, sink) = (source.name().clone(), Arc::clone(&list));
        let missing = block_on(source.each_alert(Box::new(move |alert| {
            sink.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(&name, &alert);
        })))??;
        let words = missing.words().into_iter();
        gaps.extend(words.map(|what| format!("{}: {what}", source.name())));
    }
    let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
    list.settle();
    output.lines(
        list.rows.iter().map(|row| row.line.as_ref()),
        match gaps.is_empty() {
            true => "no alert fires",
            false => "no alert could be read",
        },
    );
    gaps.iter().for_each(|gap| output.warning(gap));
    Ok(())
}

fn said<'a>(row: &'a Row<'_>) -> &'a str {
    row.suppressed_by.first().unwrap_or(row.summary).as_str()
}

fn row<'a>(source: &'a SourceId, alert: &'a Alert) -> Row<'a> {
    Row {
        source,
        alert: &alert.name,
        state: match (alert.state, alert.condition) {
            (AlertState::Suppressed, _) => "suppressed",
            (_, Condition::NoData) => "no data",
            (_, Condition::Error) => "error",
            _ => "firing",
        },
        condition: match alert.condition {
            Condition::Met => "met",
            Condition::NoData => "no data",
            Condition::Error => "error",
        },
        since: alert.starts_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        summary: &alert.summary,
        labels: &alert.labels,
        suppressed_by: &alert.suppressed_by,
        start_known: alert.start == AlertStart::Told,
        odd: &alert.odd,
        labels_left_out: alert.left_out,
    }
}
