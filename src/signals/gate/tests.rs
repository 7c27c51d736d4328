use super::super::budget::Budget;
use super::super::detection::{Part, VolumeDrop};
use super::super::monitor::{CurrentRatio, RatioReport};
use super::super::tally::RatioSeries;
use super::super::{Reading, Sample};
use super::*;
use crate::signals::monitor::SignalDetail;
use chrono::TimeDelta;
use rstest::rstest;
use std::sync::Arc;

const SHIPPED: &str = include_str!("../../../assets/policies/gate.yaml");
const MAP: &str = "
services:
  - {service: payments, owner: payments team, paths: [{path: confirm, strict: true}]}
  - {service: reports, owner: data team, paths: [{path: history}]}
peak_events:
  - {event: payday, from: 2026-11-30T06:00:00Z, to: 2026-12-01T06:00:00Z, paths: [confirm]}
";

fn policy() -> GatePolicy {
    let policy: GatePolicy = serde_saphyr::from_str(SHIPPED).unwrap();
    policy.check().unwrap();
    policy
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn ratio(spent: Option<f64>) -> SignalDetail {
    let track = Arc::new(RatioSeries::new(TimeDelta::days(30)));
    let mut budget = Budget::at(
        &track,
        0.999,
        TimeDelta::days(30),
        at("2026-11-22T00:00:00Z"),
    );
    budget.spent = spent;
    budget.spent_between = spent.map(|spent| (spent, spent));
    let current = CurrentRatio::of(&track, at("2026-11-22T00:00:00Z"), true);
    SignalDetail::Ratio(Box::new(RatioReport::new(track, current, budget)))
}

fn report(standing: SignalStanding, detail: SignalDetail) -> MonitorReport {
    let sample = Sample {
        at: at("2026-11-22T00:00:00Z"),
        reading: Reading::NoData,
    };
    MonitorReport {
        at: sample.at,
        signals: vec![SignalReport {
            signal: Slug::nearest("confirm-success"),
            path: PathId::nearest("confirm"),
            strict: true,
            standing,
            answered: true,
            measured: Some(sample.at),
            scraped: None,
            source: None,
            error: None,
            partial: None,
            detail,
        }],
        skew: Vec::new(),
        contacts: Vec::new(),
    }
}

fn opinions(report: &MonitorReport, incidents: &[OpenIncident], now: &str) -> Vec<GateOpinion> {
    let map = ServiceMap::parse(MAP).unwrap();
    judge(&policy(), &map, report, incidents, at(now))
}

#[rstest]
#[case::plenty(Some(0.2), SignalStanding::Fine, GateVerdict::Healthy)]
#[case::drawn_down(Some(0.6), SignalStanding::Fine, GateVerdict::Cautious)]
#[case::exhausted(Some(1.01), SignalStanding::Fine, GateVerdict::Frozen)]
#[case::not_known(None, SignalStanding::Unknown, GateVerdict::Cautious)]
fn the_budget_decides(
    #[case] spent: Option<f64>,
    #[case] standing: SignalStanding,
    #[case] verdict: GateVerdict,
) {
    let found = opinions(&report(standing, ratio(spent)), &[], "2026-11-22T00:00:00Z");
    assert_eq!(found[0].verdict, verdict, "{:?}", found[0].reasons);
    assert_eq!(
        found[1].verdict,
        GateVerdict::Healthy,
        "another path has its own budget"
    );
}

#[test]
fn a_correctness_fault_freezes_whatever_the_budget_says() {
    let found = opinions(
        &report(SignalStanding::CorrectnessFault, ratio(Some(0.0))),
        &[],
        "2026-11-22T00:00:00Z",
    );
    assert_eq!(found[0].verdict, GateVerdict::Frozen);
}

#[rstest]
#[case(Some(1), GateVerdict::Frozen)]
#[case(None, GateVerdict::Frozen)]
#[case(Some(4), GateVerdict::Healthy)]
fn an_open_incident_counts_by_its_severity_and_unclassified_as_the_worst(
    #[case] severity: Option<u8>,
    #[case] verdict: GateVerdict,
) {
    let open = OpenIncident {
        id: "INC-1".into(),
        service: ServiceId::nearest("payments"),
        severity,
    };
    let found = opinions(
        &report(SignalStanding::Fine, ratio(Some(0.0))),
        &[open],
        "2026-11-22T00:00:00Z",
    );
    assert_eq!(found[0].verdict, verdict, "{:?}", found[0].reasons);
}

#[test]
fn a_peak_event_freezes_its_paths_while_it_lasts() {
    let fine = report(SignalStanding::Fine, ratio(Some(0.0)));
    assert_eq!(
        opinions(&fine, &[], "2026-11-30T12:00:00Z")[0].verdict,
        GateVerdict::Frozen
    );
    assert_eq!(
        opinions(&fine, &[], "2026-12-01T06:00:00Z")[0].verdict,
        GateVerdict::Healthy
    );
}

#[rstest]
#[case(GateVerdict::Healthy, ChangeRisk::High, true)]
#[case(GateVerdict::Cautious, ChangeRisk::Low, true)]
#[case(GateVerdict::Cautious, ChangeRisk::Normal, false)]
#[case(GateVerdict::Frozen, ChangeRisk::Low, false)]
fn the_bar_rises_with_the_verdict(
    #[case] verdict: GateVerdict,
    #[case] risk: ChangeRisk,
    #[case] ships: bool,
) {
    assert_eq!(policy().allows(verdict, risk), ships);
}

#[rstest]
#[case(
    "ships: {healthy: high, cautious: low}",
    "ships: {healthy: low, cautious: high}",
    "riskier change"
)]
#[case("when: {correctness: true}", "when: {}", "names no condition")]
#[case("budget_left_below: 0.5", "budget_left_below: 50", "between 0 and 1")]
fn an_unsound_policy_is_refused(#[case] from: &str, #[case] to: &str, #[case] says: &str) {
    let text = SHIPPED.replacen(from, to, 1);
    assert_ne!(text, SHIPPED);
    let policy: GatePolicy = serde_saphyr::from_str(&text).unwrap();
    let error = policy.check().unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn while_payments_do_not_arrive_no_risky_change_ships() {
    for culprit in [None, Some(("provider", "globex"))] {
        let SignalDetail::Ratio(mut ratio) = ratio(Some(0.1)) else {
            panic!("no ratio");
        };
        ratio.volume_drop = Some(VolumeDrop {
            now: 0.0,
            normal: 120.0,
            since: at("2026-11-21T23:50:00Z"),
            culprit: culprit.map(|(label, value)| Part {
                label: label.into(),
                value: value.into(),
            }),
        });
        let report = report(SignalStanding::Breach, SignalDetail::Ratio(ratio));
        let opinions = opinions(&report, &[], "2026-11-22T00:00:00Z");
        assert_eq!(opinions[0].verdict, GateVerdict::Frozen);
        let why = &opinions[0].reasons[0].2;
        assert!(why.contains("0 payments a minute"), "{why}");
        assert_eq!(why.contains("globex"), culprit.is_some(), "{why}");
    }
}
