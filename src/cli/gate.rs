//! `warroom gate`: may a risky change ship? Exit 0 for yes, 1 for no, with the reason.

use super::arguments::Global;
use super::custody;
use super::error::CliError;
use super::incident::recording::refuse_read_only;
use super::output::Output;
use super::setup::{Base, sound_base};
use super::signals;
use crate::incident::entry::{GateOverridden, field};
use crate::incident::severity::Severity;
use crate::incident::{Incident, IncidentId, PathId, Slug, Status};
use crate::signals::gate::{ChangeRisk, GateOpinion, GateVerdict, OpenIncident, judge};
use crate::text::{Safe, list};
use serde_json::{Value, json};

pub(super) struct GateQuestion<'a> {
    /// All of them where none is named.
    pub(super) path: Option<&'a PathId>,
    pub(super) risk: ChangeRisk,
    /// Why it is to ship although the gate says no, and who approves that.
    pub(super) exception: Option<(Safe, Safe)>,
}

pub(super) fn run(
    global: &Global,
    asked: &GateQuestion<'_>,
    output: &Output,
) -> Result<(), CliError> {
    let base = sound_base(global)?;
    let policies = &base.config.policies;
    let map = &base.config.services.map;
    if let Some(path) = asked.path.filter(|path| map.path(path).is_none()) {
        let known = list(map.paths().map(|(_, path)| &path.path));
        let hint = format!("the service map has: {known}");
        return Err(CliError::usage(
            format!("there is no path \"{path}\""),
            hint,
        ));
    }
    let report = signals::read(&base)?;
    let now = base.store.clock().now().wall;
    let mut opinions = judge(&policies.gate, map, &report, &open_incidents(&base)?, now);
    opinions.retain(|opinion| asked.path.is_none_or(|path| *path == opinion.path));
    let lets = |opinion: &GateOpinion| policies.gate.allows(opinion.verdict, asked.risk);
    let refused: Vec<&GateOpinion> = opinions.iter().filter(|opinion| !lets(opinion)).collect();
    let mut lines: Vec<String> = opinions
        .iter()
        .flat_map(|opinion| text(opinion, lets(opinion), asked.risk))
        .collect();
    let mut shown = json!({
        "ships": refused.is_empty(), "risk": asked.risk.word(), "at": report.at,
        "policy": policies.gate.policy, "policy_version": policies.gate.version, "policy_digest": policies.gate.digest,
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
        return CliError::unless(false);
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
        let what = match same {
            true => "another person must approve",
            false => "an override needs a reason and an approver",
        };
        let hint = "name another person with --approver, and say why with --reason";
        return Err(CliError::usage(what, hint));
    }
    let policies = &base.config.policies;
    let verdict = refused.iter().map(|opinion| opinion.verdict).max();
    let reasons = refused.iter().flat_map(|opinion| &opinion.reasons);
    let data = GateOverridden {
        paths: refused.iter().map(|opinion| opinion.path.clone()).collect(),
        verdict: Slug::nearest(verdict.unwrap_or(GateVerdict::Frozen).word()),
        risk: Slug::nearest(risk.word()),
        rules: reasons.map(|(rule, ..)| rule.clone()).collect(),
        policy: policies.gate.digest.clone(),
    };
    let texts = [(field::WHY, why), (field::APPROVER, approver)];
    custody::in_ledger(base, &me, data, &texts)
}

fn open_incidents(base: &Base) -> Result<Vec<OpenIncident>, CliError> {
    let mut open = Vec::new();
    for id in base.store.list()?.into_iter().filter(|id| !id.is_drill()) {
        let loaded = base.store.read(&(&id).into())?;
        open.extend(counted(&id, &Incident::from_entries(&loaded.entries)));
    }
    Ok(open)
}

/// `None` if it is closed, or was entered afterwards: such an incident says nothing about now.
fn counted(id: &IncidentId, incident: &Incident) -> Option<OpenIncident> {
    let opened = incident.opened.as_ref()?;
    let counts = incident.status != Status::Closed && !incident.is_retrospective();
    counts.then(|| OpenIncident {
        id: id.to_string(),
        service: opened.data.service.clone(),
        severity: incident.severity().map(Severity::level),
    })
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
    let reasons = opinion.reasons.iter();
    lines.extend(
        reasons.map(|(rule, verdict, why)| format!("           {} {rule}: {why}", verdict.word())),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Story;

    #[test]
    fn an_incident_that_is_closed_or_was_entered_afterwards_holds_no_change_back() {
        let mut story = Story::new();
        let state = |story: &Story| Incident::from_entries(&story.entries);
        let mut live = state(&story);
        assert!(counted(&story.id(), &live).is_some());
        if let Some(opened) = &mut live.opened {
            opened.data.retrospective = true;
        }
        assert!(counted(&story.id(), &live).is_none());
        story.person("a-1", "Dana").status(Status::Closed, "");
        assert!(counted(&story.id(), &state(&story)).is_none());
    }
}
