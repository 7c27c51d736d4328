//! A file system that fills up while the console writes, and has space again.

use super::promises::Promises;
use crate::support::needs::{Need, lacks};
use crate::support::program::{Place, recorded};
use crate::support::terminal::Terminal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A small tmpfs, mounted as long as this lives.
struct Small(PathBuf);

impl Small {
    fn mounted(path: &Path) -> Self {
        std::fs::create_dir_all(path).unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs"])
            .arg(path)
            .status();
        assert!(mount.unwrap().success());
        Self(path.to_path_buf())
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Fills what is free, but for nothing.
fn fill(path: &Path) {
    let mut file = std::fs::File::create(path).unwrap();
    let block = [b'x'; 4096];
    while std::io::Write::write_all(&mut file, &block).is_ok() {}
}

#[test]
fn a_full_disk_is_shown_and_what_waits_is_recorded_once_there_is_space() {
    if lacks(&[Need::Tmpfs]) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let place = Place::within(directory.path());
    let small = Small::mounted(&place.data);
    let id = place.opened();
    let state = place.state.to_str().unwrap();
    let mut console = Terminal::start(&place.data, &[], &[("WARROOM_STATE_DIR", state)]);
    console.until("Payments fail under test");
    let filler = place.data.join("filler");
    let mut promises = Promises::default();
    let mut last = 0;
    for round in 0..3 {
        fill(&filler);
        // The last page of the journal may have space for a few more.
        let mut waiting = None;
        for number in 0..200 {
            let text = format!("round {round} note {number} {}.", "x".repeat(300));
            console.press("n", "esc close");
            console.keys(&format!("{text}⏎"));
            match answer(&console, last) {
                Some(seq) => {
                    promises.acknowledged(vec![(seq, text)]);
                    last = seq;
                }
                None => {
                    waiting = Some(text);
                    break;
                }
            }
        }
        let waiting = waiting.unwrap_or_else(|| panic!("it never filled:\n{}", console.screen()));
        // It stays so, and what waits stays.
        std::thread::sleep(Duration::from_secs(2));
        console.until("NOT RECORDED (");
        let there = super::promises::timeline(&place, &id).unwrap();
        let row = format!("note: {waiting}");
        assert!(there.iter().all(|r| r["what"] != row.as_str()));
        std::fs::remove_file(&filler).unwrap();
        let limit = Duration::from_secs(60);
        console.until_screen("that it is recorded", limit, |s| fresh(s, last).is_some());
        let seq = fresh(&console.screen(), last).unwrap();
        promises.acknowledged(vec![(seq, waiting)]);
        last = seq;
        assert!(!console.screen().contains("NOT RECORDED"));
    }
    console.keys("qy");
    assert_eq!(console.end(), 0);
    let torn = place.directory_of(&id).join("torn");
    assert!(!torn.exists(), "a short write was not taken back at once");
    promises.hold(&place, &id, "after").unwrap();
    println!(
        "{} notes around a full disk, all there once",
        promises.count()
    );
    drop(small);
}

/// What the screen says of the note just written: its number, or nothing where it is NOT RECORDED.
fn answer(console: &Terminal, last: u64) -> Option<u64> {
    // While a disk is merely slow it says "NOT RECORDED yet", which is no answer.
    console.until_screen("an answer", Duration::from_secs(60), |screen| {
        screen.contains("NOT RECORDED (") || fresh(screen, last).is_some()
    });
    fresh(&console.screen(), last)
}

fn fresh(screen: &str, last: u64) -> Option<u64> {
    screen.lines().filter_map(recorded).find(|seq| *seq > last)
}
