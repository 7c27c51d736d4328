//! Events as earlier versions have written them, drawn by a seed.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value, json};

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

/// Every kind of event, except for the opening and the end: its name, the fields of its texts, its members, and after
/// `?` the members that not every version has written. `a|b` draws a word, `1..9` a number, `@name` a value of `named`.
const KINDS: &str = include_str!("../../../../tests/cases/old_events.txt");
const OPENED: &str = r#"started=@at started_from=alert|said service=payments path=confirm signal=confirm-success objective=0.999 program=0.1.0 ? rule=payments-critical policy=@ab drill=false follows={"incident":"INC-20261121-0001","upto":9,"head":"9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a"}"#;
const ANSWER: &str =
    "answer=right|unknown|degraded basis=said|measured|declared ? reading=@reading unit=seconds";
const LEVEL: &str = r#"until=acknowledged|resolved after=0..900 channels=@channels ? others=["second-line"] due=@due acknowledge=any|all when=["customer-data"] severity=[1,2] again=[300,3] unless_adopted=true"#;

pub struct Kind {
    pub name: &'static str,
    pub fields: Vec<&'static str>,
    members: &'static str,
}

pub fn kinds() -> Vec<Kind> {
    let kind = |line: &'static str| {
        let (name, rest) = line.split_once(" [").unwrap();
        let (fields, members) = rest.split_once(']').unwrap();
        let fields = fields.split_whitespace().collect();
        Kind {
            name,
            fields,
            members,
        }
    };
    KINDS.trim().lines().map(kind).collect()
}

/// The entry that gets the event.
#[derive(Clone, Copy)]
struct Place {
    seq: u64,
    now: DateTime<Utc>,
}

/// The data of an event, as some version has written it.
pub fn data(draw: &mut Draw, kind: &str, seq: u64, now: DateTime<Utc>) -> Value {
    let known = kinds().into_iter().find(|known| known.name == kind);
    let members = match kind {
        "opened" => OPENED,
        _ => known.map_or("", |known| known.members),
    };
    let mut data = object(draw, members, Place { seq, now });
    if kind == "role-assigned" && !data.contains_key("actor") && draw.one_in(2) {
        data.insert("actor".into(), Value::Null);
    }
    odd(draw, &mut data);
    Value::Object(data)
}

fn object(draw: &mut Draw, text: &str, place: Place) -> Map<String, Value> {
    let mut object = Map::new();
    let mut optional = false;
    for member in text.split_whitespace() {
        let Some((name, text)) = member.split_once('=') else {
            optional = true;
            continue;
        };
        if !optional || draw.one_in(2) {
            match value(draw, text, place) {
                Value::Object(members) if name == "*" => object.extend(members),
                value => drop(object.insert(name.into(), value)),
            }
        }
    }
    object
}

fn value(draw: &mut Draw, text: &str, place: Place) -> Value {
    let choices: Vec<&str> = text.split('|').collect();
    let text = match choices[..] {
        [only] => only,
        _ => draw.of(&choices),
    };
    if let Some(name) = text.strip_prefix('@') {
        return named(draw, name, place);
    }
    if let Some((low, high)) = text.split_once("..") {
        let (low, high): (i64, i64) = (low.parse().unwrap(), high.parse().unwrap());
        return json!(low + draw.below((high - low) as u64) as i64);
    }
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}

fn named(draw: &mut Draw, name: &str, place: Place) -> Value {
    let mut some = |text| Value::Object(object(draw, text, place));
    let words: &[&str] = match name {
        "erase" => return some("act=erase entry=@earlier hash=@hex field=text"),
        "delete" => return some("act=delete head=@hex"),
        "release" => return some("act=release-hold hold=h-1"),
        "at" => return json!(time(place.now - seconds(draw, 600))),
        "due" => return json!(time(place.now + seconds(draw, 900))),
        "from" => return json!(time(place.now - TimeDelta::minutes(2))),
        "earlier" => return json!(1 + draw.below(place.seq)),
        "hex" => return json!(format!("{:064x}", draw.below(1 << 30))),
        "reading" => return reading(draw),
        "answers" => return answers(draw, place),
        "levels" => return levels(draw, place),
        "channels" => return json!([named(draw, "channel", place), "sms"]),
        "actor" => &ACTORS,
        "level" => &LEVELS,
        "channel" => &["webhook", "bell", "slack"],
        "source" => &["prometheus", "alertmanager"],
        "signal" => &["confirm-success", "refund-success"],
        "outcome" => &[
            "accepted",
            "refused",
            "failed",
            "unknown",
            "no-channel",
            "simulated",
            "withdrawn",
        ],
        "role" => &[
            "incident-commander",
            "operations",
            "communications",
            "scribe",
            "compliance",
            "subject-expert",
        ],
        digits => return json!(digits.repeat(32)),
    };
    json!(draw.of(words))
}

fn seconds(draw: &mut Draw, bound: u64) -> TimeDelta {
    TimeDelta::seconds(draw.below(bound) as i64)
}

fn reading(draw: &mut Draw) -> Value {
    match draw.below(4) {
        0 => json!({"state": draw.of(&["no-data", "not-a-number", "infinite", "ambiguous"])}),
        _ => json!({"state": "value", "value": draw.below(1_000) as f64 / 1_000.0}),
    }
}

fn answers(draw: &mut Draw, place: Place) -> Value {
    let mut answers = Vec::new();
    for question in ["correctness", "completion", "money"] {
        if draw.one_in(2) {
            let mut answer = object(draw, ANSWER, place);
            answer.insert("question".into(), json!(question));
            answers.push(Value::Object(answer));
        }
    }
    Value::Array(answers)
}

const LEVELS: [&str; 3] = ["on-call", "compliance", "cto"];

fn levels(draw: &mut Draw, place: Place) -> Value {
    let from = Place {
        now: place.now - TimeDelta::minutes(2),
        ..place
    };
    let levels = LEVELS.map(|name| {
        let mut level = object(draw, LEVEL, from);
        level.extend(["level", "target"].map(|member| (member.into(), json!(name))));
        if draw.one_in(5) {
            level.insert("left_out".into(), json!("off-hours"));
        }
        Value::Object(level)
    });
    json!(levels)
}

/// What no version writes and a reader must survive: a member of a newer version, and one of another type.
fn odd(draw: &mut Draw, data: &mut Map<String, Value>) {
    if draw.one_in(20) {
        data.insert("newer".into(), json!({"deep": [1, null, "x"]}));
    }
    if draw.one_in(40)
        && let Some(name) = data.keys().next().cloned()
    {
        data.insert(name, json!(["another type"]));
    }
}
