//! Rights: a data directory that the user cannot use, and a journal that everybody can.

use crate::support::needs::{Need, lacks};
use crate::support::outcome::{Outcome, assert_contains};
use crate::support::program::{Place, WARROOM};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn as_nobody(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(program);
    command
}

/// The program where nobody may run it: where the checkout is closed to others, a copy.
fn reachable(directory: &Path) -> PathBuf {
    let runs = as_nobody(Path::new(WARROOM))
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if runs {
        return WARROOM.into();
    }
    let copy = directory.join("warroom");
    std::fs::copy(WARROOM, &copy).unwrap();
    mode(&copy, 0o755);
    copy
}

#[test]
fn a_data_directory_without_rights_is_named_with_what_to_do() {
    if lacks(&[Need::Root, Need::Tool("setpriv")]) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    mode(directory.path(), 0o755);
    let program = reachable(directory.path());
    let place = Place::within(directory.path());
    let id = place.opened();
    let refused = |data: &Path, arguments: &[&str]| {
        let mut command = as_nobody(&program);
        place.dressed(&mut command, "nobody");
        let output = command
            .env("WARROOM_STATE_DIR", "/nonexistent")
            .arg("--data-dir")
            .arg(data)
            .args(arguments)
            .stdin(Stdio::null())
            .output();
        let words = [
            data.to_str().unwrap(),
            "Permission denied",
            "hint:",
            "--data-dir",
        ];
        Outcome::from(output.unwrap()).fails(4, &words);
    };
    // 0700 and somebody else's: it can be neither read nor written.
    for arguments in [
        &["incident", "open", "x"][..],
        &["incident", "note", &id, "x"],
        &["incident", "list"],
        &["incident", "show", &id],
        &["verify", &id],
    ] {
        refused(&place.data, arguments);
    }
    // It can be read and not written.
    for path in [place.data.clone(), place.data.join("incidents")] {
        mode(&path, 0o755);
    }
    refused(&place.data, &["incident", "open", "x"]);
    refused(&place.data, &["incident", "note", &id, "x"]);
    // It is not there, and cannot be made.
    refused(
        &directory.path().join("elsewhere"),
        &["incident", "open", "x"],
    );
    place.must("tester", &["verify", &id]);
}

#[test]
fn a_journal_that_every_user_may_write_is_mentioned() {
    let place = Place::new();
    let id = place.opened();
    let journal = place.directory_of(&id).join("journal.jsonl");
    let notes = || place.json(&["verify", &id])["notes"].to_string();
    assert_eq!(notes(), "[]");
    for open in [0o666, 0o622, 0o606] {
        mode(&journal, open);
        let octal = format!("{open:04o}");
        assert_contains(&notes(), &["journal.jsonl", &octal, "chmod"]);
        place.run(&["verify", &id]).prints(0, &[&octal]);
    }
    mode(&journal, 0o600);
    assert_eq!(notes(), "[]");
}
