use super::*;
use crate::alerts::AlertState;
use rstest::rstest;

fn now() -> DateTime<Utc> {
    "2026-11-22T01:00:00Z".parse().unwrap()
}

fn silence(matchers: &[&str], minutes: i64, comment: &str) -> NewSilence {
    let matchers = matchers.iter();
    NewSilence {
        matchers: matchers.map(|text| Matcher::parse(text).unwrap()).collect(),
        starts_at: now(),
        ends_at: now() + TimeDelta::minutes(minutes),
        created_by: Safe::line("lee"),
        comment: Safe::line(comment),
    }
}

fn alert(labels: &[(&str, &str)]) -> Alert {
    crate::testing::alert(labels, AlertState::Firing)
}

#[rstest]
#[case(&["alertname=Down"], 60, "known", None)]
#[case(&["alertname=~.*"], 60, "known", Some("every alert"))]
#[case(&["alertname=~(Down)?"], 60, "known", Some("every alert"))]
#[case(&["severity!=critical"], 60, "known", Some("every alert"))]
#[case(&["severity!=\"\""], 60, "known", None)]
#[case(&["pod!~x"], 60, "known", Some("every alert"))]
#[case(&["pod!~.*"], 60, "known", None)]
#[case(&["pod=~\"(\""], 60, "known", Some("no regular expression"))]
#[case::left_to_the_server(&["pod=~\"a{,2}\""], 60, "known", None)]
#[case(&[], 60, "known", Some("every alert"))]
#[case(&["alertname=Down"], 0, "known", Some("end in the future"))]
#[case(&["alertname=Down"], 60, " ", Some("comment"))]
#[case(&["alertname=Down"], 60 * 24 * 40, "known", Some("30 days"))]
fn a_silence_is_checked_before_it_is_sent(
    #[case] matchers: &[&str],
    #[case] minutes: i64,
    #[case] comment: &str,
    #[case] says: Option<&str>,
) {
    let fault = silence(matchers, minutes, comment).problem();
    match says {
        None => assert_eq!(fault, None),
        Some(says) => assert!(fault.unwrap().what.contains(says), "{says}"),
    }
}

#[rstest]
#[case(&["instance=\"a\\u00a0b\""], 1)]
#[case(&["instance=\"a b\""], 0)]
#[case(&["service=\"payments\\n\""], 1)]
#[case(&["service=payments"], 0)]
#[case(&["service=~\"payments.\""], 0)]
#[case(&["service=~\"(?s)payments.\""], 1)]
#[case(&["alertname=A", "team=\"\""], 1)]
#[case(&["alertname=A", "team!=x"], 1)]
#[case(&["alertname=A", "team=~x?"], 1)]
#[case(&["pan=4111111111111111"], 1)]
#[case(&["pan=~4111.*"], 1)]
#[case(&["pan=\"411111******1111\""], 0)]
fn coverage_compares_the_bytes_of_the_source(#[case] matchers: &[&str], #[case] count: usize) {
    let odd = alert(&[
        ("alertname", "A"),
        ("instance", "a\u{a0}b"),
        ("service", "payments\n"),
        ("pan", "4111111111111111"),
    ]);
    let silence = silence(matchers, 60, "known");
    let covered = silence.coverage([&odd]).matching;
    assert_eq!(covered.len(), count, "{silence:?}");
}

#[test]
fn what_cannot_be_computed_is_named_and_not_counted() {
    let alerts = [
        alert(&[("pod", "aa")]),
        alert(&[("pod", "b"), ("job", "x")]),
    ];
    let covered = silence(&["pod=~\"a{,2}\"", "job=y"], 60, "x").coverage(&alerts);
    assert_eq!(covered.uncomputed, ["pod=~\"a{,2}\""]);
    assert!(covered.matching.is_empty());
    let mut cut = alert(&[("pod", "c")]);
    cut.raw = crate::alerts::RawLabels::unknown();
    assert_eq!(silence(&["pod=z"], 60, "x").coverage([&cut]).unsure, 1);
}

#[rstest]
#[case("active", 60, 120, None)]
#[case("expired", -60, 120, Some("expired"))]
#[case::by_the_clock("active", -1, 120, Some("expired"))]
#[case("active", 180, 120, Some("until then already"))]
#[case("active", 60, 60 * 24 * 31, Some("30 days"))]
fn an_extension_is_checked_before_it_is_sent(
    #[case] state: &str,
    #[case] ends: i64,
    #[case] until: i64,
    #[case] says: Option<&str>,
) {
    let at = |minutes: i64| now() + TimeDelta::minutes(minutes);
    let silence = Silence {
        id: Slug::nearest("s"),
        what: Safe::default(),
        matchers: None,
        starts_at: Some(at(-120)),
        ends_at: Some(at(ends)),
        by: Safe::line("lee"),
        comment: Safe::line("known"),
        state: Safe::line(state),
        odd: Vec::new(),
    };
    let fault = silence.extension_problem(at(until), now());
    assert_eq!(fault.is_some(), says.is_some(), "{fault:?}");
    assert!(says.is_none_or(|says| fault.is_some_and(|fault| fault.what.contains(says))));
}

#[rstest]
#[case("2026-11-22T05:00:00Z", "until 05:00 UTC")]
#[case("2026-11-24T05:00:00Z", "until 11-24 05:00 UTC")]
#[case("2036-11-24T05:00:00Z", "until 2036-11-24 05:00 UTC")]
#[case::long_over("2025-11-24T05:00:00Z", "until 2025-11-24 05:00 UTC")]
fn the_end_of_a_silence_has_its_year_where_it_is_another(#[case] end: &str, #[case] says: &str) {
    let silence = format!(r#"{{"id":"s","endsAt":"{end}"}}"#);
    let silence = crate::sources::silence_of(silence.as_bytes()).unwrap();
    let words = silence.words(now());
    assert!(words.contains(says), "{words}");
}
