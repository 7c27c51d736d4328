//! How each command is called so that it prints.

/// A call: how many of its words name the command, and the words. `ID` is an incident that goes on with a playbook, `NEW` a path that
/// is not there yet, `WORK` its open work, `CLOSED` and `SEALED` other incidents, `AM` and `PROM` the sources.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    names: usize,
    pub(crate) words: &'static [&'static str],
}

impl Call {
    pub(crate) fn path(&self) -> Vec<String> {
        let names = &self.words[..self.names];
        names.iter().map(ToString::to_string).collect()
    }
}

const fn one(words: &'static [&'static str]) -> Call {
    Call { names: 1, words }
}

const fn two(words: &'static [&'static str]) -> Call {
    Call { names: 2, words }
}

/// Calls that need no incident, first.
fn of_sources() -> Vec<Call> {
    vec![
        one(&["drill", "list"]),
        one(&["alerts", "AM"]),
        two(&["alerts", "silences", "AM"]),
        two(&[
            "alerts",
            "silence",
            "--matcher",
            "alertname=A",
            "--for",
            "1h",
            "--comment",
            "known",
            "AM",
        ]),
        two(&[
            "alerts",
            "extend",
            "5a0e2f1c-0000-4000-8000-000000000001",
            "--lasts",
            "2h",
            "AM",
        ]),
        two(&[
            "alerts",
            "expire",
            "5a0e2f1c-0000-4000-8000-000000000001",
            "AM",
        ]),
        one(&["signals", "PROM"]),
        one(&["gate", "PROM"]),
    ]
}

pub(crate) fn calls() -> Vec<Call> {
    let mut calls = of_sources();
    calls.extend(vec![
        two(&["incident", "open", "Payouts fail", "--path", "payouts"]),
        two(&["incident", "list"]),
        two(&["incident", "show", "ID"]),
        two(&["incident", "note", "ID", "a note"]),
        two(&["incident", "ack", "ID", "--as", "on-call"]),
        two(&["incident", "update", "ID", "we look into it"]),
        two(&[
            "incident",
            "hand-over",
            "ID",
            "incident-commander",
            "lee",
            "--new",
        ]),
        two(&["incident", "follow-up", "ID", "risk", "it may come back"]),
        two(&["incident", "done", "ID", "WORK"]),
        two(&[
            "incident",
            "severity",
            "ID",
            "correctness=right",
            "completion=degraded",
            "exposure=none",
            "model=right",
            "peak=outside",
        ]),
        two(&["incident", "role", "ID", "operations"]),
        two(&["incident", "status", "ID", "identified", "a release"]),
        two(&[
            "incident",
            "decide",
            "ID",
            "roll back",
            "--why",
            "it began with the release",
        ]),
        two(&["incident", "correct", "ID", "2", "it began earlier"]),
        two(&["incident", "close", "ID", "--anyway"]),
        two(&["incident", "sign", "ID"]),
        two(&["incident", "erase", "ID", "2", "name", "--why", "a name"]),
        two(&["incident", "approve", "ID"]),
        two(&["incident", "hold", "ID", "--why", "a lawsuit"]),
        two(&["incident", "seal", "CLOSED"]),
        two(&["incident", "delete", "SEALED", "--why", "it is old"]),
        two(&["playbook", "list"]),
        two(&["playbook", "show", "payment-success-drop"]),
        two(&["playbook", "check"]),
        two(&["playbook", "start", "ID", "ai-model-rollback"]),
        two(&[
            "playbook",
            "step",
            "ID",
            "take-the-first-look",
            "--tick",
            "1",
        ]),
        two(&["escalation", "check"]),
        two(&["escalation", "simulate", "--at", "2026-11-22T02:00:00Z"]),
        one(&["postmortem", "ID"]),
        one(&["record", "ID"]),
        one(&["chart", "ID"]),
        one(&[
            "export",
            "ID",
            "--to",
            "NEW",
            "--for",
            "court",
            "--purpose",
            "evidence",
        ]),
        one(&["ledger"]),
        one(&["verify", "ID"]),
        one(&["watch", "--unit"]),
        one(&["doctor"]),
        two(&["config", "init", "NEW"]),
        two(&["config", "check"]),
        two(&["config", "paths"]),
        two(&["config", "services"]),
        two(&["config", "keys"]),
        one(&["completions", "bash"]),
        one(&["man"]),
    ]);
    calls
}
