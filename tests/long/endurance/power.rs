//! The power goes while a writer works: what was not synced is gone.

use super::promises::Promises;
use super::volatile::{self, VolatileDisk};
use crate::support::dice::{Dice, hunt_is_full};
use crate::support::needs::{Need, lacks};
use crate::support::program::Place;
use std::path::Path;

/// Cuts of the power during the work of one writer.
const CUTS_OF_A_WRITER: usize = 5;

fn place_on(directory: &Path) -> Place {
    Place {
        data: directory.join("mounted"),
        state: directory.join("state"),
    }
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
    let place = Place {
        data: mounted.data.join("new").join("data"),
        state: mounted.state,
    };
    let id = place.opened();
    let left = directory.path().join("left");
    disk.cut(&left, None);
    let left = Place {
        data: left.join("new").join("data"),
        state: directory.path().join("other-state"),
    };
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
    assert_eq!(refused.code, 4, "{}", refused.err);
    for word in [
        place.data.to_str().unwrap(),
        "fuse.sshfs",
        "--data-dir",
        "network_file_system: allowed",
    ] {
        assert!(refused.err.contains(word), "{word}: {}", refused.err);
    }
    let nothing = std::fs::read_dir(&place.data).unwrap().count();
    assert_eq!(nothing, 0, "a refused place is left as it was");
    let config = directory.path().join("warroom.yaml");
    std::fs::write(&config, "network_file_system: allowed\n").unwrap();
    let config = config.to_str().unwrap();
    let allowed = ["--config", config];
    let opened = place.json(&[&allowed[..], &["incident", "open", "Payments fail"]].concat());
    let id = opened["incident"].as_str().unwrap();
    place.must(
        "tester",
        &[&allowed[..], &["incident", "note", id, "it works."]].concat(),
    );
    let shown = place.must(
        "tester",
        &[&allowed[..], &["incident", "show", id]].concat(),
    );
    assert!(
        shown.contains("sshfs") && shown.contains("network file system"),
        "{shown}"
    );
    let verified = place.must("tester", &[&allowed[..], &["verify", id]].concat());
    assert!(verified.contains("intact"), "{verified}");
    volatile::unmount(&place.data);
}
