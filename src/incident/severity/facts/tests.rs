use super::*;
use crate::incident::entry::{Body, Entry, Event, ImpactChange, ImpactStated, Opened};
use crate::incident::severity::SeverityPolicy;
use crate::incident::{ActorId, Occurred};
use crate::testing::slug;
use crate::times::read_time;
use rstest::rstest;
use std::collections::BTreeMap;

const NOW: &str = "2026-11-30T12:00:00Z";

fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

fn time(text: &str) -> StatedTime {
    read_time(text, None, now()).unwrap()
}

fn entry(seq: u64, at: StatedTime, event: Event) -> Entry {
    Entry {
        seq,
        id: String::new(),
        hash: format!("{seq:064}"),
        recorded: now(),
        mono: None,
        by: ActorId::nearest("a-1"),
        occurred: Some(Occurred {
            at,
            from: Cause::Said,
            in_order: true,
        }),
        against: Vec::new(),
        masked: Vec::new(),
        body: Body::Known(event),
        texts: BTreeMap::new(),
    }
}

/// The first time is the start; then the impact ends and begins again by turns.
fn incident(retrospective: bool, times: &[&str]) -> Incident {
    let start = time(times[0]);
    let opened = Opened {
        started: start.from(),
        started_from: Cause::Said,
        service: slug("payments"),
        path: slug("confirm"),
        rule: None,
        policy: None,
        signal: slug("confirm-success"),
        objective: 0.999,
        drill: false,
        stated: Some(start),
        retrospective,
        program: "0.1.0".into(),
        follows: None,
    };
    let mut entries = vec![entry(1, start, opened.into())];
    for (at, text) in times.iter().enumerate().skip(1) {
        let impact = match at % 2 {
            1 => ImpactChange::Ended,
            _ => ImpactChange::Began,
        };
        entries.push(entry(
            at as u64 + 1,
            time(text),
            ImpactStated { impact }.into(),
        ));
    }
    Incident::from_entries(&entries)
}

/// With a model that acts, and a peak on one day of 2019 and today.
fn map() -> ServiceMap {
    let text = r"
services:
  - {service: payments, owner: pay, paths: [{path: confirm, strict: true, signals: []}]}
models: [{model: fraud-scorer, path: confirm, autonomy: acts}]
peak_events:
  - {event: sale, from: 2019-07-10T00:00:00Z, to: 2019-07-11T00:00:00Z}
  - {event: payday, from: 2026-11-30T00:00:00Z, to: 2026-12-01T00:00:00Z}
";
    ServiceMap::parse(text).unwrap()
}

fn answered(incident: &Incident, question: &str) -> Option<Answered> {
    let text = include_str!("../../../../assets/policies/severity.yaml");
    let policy: SeverityPolicy = serde_saphyr::from_str(text).unwrap();
    let mut questions = policy.questions.iter();
    let question = questions.find(|it| it.id.as_str() == question).unwrap();
    SeverityFacts::of(&map(), incident, now()).answer(question)
}

/// The answer, and the minutes that are recorded with it.
fn lasting(incident: &Incident) -> Option<(String, Option<f64>)> {
    let answered = answered(incident, "lasting")?;
    let minutes = answered.reading.map(|reading| reading.value().unwrap());
    Some((answered.answer.to_string(), minutes))
}

#[rstest]
#[case::two_windows_of_27_and_93_minutes(
    &["2019-07-10T16:35Z", "2019-07-10T17:02Z", "2019-07-10T21:14Z", "2019-07-10T22:47Z"],
    Some(("long", Some(120.0))))]
#[case::a_minute_less(
    &["2019-07-10T16:35Z", "2019-07-10T17:02Z", "2019-07-10T21:14Z", "2019-07-10T22:46Z"],
    Some(("short", Some(119.0))))]
#[case::healthy_time_between_windows_does_not_count(
    &["2022-05-26T09:05Z", "2022-05-26T09:30Z", "2022-05-26T19:44Z", "2022-05-26T19:48Z"],
    Some(("short", Some(29.0))))]
#[case::an_unknown_end_is_asked(&["2021-12-25 Europe/London"], None)]
#[case::an_unknown_second_end_is_asked(
    &["2022-05-26T09:05Z", "2022-05-26T09:30Z", "2022-05-26T09:44Z"], None)]
#[case::an_uncertain_end_counts_as_the_latest_and_no_number_is_stated(
    &["2019-07-10T16:35Z", "2019-07-10T17:00Z/2019-07-10T19:00Z"], Some(("long", None)))]
#[case::an_uncertain_end_that_is_short_in_any_case(
    &["2019-07-10T16:35Z", "2019-07-10T17:00Z/2019-07-10T17:30Z"], Some(("short", None)))]
fn how_long_a_past_incident_lasted_is_the_sum_of_its_windows(
    #[case] times: &[&str],
    #[case] wanted: Option<(&str, Option<f64>)>,
) {
    let wanted = wanted.map(|(answer, minutes)| (answer.to_string(), minutes));
    assert_eq!(lasting(&incident(true, times)), wanted);
}

#[test]
fn an_incident_that_goes_on_lasts_until_now_and_one_of_the_past_does_not() {
    let times = ["2026-11-30T09:00Z"];
    let (answer, minutes) = lasting(&incident(false, &times)).unwrap();
    assert_eq!((answer.as_str(), minutes), ("long", Some(180.0)));
    assert_eq!(lasting(&incident(true, &times)), None);
}

#[rstest]
#[case::the_day_of_the_sale(true, &["2019-07-10T16:35Z", "2019-07-10T17:02Z"], Some("during"))]
#[case::its_second_window(
    true, &["2019-07-09T16:35Z", "2019-07-09T17:02Z", "2019-07-10T16:35Z"], Some("during"))]
#[case::over_the_whole_sale(true, &["2019-07-09T16:35Z", "2019-07-12T17:02Z"], Some("during"))]
#[case::somewhere_on_that_day(true, &["2019-07-10 UTC"], Some("during"))]
#[case::perhaps_on_that_day(true, &["2019-07-09 20:00/2019-07-10 02:00 UTC"], None)]
#[case::another_time_of_which_the_map_says_nothing(
    true, &["2018-03-01T10:00Z", "2018-03-01T11:00Z"], None)]
#[case::today_is_not_then(true, &["2018-03-01T10:00Z"], None)]
#[case::live_and_going_on(false, &["2026-11-30T09:00Z"], Some("during"))]
#[case::live_and_ended_before_the_payday(
    false, &["2026-11-29T09:00Z", "2026-11-29T10:00Z"], Some("outside"))]
fn a_peak_is_judged_at_the_time_of_the_impact(
    #[case] retrospective: bool,
    #[case] times: &[&str],
    #[case] wanted: Option<&str>,
) {
    let answer = answered(&incident(retrospective, times), "peak");
    let answer = answer.map(|given| given.answer.to_string());
    assert_eq!(answer.as_deref(), wanted);
}

#[test]
fn whether_a_model_acted_then_is_asked_and_not_taken_from_the_map_of_today() {
    let times = ["2019-07-10T16:35Z", "2019-07-10T17:02Z"];
    assert_eq!(answered(&incident(true, &times), "autonomy"), None);
    let live = answered(&incident(false, &times), "autonomy").unwrap();
    assert_eq!(live.answer.as_str(), "acts");
}
