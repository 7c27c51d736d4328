//! Events as earlier versions have written them, drawn by a seed.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    pub fn one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }

    pub fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len() as u64) as usize]
    }
}

pub fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

pub const ACTORS: [&str; 4] = ["a-1", "a-2", "n-3", "warroom"];
const ROLES: [&str; 6] = [
    "incident-commander",
    "operations",
    "communications",
    "scribe",
    "compliance",
    "subject-expert",
];
const LEVELS: [&str; 3] = ["on-call", "compliance", "cto"];
const CHANNELS: [&str; 3] = ["webhook", "bell", "slack"];
const OUTCOMES: [&str; 7] = [
    "accepted",
    "refused",
    "failed",
    "unknown",
    "no-channel",
    "simulated",
    "withdrawn",
];
const STATUSES: [&str; 5] = [
    "investigating",
    "identified",
    "mitigated",
    "resolved",
    "closed",
];
const SOURCES: [&str; 2] = ["prometheus", "alertmanager"];
const SIGNALS: [&str; 2] = ["confirm-success", "refund-success"];

fn reading(draw: &mut Draw) -> Value {
    match draw.below(4) {
        0 => json!({"state": draw.of(&["no-data", "not-a-number", "infinite", "ambiguous"])}),
        _ => json!({"state": "value", "value": draw.below(1_000) as f64 / 1_000.0}),
    }
}

fn answers(draw: &mut Draw) -> Value {
    let mut answers = Vec::new();
    for question in ["correctness", "completion", "money"] {
        if draw.one_in(2) {
            let mut answer = json!({
                "question": question,
                "answer": draw.of(&["right", "unknown", "degraded"]),
                "basis": draw.of(&["said", "measured", "declared"]),
            });
            optional(draw, &mut answer, "reading", reading);
            optional(draw, &mut answer, "unit", |_| json!("seconds"));
            answers.push(answer);
        }
    }
    Value::Array(answers)
}

fn optional(draw: &mut Draw, data: &mut Value, name: &str, value: impl FnOnce(&mut Draw) -> Value) {
    if draw.one_in(2) {
        data[name] = value(draw);
    }
}

fn level(draw: &mut Draw, name: &str, from: DateTime<Utc>) -> Value {
    let mut level = json!({
        "level": name, "target": name, "until": draw.of(&["acknowledged", "resolved"]),
        "after": draw.below(900), "channels": [draw.of(&CHANNELS), "sms"],
    });
    optional(draw, &mut level, "others", |_| json!(["second-line"]));
    optional(draw, &mut level, "due", |draw| {
        json!(time(from + TimeDelta::seconds(draw.below(900) as i64)))
    });
    optional(draw, &mut level, "acknowledge", |draw| {
        json!(draw.of(&["any", "all"]))
    });
    optional(draw, &mut level, "when", |_| json!(["customer-data"]));
    optional(draw, &mut level, "severity", |_| json!([1, 2]));
    optional(draw, &mut level, "again", |_| json!([300, 3]));
    optional(draw, &mut level, "unless_adopted", |_| json!(true));
    if draw.one_in(5) {
        level["left_out"] = json!("off-hours");
    }
    level
}

/// Every kind of event, with the fields of its texts.
pub const KINDS: [(&str, &[&str]); 45] = [
    ("actor", &["name", "login"]),
    ("alert-seen", &["name", "summary", "labels"]),
    ("signal-seen", &[]),
    ("backfilled", &[]),
    ("source-lost", &["detail"]),
    ("source-back", &[]),
    ("acknowledged", &["who"]),
    ("adopted", &["title", "link"]),
    ("classified", &["why"]),
    ("role-assigned", &[]),
    ("noted", &["text"]),
    ("decided", &["text", "why", "alternatives"]),
    ("status-changed", &["text"]),
    ("corrected", &["text"]),
    ("playbook-started", &["title"]),
    ("step-recorded", &["step", "text"]),
    ("escalation-armed", &[]),
    ("level-armed", &[]),
    ("page-intended", &["who"]),
    ("page-resulted", &["detail"]),
    ("clock-stepped", &[]),
    ("boot-changed", &[]),
    ("recovered", &[]),
    ("document-written", &[]),
    ("checkpointed", &[]),
    ("checkpoint-failed", &["detail"]),
    ("approval-requested", &["why"]),
    ("approved", &[]),
    ("erased", &["why"]),
    ("exported", &["recipient", "purpose"]),
    ("hold-placed", &["why"]),
    ("hold-released", &["why"]),
    ("deleted", &["why"]),
    ("change-seen", &["text", "who", "outcome"]),
    ("gate-overridden", &["why", "approver"]),
    ("updated", &["text"]),
    ("message-intended", &[]),
    ("message-resulted", &["detail"]),
    ("handed-over", &["text"]),
    ("work-opened", &["text", "reference", "contact", "link"]),
    ("work-changed", &["text"]),
    ("overdue", &[]),
    ("keeper-lost", &[]),
    ("proposed", &[]),
    ("network-file-system", &[]),
];

/// A member that earlier versions did not write.
type Optional = (&'static str, fn(&mut Draw) -> Value);
const AFTER: Optional = ("after", |draw| json!(draw.below(9)));
const KEY: Optional = ("key", |draw| json!(draw.of(&["SHA256:x", "SHA256:y"])));
const SIGNATURE: Optional = ("signature", |_| json!("78".repeat(32)));
const RETRY_AFTER: Optional = ("retry_after", |draw| json!(draw.below(200)));

/// The data of an event, as some version has written it.
#[expect(clippy::too_many_lines, reason = "a table: one arm a kind")]
pub fn data(draw: &mut Draw, kind: &str, seq: u64, now: DateTime<Utc>) -> Value {
    let earlier = |draw: &mut Draw| 1 + draw.below(seq);
    let at = |draw: &mut Draw| json!(time(now - TimeDelta::seconds(draw.below(600) as i64)));
    let hex = |draw: &mut Draw| json!(format!("{:064x}", draw.below(1 << 30)));
    let mut data = match kind {
        "opened" => json!({
            "started": at(draw), "started_from": draw.of(&["alert", "said"]), "service": "payments",
            "path": "confirm", "signal": "confirm-success", "objective": 0.999, "program": "0.1.0",
        }),
        "actor" => json!({
            "actor": draw.of(&ACTORS), "proof": draw.of(&["self-declared", "program", "named"]),
        }),
        "alert-seen" => json!({
            "alert": draw.of(&["a750fdc4163ad02f", "00fdc4163ad02f11"]), "starts_at": at(draw), "at": at(draw),
            "state": draw.of(&["firing", "suppressed", "cleared", "vanished"]), "source": draw.of(&SOURCES),
        }),
        "signal-seen" => json!({
            "signal": draw.of(&SIGNALS), "reading": reading(draw), "at": at(draw), "source": "prometheus",
            "cause": draw.of(&["change", "decision", "cadence"]),
        }),
        "backfilled" => json!({
            "signal": draw.of(&SIGNALS), "from": at(draw), "step": 60, "values": [0.999, null, 0.5],
            "source": "prometheus",
        }),
        "source-lost" | "source-back" => json!({"source": draw.of(&SOURCES), "at": at(draw)}),
        "adopted" => json!({
            "system": "pagerduty", "incident": draw.of(&["q1", "q2"]), "created": at(draw),
        }),
        "classified" => json!({
            "severity": 1 + draw.below(5), "rule": "availability", "policy": hex(draw), "answers": answers(draw),
        }),
        "role-assigned" => json!({"role": draw.of(&ROLES)}),
        "status-changed" => json!({"status": draw.of(&STATUSES)}),
        "corrected" => json!({"seq": earlier(draw), "hash": hex(draw)}),
        "playbook-started" => json!({
            "playbook": draw.of(&["drop", "double-charge"]), "digest": "12".repeat(32), "steps": 16,
        }),
        "step-recorded" => json!({
            "playbook": draw.of(&["drop", "double-charge"]), "step": draw.of(&["look", "undo", "check"]),
            "number": 1 + draw.below(16),
            "outcome": draw.of(&["done", "skipped", "chosen", "passed", "failed", "unknown"]),
        }),
        "escalation-armed" => {
            let from = now - TimeDelta::minutes(2);
            let levels: Vec<Value> = LEVELS.iter().map(|name| level(draw, name, from)).collect();
            json!({"policy": hex(draw), "from": time(from), "levels": levels})
        }
        "level-armed" => {
            json!({"level": draw.of(&LEVELS), "due": at(draw), "because": earlier(draw)})
        }
        "page-intended" => json!({
            "page": draw.of(&["p-1", "p-2"]), "level": draw.of(&LEVELS), "target": draw.of(&LEVELS),
            "channel": draw.of(&CHANNELS), "due": at(draw), "repeat": draw.below(3),
        }),
        "page-resulted" => json!({
            "page": draw.of(&["p-1", "p-2"]), "level": draw.of(&LEVELS), "channel": draw.of(&CHANNELS),
            "repeat": draw.below(3), "outcome": draw.of(&OUTCOMES), "attempts": draw.below(6),
        }),
        "clock-stepped" => json!({"step_ms": draw.below(7_200_000) as i64 - 3_600_000}),
        "boot-changed" => json!({"boot": draw.of(&["f5d71315", "0a0b0c0d"])}),
        "recovered" => {
            json!({"offset": draw.below(9_000), "length": draw.below(900), "sha256": hex(draw)})
        }
        "document-written" => json!({
            "document": draw.of(&["postmortem", "record"]), "upto": earlier(draw), "template": hex(draw),
            "sha256": hex(draw),
        }),
        "continued" => json!({"file": 2, "length": draw.below(9_000)}),
        "checkpointed" => json!({
            "upto": earlier(draw), "head": hex(draw), "at": at(draw), "key": "SHA256:x", "signature": hex(draw),
            "reason": draw.of(&["declaration", "hand-over", "close", "seal", "export", "request"]),
        }),
        "checkpoint-failed" => json!({"reason": draw.of(&["declaration", "close"])}),
        "approval-requested" => {
            let mut data = match draw.below(3) {
                0 => {
                    json!({"act": "erase", "entry": earlier(draw), "hash": hex(draw), "field": "text"})
                }
                1 => json!({"act": "delete", "head": hex(draw)}),
                _ => json!({"act": "release-hold", "hold": "h-1"}),
            };
            data["request"] = json!(draw.of(&["r-1", "r-2"]));
            data["incident"] = json!("INC-20261122-0001");
            data["digest"] = json!("56".repeat(32));
            data
        }
        "approved" => json!({"request": draw.of(&["r-1", "r-2"]), "digest": "56".repeat(32)}),
        "erased" => json!({
            "incident": "INC-20261122-0001", "entry": earlier(draw), "hash": hex(draw), "commitment": hex(draw),
            "field": draw.of(&["text", "name"]), "request": draw.of(&["r-1", "r-2"]),
        }),
        "exported" => json!({
            "incident": "INC-20261122-0001", "upto": earlier(draw), "head": hex(draw), "bundle": hex(draw),
            "withheld": ["3/text", "#/name"],
        }),
        "hold-placed" | "hold-released" => json!({
            "incident": "INC-20261122-0001", "hold": draw.of(&["h-1", "h-2"]),
        }),
        "deleted" => json!({
            "incident": "INC-20250101-0001", "entries": 7, "head": hex(draw), "sealed": at(draw),
            "keep_days": 400, "request": draw.of(&["r-1", "r-2"]),
        }),
        "change-seen" => json!({
            "change": draw.of(&["c-1", "c-2"]), "at": at(draw), "source": "deploys",
            "kind": draw.of(&["deployment", "flag", "model", "cab", "other"]),
        }),
        "gate-overridden" => json!({
            "paths": ["confirm"], "verdict": draw.of(&["cautious", "frozen"]), "rules": ["budget"],
            "risk": draw.of(&["low", "high"]), "policy": hex(draw),
        }),
        "updated" => json!({"audience": draw.of(&["users", "stakeholders"])}),
        "message-intended" => json!({
            "message": draw.of(&["m-1", "m-2"]), "channel": draw.of(&CHANNELS), "tells": earlier(draw),
            "repeat": draw.below(2),
            "what": match draw.below(3) {
                0 => json!({"settle": "acknowledged"}),
                1 => json!({"settle": "resolved"}),
                _ => json!("update"),
            },
        }),
        "message-resulted" => json!({
            "message": draw.of(&["m-1", "m-2"]), "channel": draw.of(&CHANNELS), "repeat": draw.below(2),
            "outcome": draw.of(&OUTCOMES), "attempts": draw.below(6),
        }),
        "handed-over" => json!({"role": draw.of(&ROLES), "to": draw.of(&ACTORS)}),
        "work-opened" => json!({
            "kind": draw.of(&["action", "vendor-case", "risk", "question", "link"]),
        }),
        "work-changed" => json!({
            "item": earlier(draw), "state": draw.of(&["open", "done", "dropped"]),
        }),
        "overdue" => json!({
            "clock": draw.of(&["update", "check-in", "scribe", "answer", "work", "regulator"]), "due": at(draw),
        }),
        "keeper-lost" => json!({
            "keeper": draw.of(&["watch", "console"]), "process": "host-1-2", "last": at(draw),
        }),
        "proposed" => json!({
            "against": earlier(draw), "severity": 1 + draw.below(5), "rule": "measured", "policy": hex(draw),
            "answers": answers(draw),
        }),
        "network-file-system" => json!({"kind": "nfs4"}),
        _ => json!({}),
    };
    let optionals: &[Optional] = match kind {
        "opened" => &[
            ("rule", |_| json!("payments-critical")),
            ("policy", |_| json!("ab".repeat(32))),
            ("drill", |_| json!(false)),
            (
                "follows",
                |_| json!({"incident": "INC-20261121-0001", "upto": 9, "head": "9a".repeat(32)}),
            ),
        ],
        "actor" => &[
            ("uid", |_| json!(1000)),
            ("key", |_| json!("SHA256:x")),
            ("was", |_| json!("n-3")),
        ],
        "alert-seen" => &[
            AFTER,
            ("start", |draw| json!(draw.of(&["told", "seen", "unknown"]))),
            ("left_out", |draw| json!(draw.below(9))),
        ],
        "signal-seen" => &[("unit", |_| json!("seconds")), AFTER],
        "source-lost" => &[("last", |_| json!("2026-11-22T00:50:00Z")), AFTER],
        "source-back" => &[AFTER],
        "acknowledged" => &[
            ("targets", |_| json!(["on-call", "compliance"])),
            ("elsewhere", |_| json!("pagerduty.q1")),
        ],
        "classified" => &[("flags", |_| json!(["customer-data"]))],
        "role-assigned" => &[("actor", |draw| json!(draw.of(&ACTORS))), AFTER],
        "playbook-started" => &[("goes_on", |_| json!(true))],
        "step-recorded" => &[
            ("choice", |_| json!("undo")),
            ("reading", reading),
            ("expected", |_| json!({"operator": ">=", "bound": 0.99})),
            ("at", |_| json!("2026-11-22T01:10:00Z")),
        ],
        "escalation-armed" => &[(
            "cadence",
            |_| json!({"first_update": 60, "updates": {"1": 600}, "check_in": 900, "silence": 300, "answer": 120}),
        )],
        "page-intended" => &[("late", |draw| json!(draw.below(200)))],
        "page-resulted" => &[("http", |_| json!(202)), RETRY_AFTER],
        "message-resulted" => &[
            ("http", |_| json!(500)),
            RETRY_AFTER,
            ("remote", |_| json!("thread-7")),
        ],
        "clock-stepped" => &[AFTER],
        "approval-requested" => &[KEY, SIGNATURE],
        "approved" => &[KEY, SIGNATURE, ("listed", |_| json!(true))],
        "hold-released" => &[("request", |draw| json!(draw.of(&["r-1", "r-2"])))],
        "change-seen" => &[("path", |_| json!("confirm"))],
        "updated" => &[("elsewhere", |_| json!(true))],
        "message-intended" => &[("page", |draw| json!(draw.of(&["p-1", "p-2"])))],
        "handed-over" => &[("from", |draw| json!(draw.of(&ACTORS))), AFTER],
        "work-opened" | "work-changed" => &[
            ("owner", |draw| json!(draw.of(&ACTORS))),
            ("due", |_| json!("2026-11-22T02:00:00Z")),
        ],
        "overdue" => &[("item", |draw| json!(1 + draw.below(20)))],
        "proposed" => &[("after", |draw| json!(draw.below(20)))],
        _ => &[],
    };
    for (name, value) in optionals {
        optional(draw, &mut data, name, value);
    }
    if kind == "role-assigned" && data.get("actor").is_none() && draw.one_in(2) {
        data["actor"] = Value::Null;
    }
    odd(draw, &mut data);
    data
}

/// What no version writes and a reader must survive: a member of a newer version, and one of another type.
fn odd(draw: &mut Draw, data: &mut Value) {
    if draw.one_in(20) {
        data["newer"] = json!({"deep": [1, null, "x"]});
    }
    if draw.one_in(40)
        && let Some(members) = data.as_object_mut()
        && let Some(name) = members.keys().next().cloned()
    {
        members.insert(name, json!(["another type"]));
    }
}
