//! `kill -9` of watches and consoles, one or two at once, at any time between the start and the end of a send;
//! another one goes on.

use super::stage::Stage;
use crate::support::program::Running;
use crate::support::server::Does;
use crate::support::terminal::Terminal;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// In which phases they were killed.
#[derive(Debug, Default)]
struct Seen {
    /// Killed before the incident was opened.
    before: u64,
    /// Killed between the opening and the intent.
    opened: u64,
    /// Killed between the intent and the request.
    intended: u64,
    /// Killed between the request and the result.
    requested: u64,
    /// Killed after the result.
    resulted: u64,
}

#[test]
fn killed_in_any_phase_of_a_send_nothing_is_lost_and_nothing_goes_out_twice_unmarked() {
    let kills = number("WARROOM_KILLS").unwrap_or(24);
    let seed = number("WARROOM_SEED").unwrap_or(1);
    println!("{kills} kills from seed {seed}");
    let workers = 4;
    let tasks: Vec<_> = (0..workers)
        .map(|worker| {
            std::thread::spawn(move || {
                let mut seen = Seen::default();
                for number in (0..kills).filter(|number| number % workers == worker) {
                    once(seed.wrapping_add(number), &mut seen);
                }
                seen
            })
        })
        .collect();
    let mut all = Seen::default();
    for task in tasks {
        let seen = task.join().unwrap();
        all.before += seen.before;
        all.opened += seen.opened;
        all.intended += seen.intended;
        all.requested += seen.requested;
        all.resulted += seen.resulted;
    }
    println!("killed: {all:?}");
    assert_eq!(
        all.before + all.opened + all.intended + all.requested + all.resulted,
        kills
    );
    // Kills that all fall into one phase show little.
    assert!(kills < 16 || all.requested + all.intended > 0, "{all:?}");
    let phases = [
        all.before,
        all.opened,
        all.intended,
        all.requested,
        all.resulted,
    ];
    assert!(kills < 1000 || !phases.contains(&0), "{all:?}");
}

/// A program that keeps the clocks.
enum Keeper {
    Running(Running),
    Console(Terminal),
}

impl Keeper {
    /// Ends it without a word.
    fn kill(self) {
        match self {
            Self::Running(watch) => watch.kill(),
            Self::Console(mut terminal) => {
                let pid = terminal.child.process_id().unwrap().cast_signed();
                let pid = rustix::process::Pid::from_raw(pid).unwrap();
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
                let _ = terminal.child.wait();
            }
        }
    }
}

/// One watch, two, a console, or one of each.
fn keepers(stage: &Stage, seed: u64) -> Vec<Keeper> {
    let watch = || Keeper::Running(stage.watch());
    let console = || Keeper::Console(stage.console());
    match seed % 4 {
        0 => vec![watch()],
        1 => vec![watch(), watch()],
        2 => vec![console()],
        _ => vec![watch(), console()],
    }
}

/// Waits for the moment that the seed chooses. Looks as often as it can: what lies between an intent and its request
/// is a millisecond or two.
fn moment(stage: &Stage, seed: u64) {
    let spread = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    let (reached, then): (fn(&Stage) -> bool, u64) = match seed / 4 % 4 {
        0 => (|_| true, spread % 400_000),
        1 => (|stage| stage.wrote("page-intended"), spread % 4_000),
        2 => (|stage| !stage.hook.requests().is_empty(), spread % 320_000),
        _ => (|stage| stage.wrote("page-resulted"), spread % 20_000),
    };
    let begun = Instant::now();
    while !reached(stage) {
        let late = begun.elapsed() > Duration::from_secs(20);
        assert!(!late, "nothing happens; {}", stage.log());
        std::thread::sleep(Duration::from_micros(200));
    }
    std::thread::sleep(Duration::from_micros(then));
}

fn once(seed: u64, seen: &mut Seen) {
    let levels = "  - {level: on-call, target: on-call, after: 0m, until: acknowledged, channels: [pager]}\n";
    // The receiver takes its time for each request, so that a kill may fall into it.
    let stage = Stage::new(levels, vec![Does::Slow(300, 202)], "");
    let first = keepers(&stage, seed);
    moment(&stage, seed);
    for keeper in first {
        keeper.kill();
    }
    let (opened, intents, results) = (
        !stage.incidents().is_empty(),
        stage.of_type("page-intended").len(),
        stage.of_type("page-resulted").len(),
    );
    let requests = stage.hook.requests().len();
    match (opened, intents, requests, results) {
        (false, ..) => seen.before += 1,
        (_, 0, ..) => seen.opened += 1,
        (_, _, 0, _) => seen.intended += 1,
        (_, _, _, 0) => seen.requested += 1,
        _ => seen.resulted += 1,
    }
    let next = match seed / 16 % 2 {
        0 => Keeper::Running(stage.watch()),
        _ => Keeper::Console(stage.console()),
    };
    stage.until("the page is intended", 20, || {
        !stage.of_type("page-intended").is_empty()
    });
    // Whoever finds an intent without a result leaves it alone for a minute and a half.
    std::thread::sleep(Duration::from_millis(900));
    next.kill();
    judge(&stage, intents, results);
}

fn judge(stage: &Stage, intents: usize, results: usize) {
    let ids = stage.incidents();
    let journals: Vec<String> = ids
        .iter()
        .map(|id| {
            let path = stage
                .data()
                .join("incidents")
                .join(id)
                .join("journal.jsonl");
            let text = std::fs::read_to_string(path).unwrap_or_default();
            format!("{id}: {} lines, {} bytes", text.lines().count(), text.len())
        })
        .collect();
    assert_eq!(
        ids.len(),
        1,
        "one alert opens one incident, whoever is killed: {journals:?}; {}",
        stage.log()
    );
    let verified = stage.run(&["verify", &ids[0]]);
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
    let mut left: BTreeMap<(String, String), u32> = BTreeMap::new();
    for request in stage.hook.requests() {
        let repeat = request.json()["data"]["repeat"].to_string();
        *left
            .entry((request.header("webhook-id"), repeat))
            .or_default() += 1;
    }
    for (which, count) in &left {
        assert_eq!(
            *count,
            1,
            "{which:?} went out twice, unmarked; intents {intents}, results {results}; {}",
            stage.log()
        );
    }
    let intended = stage.of_type("page-intended").len();
    assert!(left.len() <= intended, "nothing leaves without an intent");
    assert_eq!(
        intended, 1,
        "an intent whose end is not known is not made again at once"
    );
}
