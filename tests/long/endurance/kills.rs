//! Two processes write one incident and are killed as `kill -9` does, over and over.

use super::promises::Promises;
use crate::support::dice::{Dice, number};
use crate::support::program::{Place, kill, recorded};
use crate::support::terminal::Terminal;
use std::time::{Duration, Instant};

/// Rounds after which a new incident begins, so that reading it stays quick.
const ROUNDS_OF_AN_INCIDENT: u64 = 24;
/// One round in so many kills a console; the others kill two writers.
const A_CONSOLE_IN: u64 = 5;

#[test]
fn a_program_killed_at_any_moment_loses_no_acknowledged_note() {
    let kills = number("WARROOM_KILLS").unwrap_or(20);
    let mut dice = Dice::thrown("kills");
    let (mut killed, mut consoles, mut promised, mut round) = (0, 0, 0, 0);
    while killed < kills {
        let directory = tempfile::tempdir().unwrap();
        let place = Place::within(directory.path());
        let id = place.opened();
        let mut promises = Promises::default();
        for _ in 0..ROUNDS_OF_AN_INCIDENT {
            round += 1;
            if round % A_CONSOLE_IN == 1 {
                console_and_writer(&place, &id, round, &mut dice, &mut promises);
                consoles += 1;
            } else {
                two_writers(&place, &id, round, &mut dice, &mut promises);
            }
            killed += 2;
            let look = format!("round {round}");
            let held = if round % 10 == 1 {
                promises.hold(&place, &id, &look)
            } else {
                promises.hold_quickly(&place, &id, &look)
            };
            if let Err(what) = held {
                let kept = directory.keep();
                panic!("after {killed} kills: {what}; see {}", kept.display());
            }
            if killed >= kills {
                break;
            }
        }
        if let Err(what) = promises.verify(&place, &id) {
            let kept = directory.keep();
            panic!("after {killed} kills: {what}; see {}", kept.display());
        }
        promised += promises.count();
    }
    println!(
        "{killed} kills, {consoles} of a console; {promised} notes acknowledged, all there once"
    );
    assert!(consoles * 10 >= killed);
}

fn two_writers(place: &Place, id: &str, round: u64, dice: &mut Dice, promises: &mut Promises) {
    let mut writers = ["a", "b"].map(|name| place.writer(id, &format!("{round}{name}")));
    for writer in &mut writers {
        writer.give(60);
    }
    // One time in four while they start and open the journal; else while they write.
    if dice.below(4) == 0 {
        std::thread::sleep(dice.microseconds(800_000));
    } else {
        for writer in &mut writers {
            writer.until_it_writes();
        }
        std::thread::sleep(dice.microseconds(60_000));
    }
    let [first, second] = &mut writers;
    if dice.below(2) == 0 {
        first.kill();
        std::thread::sleep(dice.microseconds(20_000));
        second.kill();
    } else {
        // Both within one moment.
        kill(second.child.id());
        first.kill();
        second.kill();
    }
    for writer in &writers {
        promises.acknowledged(writer.acknowledged());
        promises.maybe(writer.open_notes());
    }
}

fn console_and_writer(
    place: &Place,
    id: &str,
    round: u64,
    dice: &mut Dice,
    promises: &mut Promises,
) {
    let state = place.state.to_str().unwrap();
    let mut console = Terminal::start(&place.data, &[], &[("WARROOM_STATE_DIR", state)]);
    let process = console.child.process_id().unwrap();
    let mut writer = place.writer(id, &format!("{round}w"));
    writer.give(30);
    console.until("Payments fail under test");
    let delay = dice.microseconds(1_500_000);
    let killer = std::thread::spawn(move || {
        std::thread::sleep(delay);
        kill(process);
    });
    let mut notes = 0;
    let mut last = 0;
    loop {
        let text = format!("{round}c writes {notes}.");
        notes += 1;
        // A prompt, then the note, then what the screen says of it: each ends early with the process.
        console.keys("n");
        if wait(&mut console, |screen| screen.contains("esc close")).is_none() {
            break;
        }
        console.keys(&format!("{text}⏎"));
        writer.give(2);
        let said = wait(&mut console, |screen| {
            screen.lines().filter_map(recorded).any(|seq| seq > last)
        });
        let seq = said.and_then(|screen| screen.lines().filter_map(recorded).next_back());
        match seq {
            Some(seq) => promises.acknowledged(vec![(seq, text)]),
            None => {
                promises.maybe(vec![text]);
                break;
            }
        }
        last = seq.unwrap_or(last);
    }
    killer.join().unwrap();
    console.child.wait().unwrap();
    std::thread::sleep(dice.microseconds(20_000));
    writer.kill();
    promises.acknowledged(writer.acknowledged());
    promises.maybe(writer.open_notes());
}

/// Waits until the screen holds this, and gives it; nothing where the console has ended before.
fn wait(console: &mut Terminal, holds: impl Fn(&str) -> bool) -> Option<String> {
    let start = Instant::now();
    loop {
        let ended = console.child.try_wait().unwrap().is_some();
        let screen = console.screen();
        if holds(&screen) {
            return Some(screen);
        }
        if ended {
            return None;
        }
        let late = start.elapsed() > Duration::from_secs(60);
        assert!(!late, "the console is stuck:\n{screen}");
        std::thread::sleep(Duration::from_millis(3));
    }
}
