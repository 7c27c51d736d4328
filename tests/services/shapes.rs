//! Thirty days of traffic in known shapes on a real Prometheus: what the program says of each, beside the truth that an
//! independent author computes from the raw events (`shapes/traffic.py`) and the answers expected beforehand
//! (`shapes/expected.json`). `WARROOM_SHAPES=outage,silence` plays these alone.

mod replay;
pub(crate) mod traffic;

use crate::support::needs::lacks;
use chrono::TimeDelta;
use replay::Replay;
use rstest::rstest;
use serde_json::Value;
use traffic::{Played, Truth, expected};
use warroom::harness::ServiceMap;

/// Shares of the budget. The server counts the first event of a counter that starts from zero in part
/// (`rate` does not extrapolate below zero): a tenth of an event for each such counter, and for each restart.
const FROM_ZERO: f64 = 0.000_15;
/// What a tool shows that leaves the gaps out.
const IGNORING_GAPS: f64 = 0.42;
const RESTARTS: f64 = 0.001_5;

fn is_chosen(shape: &str) -> bool {
    let chosen = std::env::var("WARROOM_SHAPES").unwrap_or_default();
    chosen.is_empty() || chosen.split(',').any(|name| name == shape)
}

/// The shape on a server, unless a tool is missing or other shapes were chosen.
fn played(shape: &str) -> Option<Played> {
    if lacks(&traffic::NEEDED) || !is_chosen(shape) {
        return None;
    }
    Some(Played::start(shape))
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("no number: {value}"))
}

/// The budget that is shown, as a share spent, from and to the same times as the truth.
fn budget(played: &Played) -> ((f64, f64), Truth) {
    let shown = played.signals();
    let budget = &traffic::signal(&shown, "confirm-success")["ratio"]["budget"];
    let spent = (
        number(&budget["spent_at_least"]),
        number(&budget["spent_at_most"]),
    );
    (spent, played.truth(&budget["from"], &budget["to"]))
}

#[rstest]
#[case::healthy("healthy", FROM_ZERO)]
#[case::slow_decline("slow-decline", FROM_ZERO)]
#[case::outage("outage", FROM_ZERO)]
#[case::payday("payday", FROM_ZERO)]
#[case::duplicates("duplicates", FROM_ZERO)]
#[case::silence("silence", FROM_ZERO)]
// What was counted between the last scrape before a restart and the restart is lost, too.
#[case::resets("resets", RESTARTS)]
#[case::silence_absent("silence-absent", RESTARTS)]
fn the_budget_is_that_of_the_raw_events(#[case] shape: &str, #[case] tolerance: f64) {
    let Some(played) = played(shape) else { return };
    let ((low, high), truth) = budget(&played);
    let off = (low - truth.spent).abs().max((high - truth.spent).abs());
    println!(
        "{shape}: spent {low:.6} to {high:.6}, truth {:.6}, off {off:.7}",
        truth.spent
    );
    assert!(off < tolerance, "off by {off}");
}

#[rstest]
#[case::known("gap-over-outage", true)]
#[case::restarted("gap-with-restart", false)]
fn a_budget_over_a_gap_encloses_the_truth(#[case] shape: &str, #[case] is_known: bool) {
    let Some(played) = played(shape) else { return };
    let ((low, high), truth) = budget(&played);
    println!(
        "{shape}: spent {low:.4} to {high:.4}, truth {:.4}",
        truth.spent
    );
    assert!(low - RESTARTS <= truth.spent && truth.spent <= high + RESTARTS);
    assert_eq!(high - low < 0.02, is_known, "known exactly");
    assert!(
        low > IGNORING_GAPS + 0.2,
        "what the counters tell of the gap is in it: {low}"
    );
}

#[rstest]
#[case("healthy")]
#[case("slow-decline")]
#[case("outage")]
#[case("payday")]
#[case("duplicates")]
#[case("gap-over-outage")]
#[case("gap-with-restart")]
#[case("resets")]
#[case("silence")]
#[case("silence-absent")]
fn the_gate_and_intake_answer_as_expected(#[case] shape: &str) {
    let Some(played) = played(shape) else { return };
    let expected = expected(shape);
    let gate = played.gate();
    let incidents = played.incidents();
    println!(
        "{shape}: gate {}; incidents {incidents:?}",
        gate["paths"][0]
    );
    let refused = gate["ships"] == false;
    assert_eq!(Value::from(refused), expected["gate"]["say_no"], "{gate}");
    let wanted = expected["incidents"]["first_look_at_end"]
        .as_array()
        .unwrap();
    assert!(wanted.contains(&incidents.len().into()), "{incidents:?}");
}

#[rstest]
#[case("slow-decline", 5)]
#[case("outage", 1)]
#[case("duplicates", 1)]
#[case("silence", 1)]
#[case("silence-absent", 1)]
fn a_fault_is_found_in_time_and_blamed_on_who_has_it(#[case] shape: &str, #[case] step: i64) {
    let Some(played) = played(shape) else { return };
    let expected = expected(shape);
    let began = TimeDelta::seconds(expected["fault_began"].as_i64().unwrap());
    let limit = expected["detect"]["limit_minutes"].as_i64().unwrap();
    let mut replay = Replay::new(ServiceMap::parse(traffic::MAP).unwrap(), &played.url());
    let found = replay.find(played.end + began, TimeDelta::minutes(limit + 60), step);
    println!("{shape}: {found:?}, limit {limit} min");
    let found = found.unwrap();
    assert!(found.after <= limit, "found after {} minutes", found.after);
    for (label, wanted) in [("provider", "provider"), ("method", "method")] {
        if let Some(wanted) = expected["blame"][wanted].as_str() {
            let named = found
                .blamed
                .iter()
                .any(|(name, value)| name == label && value == wanted);
            assert!(named, "{label} {wanted} is not named: {:?}", found.blamed);
        }
    }
    if expected["blame"]["provider"].is_null() {
        assert_eq!(found.blamed, [], "nobody is to blame");
    }
}

#[rstest]
#[case("healthy")]
#[case("payday")]
#[case("resets")]
fn the_last_hours_of_healthy_traffic_raise_no_alarm(#[case] shape: &str) {
    let Some(played) = played(shape) else { return };
    let mut replay = Replay::new(ServiceMap::parse(traffic::MAP).unwrap(), &played.url());
    let six_hours = TimeDelta::hours(6);
    assert_eq!(replay.find(played.end - six_hours, six_hours, 5), None);
}
