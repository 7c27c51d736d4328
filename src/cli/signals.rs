//! `warroom signals`: how every signal of the service map stands, with budgets, burn and what failures cost.

use super::arguments::Global;
use super::block_on::block_on;
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::{Base, base};
use crate::app::runtime::refresh;
use crate::signals::budget::Burn;
use crate::signals::detection::VolumeDrop;
use crate::signals::money::loss;
use crate::signals::monitor::{
    MonitorReport, RatioReport, SignalDetail, SignalMonitor, SignalReport, SignalStanding,
};
use crate::signals::{Reading, percent};
use crate::text::{Problem, list, write_duration};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn run(global: &Global, output: &Output) -> Result<(), CliError> {
    let base = base(global)?;
    let report = read(&base)?;
    let lines = report.ranked().into_iter().flat_map(text);
    let skew = report.skew.iter().map(|(source, ahead)| {
        let name = source.as_ref().map_or("the source", |name| name.as_str());
        let side = if *ahead < TimeDelta::zero() {
            "behind"
        } else {
            "ahead of"
        };
        let seconds = ahead.num_seconds().abs();
        format!("the clock of {name} is {seconds} s {side} this machine's")
    });
    let lines: Vec<String> = lines.chain(skew).collect();
    let signals: Vec<Value> = report.signals.iter().map(value).collect();
    let json = json!({"at": time(report.at), "signals": signals});
    output.result(&lines.join("\n"), &json);
    let fine = |signal: &SignalReport| {
        matches!(
            signal.standing,
            SignalStanding::Fine | SignalStanding::AtRisk
        )
    };
    CliError::unless(report.signals.iter().all(fine))
}

/// Asks every source once.
pub(super) fn read(base: &Base) -> Result<MonitorReport, CliError> {
    let mut sources = base.sources()?;
    sources.retain(|source| source.offers().metrics);
    if sources.is_empty() {
        let hint = "name one with --prometheus URL, or under `sources` in config.yaml";
        return Err(CliError::new(
            Exit::Config,
            "no Prometheus is configured",
            hint,
        ));
    }
    let map = Arc::clone(&base.config.services.map);
    if map.signals().next().is_none() {
        let hint = "name a service map (services.yaml) as `services` in config.yaml; `warroom config services` shows the form";
        return Err(CliError::new(
            Exit::Config,
            "the service map has no signal",
            hint,
        ));
    }
    let clock = Arc::clone(base.store.clock());
    block_on(async move {
        let mut monitor = SignalMonitor::new(map);
        refresh(&mut monitor, &sources, clock.as_ref()).await;
        monitor.report(clock.now().wall)
    })
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn text(signal: &SignalReport) -> Vec<String> {
    let (standing, name) = (signal.standing.word(), signal.signal.as_str());
    let head = |rest: String| format!("{standing:<8} {name:<24} {rest}");
    let mut lines = match &signal.detail {
        SignalDetail::Ratio(ratio) => ratio_text(ratio, &head),
        SignalDetail::Correctness {
            count,
            tolerance,
            unit,
            since,
            ..
        } => {
            let since = since.map_or(String::new(), |since| format!(" since {}", time(since)));
            let count = number(*count);
            vec![head(format!(
                "{count} {unit}, tolerance {tolerance}{since}"
            ))]
        }
        SignalDetail::Level {
            reading,
            expect,
            unit,
            ..
        } => {
            let measured = format!("{} {unit}", number(*reading));
            vec![head(format!("{}, expected {expect}", measured.trim_end()))]
        }
        SignalDetail::Versions { versions, .. } => {
            let each = versions.iter();
            let all = list(each.map(|(version, count)| format!("{version} on {count}")));
            vec![head(if all.is_empty() {
                "no data".into()
            } else {
                all
            })]
        }
        SignalDetail::Deadline { at, .. } => vec![head(at.map_or("no data".into(), time))],
    };
    if let Some(Problem { what, hint }) = &signal.error {
        lines.push(format!("         {what}"));
        lines.push(format!("         {hint}"));
    }
    lines
}

fn number(reading: Reading) -> String {
    match reading {
        Reading::Partial(value) => format!("{value} (partial)"),
        reading => {
            let value = reading.value();
            value.map_or(reading.word().to_string(), |value| value.to_string())
        }
    }
}

fn ratio_text(ratio: &RatioReport, head: &dyn Fn(String) -> String) -> Vec<String> {
    let now = ratio.now().map_or("no data".to_string(), percent);
    let budget = &ratio.budget;
    let left = budget.left().map(|left| format!("{:.2} %", left * 100.0));
    let left = left.unwrap_or_else(|| "not known".to_string());
    let objective = percent(budget.objective);
    let mut lines = vec![head(format!("{now} of {objective}, budget left {left}"))];
    let mut more = |text: String| lines.push(format!("         {text}"));
    let burns: Vec<String> = budget.burns.iter().map(burn_text).collect();
    more(format!("burn {}", burns.join(", ")));
    if budget.sum.missing() > 0 {
        let share = budget.measured() * 100.0;
        more(format!(
            "{share:.2} % of the window was measured; gaps count as neither success nor failure"
        ));
    }
    if let Some(left) = budget.exhausted_in {
        more(match left <= TimeDelta::zero() {
            true => "the budget is spent".to_string(),
            false => format!("at this burn nothing is left in {} min", left.num_minutes()),
        });
    }
    if let Some(drop) = &ratio.drop {
        let culprit = drop.culprit.as_ref();
        let whose = culprit.map_or(String::new(), |culprit| format!(", {}", culprit.words()));
        more(format!(
            "{:.2} points below what is normal {}, since {}{}{whose}",
            drop.points(),
            drop.from.words(),
            if drop.or_before { "before " } else { "" },
            time(drop.since)
        ));
        let loss = loss(ratio, drop.since, ratio.budget.sum.to);
        let worth = loss.worth.as_ref();
        let worth = worth.map_or(String::new(), |worth| {
            let method = worth.method.words(&worth.currency);
            format!(", {} ({method})", worth.words("about"))
        });
        more(format!("{} since then{worth}", loss.words()));
    }
    if let Some(recovery) = &ratio.recovery {
        more(format!(
            "as normal since {}, after a drop since {}",
            time(recovery.ended),
            time(recovery.began)
        ));
    }
    if let Some(volume_drop) = &ratio.volume_drop {
        more(format!(
            "{}, since {}",
            volume_drop.words(),
            time(volume_drop.since)
        ));
    }
    lines
}

fn volume_drop_json(drop: &VolumeDrop) -> Value {
    let culprit = drop.culprit.as_ref();
    let culprit = culprit.map(|part| json!({"label": part.label, "value": part.value}));
    json!({"since": time(drop.since), "per_minute": drop.now, "normal": drop.normal, "culprit": culprit})
}

fn burn_text(burn: &Burn) -> String {
    let one = |burn: Option<f64>| burn.map_or("?".to_string(), |burn| format!("{burn:.2}"));
    let over = if burn.exceeds() { "!" } else { "" };
    format!(
        "{}/{} {} {}{over}",
        write_duration(burn.windows.long),
        write_duration(burn.windows.short),
        one(burn.long),
        one(burn.short)
    )
}

fn value(signal: &SignalReport) -> Value {
    let mut value = json!({
        "signal": signal.signal, "path": signal.path, "strict": signal.strict,
        "standing": signal.standing.word(), "measured": signal.measured.map(time),
        "error": signal.error.as_ref().map(|error| json!({"what": error.what, "hint": error.hint})),
    });
    let detail = match &signal.detail {
        SignalDetail::Ratio(ratio) => json!({"ratio": ratio_value(ratio)}),
        SignalDetail::Correctness {
            count,
            tolerance,
            unit,
            since,
            age,
            amount,
        } => json!({"correctness": {
            "count": count.shown(), "state": count.word(), "tolerance": tolerance, "unit": unit,
            "since": since.map(time), "age_seconds": age.and_then(Reading::value),
            "amount": amount.as_ref().and_then(|(amount, _)| amount.value()),
            "currency": amount.as_ref().map(|(_, currency)| currency),
        }}),
        SignalDetail::Level {
            reading,
            expect,
            unit,
            group,
            since,
        } => json!({"level": {
            "value": reading.shown(), "state": reading.word(), "expected": expect.to_string(), "unit": unit,
            "group": group, "since": since.map(time),
        }}),
        SignalDetail::Versions { versions, replicas } => json!({"versions": {
            "replicas": replicas,
            "found": versions.iter().map(|(version, count)| json!({"version": version, "replicas": count})).collect::<Vec<_>>(),
        }}),
        SignalDetail::Deadline { at, warn } => {
            json!({"deadline": {"at": at.map(time), "warn_seconds": warn.num_seconds()}})
        }
    };
    if let (Some(all), Value::Object(detail)) = (value.as_object_mut(), detail) {
        all.extend(detail);
    }
    value
}

fn ratio_value(ratio: &RatioReport) -> Value {
    let budget = &ratio.budget;
    let burns: Vec<Value> = budget
        .burns
        .iter()
        .map(|burn| {
            json!({
                "call": burn.windows.urgency, "long": write_duration(burn.windows.long),
                "short": write_duration(burn.windows.short), "threshold": burn.windows.threshold,
                "long_burn": burn.long, "short_burn": burn.short, "exceeded": burn.exceeds(),
            })
        })
        .collect();
    let loss = ratio.drop.as_ref().map(|drop| {
        let loss = loss(ratio, drop.since, budget.sum.to);
        json!({
            "failed": loss.failed, "unknown_outcome": loss.unknown, "unmeasured_seconds": loss.missing,
            "per_minute": loss.per_minute,
            "worth": loss.worth.as_ref().map(|worth| json!({
                "failed": worth.failed, "at_most": worth.at_most, "per_minute": worth.per_minute,
                "currency": worth.currency, "estimate": worth.method.is_estimate(),
                "method": worth.method.words(&worth.currency),
            })),
        })
    });
    json!({
        "now": ratio.now(), "objective": budget.objective, "per_minute": ratio.per_minute,
        "budget": {
            "from": time(budget.sum.from), "to": time(budget.sum.to),
            "good": budget.sum.tally.good, "total": budget.sum.tally.total,
            "spent": budget.spent, "left": budget.left(), "missing_seconds": budget.sum.missing(),
            "exhausted_in_seconds": budget.exhausted_in.map(|left| left.num_seconds()),
        },
        "burn": burns,
        "drop": ratio.drop.as_ref().map(|drop| json!({
            "since": time(drop.since), "or_before": drop.or_before, "now": drop.now, "normal": drop.normal, "points": drop.points(),
            "normal_from": drop.from.words(), "evidence": drop.evidence,
            "culprit": drop.culprit.as_ref().map(|culprit| json!({
                "label": culprit.label, "value": culprit.value,
                "and": culprit.and.as_ref().map(|(label, value)| json!({"label": label, "value": value})), "share": culprit.share, "now": culprit.now,
            })),
        })),
        "recovery": ratio.recovery.map(|recovery| json!({"began": time(recovery.began), "ended": time(recovery.ended)})),
        "slump": ratio.volume_drop.as_ref().map(volume_drop_json),
        "loss": loss,
        "label_values_not_told_apart": ratio.dropped_parts,
    })
}
