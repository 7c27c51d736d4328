//! `warroom signals`: how every signal of the service map stands, with budgets, burn and what failures cost.

use super::arguments::Global;
use super::block_on::block_on;
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::{Base, base};
use crate::app::runtime::refresh;
use crate::signals::budget::Burn;
use crate::signals::detection::VolumeDrop;
use crate::signals::impact::{Impact, ImpactBasis, ImpactSpan};
use crate::signals::latency::{Quantile, Quantiles};
use crate::signals::money::loss;
use crate::signals::monitor::{
    CurrentRatio, MonitorReport, PartReport, RatioReport, SignalDetail, SignalMonitor,
    SignalReport, SignalStanding,
};
use crate::signals::words::{rounded, span, times};
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
    match (reading.shown(), reading.value()) {
        (Some(value), Some(_)) => rounded(value),
        (Some(value), None) => format!("{} ({})", rounded(value), reading.word()),
        (None, _) => reading.word().to_string(),
    }
}

fn ratio_text(ratio: &RatioReport, head: &dyn Fn(String) -> String) -> Vec<String> {
    let now = current(&ratio.current);
    let budget = &ratio.budget;
    let left = budget.left_words().unwrap_or("not known".to_string());
    let objective = percent(budget.objective);
    let mut lines = vec![head(format!("{now} of {objective}, budget left {left}"))];
    let mut more = |text: String| lines.push(format!("         {text}"));
    let burns: Vec<String> = budget.burns.iter().map(burn_text).collect();
    more(format!("burn {}", burns.join(", ")));
    views(ratio, &mut more);
    if let Some(open) = budget.open_words() {
        more(format!("budget: {open}"));
    }
    if ratio.unknown.is_some() {
        more(
            match ratio.unknown_is_failed {
                Some(true) => "payments of unknown outcome count as failed in the budget",
                Some(false) => "payments of unknown outcome are not in the total: the budget leaves them out",
                None => "whether the total contains payments of unknown outcome is not known: set `unknown_in_total`",
            }
            .to_string(),
        );
    }
    if ratio.gaps_unread > 0 {
        more(format!(
            "{} more scrape gaps were not read",
            ratio.gaps_unread
        ));
    }
    if budget.sum.missing() > 0 && budget.open_words().is_none() {
        let share = budget.measured() * 100.0;
        more(format!(
            "{share:.2} % of the window was measured; gaps count as neither success nor failure"
        ));
    }
    if let Some(left) = budget.exhausted_in {
        more(match left <= TimeDelta::zero() {
            true => "the budget is spent".to_string(),
            false => format!("at this burn nothing is left in {}", span(left)),
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
        let to = ratio.budget.sum.to;
        let loss = loss(ratio, drop.since, to);
        let span = ImpactSpan {
            from: drop.since,
            or_before: drop.or_before,
            to,
            basis: ImpactBasis::Drop,
            ended: false,
        };
        let worth = loss.worth.as_ref();
        let method = worth.map_or(String::new(), |worth| {
            format!(" ({})", worth.method.words(&worth.currency))
        });
        let impact = Impact::of(span, &loss).words("about");
        more(format!("since then {impact}{method}"));
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

fn current(current: &CurrentRatio) -> String {
    match (current.reading, current.reading.shown()) {
        (Reading::Partial(_), Some(shown)) => format!("{} (partial)", percent(shown)),
        (_, Some(shown)) => percent(shown),
        (Reading::NotANumber, None) => "no payments".to_string(),
        (_, None) => "no data".to_string(),
    }
}

/// Volume, declines, latency and contract; and all of these by label.
fn views(ratio: &RatioReport, more: &mut dyn FnMut(String)) {
    if let Some(volume) = volume(ratio.per_minute, ratio.normal_per_minute) {
        more(volume);
    }
    if let Some(declines) = ratio.declines {
        more(format!("declined {}", share(declines)));
    }
    if let Some(latency) = ratio.latency {
        more(latency.words());
    }
    if let Some(sla) = ratio.sla {
        let spent = sla.spent_between.map(|(low, high)| {
            let (low, high) = (rounded(low * 100.0), rounded(high * 100.0));
            match low == high {
                true => format!("{low} %"),
                false => format!("{low} to {high} %"),
            }
        });
        let spent = spent.unwrap_or("not known".to_string());
        more(format!(
            "contract {}: {spent} of the failures that it allows",
            percent(sla.promised)
        ));
    }
    for part in &ratio.parts {
        more(part_text(part));
    }
}

fn share(part: f64) -> String {
    format!("{} %", rounded(part * 100.0))
}

fn volume(now: Option<f64>, normal: Option<f64>) -> Option<String> {
    let now = rounded(now?);
    Some(match normal {
        Some(normal) => format!("{now} payments a minute, normally {}", rounded(normal)),
        None => format!("{now} payments a minute"),
    })
}

fn part_text(part: &PartReport) -> String {
    let ratio = part.ratio.map_or("no payments".to_string(), percent);
    let mut cells = vec![format!("  {} {}  {ratio}", part.label, part.value)];
    cells.extend(volume(part.per_minute, part.normal_per_minute));
    cells.extend(
        part.declines
            .map(|declines| format!("declined {}", share(declines))),
    );
    cells.extend(part.latency.map(Quantiles::words));
    cells.join(", ")
}

fn volume_drop_json(drop: &VolumeDrop) -> Value {
    let culprit = drop.culprit.as_ref();
    let culprit = culprit.map(|part| json!({"label": part.label, "value": part.value}));
    json!({"since": time(drop.since), "per_minute": drop.now, "normal": drop.normal, "culprit": culprit})
}

fn burn_text(burn: &Burn) -> String {
    let one = |burn: Option<f64>| burn.map_or("?".to_string(), times);
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
        "standing": signal.standing.word(), "measured": signal.measured.map(time), "scraped": signal.scraped.map(time), "partial": signal.partial,
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

fn quantiles_value(latency: Quantiles) -> Value {
    let one =
        |quantile: Quantile| json!({"seconds": quantile.seconds, "or_more": quantile.or_more});
    json!({"p50": one(latency.p50), "p95": one(latency.p95), "p99": one(latency.p99)})
}

fn part_value(part: &PartReport) -> Value {
    json!({
        "label": part.label, "value": part.value, "ratio": part.ratio, "per_minute": part.per_minute,
        "normal_per_minute": part.normal_per_minute, "declines": part.declines,
        "latency": part.latency.map(quantiles_value),
    })
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
                "long_burn": burn.long, "short_burn": burn.short,
                "long_burn_at_most": burn.long_at_most, "short_burn_at_most": burn.short_at_most, "exceeded": burn.exceeds(),
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
        "now": ratio.now(), "state": ratio.current.reading.word(), "shown": ratio.current.reading.shown(),
        "window": {"from": time(ratio.current.window.from), "to": time(ratio.current.window.to)},
        "scrape_interval_seconds": ratio.interval.map(|interval| interval.num_seconds()),
        "normal_per_minute": ratio.normal_per_minute, "declines": ratio.declines,
        "latency": ratio.latency.map(quantiles_value),
        "sla": ratio.sla.map(|sla| json!({
            "promised": sla.promised, "spent_at_least": sla.spent_between.map(|(low, _)| low),
            "spent_at_most": sla.spent_between.map(|(_, high)| high),
        })),
        "parts": ratio.parts.iter().map(part_value).collect::<Vec<_>>(),
        "unknown_outcomes_are_failed": ratio.unknown_is_failed,
        "objective": budget.objective, "per_minute": ratio.per_minute,
        "budget": {
            "from": time(budget.sum.from), "to": time(budget.sum.to),
            "good": budget.sum.tally.good, "total": budget.sum.tally.total,
            "spent": budget.spent, "left": budget.left(),
            "spent_at_least": budget.spent_between.map(|(low, _)| low),
            "spent_at_most": budget.spent_between.map(|(_, high)| high),
            "gaps_not_read": ratio.gaps_unread, "missing_seconds": budget.sum.missing(),
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
