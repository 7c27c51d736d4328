//! Random incidents, played by one or two programs on one store: people, alerts, slow and failing channels, a disk
//! that takes nothing for a while, clock steps, crashes and restarts. `simulation/world.rs` plays, and
//! `simulation/oracle.rs` judges what the journal and the receivers saw, without asking the code that played.
//!
//! A long run: `WARROOM_SIMULATIONS=100000 cargo test --release --lib simulated -- --nocapture`; one incident again:
//! `WARROOM_SEED=… WARROOM_SIMULATIONS=1`.

mod oracle;
mod world;

use crate::journal::memory::Broken;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use world::{Plant, World};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The problems found for these seeds: the first few, or all up to the expected one.
fn play(
    seeds: std::ops::Range<u64>,
    (plant, says): (Option<Plant>, &'static str),
) -> (Vec<String>, [u64; 5]) {
    let enough = Arc::new(AtomicBool::new(false));
    let workers = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let tasks: Vec<_> = (0..workers)
        .map(|worker| {
            let (seeds, enough) = (seeds.clone(), Arc::clone(&enough));
            std::thread::spawn(move || {
                let (mut wrong, mut counts) = (Vec::new(), [0; 5]);
                let stage = world::Stage::new();
                for seed in seeds.filter(|seed| seed % workers == worker) {
                    let mut world = World::new(seed, &stage, plant);
                    world.play();
                    let found = oracle::judge(&world, seed % 50 == 0 || plant.is_some());
                    for (count, more) in counts.iter_mut().zip(world.counts()) {
                        *count += more;
                    }
                    wrong.extend(found.into_iter().map(|what| format!("seed {seed}: {what}")));
                    let found = |what: &String| plant.is_some() && what.contains(says);
                    if wrong.len() > 50 || wrong.iter().any(found) {
                        enough.store(true, Ordering::Relaxed);
                    }
                    if enough.load(Ordering::Relaxed) {
                        break;
                    }
                }
                (wrong, counts)
            })
        })
        .collect();
    let (mut wrong, mut counts) = (Vec::new(), [0; 5]);
    for task in tasks {
        let (found, more) = task.join().unwrap();
        wrong.extend(found);
        for (count, more) in counts.iter_mut().zip(more) {
            *count += more;
        }
    }
    (wrong, counts)
}

#[test]
fn simulated_incidents_miss_nothing_double_nothing_and_end() {
    let begin = number("WARROOM_SEED").unwrap_or(1);
    let count = number("WARROOM_SIMULATIONS").unwrap_or(100);
    println!("seeds {begin} to {}", begin + count - 1);
    let (wrong, [entries, sends, crashes, withdrawn, acknowledged]) =
        play(begin..begin + count, (None, ""));
    println!(
        "{count} incidents: {entries} entries, {sends} sendings, {crashes} crashes, {withdrawn} withdrawn, {acknowledged} acknowledged"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A simulation in which nothing happens shows nothing.
    assert!(sends > count && crashes > count / 4 && acknowledged > count / 4);
}

/// Each kind of fault, planted, is found within a few incidents, and by the check that is meant for it.
#[test]
fn simulated_faults_of_each_kind_are_caught() {
    for (plant, says) in [
        (Plant::LosesLevel, "was not paged"),
        (Plant::Store(Broken::HeadCheck), "follows"),
        (Plant::Store(Broken::DeduplicationKeys), "twice"),
        (Plant::Store(Broken::FollowingEachEntry), "other entries"),
        (Plant::Store(Broken::SyncBeforeAcknowledging), "is lost"),
        (Plant::Store(Broken::OpeningOnce), "for one alert"),
        (Plant::MissesAcknowledgements, "although"),
        (Plant::LosesResults, "never ended"),
        (Plant::FlipsABit, "does not verify"),
        (Plant::AcknowledgementStopsAll, "was not paged"),
        (Plant::NeverRepeats, "was not paged again"),
        (Plant::RepeatsWithoutReason, "without reason"),
        (Plant::DropsMessages, "went out 0 times"),
        (Plant::DropsMessages, "is settled"),
        (Plant::MissesClosing, "closed it"),
        (Plant::WaitsByWallClock, "was not paged"),
        (Plant::WaitsByWallClock, "without reason"),
        (Plant::DropsClockSteps, "the clock was set"),
    ] {
        let (wrong, _) = play(1..200, (Some(plant), says));
        let found = wrong.iter().any(|what| what.contains(says));
        assert!(found, "{plant:?} is not caught: {wrong:?}");
    }
}
