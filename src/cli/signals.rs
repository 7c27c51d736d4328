//! `warroom signals`: the watched signal now.

use super::alerts::block_on;
use super::arguments::Global;
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::base;
use crate::signals::{burn_rate, meets, percent};
use serde_json::json;

pub(super) fn run(global: &Global, output: &Output) -> Result<(), CliError> {
    let base = base(global)?;
    let signal = &base.config.signal;
    let sources = base.sources()?;
    let Some(source) = sources.iter().find(|source| source.offers().metrics) else {
        let hint = "name one with --prometheus URL, or under `sources` in the configuration";
        return Err(CliError::new(
            Exit::Config,
            "no Prometheus is configured",
            hint,
        ));
    };
    let sample = block_on(source.read(&signal.query))??;
    let meets = meets(sample.reading, signal.objective);
    let value = sample.reading.value();
    let verdict = match meets {
        Some(true) => "meets its objective",
        Some(false) => "BELOW its objective",
        None => "unknown: neither success nor failure",
    };
    let shown = value.map_or(sample.reading.word().to_string(), percent);
    let at = sample.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let text = format!(
        "{} {shown} of {} at {at}: {verdict}",
        signal.name,
        percent(signal.objective)
    );
    let json = json!({
        "signal": signal.name, "value": value, "state": sample.reading.word(), "objective": signal.objective,
        "meets_objective": meets, "burn_rate": burn_rate(sample.reading, signal.objective), "at": at,
        "source": source.name(),
    });
    output.result(&text, &json);
    match meets {
        Some(true) => Ok(()),
        _ => Err(CliError::new(Exit::No, "", "")),
    }
}
