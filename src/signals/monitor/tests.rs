use super::super::Reading;
use super::super::Sample;
use super::super::series::{LabelledSample, LabelledSeries, QueryRange};
use super::super::tally::FIVE;
use super::*;
use crate::text::Problem;
use crate::text::Safe;

const NOW: i64 = 1_795_305_720;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(NOW + seconds, 0).unwrap()
}

fn map(signals: &str) -> Arc<ServiceMap> {
    let text = format!(
        "services:\n  - service: payments\n    owner: team\n    paths:\n      - path: confirm\n        strict: true\n        signals:\n{signals}"
    );
    let map = ServiceMap::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    map.check().unwrap();
    Arc::new(map)
}

const RATIO: &str = "          - {signal: s, ratio: {good: good_total, total: all_total, objective: 0.999, by: [provider]}}\n";
const CAPTURES: &str =
    "          - {signal: captures, correctness: {query: dup, tolerance: 0, unit: captures}}\n";

/// A source with steady traffic of 100 payments a minute, half of them through acme; `bad` is acme's failing share at
/// a time.
struct Steady<F: Fn(DateTime<Utc>) -> f64> {
    bad: F,
    ahead: TimeDelta,
}

fn failing<F: Fn(DateTime<Utc>) -> f64>(bad: F) -> Steady<F> {
    let ahead = TimeDelta::zero();
    Steady { bad, ahead }
}

fn usual() -> Steady<fn(DateTime<Utc>) -> f64> {
    failing(|_| 0.0005)
}

impl<F: Fn(DateTime<Utc>) -> f64> Steady<F> {
    fn rate(&self, good: bool, provider: Option<&str>, when: DateTime<Utc>) -> f64 {
        let each = |name: &str| {
            let bad = match name {
                "acme" => (self.bad)(when),
                _ => 0.0005,
            };
            50.0 / 60.0 * if good { 1.0 - bad } else { 1.0 }
        };
        match provider {
            Some(name) => each(name),
            None => each("acme") + each("globex"),
        }
    }

    fn range(&self, query: &str, range: QueryRange, now: DateTime<Utc>) -> Vec<LabelledSeries> {
        let providers: &[Option<&str>] = if query.contains("by (provider)") {
            &[Some("acme"), Some("globex")]
        } else {
            &[None]
        };
        let series = |provider: Option<&str>| LabelledSeries {
            labels: provider
                .iter()
                .map(|name| ("provider".to_string(), Safe::line(name)))
                .collect(),
            values: (0..range.points())
                .map(|index| range.from + TimeDelta::seconds(index * range.step))
                .filter(|when| *when <= now + self.ahead)
                .map(|when| (when, self.rate(query.contains("good"), provider, when)))
                .collect(),
        };
        providers.iter().copied().map(series).collect()
    }

    /// Answers all due queries; returns the number of queries and of points.
    fn serve(&self, monitor: &mut SignalMonitor, now: DateTime<Utc>) -> (usize, i64) {
        let mut points = 0;
        let clocks = monitor.clock_queries();
        for query in &clocks {
            let time = vec![number(now + self.ahead, 0.0)];
            monitor.answer(query, Ok(Answer::whole(SignalAnswer::Vector(time))), now);
        }
        let due = monitor.due_queries(now);
        for query in &due {
            let answer = match query.request.range {
                None => SignalAnswer::Vector(vec![number(now, 0.0)]),
                Some(range) => {
                    points += range.points();
                    SignalAnswer::Matrix(self.range(&query.request.query, range, now))
                }
            };
            monitor.answer(query, Ok(Answer::whole(answer)), now);
        }
        (clocks.len() + due.len(), points)
    }
}

fn number(at: DateTime<Utc>, value: f64) -> LabelledSample {
    LabelledSample {
        labels: std::collections::BTreeMap::new(),
        sample: Sample {
            at,
            reading: Reading::Value(value),
        },
    }
}

#[test]
fn a_fresh_start_knows_the_past_and_a_refresh_does_not_read_it_again() {
    let source = usual();
    let mut watch = SignalMonitor::new(map(RATIO));
    let (_, first) = source.serve(&mut watch, at(10));
    assert!(first > 2 * 30 * 288, "{first} points");
    let report = watch.report(at(0));
    let (_, ratio) = report.headline().unwrap();
    assert!((ratio.budget.spent.unwrap() - 0.5).abs() < 1e-6);
    assert!(ratio.budget.measured() > 0.999);
    for minute in 1..=10 {
        let (asks, points) = source.serve(&mut watch, at(minute * 60 + 10));
        assert!(
            asks <= 7 && points <= 28,
            "minute {minute}: {asks} questions, {points} points"
        );
        let (asks, points) = source.serve(&mut watch, at(minute * 60 + 40));
        assert_eq!(
            (asks, points),
            (1, 0),
            "between two minutes only the clock is asked"
        );
    }
}

#[test]
fn a_drop_is_found_within_minutes_and_named_after_its_provider() {
    let fault = at(600);
    let source = failing(move |when| if when > fault { 0.05 } else { 0.0005 });
    let mut watch = SignalMonitor::new(map(RATIO));
    let mut found: Option<(i64, crate::signals::detection::SuccessDrop)> = None;
    for minute in 0..30 {
        source.serve(&mut watch, at(minute * 60 + 10));
        let report = watch.report(at(minute * 60 + 10));
        if let Some(drop) = &report.headline().unwrap().1.drop {
            let first = found.as_ref().map_or(minute, |(first, _)| *first);
            found = Some((first, drop.clone()));
            if drop.culprit.is_some() || minute > first + 3 {
                break;
            }
        }
    }
    let (minute, drop) = found.unwrap();
    assert!((11..=18).contains(&minute), "found in minute {minute}");
    assert_eq!(drop.culprit.unwrap().words(), "all of it provider acme");
    assert!((drop.since - fault).num_minutes().abs() <= 2);
}

#[test]
fn a_source_that_falls_silent_makes_a_ratio_unknown_and_not_zero() {
    let source = usual();
    let mut watch = SignalMonitor::new(map(RATIO));
    source.serve(&mut watch, at(0));
    let report = watch.report(at(900));
    assert_eq!(report.signals[0].standing, SignalStanding::Unknown);
    let (_, ratio) = report.headline().unwrap();
    assert_eq!((ratio.now(), ratio.drop.clone()), (None, None));
}

#[test]
fn a_source_whose_clock_is_behind_is_read_at_its_own_time_and_told() {
    let ahead = TimeDelta::minutes(-7);
    let source = Steady { ahead, ..usual() };
    let mut watch = SignalMonitor::new(map(RATIO));
    source.serve(&mut watch, at(0));
    let report = watch.report(at(0));
    assert_eq!(report.signals[0].standing, SignalStanding::Fine);
    assert_eq!(report.skew, vec![(None, TimeDelta::minutes(-7))]);
}

#[test]
fn a_restarted_source_with_an_empty_database_leaves_what_was_known() {
    let source = usual();
    let mut watch = SignalMonitor::new(map(RATIO));
    source.serve(&mut watch, at(0));
    let before = watch.report(at(0)).headline().unwrap().1.budget.spent;
    for ask in watch.due_queries(at(120)) {
        watch.answer(
            &ask,
            Ok(Answer::whole(SignalAnswer::Matrix(Vec::new()))),
            at(120),
        );
    }
    let report = watch.report(at(120));
    let after = report.headline().unwrap().1.budget.spent;
    assert!((before.unwrap() - after.unwrap()).abs() < 1e-3);
}

#[test]
fn two_series_where_one_is_needed_are_an_error_with_a_remedy() {
    let mut watch = SignalMonitor::new(map(
        "          - {signal: s, ratio: {good: 'rate(g_total[$window])', total: t_total, objective: 0.999}}\n",
    ));
    let ask = watch
        .due_queries(at(0))
        .into_iter()
        .find(|ask| ask.request.query.contains("g_total"))
        .unwrap();
    let series = LabelledSeries {
        labels: std::collections::BTreeMap::new(),
        values: Vec::new(),
    };
    let answer = SignalAnswer::Matrix(vec![series.clone(), series]);
    watch.answer(&ask, Ok(Answer::whole(answer)), at(0));
    let report = watch.report(at(0));
    let Problem { what, hint } = report.signals[0].error.clone().unwrap();
    assert!(what.contains("2 series") && hint.contains("sum"));
}

#[test]
fn a_correctness_fault_ranks_above_everything_whatever_the_success_rate() {
    let source = failing(|_| 0.5);
    let mut watch = SignalMonitor::new(map(&format!("{RATIO}{CAPTURES}")));
    source.serve(&mut watch, at(0));
    for ask in watch.due_queries(at(30)) {
        if ask.request.range.is_none() {
            let answer = SignalAnswer::Vector(vec![number(at(30), 14.0)]);
            watch.answer(&ask, Ok(Answer::whole(answer)), at(30));
        }
    }
    let report = watch.report(at(30));
    let ranked = report.ranked();
    assert_eq!(ranked[0].signal.as_str(), "captures");
    let standings = [ranked[0].standing, ranked[1].standing];
    assert_eq!(
        standings,
        [SignalStanding::CorrectnessFault, SignalStanding::Breach]
    );
}

#[test]
fn no_answer_to_a_correctness_question_is_unknown() {
    let mut watch = SignalMonitor::new(map(CAPTURES));
    let standing = watch.report(at(0)).signals[0].standing;
    assert_eq!(standing, SignalStanding::Unknown);
    for ask in watch.due_queries(at(0)) {
        watch.answer(
            &ask,
            Ok(Answer::whole(SignalAnswer::Vector(Vec::new()))),
            at(0),
        );
    }
    let standing = watch.report(at(0)).signals[0].standing;
    assert_eq!(standing, SignalStanding::Unknown);
}

#[test]
fn five_minutes_are_asked_for_when_they_are_over() {
    let source = usual();
    let mut watch = SignalMonitor::new(map(RATIO));
    source.serve(&mut watch, at(0));
    let next_five = FIVE - NOW.rem_euclid(FIVE) + 10;
    let asks = watch.due_queries(at(next_five));
    assert!(
        asks.iter()
            .any(|ask| ask.request.range.is_some_and(|range| range.step == FIVE))
    );
}

#[test]
fn a_partial_answer_to_a_correctness_question_is_unknown_and_says_why() {
    let mut watch = SignalMonitor::new(map(CAPTURES));
    let mut serve = |partial: Option<Safe>, second: i64| {
        for ask in watch.due_queries(at(second)) {
            if ask.request.range.is_none() {
                let value = SignalAnswer::Vector(vec![number(at(second), 0.0)]);
                let partial = partial.clone();
                watch.answer(&ask, Ok(Answer { value, partial }), at(second));
            }
        }
        let report = watch.report(at(second)).signals.remove(0);
        (report.standing, report.partial)
    };
    let said = Some(Safe::line("store 2 is down"));
    let unknown = (SignalStanding::Unknown, said.clone());
    assert_eq!(serve(said, 0), unknown);
    assert_eq!(serve(None, 30), (SignalStanding::Fine, None));
}

#[test]
fn the_current_ratio_and_the_shortest_burn_are_one_computation() {
    let source = failing(|when| if when > at(300) { 0.4 } else { 0.0005 });
    let mut watch = SignalMonitor::new(map(RATIO));
    for minute in 0..12 {
        source.serve(&mut watch, at(minute * 60 + 10));
        let report = watch.report(at(minute * 60 + 10));
        let (_, ratio) = report.headline().unwrap();
        let burn = (1.0 - ratio.now().unwrap()) / (1.0 - ratio.budget.objective);
        assert!((burn - ratio.budget.burns[0].short.unwrap()).abs() < 1e-9);
        let window = ratio.current.window;
        assert_eq!(Some(window.to), ratio.track.end());
        assert_eq!(window.to, ratio.budget.sum.to);
        assert!((ratio.per_minute.unwrap() * 5.0 - window.tally.total).abs() < 1e-9);
    }
}
