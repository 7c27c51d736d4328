//! The power goes while a writer works: what was not synced is gone.

use super::promises::Promises;
use super::volatile::{self, VolatileDisk};
use crate::support::dice::{Dice, hunt_is_full};
use crate::support::needs::{Need, lacks};
use crate::support::outcome::assert_contains;
use crate::support::program::Place;
use std::path::Path;

/// Cuts of the power during the work of one writer.
const CUTS_OF_A_WRITER: usize = 5;

fn place_on(directory: &Path) -> Place {
    Place::of(directory.join("mounted"), directory.join("state"))
}

/// What is left of a place, on a normal disk, and a memory of its own.
fn remains(directory: &Path, cut: usize) -> Place {
    Place::within(&directory.join(format!("cut-{cut}")))
}

/// Cuts the power at random moments of a writer's work and looks what is left. `Err` says what does not hold.
fn cuts(wanted: usize, lies: bool, test: &str) -> Result<usize, String> {
    let mut dice = Dice::thrown(test);
    let (mut done, mut promised) = (0, 0);
    while done < wanted {
        let directory = tempfile::tempdir().unwrap();
        let place = place_on(directory.path());
        std::fs::create_dir_all(&place.data).unwrap();
        let disk = VolatileDisk::default();
        let _mounted = disk.mount(&place.data);
        let id = place.opened();
        if lies {
            disk.lies_from_now();
        }
        let mut writer = place.writer(&id, &format!("{done}"));
        let mut looks = Vec::new();
        for _ in 0..CUTS_OF_A_WRITER.min(wanted - done) {
            writer.give(20);
            writer.until_it_writes();
            std::thread::sleep(dice.microseconds(40_000));
            done += 1;
            // What was acknowledged before the cut must outlive it.
            let acknowledged = writer.acknowledged();
            let left = remains(directory.path(), done);
            let disorderly = dice.below(2) == 0;
            disk.cut(&left.data, disorderly.then_some(&mut dice));
            looks.push((done, acknowledged));
        }
        writer.kill();
        for (cut, acknowledged) in looks {
            promised += acknowledged.len();
            let mut promises = Promises::default();
            promises.acknowledged(acknowledged);
            let left = remains(directory.path(), cut);
            promises
                .hold_quickly(&left, &id, "after the cut")
                .map_err(|what| format!("cut {cut}: {what}"))?;
        }
    }
    println!("{done} power cuts, {promised} acknowledgements held");
    Ok(promised)
}

#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    if lacks(&[Need::Fuse]) {
        return;
    }
    let wanted = if hunt_is_full() { 300 } else { 15 };
    let promised = cuts(wanted, false, "power").unwrap();
    assert!(promised > wanted, "hardly anything was acknowledged");
}

/// The incident itself was acknowledged: nobody wrote to it afterwards, and the data directory was new.
#[test]
fn a_power_cut_right_after_opening_keeps_the_incident() {
    if lacks(&[Need::Fuse]) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let mounted = place_on(directory.path());
    std::fs::create_dir_all(&mounted.data).unwrap();
    let disk = VolatileDisk::default();
    let _mounted = disk.mount(&mounted.data);
    // Even the directory of all data is made by the program.
    let place = Place::of(mounted.data.join("new/data"), mounted.state);
    let id = place.opened();
    let left = directory.path().join("left");
    disk.cut(&left, None);
    let left = Place::of(left.join("new/data"), directory.path().join("other-state"));
    assert!(
        left.directory_of(&id).exists(),
        "the opened incident is LOST: not every new directory was synced"
    );
    Promises::default().hold(&left, &id, "after").unwrap();
}

/// The control: the same check, on a disk that answers a sync without doing it.
#[test]
fn a_disk_that_lies_about_syncing_is_caught_by_the_same_check() {
    if lacks(&[Need::Fuse]) {
        return;
    }
    let what = cuts(10, true, "lying disk").unwrap_err();
    // What was acknowledged is gone, be it lines or the texts that they commit to.
    let found = ["LOST", "not intact after it was opened"];
    assert!(
        found.iter().any(|words| what.contains(words)),
        "for another reason: {what}"
    );
    println!("the lying disk was caught: {what}");
}

#[test]
fn a_network_file_system_is_refused_unless_the_configuration_allows_it() {
    if lacks(&[Need::Fuse, Need::Tool("fusermount3")]) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let place = place_on(directory.path());
    std::fs::create_dir_all(&place.data).unwrap();
    let disk = VolatileDisk::default();
    let _mounted = disk.mount_as(&place.data, "sshfs");
    let refused = place.run(&["incident", "open", "Payments fail"]);
    refused.fails(
        4,
        &[place.data.to_str().unwrap(), "fuse.sshfs", "--data-dir"],
    );
    refused.fails(4, &["network_file_system: allowed"]);
    let nothing = std::fs::read_dir(&place.data).unwrap().count();
    assert_eq!(nothing, 0, "a refused place is left as it was");
    let config = directory.path().join("warroom.yaml");
    std::fs::write(&config, "network_file_system: allowed\n").unwrap();
    let allowed = |line: &str| place.line(&format!("--config {} {line}", config.display()));
    let opened = allowed("--output json incident open 'Payments fail'").json();
    let id = opened["incident"].as_str().unwrap();
    allowed(&format!("incident note {id} 'it works.'")).succeeds();
    let shown = allowed(&format!("incident show {id}"));
    assert_eq!(shown.code, 0, "{shown:?}");
    assert_contains(&shown.text(), &["sshfs", "network file system"]);
    allowed(&format!("verify {id}")).prints(0, &["intact"]);
    volatile::unmount(&place.data);
}
