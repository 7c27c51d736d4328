//! Time to detection and rate of false alarms for every shape of traffic, compared with the plain 14.4 × and 6 × burn-rate
//! alerts on the same counts. `cargo bench --bench detection [-- SEEDS]`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints its results"
)]

#[path = "../tests/offline/detection/shapes.rs"]
mod shapes;
#[path = "../tests/offline/detection/trial.rs"]
mod trial;

fn minutes(found: &[Option<i64>]) -> String {
    let mut known: Vec<i64> = found.iter().flatten().copied().collect();
    known.sort_unstable();
    match known.get(known.len() / 2) {
        None => "—".to_string(),
        Some(middle) if known.len() == found.len() => middle.to_string(),
        Some(middle) => format!("{middle} ({} of {})", known.len(), found.len()),
    }
}

fn main() {
    let seeds = std::env::args()
        .find_map(|word| word.parse().ok())
        .unwrap_or(3u64);
    println!(
        "{:<44} {:>10} {:>8} {:>12} {:>8} {:>12} {:>12} {:>9}  rightly blamed",
        "shape",
        "found, min",
        "false",
        "burn, min",
        "false",
        "begin shown",
        "scanned, s",
        "lingers"
    );
    let (mut all, mut burn, mut weeks) = (0, 0, 0);
    for shape in shapes::shapes() {
        let outcomes: Vec<trial::Outcome> = (0..seeds)
            .map(|seed| trial::play(&shape, seed + 1, true))
            .collect();
        let found: Vec<_> = outcomes.iter().map(|outcome| outcome.found).collect();
        let burnt: Vec<_> = outcomes.iter().map(|outcome| outcome.burn_found).collect();
        let false_alarms: usize = outcomes.iter().map(|outcome| outcome.false_alarms).sum();
        let burn_false: usize = outcomes.iter().map(|outcome| outcome.burn_false).sum();
        let blamed = |outcome: &trial::Outcome| {
            outcome
                .blamed
                .as_ref()
                .map(|(label, value)| (label.as_str(), value.as_str()))
                == shape.culprit
        };
        let right = outcomes.iter().filter(|outcome| blamed(outcome)).count();
        let blamed = match shape.culprit {
            None if shape.onset.is_none() => String::new(),
            None => format!("nobody, {right} of {seeds}"),
            Some((label, value)) => format!("{label} {value}, {right} of {seeds}"),
        };
        let (found, burnt) = if shape.onset.is_some() {
            (minutes(&found), minutes(&burnt))
        } else {
            (String::new(), String::new())
        };
        let began = outcomes.iter().filter_map(|outcome| outcome.began);
        let began = began.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let began = began.map_or(String::new(), |(from, to)| format!("{from:+} to {to:+}"));
        // The widest of one run.
        let scanned = outcomes.iter().filter_map(|outcome| outcome.scanned);
        let scanned = scanned.max_by_key(|(earliest, latest)| latest - earliest);
        let scanned = scanned.map_or(String::new(), |(from, to)| format!("{from:+} to {to:+}"));
        let lingered = outcomes.iter().map(|outcome| outcome.lingered).max();
        println!(
            "{:<44} {found:>10} {:>8.2} {burnt:>12} {:>8.2} {began:>12} {scanned:>12} {:>9}  {blamed}",
            shape.name,
            false_alarms as f64 / seeds as f64,
            burn_false as f64 / seeds as f64,
            lingered.unwrap_or_default()
        );
        all += false_alarms;
        burn += burn_false;
        weeks += seeds;
    }
    println!(
        "false alarms per path-week: {:.3}; of the burn-rate alerts: {:.3}",
        all as f64 / weeks as f64,
        burn as f64 / weeks as f64
    );
}
