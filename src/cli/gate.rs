//! `warroom gate`: may a risky change ship? Exit 0 for yes, 1 for no, with the reason.

use super::arguments::Global;
use super::custody;
use super::error::{CliError, Exit};
use super::incident::recording::refuse_read_only;
use super::output::Output;
use super::setup::{Base, sound_base};
use super::signals;
use crate::incident::entry::GateOverridden;
use crate::incident::{Incident, PathId, Slug, Status};
use crate::signals::gate::{ChangeRisk, GateOpinion, GateVerdict, OpenIncident, judge};
use crate::text::Safe;
use serde_json::{Value, json};

/// What is asked for.
pub(super) struct Asked<'a> {
    /// The path; all of them where none is named.
    pub(super) path: Option<&'a PathId>,
    /// How risky the change is.
    pub(super) risk: ChangeRisk,
    /// Why it is to ship although the gate says no, and who approves that.
    pub(super) exception: Option<(Safe, Safe)>,
}

pub(super) fn run(global: &Global, asked: &Asked<'_>, output: &Output) -> Result<(), CliError> {
    let base = sound_base(global)?;
    let policies = &base.config.policies;
    let map = &base.config.services.map;
    if let Some(path) = asked.path.filter(|path| map.path(path).is_none()) {
        let known: Vec<&str> = map.paths().map(|(_, path)| path.path.as_str()).collect();
        let hint = format!("the service map has: {}", known.join(", "));
        return Err(CliError::usage(
            format!("there is no path \"{path}\""),
            hint,
        ));
    }
    let report = signals::read(&base)?;
    let now = base.store.clock().now().wall;
    let opinions: Vec<GateOpinion> =
        judge(&policies.gate, map, &report, &open_incidents(&base)?, now)
            .into_iter()
            .filter(|opinion| asked.path.is_none_or(|path| *path == opinion.path))
            .collect();
    let lets = |opinion: &GateOpinion| policies.gate.allows(opinion.verdict, asked.risk);
    let refused: Vec<&GateOpinion> = opinions.iter().filter(|opinion| !lets(opinion)).collect();
    let mut lines: Vec<String> = opinions
        .iter()
        .flat_map(|opinion| text(opinion, lets(opinion), asked.risk))
        .collect();
    let mut shown = json!({
        "ships": refused.is_empty(), "risk": asked.risk.word(), "at": report.at,
        "policy": policies.gate.policy, "policy_version": policies.gate.version, "policy_digest": policies.gate_digest,
        "paths": opinions.iter().map(|opinion| value(opinion, lets(opinion))).collect::<Vec<_>>(),
        "override": Value::Null,
    });
    if refused.is_empty() {
        output.result(&lines.join("\n"), &shown);
        return Ok(());
    }
    let Some((why, approver)) = &asked.exception else {
        lines.push(
            "to ship all the same: --override --reason WHY --approver NAME; it is recorded".into(),
        );
        output.result(&lines.join("\n"), &shown);
        return Err(CliError::new(Exit::No, "", ""));
    };
    let seq = overridden(&base, &refused, asked.risk, why, approver)?;
    lines.push(format!(
        "OVERRIDDEN, approved by {approver}; recorded in the ledger as #{seq}"
    ));
    shown["override"] = json!({"reason": why, "approver": approver, "ledger_entry": seq});
    output.result(&lines.join("\n"), &shown);
    Ok(())
}

/// Records that the gate was overridden. Another person approves (rule A7).
fn overridden(
    base: &Base,
    refused: &[&GateOpinion],
    risk: ChangeRisk,
    why: &Safe,
    approver: &Safe,
) -> Result<u64, CliError> {
    refuse_read_only(base)?;
    let me = base.me()?;
    let same = approver
        .as_str()
        .trim()
        .eq_ignore_ascii_case(me.name.as_str().trim());
    if why.is_empty() || approver.is_empty() || same {
        let what = if same {
            "another person must approve"
        } else {
            "an override needs a reason and an approver"
        };
        return Err(CliError::usage(
            what,
            "name another person with --approver, and say why with --reason",
        ));
    }
    let policies = &base.config.policies;
    let data = GateOverridden {
        paths: refused.iter().map(|opinion| opinion.path.clone()).collect(),
        verdict: Slug::nearest(
            refused
                .iter()
                .map(|opinion| opinion.verdict)
                .max()
                .unwrap_or(GateVerdict::Frozen)
                .word(),
        ),
        risk: Slug::nearest(risk.word()),
        rules: refused
            .iter()
            .flat_map(|opinion| opinion.reasons.iter().map(|(rule, ..)| rule.clone()))
            .collect(),
        policy: policies.gate_digest.clone(),
    };
    let texts = [
        (crate::incident::entry::field::WHY, why),
        (crate::incident::entry::field::APPROVER, approver),
    ];
    custody::in_ledger(base, &me, data, &texts)
}

/// The open incidents of the data directory.
fn open_incidents(base: &Base) -> Result<Vec<OpenIncident>, CliError> {
    let mut open = Vec::new();
    for id in base.store.list()? {
        let loaded = base.store.read(&(&id).into())?;
        let incident = Incident::from_entries(&loaded.entries);
        let Some(opened) = incident
            .opened
            .as_ref()
            .filter(|_| incident.status != Status::Closed)
        else {
            continue;
        };
        if id.as_str().starts_with("DRILL-") {
            continue;
        }
        open.push(OpenIncident {
            id: id.to_string(),
            service: opened.data.service.clone(),
            severity: incident
                .severity()
                .map(crate::incident::severity::Severity::level),
        });
    }
    Ok(open)
}

fn text(opinion: &GateOpinion, lets: bool, risk: ChangeRisk) -> Vec<String> {
    let word = if lets { "ships" } else { "does NOT ship" };
    let mut lines = vec![format!(
        "{:<10} {}: a change of {} risk {word}   owner {}",
        opinion.verdict.word(),
        opinion.path,
        risk.word(),
        Safe::line(&opinion.owner)
    )];
    lines.extend(
        opinion
            .reasons
            .iter()
            .map(|(rule, verdict, why)| format!("           {} {rule}: {why}", verdict.word())),
    );
    lines
}

fn value(opinion: &GateOpinion, lets: bool) -> Value {
    let reasons: Vec<Value> = opinion
        .reasons
        .iter()
        .map(|(rule, verdict, why)| json!({"rule": rule, "verdict": verdict.word(), "why": why}))
        .collect();
    json!({"path": opinion.path, "owner": opinion.owner, "verdict": opinion.verdict.word(), "ships": lets, "reasons": reasons})
}
