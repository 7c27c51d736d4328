//! Sloth: services with objectives by events, or by a ratio without volume.

use super::parts::{EventCount, SloError, SloObjectives, named, part, ratio, signal, wrong};
use crate::signals::map::spec::SignalSpec;
use serde::Deserialize;
use serde_json::Value;

/// Keys that do not change the measurement. A chain of plugins may rewrite every rule, so it is refused.
const SERVICE: &[&str] = &["version", "service", "labels", "slos"];
/// Labels and alerts belong to the rules that Sloth generates.
const OBJECTIVE: &[&str] = &[
    "name",
    "description",
    "objective",
    "labels",
    "sli",
    "alerting",
];
const INDICATOR: &[&str] = &["events", "raw"];
const EVENTS: &[&str] = &["error_query", "errorQuery", "total_query", "totalQuery"];
const RAW: &[&str] = &["error_ratio_query", "errorRatioQuery"];
/// The weight of a ratio without volume: each minute weighs the same.
const EVEN: &str = "last_over_time(vector(1)[$window:])";

#[derive(Deserialize)]
struct Service {
    service: Option<String>,
    #[serde(default)]
    slos: Vec<Value>,
}

#[derive(Deserialize)]
struct Objective {
    objective: f64,
    sli: Value,
}

#[derive(Deserialize)]
struct Indicator {
    events: Option<Value>,
    raw: Option<Value>,
}

#[derive(Deserialize)]
struct Events {
    #[serde(alias = "errorQuery")]
    error_query: String,
    #[serde(alias = "totalQuery")]
    total_query: String,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(alias = "errorRatioQuery")]
    error_ratio_query: String,
}

pub(super) fn read(name: &str, tree: Value, found: &mut SloObjectives) {
    let name = named(&tree, "/service", || name.to_string());
    let service: Service = match part(&name, "", tree, SERVICE) {
        Ok(service) => service,
        Err(error) => return found.refused.push(error),
    };
    for (index, tree) in service.slos.into_iter().enumerate() {
        let own = named(&tree, "/name", || format!("number {}", index + 1));
        found.add(objective(service.service.as_deref(), &own, tree));
    }
}

fn objective(service: Option<&str>, name: &str, tree: Value) -> Result<SignalSpec, SloError> {
    let slo: Objective = part(name, "", tree, OBJECTIVE)?;
    let sli: Indicator = part(name, "sli", slo.sli, INDICATOR)?;
    let (bad, total) = match (sli.events, sli.raw) {
        (Some(events), None) => {
            let events: Events = part(name, "sli.events", events, EVENTS)?;
            (
                query(name, &events.error_query)?,
                query(name, &events.total_query)?,
            )
        }
        (None, Some(raw)) => {
            let raw: Raw = part(name, "sli.raw", raw, RAW)?;
            (query(name, &raw.error_ratio_query)?, EVEN.to_string())
        }
        (None, None) => return Err(wrong(name, "no sli.events and no sli.raw")),
        (Some(_), Some(_)) => return Err(wrong(name, "both sli.events and sli.raw")),
    };
    let target = slo.objective / 100.0;
    if !(0.0..1.0).contains(&target) {
        let what = format!("an objective of {} %", slo.objective);
        return Err(wrong(name, what));
    }
    let label = service.map_or(name.to_string(), |service| format!("{service}-{name}"));
    Ok(SignalSpec {
        ratio: Some(ratio(EventCount::Bad(bad), total, target)),
        ..signal(&label)
    })
}

/// With its window as `$window`. Sloth writes the window as a template with free spaces; other templates are refused.
fn query(name: &str, query: &str) -> Result<String, SloError> {
    let mut out = String::new();
    let mut rest = query;
    while let Some((before, after)) = rest.split_once("{{") {
        let inside = after.split_once("}}");
        let Some((".window", behind)) = inside.map(|(inside, behind)| (inside.trim(), behind))
        else {
            let what = "a query contains a template other than {{.window}}, which is not supported";
            return Err(wrong(name, what));
        };
        out.push_str(before);
        out.push_str("$window");
        rest = behind;
    }
    out.push_str(rest);
    if !out.contains("$window") {
        let what = "a query without {{.window}} cannot be read for another window";
        return Err(wrong(name, what));
    }
    Ok(out)
}
