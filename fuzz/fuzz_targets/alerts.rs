//! The reader of alerts: `cargo fuzz run alerts`. For any bytes it returns within bounds; a good item beside
//! any other JSON item is read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use warroom::harness::{IntakeAction, Intake, IntakePolicy, IntakeRule};
use warroom::harness::read_alerts;
use warroom::harness::{PathId, ServiceId, Slug};

static INTAKE: LazyLock<Intake> = LazyLock::new(|| {
    let rule = IntakeRule {
        rule: Slug::nearest("critical"),
        when: [("severity".to_string(), "critical".to_string())].into(),
        action: IntakeAction::Open,
        service: ServiceId::nearest("payments"),
        path: PathId::nearest("confirm"),
    };
    let policy = IntakePolicy {
        policy: Slug::nearest("fuzz"),
        version: 1,
        rules: vec![rule],
        signals: Vec::new(),
    };
    Intake::new(&policy).expect("the policy is sound")
});

const GOOD: &[u8] = br#"{"labels":{"alertname":"Good","severity":"critical"},"startsAt":"2026-11-30T00:00:00Z"}"#;

fuzz_target!(|data: &[u8]| {
    let now = "2026-11-30T01:00:00Z".parse().expect("a time");
    let read = read_alerts(data, now, &INTAKE);
    for alert in &read.alerts {
        assert!(alert.labels.len() <= 80 && alert.odd.len() <= 10);
        assert!(alert.starts_at <= now);
    }
    if serde_json::from_slice::<serde_json::Value>(data).is_ok() {
        let body = [b"[".as_slice(), data, b",", GOOD, b"]"].concat();
        let read = read_alerts(&body, now, &INTAKE);
        assert!(read.gaps.broken.is_none());
        let good = read.alerts.iter().find(|alert| alert.name.as_str() == "Good");
        assert!(good.is_some_and(|alert| INTAKE.may_open(alert)));
    }
});
