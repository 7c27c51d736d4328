use super::*;
use crate::signals::Reading;
use crate::signals::map::ServiceMap;
use crate::text::{Safe, SourceId};
use chrono::TimeDelta;
use rstest::rstest;

fn map(signals: &str) -> ServiceMap {
    let text = format!(
        "services:\n  - service: payments\n    owner: team\n    paths:\n      - path: confirm\n        strict: true\n        signals:\n{signals}"
    );
    ServiceMap::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn ratio(good: &str, total: &str) -> ServiceMap {
    map(&format!(
        "          - {{signal: s, ratio: {{good: '{good}', total: '{total}', objective: 0.999}}}}\n"
    ))
}

/// Level and words of each finding of the offline check.
fn said(map: &ServiceMap) -> Vec<(FindingLevel, String, &'static str)> {
    let each = lint(map).into_iter();
    each.map(|found| (found.level, found.short(), found.reason.hint()))
        .collect()
}

#[rstest]
#[case::fine("good_total{a=\"b\"}", None)]
#[case::expression("sum(rate(good_total[$window]))", None)]
#[case::utf8("{\"http.good\"}", None)]
#[case::grafana(
    "sum(rate(g[$__rate_interval]))",
    Some("good: $__rate_interval is a variable of another tool")
)]
#[case::unbalanced("sum(rate(g[$window])", Some("good: ( is not closed"))]
#[case::fixed_range("sum(rate(g[5m]))", Some("good: an expression without $window"))]
#[case::range("g[5m]", Some("good: a counter with a fixed range or offset"))]
#[case::recorded(
    "job:good:rate5m",
    Some("good: job:good:rate5m is already a rate or a ratio")
)]
fn a_counter_that_no_server_can_rate_is_refused(#[case] good: &str, #[case] says: Option<&str>) {
    let found = said(&ratio(good, "all_total"));
    let expected: Vec<(FindingLevel, &str)> = says
        .map(|says| (FindingLevel::Refused, says))
        .into_iter()
        .collect();
    let found: Vec<(FindingLevel, &str)> = found
        .iter()
        .map(|(level, says, _)| (*level, says.as_str()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn every_placeholder_names_window_as_its_remedy() {
    let found = said(&ratio("rate(a[$__interval])", "rate(b[$interval])"));
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|(_, _, hint)| hint.contains("$window")));
}

#[test]
fn a_recorded_rate_comes_with_the_form_that_works() {
    let hint = said(&ratio("job:good:rate5m", "all_total"))[0].2;
    assert!(hint.contains("avg_over_time(job:payments_good:rate5m[$window])"));
    // The proposed forms pass the check themselves.
    let forms = ratio(
        "sum(avg_over_time(job:payments_good:rate5m[$window]))",
        "sum(avg_over_time(job:payments:rate5m[$window]))",
    );
    assert_eq!(said(&forms), []);
    let rate =
        map("          - {signal: s, rate: {query: 'job:success:ratio', objective: 0.999}}\n");
    assert_eq!(said(&rate), []);
}

#[test]
fn newer_syntax_is_a_warning_because_the_server_decides() {
    let newer = map("          - {signal: s, level: {query: 'max(x anchored)', expect: '<= 1'}}\n");
    let found = said(&newer);
    assert_eq!(found[0].0, FindingLevel::Warning);
    assert!(found[0].2.contains("--online"));
}

#[test]
fn the_window_is_refused_where_it_stands_for_nothing() {
    let wrong = map(
        "          - {signal: s, correctness: {query: 'sum(increase(d[$window]))', tolerance: 0}}\n",
    );
    assert_eq!(said(&wrong)[0].1, "query: $window stands for nothing here");
}

#[test]
fn the_shipped_map_has_no_finding() {
    let text = include_str!("../../../assets/services.yaml");
    assert_eq!(said(&ServiceMap::parse(text).unwrap()), []);
}

fn one_plan(map: &ServiceMap) -> SignalPlan {
    plan(map).remove(0)
}

fn answer(series: usize) -> PartFacts {
    PartFacts {
        answer: Ok(PartAnswer {
            series,
            reading: None,
            partial: None,
        }),
        selectors: Vec::new(),
        counter: None,
    }
}

fn safe(texts: &[&str]) -> Option<Vec<Safe>> {
    Some(texts.iter().map(|text| Safe::line(text)).collect())
}

/// The first selector of a query without series.
fn empty(selector: SelectorFacts) -> PartFacts {
    PartFacts {
        selectors: vec![selector],
        ..answer(0)
    }
}

fn shorts(plan: &SignalPlan, facts: &SignalFacts) -> Vec<(FindingLevel, String)> {
    let found = judge(plan, facts).into_iter();
    found
        .map(|finding| (finding.level, finding.short()))
        .collect()
}

fn of_good(good: &str, facts: PartFacts) -> (FindingLevel, String) {
    let plan = one_plan(&ratio(good, "all_total"));
    let facts = SignalFacts {
        parts: vec![facts, answer(1)],
        ..SignalFacts::default()
    };
    shorts(&plan, &facts).remove(0)
}

#[test]
fn an_empty_half_names_the_metric_that_does_not_exist_and_the_nearest() {
    let facts = empty(SelectorFacts {
        series: Some(0),
        metric_series: Some(0),
        metrics: safe(&["up", "payments_good_total", "payments_total"]),
        ..SelectorFacts::default()
    });
    let (level, says) = of_good("payments_godo_total{a=\"b\"}", facts);
    assert_eq!(level, FindingLevel::Refused);
    assert_eq!(
        says,
        "good: no metric payments_godo_total; nearest: payments_good_total"
    );
}

#[rstest]
#[case::value(&["ok", "failed"], "good: no series with outcome=\"okay\"; nearest: ok")]
#[case::label(&[], "good: no label outcome; nearest: outcom")]
fn an_empty_half_names_the_label_that_does_not_fit(#[case] values: &[&str], #[case] says: &str) {
    let facts = empty(SelectorFacts {
        series: Some(0),
        metric_series: Some(3),
        labels: vec![LabelFacts {
            values: safe(values),
            names: safe(&["__name__", "outcom"]),
        }],
        ..SelectorFacts::default()
    });
    let found = of_good("payments_total{outcome=\"okay\"}", facts);
    assert_eq!(found, (FindingLevel::Refused, says.to_string()));
}

#[test]
fn a_series_that_ended_is_silent_and_one_of_slow_scrapes_is_not() {
    let aged = |minutes: i64| {
        empty(SelectorFacts {
            series: Some(0),
            age: Some(TimeDelta::minutes(minutes)),
            ..SelectorFacts::default()
        })
    };
    let (level, says) = of_good("g_total", aged(185));
    assert_eq!(
        (level, says.as_str()),
        (FindingLevel::Warning, "good: no sample for 3 h: g_total")
    );
    let plan = one_plan(&ratio("g_total", "all_total"));
    let facts = SignalFacts {
        parts: vec![aged(8), answer(1)],
        interval: Some(TimeDelta::minutes(10)),
        ..SignalFacts::default()
    };
    let found = shorts(&plan, &facts);
    let says = "good: fewer than 2 samples in the range; scraped every 10 min";
    assert_eq!(found[0], (FindingLevel::Warning, says.to_string()));
}

#[test]
fn what_the_server_does_not_offer_is_not_known_and_accuses_nothing() {
    let (level, says) = of_good("g_total{a=\"b\"}", empty(SelectorFacts::default()));
    assert_eq!(
        (level, says.as_str()),
        (FindingLevel::Warning, "good: the query gives no series")
    );
}

#[rstest]
#[case::between(&["0.5", "1", "+Inf"], Some("within: 0.8 is no bucket; 0.5 and 1 are"))]
#[case::above_all(&["0.1", "0.25", "+Inf"], Some("within: 0.8 is no bucket; 0.25 is"))]
#[case::otherwise_written(&["0.80", "+Inf"], None)]
#[case::exact(&["0.8", "+Inf"], None)]
fn a_bound_that_is_no_bucket_is_named_with_its_neighbours(
    #[case] buckets: &[&str],
    #[case] says: Option<&str>,
) {
    let plan = one_plan(&map(
        "          - {signal: s, latency: {histogram: h, within: 800ms, objective: 0.999}}\n",
    ));
    let series = usize::from(says.is_none());
    let facts = SignalFacts {
        parts: vec![answer(series), answer(1)],
        bound: Some(BoundFacts {
            buckets: safe(buckets),
            native: Some(0),
        }),
        ..SignalFacts::default()
    };
    let found = shorts(&plan, &facts).remove(0);
    match says {
        Some(says) => assert_eq!(found, (FindingLevel::Refused, says.to_string())),
        None => assert_eq!(found.0, FindingLevel::Fine),
    }
}

#[rstest]
#[case::native(false, 0, Some(2), &[], "within: h is a native histogram")]
#[case::classic(true, 0, Some(0), &["0.5", "+Inf"], "within: h is a classic histogram")]
fn the_other_kind_of_histogram_is_named(
    #[case] native: bool,
    #[case] series: usize,
    #[case] natives: Option<usize>,
    #[case] buckets: &[&str],
    #[case] says: &str,
) {
    let plan = one_plan(&map(&format!(
        "          - {{signal: s, latency: {{histogram: h, within: 1s, native: {native}, objective: 0.999}}}}\n"
    )));
    let facts = SignalFacts {
        parts: vec![answer(series), answer(series)],
        bound: Some(BoundFacts {
            buckets: safe(buckets),
            native: natives,
        }),
        ..SignalFacts::default()
    };
    assert_eq!(shorts(&plan, &facts)[0].1, says);
}

#[rstest]
#[case::declared(
    Some("gauge"),
    None,
    FindingLevel::Refused,
    "good: g_now is no counter but a gauge"
)]
#[case::by_its_samples(
    None,
    Some(0.42),
    FindingLevel::Warning,
    "good: g_now falls at 42 % of its samples"
)]
fn a_gauge_is_found_by_its_type_or_its_samples(
    #[case] kind: Option<&str>,
    #[case] falls: Option<f64>,
    #[case] level: FindingLevel,
    #[case] says: &str,
) {
    let facts = PartFacts {
        counter: Some(CounterFacts {
            kind: kind.map(Safe::line),
            series: Some(1),
            falls,
        }),
        ..answer(1)
    };
    assert_eq!(of_good("g_now", facts), (level, says.to_string()));
}

#[test]
fn a_restart_is_no_gauge() {
    let facts = PartFacts {
        counter: Some(CounterFacts {
            kind: Some(Safe::line("counter")),
            series: Some(4),
            falls: Some(0.01),
        }),
        ..answer(1)
    };
    let expected = (FindingLevel::Fine, "good: 4 series, counter".to_string());
    assert_eq!(of_good("g_total", facts), expected);
}

#[test]
fn several_series_partial_answers_and_refusals_are_named() {
    let level = one_plan(&map(
        "          - {signal: s, level: {query: 'lag', expect: '<= 1'}}\n",
    ));
    let said = |part: PartFacts| {
        let facts = SignalFacts {
            parts: vec![part],
            ..SignalFacts::default()
        };
        shorts(&level, &facts).remove(0)
    };
    let two = said(answer(2));
    assert_eq!(two.0, FindingLevel::Refused);
    assert!(two.1.contains("2 series; it must give one"), "{}", two.1);
    let partial = said(PartFacts {
        answer: Ok(PartAnswer {
            series: 1,
            reading: None,
            partial: Some(Safe::line("store 2 is down")),
        }),
        ..answer(1)
    });
    let says = "query: the answer is partial: store 2 is down".to_string();
    assert_eq!(partial, (FindingLevel::Warning, says));
    let refused = said(PartFacts {
        answer: Err(Refusal::Query(Safe::line("1:5: parse error"))),
        ..answer(0)
    });
    let says = "query: the server refuses the query: 1:5: parse error".to_string();
    assert_eq!(refused, (FindingLevel::Refused, says));
}

#[rstest]
#[case(600, FindingLevel::Fine, "total: scraped every 10 min")]
#[case(1_200, FindingLevel::Refused, "total: scraped every 20 min")]
fn scrapes_of_up_to_ten_minutes_are_fine(
    #[case] seconds: i64,
    #[case] level: FindingLevel,
    #[case] says: &str,
) {
    let plan = one_plan(&ratio("g_total", "all_total"));
    let facts = SignalFacts {
        parts: vec![answer(1), answer(1)],
        interval: Some(TimeDelta::seconds(seconds)),
        ..SignalFacts::default()
    };
    let found = shorts(&plan, &facts);
    assert!(found.contains(&(level, says.to_string())), "{found:?}");
}

#[test]
fn a_range_holds_two_scrapes_however_slow_they_are() {
    let map = ratio("g_total", "all_total");
    let plan = plan_of(&map, &one_plan(&map).signal, TimeDelta::minutes(10)).unwrap();
    assert_eq!(plan.parts[0].query, "sum(rate(g_total[1200s]))");
    assert_eq!(one_plan(&map).parts[0].query, "sum(rate(g_total[330s]))");
}

#[test]
fn a_past_that_is_shorter_than_the_window_is_a_warning() {
    let plan = one_plan(&ratio("g_total", "all_total"));
    let facts = SignalFacts {
        parts: vec![answer(1), answer(1)],
        oldest: Some(TimeDelta::days(12)),
        ..SignalFacts::default()
    };
    let says = "total: the oldest sample is 12 days old, the window 30 days".to_string();
    assert_eq!(shorts(&plan, &facts)[0], (FindingLevel::Warning, says));
}

#[test]
fn a_label_of_by_that_no_series_has_is_refused_and_one_with_many_values_is_a_warning() {
    let plan = one_plan(&ratio("g_total", "all_total"));
    let facts = SignalFacts {
        parts: vec![answer(1), answer(1)],
        by: vec![
            ("provdier".into(), Some(0)),
            ("merchant".into(), Some(4_100)),
        ],
        labels: safe(&["provider", "merchant"]),
        ..SignalFacts::default()
    };
    let found = shorts(&plan, &facts);
    let says = "by: no series has the label provdier; nearest: provider".to_string();
    assert_eq!(found[0], (FindingLevel::Refused, says));
    let says = "by: merchant: 4.1 k values".to_string();
    assert_eq!(found[1], (FindingLevel::Warning, says));
}

#[test]
fn a_source_is_judged_by_its_clock_and_by_how_long_it_keeps_samples() {
    let name = SourceId::nearest("prometheus");
    let facts = SourceFacts {
        skew: Some(TimeDelta::seconds(-420)),
        retention: Some(TimeDelta::days(15)),
    };
    let found = judge_source(&name, &facts, TimeDelta::days(30));
    let says: Vec<String> = found.iter().map(Finding::short).collect();
    assert_eq!(
        says,
        [
            "prometheus: its clock is 420 s behind this machine's",
            "prometheus: keeps 15 days, the window is 30 days",
        ]
    );
    let unknown = judge_source(&name, &SourceFacts::default(), TimeDelta::days(30));
    assert_eq!(unknown[0].level, FindingLevel::Fine);
    assert!(unknown[0].short().contains("not known"));
}

#[test]
fn a_success_rate_in_percent_is_refused() {
    let rate =
        map("          - {signal: s, rate: {query: 'job:success:ratio', objective: 0.999}}\n");
    let facts = |value: f64| SignalFacts {
        parts: vec![PartFacts {
            answer: Ok(PartAnswer {
                series: 1,
                reading: Some(Reading::Value(value)),
                partial: None,
            }),
            ..answer(1)
        }],
        ..SignalFacts::default()
    };
    let says = "query: gives 97.5; a success rate is between 0 and 1".to_string();
    assert_eq!(
        shorts(&one_plan(&rate), &facts(97.5))[0],
        (FindingLevel::Refused, says)
    );
    assert_eq!(
        shorts(&one_plan(&rate), &facts(0.975))[0].0,
        FindingLevel::Fine
    );
}

#[test]
fn the_line_below_a_row_fits() {
    let long = Finding {
        signal: None,
        part: "good".into(),
        reason: Reason::RefusedByServer(Safe::line(&"x".repeat(500))),
        level: FindingLevel::Refused,
    };
    assert_eq!(long.short().chars().count(), 70);
}
