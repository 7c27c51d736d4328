use super::*;
use crate::alerts::AlertState;
use crate::alerts::Condition;
use crate::alerts::intake::IntakePolicyFile;
use crate::text::{PathId, ServiceId};
use rstest::rstest;

fn now() -> DateTime<Utc> {
    "2026-11-30T01:00:00Z".parse().unwrap()
}

fn intake() -> Intake {
    let text = include_str!("../../../../assets/policies/intake.yaml");
    let file: IntakePolicyFile = serde_saphyr::from_str(text).unwrap();
    Intake::new(&file.located(&(ServiceId::nearest("payments"), PathId::nearest("confirm"))))
        .unwrap()
}

fn read(body: &str) -> SourceAlerts {
    read_alerts(body.as_bytes(), now(), &intake())
}

const GOOD: &str = r#"{"labels":{"alertname":"Good","severity":"critical","service":"payments"},"annotations":{"summary":"good one"},"startsAt":"2026-11-30T00:00:00Z","status":{"state":"active","silencedBy":[],"inhibitedBy":[]}}"#;

fn named<'s>(set: &'s SourceAlerts, name: &str) -> &'s Alert {
    let mut alerts = set.alerts.iter();
    alerts.find(|alert| alert.name.as_str() == name).unwrap()
}

fn beside_good(odd: &str) -> SourceAlerts {
    let set = read(&format!("[{odd},{GOOD}]"));
    let good = named(&set, "Good");
    assert!(good.odd.is_empty() && intake().may_open(good), "{good:?}");
    set
}

/// Critical, with these further labels, and these members before the labels.
fn odd_alert(labels: &str, members: &str) -> String {
    let labels = format!(r#"{{"alertname":"Odd","severity":"critical"{labels}}}"#);
    format!(r#"{{{members}"labels":{labels}}}"#)
}

#[rstest]
#[case::annotations("", r#""annotations":null,"#, "annotations: null")]
#[case::status("", r#""status":null,"#, "status: null, read as firing")]
#[case::a_list_of_status("", r#""status":[],"#, "status: a list")]
#[case::silenced_by(
    "",
    r#""status":{"state":"active","silencedBy":null},"#,
    "silencedBy: null"
)]
#[case::an_id_that_is_null(
    "",
    r#""status":{"state":"active","inhibitedBy":[null]},"#,
    "inhibitedBy is null"
)]
#[case::a_state_that_is_a_number("", r#""status":{"state":3},"#, "state is a number")]
#[case::a_number_as_label(r#","replicas":3"#, "", "labels: replicas is a number, read as text 3")]
#[case::a_flag_as_label(r#","canary":true"#, "", "canary is true or false, read as text true")]
#[case::null_as_label(r#","team":null"#, "", "labels: team is null, left out")]
#[case::an_object_as_label(r#","team":{"a":1}"#, "", "team is an object, left out")]
#[case::a_number_beyond("", r#""annotations":{"value":1e999},"#, "start")]
#[case::half_a_character(r#","pod":"\ud800""#, "", "start")]
#[case::a_field_twice("", r#""labels":{"alertname":"x"},"#, "start")]
#[case::a_broken_escape(r#","path":"C:\windows""#, "", "start")]
#[case::no_start("", "", "start: none is given; counts from when it was first seen")]
#[case::an_empty_start("", r#""startsAt":"","#, "start: none is given")]
#[case::no_zone(
    "",
    r#""startsAt":"2026-11-30T00:00:00","#,
    "start: 2026-11-30T00:00:00 has no zone"
)]
#[case::no_time("", r#""startsAt":"soon","#, "start: soon is not a time")]
#[case::a_stamp("", r#""startsAt":1795996800,"#, "start: a number")]
#[case::the_year_1("", r#""startsAt":"0001-01-01T00:00:00Z","#, "a zero of its program")]
#[case::the_year_1970("", r#""startsAt":"1970-01-01T00:00:00Z","#, "a zero of its program")]
#[case::long_ago("", r#""startsAt":"2026-10-20T00:00:00Z","#, "more than 30 days ago")]
#[case::far_ahead("", r#""startsAt":"2026-11-30T03:00:00Z","#, "in the future")]
#[case::the_year_9999("", r#""startsAt":"9999-12-31T23:59:59Z","#, "in the future")]
fn an_odd_alert_is_read_with_what_it_has_and_says_what_is_wrong(
    #[case] labels: &str,
    #[case] members: &str,
    #[case] says: &str,
) {
    let set = beside_good(&odd_alert(labels, members));
    let alert = named(&set, "Odd");
    let faults: Vec<&str> = alert.odd.iter().map(Safe::as_str).collect();
    assert!(faults.join("; ").contains(says), "{faults:?}");
    assert!(
        intake().may_open(alert),
        "its labels say that it is critical"
    );
    assert_eq!(set.gaps.unread.count, 0);
}

#[rstest]
#[case::null("null", "null")]
#[case::a_number("3", "3 instead of an alert")]
#[case::text("\"x\"", "instead of an alert")]
#[case::a_list("[1,2]", "instead of an alert")]
#[case::broken("{\"labels\":{\"alertname\":}}", "expected value")]
fn what_is_no_alert_is_counted_and_named_and_hides_no_other(#[case] odd: &str, #[case] says: &str) {
    let set = beside_good(odd);
    assert_eq!((set.alerts.len(), set.gaps.unread.count), (1, 1));
    assert!(set.gaps.words()[0].contains(says), "{:?}", set.gaps);
}

#[test]
fn bytes_that_are_no_text_spoil_one_value_alone() {
    let mut body = b"[{\"labels\":{\"alertname\":\"Odd\",\"pod\":\"\xff\"}},".to_vec();
    body.extend(GOOD.as_bytes());
    body.push(b']');
    let set = read_alerts(&body, now(), &intake());
    assert_eq!((set.alerts.len(), set.gaps.unread.count), (2, 0));
    assert_eq!(set.alerts[0].label("pod"), "\u{FFFD}");
}

fn with_labels(count: usize, more: &str) -> String {
    let labels: Vec<String> = (0..count).map(|at| format!("\"a{at:03}\":\"v\"")).collect();
    format!(
        "{{\"labels\":{{\"alertname\":\"Many\",{},{more}}},\"startsAt\":\"2026-11-30T00:00:00Z\"}}",
        labels.join(",")
    )
}

#[test]
fn labels_that_decide_are_kept_whatever_their_place_in_the_alphabet() {
    let odd = with_labels(200, "\"severity\":\"critical\",\"service\":\"payments\"");
    let set = beside_good(&odd);
    let many = &set.alerts[0];
    assert_eq!(
        (many.label("severity"), many.label("service")),
        ("critical", "payments")
    );
    assert_eq!((many.labels.len(), many.left_out), (64, 203 - 64));
    assert_eq!(many.odd[0].as_str(), "139 of 203 labels left out");
    assert!(intake().may_open(many));
}

#[test]
fn a_label_of_an_intake_rule_is_kept_and_the_key_does_not_depend_on_it() {
    let text =
        "policy: p\nversion: 1\nrules:\n  - {rule: a, when: {zz_gravity: worst}, action: open}\n";
    let file: IntakePolicyFile = serde_saphyr::from_str(text).unwrap();
    let place = (ServiceId::nearest("payments"), PathId::nearest("confirm"));
    let own = Intake::new(&file.located(&place)).unwrap();
    let body = format!("[{}]", with_labels(100, "\"zz_gravity\":\"worst\""));
    let (ours, theirs) = (read_alerts(body.as_bytes(), now(), &own), read(&body));
    assert!(own.may_open(&ours.alerts[0]) && !own.may_open(&theirs.alerts[0]));
    assert_eq!(ours.alerts[0].key, theirs.alerts[0].key);
}

#[test]
fn labels_that_differ_only_beyond_a_limit_are_two_alerts() {
    let one = |end: &str| {
        format!(
            "{{\"labels\":{{\"alertname\":\"Long\",\"query\":\"{}{end}\"}}}}",
            "x".repeat(2000)
        )
    };
    let beyond = |end: &str| with_labels(100, &format!("\"zzz\":\"{end}\""));
    for odd in [&one as &dyn Fn(&str) -> String, &beyond] {
        let set = read(&format!("[{},{}]", odd("1"), odd("2")));
        assert_eq!(set.alerts.len(), 2);
    }
}

#[test]
fn what_was_read_before_a_break_stays_and_what_did_not_come_is_not_gone() {
    let whole = format!("[{},{}]", GOOD, GOOD.replace("Good", "Second"));
    let before = read(&whole);
    let cut = read(&whole[..whole.len() - 30]);
    assert_eq!(cut.alerts.len(), 1);
    assert!(cut.gaps.broken.is_some());
    assert_eq!(cut.keeping(Some(&before)).alerts.len(), 2);
    assert_eq!(
        read(&format!("[{GOOD}]"))
            .keeping(Some(&before))
            .alerts
            .len(),
        1
    );
}

/// One source, polled at these minutes.
fn polls(bodies: &[(i64, &str)]) -> Vec<SourceAlerts> {
    let (priority, mut memory) = (AlertPriority::default(), PollMemory::default());
    let one = |(minute, body): &(i64, &str)| {
        let at = now() + chrono::TimeDelta::minutes(*minute);
        let builder = AlertBuilder::new(&[], at, false, &priority);
        gather(&mut body.as_bytes(), &mut memory, builder, &priority).0
    };
    bodies.iter().map(one).collect()
}

#[test]
fn a_start_that_is_not_known_is_the_first_sight_and_stays_it() {
    let odd = |value: u32| {
        format!(
            "[{{\"labels\":{{\"alertname\":\"A\"}},\"annotations\":{{\"summary\":\"{value}\"}},\"startsAt\":\"0001-01-01T00:00:00Z\"}}]"
        )
    };
    let (one, two, three) = (odd(1), odd(2), odd(3));
    let sets = polls(&[(0, &one), (1, &two), (2, "[]"), (9, &three), (10, &one)]);
    let seen = |at: usize| {
        let alert = &sets[at].alerts[0];
        ((alert.starts_at - now()).num_minutes(), alert.start)
    };
    assert_eq!(
        (seen(0), seen(1)),
        ((0, AlertStart::Unknown), (0, AlertStart::Unknown)),
        "it was there when first looked at"
    );
    assert_eq!(
        (seen(3), seen(4)),
        ((9, AlertStart::Seen), (9, AlertStart::Seen)),
        "it went and came"
    );
}

#[test]
fn an_answer_that_breaks_off_shifts_no_start() {
    let odd = r#"[{"labels":{"alertname":"B"}},{"labels":{"alertname":"A"}}]"#;
    let sets = polls(&[(0, "[]"), (1, odd), (2, &odd[..30]), (3, odd)]);
    let start = sets[3].alerts[1].starts_at - now();
    assert_eq!(start.num_minutes(), 1);
}

#[test]
fn beyond_the_limit_an_alert_that_matters_takes_the_place_of_one_that_does_not() {
    let lesser = |at: usize| {
        format!("{{\"labels\":{{\"alertname\":\"Lag\",\"severity\":\"info\",\"pod\":\"{at}\"}}}}")
    };
    let mut all: Vec<String> = (0..MAX_ALERTS + 5).map(lesser).collect();
    all.push(GOOD.into());
    let set = read(&format!("[{}]", all.join(",")));
    assert_eq!((set.alerts.len(), set.gaps.dropped), (MAX_ALERTS, 6));
    assert!(set.alerts.iter().any(|alert| alert.name.as_str() == "Good"));
    let mut listed = Vec::new();
    let priority = AlertPriority::default();
    let builder = AlertBuilder::new(&[], now(), false, &priority);
    let body = format!("[{}]", all.join(","));
    let mut on_alert = |alert: Alert| listed.push(alert.name);
    let (gathered, _) = each(&mut body.as_bytes(), builder, &priority, &mut on_alert);
    assert_eq!((listed.len(), gathered.gaps.dropped), (MAX_ALERTS + 1, 5));
}

#[test]
fn many_silences_of_one_alert_are_counted() {
    let ids: Vec<String> = (0..12).map(|at| format!("\"s{at}\"")).collect();
    let odd = format!(
        "{{\"labels\":{{\"alertname\":\"Odd\"}},\"status\":{{\"state\":\"suppressed\",\"silencedBy\":[{}]}}}}",
        ids.join(",")
    );
    let set = beside_good(&odd);
    let odd = named(&set, "Odd");
    assert_eq!(odd.suppressed_by.last().unwrap().as_str(), "and 4 more");
    assert_eq!(
        (odd.state, odd.condition),
        (AlertState::Suppressed, Condition::Met)
    );
}

fn labelled(labels: &str, state: &str) -> String {
    format!(
        r#"{{"labels":{{{labels}}},"startsAt":"2026-11-30T00:00:00Z","status":{{"state":"{state}","silencedBy":[]}}}}"#
    )
}

#[rstest]
#[case::replicas(r#""replica":"a""#, r#""replica":"b""#, 1)]
#[case::one_without(r#""prometheus_replica":"a""#, r#""job":"x""#, 2)]
#[case::a_real_difference(r#""pod":"a""#, r#""pod":"b""#, 2)]
#[case::line_breaks(r#""service":"a\n""#, r#""service":"a ""#, 2)]
#[case::what_nobody_sees(r#""service":"a\u200b""#, r#""service":"a\ufeff""#, 2)]
#[case::masked(r#""pan":"4111111111111111""#, r#""pan":"4111111000071111""#, 1)]
fn alerts_are_counted_without_what_is_ignored(
    #[case] one: &str,
    #[case] two: &str,
    #[case] count: usize,
) {
    let with = |labels: &str| labelled(&format!(r#""alertname":"Lag",{labels}"#), "active");
    let set = read(&format!("[{},{}]", with(one), with(two)));
    assert_eq!(set.alerts.len(), count);
    let behind: usize = set.alerts.iter().map(|it| it.label_sets().count()).sum();
    assert_eq!(behind, 2, "a silence knows both");
}

#[test]
fn a_row_of_two_replicas_fires_while_one_of_them_does() {
    let with = |replica: &str, state: &str| {
        labelled(
            &format!(r#""alertname":"Lag","replica":"{replica}""#),
            state,
        )
    };
    for (one, two) in [("active", "suppressed"), ("suppressed", "active")] {
        let set = read(&format!("[{},{}]", with("a", one), with("b", two)));
        assert_eq!(set.alerts[0].state, AlertState::Firing);
    }
    let set = read(&format!(
        "[{},{}]",
        with("a", "suppressed"),
        with("b", "suppressed")
    ));
    assert_eq!(set.alerts[0].state, AlertState::Suppressed);
}

#[test]
fn labels_that_cannot_be_read_make_a_preview_uncertain() {
    let set = read(&format!(
        "[{}]",
        labelled(r#""alertname":"Lag","team":null"#, "active")
    ));
    assert!(!set.alerts[0].raw.is_complete());
}
