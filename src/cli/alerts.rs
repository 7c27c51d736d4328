//! `warroom alerts`: the alerts of the sources, and their silences.

mod silencing;

use super::arguments::{Alerts as Verb, Global};
use super::block_on::block_on;
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::{Base, base};
use super::words;
use crate::alerts::{Alert, AlertStart, AlertState};
use crate::incident::{Slug, SourceId};
use crate::sources::Source;
use crate::text::{self, Safe};
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
    /// Whether the source says `since`; else it is when the alert was first seen.
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
    let mut sources = base.sources()?;
    sources.retain(|source| source.offers().alerts);
    if sources.is_empty() {
        let hint = "name one with --alertmanager URL, or under `sources` in config.yaml";
        let what = "no source of alerts is configured";
        return Err(CliError::new(Exit::Config, what, hint));
    }
    Ok(sources)
}

/// The source to change something at: the one named, or the only one.
fn named(
    sources: &[Arc<dyn Source>],
    name: Option<&SourceId>,
) -> Result<Arc<dyn Source>, CliError> {
    let known = || text::list(sources.iter().map(|source| source.name()));
    match (name, sources) {
        (None, [only]) => Ok(Arc::clone(only)),
        (None, _) => Err(CliError::usage(
            "there are several sources of alerts",
            format!("name one with --source: {}", known()),
        )),
        (Some(name), _) => {
            let found = sources.iter().find(|source| source.name() == name);
            found.cloned().ok_or_else(|| {
                let what = format!("there is no source \"{name}\"");
                CliError::usage(what, format!("there are: {}", known()))
            })
        }
    }
}

/// A line of the list, and what it is sorted by.
struct Listed {
    key: Slug,
    firing: bool,
    since: i64,
    line: Box<str>,
}

struct List {
    rows: Vec<Listed>,
    json: bool,
}

impl List {
    fn add(&mut self, source: &SourceId, alert: &Alert) {
        let row = row(source, alert);
        let line = match self.json {
            true => serde_json::to_string(&row).unwrap_or_default(),
            false => format!(
                "{:<10} {:<32} {}  {}{}",
                row.state,
                row.alert.as_str(),
                row.since,
                row.suppressed_by.first().unwrap_or(row.summary),
                words::odd(row.odd)
            ),
        };
        self.rows.push(Listed {
            key: alert.key.clone(),
            firing: alert.state == AlertState::Firing,
            since: alert.starts_at.timestamp(),
            line: line.into_boxed_str(),
        });
    }

    /// Each alert once, whichever sources have it; firing ones last, where a terminal shows them; the newest at the end.
    fn sort(&mut self) {
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
                .add(&name, &alert);
        })))??;
        let words = missing.words().into_iter();
        gaps.extend(words.map(|what| format!("{}: {what}", source.name())));
    }
    let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
    list.sort();
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

fn row<'a>(source: &'a SourceId, alert: &'a Alert) -> Row<'a> {
    Row {
        source,
        alert: &alert.name,
        state: words::alert_state(alert.state, alert.condition),
        condition: words::alert_condition(alert.condition),
        since: alert.starts_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        summary: &alert.summary,
        labels: &alert.labels,
        suppressed_by: &alert.suppressed_by,
        start_known: alert.start == AlertStart::Stated,
        odd: &alert.odd,
        labels_left_out: alert.left_out,
    }
}
