//! The silence that a row of the screen is filled in with, at a real Alertmanager: whatever the labels, it silences every
//! alert of that row and no other.

use super::{Alertmanager, NEEDED};
use crate::support::needs::lacks;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use warroom::harness::Safe;
use warroom::harness::{Alert, AlertState};
use warroom::harness::{AlertIndex, SourceAlerts};
use warroom::harness::{HttpSettings, IGNORED, Source, alert_from_labels, read_back};
use warroom::harness::{Intake, IntakeAction, IntakePolicy, IntakeRule};
use warroom::harness::{Matcher, NewSilence, RowSilenceError, matchers_of_row};
use warroom::harness::{PathId, ServiceId, Slug, SourceId};

type Labels = BTreeMap<String, String>;

/// Label sets made at random in one run, beside those that differ in one point each.
const RANDOM: usize = 80;

/// Values of which any may be in a label: Alertmanager takes all text.
fn values() -> Vec<String> {
    let mut all: Vec<String> = [
        "payments",
        "payments\n",
        "payments ",
        " payments",
        "payments\t",
        "pay\r\nments",
        "a\u{a0}b",
        "a b",
        "a  b",
        "rack \"7\"",
        "back\\slash",
        "\\n",
        "a\\nb",
        "'single'",
        "`tick`",
        "{a=\"b\"}",
        "a,b=c",
        "[x]",
        ".*",
        "a|b",
        "^$",
        "(?i)x",
        "a+?",
        "\\d+",
        "$HOME",
        "%00",
        "\u{200B}zero",
        "zero",
        "zero\u{200D}",
        "\u{202E}lro",
        "مرحبا بكم",
        "می\u{200C}خواهم",
        "👩\u{200D}🚒",
        "🔥",
        "e\u{301}",
        "é",
        "\u{feff}bom",
        "\u{0}",
        "\u{1b}[31mred",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{fffd}",
        "\u{ffff}",
        "\u{10ffff}",
        "\u{e000}",
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111111000071111",
        "5500005555555559",
        "password=hunter2",
        "Bearer abcdefghijklmnopqrstuvwxyz012345",
        "AKIAIOSFODNN7EXAMPLE",
        "null",
        "0",
        "-",
        "\"",
        "\\",
        "[masked pan]",
        "411111******1111",
    ]
    .map(str::to_string)
    .into();
    all.push("x".repeat(3000));
    all.push(format!("{}y", "x".repeat(2999)));
    all.push("\n".repeat(3000));
    all.push(format!("{}4111111111111111", "z ".repeat(1500)));
    all
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_string(), (*value).to_string()))
        .collect()
}

/// Numbers that differ with the seed and repeat with it.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        // Constants of Knuth's MMIX generator; its high bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// The field's rows, one set for each odd value, sets that differ in one point, and sets at random.
fn label_sets(seed: u64) -> Vec<Labels> {
    let field: Vec<Value> = serde_json::from_str(include_str!(
        "../../cases/field/am-labels-for-silences.json"
    ))
    .unwrap();
    let mut all: Vec<Labels> = field
        .iter()
        .map(|alert| serde_json::from_value(alert["labels"].clone()).unwrap())
        .collect();
    let values = values();
    for value in &values {
        all.push(labels(&[
            ("alertname", "One"),
            ("severity", "warning"),
            ("v", value),
        ]));
        all.push(labels(&[("alertname", value), ("severity", "critical")]));
    }
    for more in [
        &[][..],
        &[("team", "a")],
        &[("team", "b")],
        &[("team", "a"), ("zone", "x")],
    ] {
        let base = [("alertname", "More"), ("severity", "warning")];
        all.push(labels(&[&base[..], more].concat()));
        for replica in ["1", "2", "3"] {
            let of = [("replica", replica), ("prometheus_replica", "p\n0")];
            all.push(labels(&[&base[..], more, &of[..]].concat()));
        }
    }
    let mut chance = Chance(seed);
    let names = [
        "alertname",
        "severity",
        "service",
        "instance",
        "path",
        "note",
        "replica",
    ];
    for _ in 0..RANDOM {
        let mut set = labels(&[("alertname", "Random")]);
        for _ in 0..=chance.below(5) {
            let name = names[chance.below(names.len())];
            set.insert(name.to_string(), values[chance.below(values.len())].clone());
        }
        all.push(set);
    }
    let distinct: BTreeSet<Labels> = all.into_iter().collect();
    distinct.into_iter().collect()
}

fn intake() -> Intake {
    let rule = IntakeRule {
        rule: Slug::nearest("none"),
        when: BTreeMap::from([("alertname".to_string(), "none at all".to_string())]),
        action: IntakeAction::Open,
        service: ServiceId::nearest("payments"),
        path: PathId::nearest("confirm"),
    };
    let policy = IntakePolicy {
        policy: Slug::nearest("p"),
        version: 1,
        rules: vec![rule],
        signals: Vec::new(),
    };
    Intake::new(&policy).unwrap()
}

impl Alertmanager {
    pub(super) fn post_alerts(&self, sets: &[Labels]) {
        let (begin, end) = (
            Utc::now() - TimeDelta::minutes(5),
            Utc::now() + TimeDelta::hours(1),
        );
        for batch in sets.chunks(100) {
            let alerts: Vec<Value> = batch
                .iter()
                .map(|labels| json!({"labels": labels, "startsAt": begin.to_rfc3339(), "endsAt": end.to_rfc3339()}))
                .collect();
            self.server.post_alerts(&json!(alerts).to_string());
        }
    }

    /// Every alert as Alertmanager has it: its labels and the silences over it.
    fn raw_alerts(&self) -> Vec<(Labels, Vec<String>)> {
        let body = self.server.request("GET", "/api/v2/alerts", "").unwrap();
        let alerts: Vec<Value> = serde_json::from_str(&body).unwrap();
        let read = |alert: &Value| {
            let labels: Labels = serde_json::from_value(alert["labels"].clone()).unwrap();
            let quiet = &alert["status"]["silencedBy"];
            let suppressed = alert["status"]["state"] == "suppressed";
            let ids: Vec<String> = serde_json::from_value(quiet.clone()).unwrap();
            assert_eq!(suppressed, !ids.is_empty(), "{alert}");
            (labels, ids)
        };
        alerts.iter().map(read).collect()
    }
}

fn key_of(labels: &Labels) -> Slug {
    alert_from_labels(labels, &BTreeMap::new(), AlertState::Firing, Utc::now()).key
}

#[test]
fn the_silence_of_a_row_silences_that_row_and_no_other() {
    if lacks(&NEEDED) {
        return;
    }
    let seed = std::env::var("WARROOM_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    println!("WARROOM_SEED={seed}");
    let alertmanager = Alertmanager::start();
    let sets = label_sets(seed);
    assert!(sets.len() > 200, "{}", sets.len());
    alertmanager.post_alerts(&sets);
    let begun = Instant::now();
    while alertmanager.raw_alerts().len() < sets.len() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "not all alerts are there"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(silence_rows(&alertmanager, sets.len()));
}

async fn silence_rows(alertmanager: &Alertmanager, count: usize) {
    let name = SourceId::nearest("am");
    let settings = HttpSettings::plain(name.clone(), &alertmanager.server.url());
    let source = warroom::harness::Alertmanager::new(settings).unwrap();
    let gathered: SourceAlerts = source.alerts().await.unwrap();
    let index = AlertIndex::new(&BTreeMap::from([(name, gathered)]), &intake());
    let all: Vec<&Alert> = index.alerts().iter().map(AsRef::as_ref).collect();
    let shown = format!("{:?}", index.alerts());
    assert!(!shown.contains("4111111111111111") && !shown.contains("hunter2"));
    let behind: usize = all.iter().map(|alert| alert.label_sets().count()).sum();
    assert_eq!(
        behind, count,
        "every alert of the source stands behind one row"
    );
    assert!(
        all.len() < count,
        "replicas and masked values are counted once"
    );
    let singles: Vec<Vec<u32>> = (0..all.len() as u32).map(|at| vec![at]).collect();
    let refused = silence_each(alertmanager, &source, &index, &singles).await;
    assert_eq!(refused, 0, "one alert can always be told from all others");
    let groups: Vec<Vec<u32>> = index
        .groups()
        .iter()
        .map(|group| group.members.clone())
        .collect();
    let refused = silence_each(alertmanager, &source, &index, &groups).await;
    println!(
        "{count} alerts, {} rows, {} groups, {refused} of them need several silences",
        all.len(),
        groups.len()
    );
}

/// Silences each row by a silence of its own, and looks at every alert of the source.
async fn silence_each(
    alertmanager: &Alertmanager,
    source: &warroom::harness::Alertmanager,
    index: &AlertIndex,
    rows: &[Vec<u32>],
) -> usize {
    let ignored: BTreeSet<String> = IGNORED.map(str::to_string).into();
    let all: Vec<&Alert> = index.alerts().iter().map(AsRef::as_ref).collect();
    let mut wanted: BTreeMap<Slug, String> = BTreeMap::new();
    let mut refused = 0;
    for row in rows {
        let members: Vec<&Alert> = row.iter().map(|at| all[*at as usize]).collect();
        let others = (0..all.len() as u32)
            .filter(|at| !row.contains(at))
            .map(|at| all[at as usize]);
        let matchers = match matchers_of_row(&members, others, &ignored) {
            Ok(found) => found.matchers,
            Err(RowSilenceError::Mixed(_) | RowSilenceError::TooMany) => {
                refused += 1;
                continue;
            }
            Err(why) => panic!("{why}: {members:?}"),
        };
        // As a person has it before them, and sends it without a change.
        let text: Vec<String> = matchers.iter().map(ToString::to_string).collect();
        let text = text.join(" ");
        assert!(
            !text.contains("4111111111111111") && !text.chars().any(char::is_control),
            "{text}"
        );
        let hidden: Vec<Matcher> = matchers
            .iter()
            .filter(|it| it.is_masked())
            .cloned()
            .collect();
        let now = Utc::now();
        let silence = NewSilence {
            matchers: Matcher::parse_all(&text, &hidden).unwrap(),
            starts_at: now,
            ends_at: now + TimeDelta::hours(2),
            created_by: Safe::line("lee"),
            comment: Safe::line("known"),
        };
        assert_eq!(silence.problem(), None, "{text}");
        let covered: Vec<usize> = silence.coverage(all.iter().copied()).matching;
        assert_eq!(
            covered.len(),
            row.len(),
            "the preview says what happens: {text}"
        );
        let id = source
            .silence(&silence)
            .await
            .unwrap_or_else(|error| panic!("{error}: {text}"));
        let read = source.silence_by_id(&id).await.unwrap();
        assert!(read.matchers.is_some_and(|read| read.iter().all(|it| {
            silence
                .matchers
                .iter()
                .any(|sent| sent.name == it.name && sent.value == it.value)
        })));
        for member in members {
            assert_eq!(wanted.insert(member.key.clone(), id.to_string()), None);
        }
    }
    for (labels, ids) in alertmanager.raw_alerts() {
        let expected: Vec<&String> = wanted.get(&key_of(&labels)).into_iter().collect();
        assert_eq!(ids.iter().collect::<Vec<_>>(), expected, "{labels:?}");
    }
    let ids: BTreeSet<&String> = wanted.values().collect();
    if let Some(id) = ids.first() {
        let id = Slug::nearest(id);
        let quiet = wanted.values().filter(|of| **of == id.as_str()).count();
        let read = read_back(source, &id, None, quiet).await;
        assert_eq!(
            (read.suppressed.clone(), read.is_doubtful()),
            (Ok(quiet), false),
            "{read:?}"
        );
    }
    for id in ids {
        source.expire(&Slug::nearest(id)).await.unwrap();
    }
    assert!(
        alertmanager
            .raw_alerts()
            .iter()
            .all(|(_, ids)| ids.is_empty())
    );
    refused
}
