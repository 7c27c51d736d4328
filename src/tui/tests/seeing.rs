//! Signals, changes and charts on the screen.

use super::*;

/// The console of the story with all signals, two changes, and a storm that falls into groups.
fn seeing() -> Model {
    use crate::signals::change::{Change, ChangeKind, ChangeSet};
    use crate::testing::{correctness, lag, report};
    let mut model = console(&story());
    let now = model.now;
    let wrong = correctness(now, Reading::Value(14.0));
    let report = Box::new(report(now, vec![wrong, lag(now)]));
    update(&mut model, Msg::Signals(report));
    let change = |minutes: i64, kind, what: &str, who: &str| Change {
        at: now - TimeDelta::minutes(minutes),
        kind,
        what: crate::text::Safe::line(what),
        who: crate::text::Safe::line(who),
        outcome: crate::text::Safe::default(),
        path: None,
        source: slug("changes"),
    };
    let changes = vec![
        change(6, ChangeKind::Model, "fraud-scorer v41 to v42", "ci-prod"),
        change(32, ChangeKind::Flag, "new-3ds 5 to 25 %", "mina"),
    ];
    let (source, result) = (
        slug("changes"),
        Ok(ChangeSet {
            changes,
            ..ChangeSet::default()
        }),
    );
    update(&mut model, Msg::Changes { source, result });
    let alert = |name: &str, severity: &str, at: usize| {
        let labels = [
            ("alertname", name.to_string()),
            ("severity", severity.to_string()),
            ("pod", format!("api-{at}")),
            ("service", "gateway".to_string()),
        ];
        let labels = labels.map(|(k, v)| (k.to_string(), v)).into();
        alert_from_labels(&labels, &BTreeMap::new(), AlertState::Firing, start())
    };
    let mut alerts: Vec<Alert> = (0..38)
        .map(|at| alert("QueueDepth", "warning", at))
        .collect();
    alerts.push(alert("PaymentSuccessRateLow", "critical", 0));
    let mut silenced = alert("NodeDiskFull", "warning", 1);
    silenced.state = AlertState::Suppressed;
    silenced.silenced_by = vec![slug("7c1d5a3e")];
    let by = "silenced by lee until 03:00 UTC: planned work";
    silenced.suppressed_by = vec![crate::text::Safe::line(by)];
    alerts.push(silenced);
    model.live.index = index(&model, alerts);
    for view in model.views.values_mut() {
        view.pending.clear();
    }
    model
}

#[rstest]
fn signals_changes_and_groups_are_seen_at_a_glance(
    #[values((80, 24), (160, 45))] size: (u16, u16),
) {
    let model = seeing();
    let buffer = rendered(&model, size, &Theme::new(true, true));
    insta::assert_snapshot!(format!("seeing-{}x{}", size.0, size.1), picture(&buffer));
    let text = rows(&buffer).join("\n");
    let missing = |word: &str| panic!("\"{word}\" is not there:\n{text}");
    let at = |word: &str| text.find(word).unwrap_or_else(|| missing(word));
    assert!(
        at("duplicate-captures: 14 captures") < at("normal 99.97 %"),
        "correctness faults come first"
    );
    assert!(at("all of it ") < at("fraud-scorer v41 to v42"));
    at("38 alerts  service gateway");
    at("silenced by lee until");
}

#[rstest]
#[case::unicode(true)]
#[case::plain_letters(false)]
fn charts_mark_the_start_the_drop_and_the_changes(#[case] unicode: bool) {
    let mut model = seeing();
    update(&mut model, Msg::Act(Action::Chart));
    let buffer = rendered(&model, (100, 40), &Theme::new(true, unicode));
    insta::assert_snapshot!(
        if unicode { "chart" } else { "chart-ascii" },
        picture(&buffer)
    );
    let text = rows(&buffer).join("\n");
    assert!(text.contains("over the last hour") && text.contains("budget left in this span"));
    if !unicode {
        assert!(text.is_ascii(), "{text}");
    }
}

#[test]
fn a_signal_without_data_says_why_below_its_row() {
    use crate::signals::inquiry::{Finding, FindingLevel, Reason};
    use crate::signals::monitor::SignalStanding;
    use crate::text::Safe;
    let mut model = console(&story());
    let mut report = crate::testing::report(model.now, Vec::new());
    let finding = Finding {
        signal: Some(report.signals[0].signal.clone()),
        part: "good".into(),
        reason: Reason::NoMetric {
            metric: Safe::line("payments_godo_total"),
            nearest: Some(Safe::line("payments_good_total")),
        },
        level: FindingLevel::Refused,
    };
    update(&mut model, Msg::Findings(vec![finding]));
    let why = "good: no metric payments_godo_total; nearest: payments_good_total";
    for (standing, is_shown) in [
        (SignalStanding::Fine, false),
        (SignalStanding::Unknown, true),
    ] {
        report.signals[0].standing = standing;
        update(&mut model, Msg::Signals(Box::new(report.clone())));
        let text = rows(&rendered(&model, (80, 24), &Theme::new(true, true)));
        let shown = text.iter().any(|row| row.trim() == why);
        assert_eq!(shown, is_shown, "{text:#?}");
    }
}
