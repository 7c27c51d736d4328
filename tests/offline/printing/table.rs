//! How each command is called so that it prints.

use crate::support::program::words;

/// A call: how many of its words name the command, and the words. `ID` is an incident that goes on with a playbook,
/// `NEW` a path that does not exist, `WORK` an open follow-up of the incident, `CLOSED` and `SEALED` other incidents,
/// `AM` and `PROM` the sources.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    names: usize,
    pub(crate) words: Vec<String>,
}

impl Call {
    pub(crate) fn path(&self) -> Vec<String> {
        self.words[..self.names].to_vec()
    }
}

const ONE_NAME: [&str; 14] = [
    "drill list",
    "alerts AM",
    "signals PROM",
    "gate PROM",
    "postmortem ID",
    "record ID",
    "chart ID",
    "export ID --to NEW --for court --purpose evidence",
    "ledger",
    "verify ID",
    "watch --unit",
    "doctor",
    "completions bash",
    "man",
];

const TWO_NAMES: [&str; 38] = [
    "alerts silences AM",
    "alerts silence --matcher alertname=A --for 1h --comment known AM",
    "alerts extend 5a0e2f1c-0000-4000-8000-000000000001 --lasts 2h AM",
    "alerts expire 5a0e2f1c-0000-4000-8000-000000000001 AM",
    "incident open 'Payouts fail' --path payouts",
    "incident list",
    "incident show ID",
    "incident note ID 'a note'",
    "incident ack ID --as on-call",
    "incident update ID 'we look into it'",
    "incident hand-over ID incident-commander lee --new",
    "incident follow-up ID risk 'it may come back'",
    "incident done ID WORK",
    "incident severity ID correctness=right completion=degraded exposure=none model=right peak=outside",
    "incident role ID operations",
    "incident status ID identified 'a release'",
    "incident impact ID ended 'as stated' --anyway",
    "incident decide ID 'roll back' --why 'it began with the release'",
    "incident correct ID 2 'it began earlier'",
    "incident close ID --anyway",
    "incident sign ID",
    "incident erase ID 2 name --why 'a name'",
    "incident approve ID",
    "incident hold ID --why 'a lawsuit'",
    "incident seal CLOSED",
    "incident delete SEALED --why 'it is old'",
    "playbook list",
    "playbook show payment-success-drop",
    "playbook check",
    "playbook start ID ai-model-rollback",
    "playbook step ID take-the-first-look --tick 1",
    "escalation check",
    "escalation simulate --at 2026-11-22T02:00:00Z",
    "config init NEW",
    "config check",
    "config paths",
    "config services",
    "config keys",
];

pub(crate) fn calls() -> Vec<Call> {
    let call = |names: usize| {
        move |line: &str| Call {
            names,
            words: words(line).into_iter().map(str::to_string).collect(),
        }
    };
    let two = TWO_NAMES.into_iter().map(call(2));
    ONE_NAME.into_iter().map(call(1)).chain(two).collect()
}
