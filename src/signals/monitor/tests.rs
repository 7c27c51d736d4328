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
                None => at_one_time(query, now + self.ahead, 0.0),
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

/// A value; every series was scraped ten seconds ago.
fn at_one_time(query: &SignalQuery, at: DateTime<Utc>, value: f64) -> SignalAnswer {
    if query.request.role != QueryRole::LastScrapes {
        return SignalAnswer::Vector(vec![number(at, value)]);
    }
    let mut scraped = number(at, (at.timestamp() - 10) as f64);
    let key = crate::signals::map::scrapes::KEY.to_string();
    scraped.labels.insert(key, Safe::line("0"));
    SignalAnswer::Vector(vec![scraped])
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
            asks <= 9 && points <= 28,
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
            let answer = at_one_time(&ask, at(30), 14.0);
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
                let value = at_one_time(&ask, at(second), 0.0);
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

#[test]
fn a_number_whose_series_are_no_longer_scraped_is_unknown_whatever_its_query_gives() {
    let mut watch = SignalMonitor::new(map(CAPTURES));
    let mut serve = |second: i64, scraped: bool| {
        for ask in watch.due_queries(at(second)) {
            let answer = match (&ask.request.role, ask.request.range) {
                (_, Some(_)) => SignalAnswer::Matrix(Vec::new()),
                (QueryRole::LastScrapes, _) if !scraped => SignalAnswer::Vector(Vec::new()),
                _ => at_one_time(&ask, at(second), 0.0),
            };
            watch.answer(&ask, Ok(Answer::whole(answer)), at(second));
        }
        watch.report(at(second)).signals.remove(0)
    };
    let fine = serve(0, true);
    assert_eq!(
        (fine.standing, fine.scraped),
        (SignalStanding::Fine, Some(at(-10)))
    );
    let soon = serve(60, false);
    assert_eq!(
        (soon.standing, soon.measured),
        (SignalStanding::Fine, Some(at(-10)))
    );
    let dead = serve(75 * 60, false);
    assert_eq!(
        (dead.standing, dead.measured),
        (SignalStanding::Unknown, None)
    );
    assert_eq!(dead.error.unwrap().what, "no scrape of its series for 75m");
}

#[test]
fn a_ratio_whose_good_half_has_no_series_says_so() {
    let source = usual();
    let mut watch = SignalMonitor::new(map(RATIO));
    source.serve(&mut watch, at(0));
    let asks = watch.due_queries(at(60));
    for ask in asks.iter().filter(|ask| ask.request.range.is_some()) {
        let range = ask.request.range.unwrap();
        let series = match ask.request.query.contains("good") {
            true => Vec::new(),
            false => source.range(&ask.request.query, range, at(60)),
        };
        let answer = Answer::whole(SignalAnswer::Matrix(series));
        watch.answer(ask, Ok(answer), at(60));
    }
    let said = watch.report(at(60)).signals[0].error.clone().unwrap();
    assert_eq!(said.what, "good has no series, the total has");
}

#[test]
fn a_partial_answer_is_shown_and_rests_in_no_budget_or_drop() {
    let source = failing(|when| if when > at(0) { 0.9 } else { 0.0005 });
    let mut watch = SignalMonitor::new(map(RATIO));
    source.serve(&mut watch, at(0));
    let before = watch.report(at(0)).headline().unwrap().1.budget.spent;
    for minute in 1..=6 {
        let now = at(minute * 60 + 10);
        for ask in watch.due_queries(now) {
            if let Some(range) = ask.request.range {
                let value = SignalAnswer::Matrix(source.range(&ask.request.query, range, now));
                let partial = Some(Safe::line("store north is down"));
                watch.answer(&ask, Ok(Answer { value, partial }), now);
            }
        }
    }
    let report = watch.report(at(370));
    let signal = &report.signals[0];
    assert_eq!(signal.standing, SignalStanding::Unknown);
    let (_, ratio) = report.headline().unwrap();
    assert!(ratio.current.reading.shown().unwrap() < 0.6 && ratio.now().is_none());
    assert!(ratio.drop.is_none() && ratio.volume_drop.is_none());
    assert_eq!(ratio.budget.spent, before);
    // The same minutes are read again, whole.
    source.serve(&mut watch, at(480));
    let report = watch.report(at(480));
    assert_eq!(report.signals[0].standing, SignalStanding::Breach);
    assert_eq!(
        report
            .headline()
            .unwrap()
            .1
            .track
            .sum(at(0), at(360))
            .missing(),
        0
    );
}

#[test]
fn the_values_of_a_label_with_the_most_payments_are_monitored() {
    let series = |index: i64, rate: f64| LabelledSeries {
        labels: [("provider".to_string(), Safe::line(&format!("p{index:02}")))].into(),
        values: (0..5)
            .map(|hour| (at(hour * 3600 - 18_000), rate))
            .collect(),
    };
    let mut watch = SignalMonitor::new(map(RATIO));
    for ask in watch.due_queries(at(0)) {
        let all = match ask.request.role {
            QueryRole::TotalBy(_) | QueryRole::PartBy(_) => {
                (0..30).map(|index| series(index, index as f64)).collect()
            }
            _ => Vec::new(),
        };
        watch.answer(&ask, Ok(Answer::whole(SignalAnswer::Matrix(all))), at(0));
    }
    let SignalState::Ratio(ratio) = &watch.signals[0].state else {
        panic!("not a ratio");
    };
    let report = watch.clone().report(at(0));
    assert_eq!(report.headline().unwrap().1.dropped_parts, 10);
    assert!(ratio.parts.values("provider").all(|value| value >= "p10"));
}
