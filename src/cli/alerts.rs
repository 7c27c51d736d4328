//! `warroom alerts`: what the sources say now.

use super::arguments::Global;
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::base;
use crate::incident::observation::AlertState;
use crate::text::Safe;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Row {
    source: String,
    alert: Safe,
    state: &'static str,
    since: String,
    summary: Safe,
    labels: BTreeMap<String, Safe>,
    suppressed_by: Vec<Safe>,
}

pub(super) fn run(global: &Global, output: &Output) -> Result<(), CliError> {
    let base = base(global)?;
    let sources = base.sources()?;
    let mut rows = Vec::new();
    let mut asked = 0;
    for source in sources.iter().filter(|source| source.offers().alerts) {
        asked += 1;
        let set = block_on(source.alerts())??;
        for alert in set.alerts {
            rows.push(Row {
                source: source.name().to_string(),
                alert: alert.name,
                state: if alert.state == AlertState::Suppressed {
                    "suppressed"
                } else {
                    "firing"
                },
                since: alert
                    .starts_at
                    .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                summary: alert.summary,
                labels: alert.labels,
                suppressed_by: alert.suppressed_by,
            });
        }
    }
    if asked == 0 {
        let hint = "name one with --alertmanager URL, or under `sources` in the configuration";
        return Err(CliError::new(
            Exit::Config,
            "no source of alerts is configured",
            hint,
        ));
    }
    rows.sort_by(|a, b| (a.state, &a.since).cmp(&(b.state, &b.since)));
    let text: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "{:<10} {:<32} {}  {}",
                row.state,
                row.alert.as_str(),
                row.since,
                row.summary
            )
        })
        .collect();
    output.result(
        &if text.is_empty() {
            "no alert fires".into()
        } else {
            text.join("\n")
        },
        &rows,
    );
    Ok(())
}

/// Waits for one answer.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(future))
}
