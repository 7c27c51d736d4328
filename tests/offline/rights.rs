//! Who can read and change what: modes whatever the umask, links and pipes in the place of files, a data directory and a
//! configuration that others can change, and a memory of heads that cannot be kept.

mod service;

use crate::support::program::WARROOM;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

struct Home {
    directory: tempfile::TempDir,
    umask: &'static str,
    calendar: String,
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

fn chmod(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

impl Home {
    fn new() -> Self {
        let home = Self {
            directory: tempfile::tempdir().unwrap(),
            umask: "022",
            calendar: String::new(),
        };
        home.configure("");
        home
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn configure(&self, more: &str) {
        let text = format!("name: dana\ndata_dir: data\nstate_dir: state\n{more}");
        std::fs::write(self.at("warroom.yaml"), text).unwrap();
    }

    /// The program, under this home's umask.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", "umask \"$0\" && exec \"$@\"", self.umask, WARROOM])
            .args(arguments)
            .env_remove("WARROOM_STATE_DIR")
            .env_remove("WARROOM_DATA_DIR")
            .env("WARROOM_CONFIG", self.at("warroom.yaml"))
            .env("HOME", self.directory.path())
            .env("WARROOM_LOG", "debug")
            .env("CALENDAR", &self.calendar)
            .current_dir(self.directory.path())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(arguments).output().unwrap();
        let both = [stdout, stderr].concat();
        let code = status.code().unwrap();
        (code, String::from_utf8_lossy(&both).into_owned())
    }

    fn must(&self, arguments: &[&str]) -> String {
        let (code, said) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said
    }

    fn refused(&self, code: i32, arguments: &[&str], words: &[&str]) {
        let begun = Instant::now();
        let (ended, said) = self.run(arguments);
        assert_eq!(ended, code, "{arguments:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{arguments:?}: {word}: {said}");
        }
        assert!(begun.elapsed() < Duration::from_secs(8), "{arguments:?}");
    }

    fn opened(&self) -> String {
        let said = self.must(&["--output", "json", "incident", "open", "Payments fail"]);
        let opened: serde_json::Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
        opened["incident"].as_str().unwrap().to_string()
    }
}

/// Everything below a directory, with its mode.
fn modes(directory: &Path, found: &mut Vec<(PathBuf, u32)>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        // A heartbeat is renamed meanwhile.
        let Ok(meta) = std::fs::symlink_metadata(&path) else {
            continue;
        };
        found.push((path.clone(), meta.mode() & 0o7777));
        if meta.is_dir() {
            modes(&path, found);
        }
    }
}

/// A server that answers every request with one calendar.
fn calendar() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/token/a.ics", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let body = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\n\
                    DTSTART:20200101T000000Z\r\nDTEND:20400101T000000Z\r\nSUMMARY:dana\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

/// The documented parts of the data directory and of the state directory, as beginnings and ends of names.
const PARTS: [(&str, &str); 12] = [
    ("data/lock", ""),
    ("data/people.json", ""),
    ("data/incidents/", "/journal.jsonl"),
    ("data/incidents/", "/disclosures.jsonl"),
    ("data/incidents/", "/lock"),
    ("data/incidents/", "/blobs"),
    ("data/ledger/", "journal.jsonl"),
    ("data/copies/", "escalation.yaml"),
    ("data/calendars/", ".ics"),
    ("data/keepers/", ".json"),
    ("data/log/", ".log"),
    ("state/heads/", ""),
];

#[test]
fn every_file_and_directory_has_its_documented_mode_whatever_the_umask() {
    let calendar = calendar();
    for umask in ["000", "022", "077", "177", "377"] {
        let mut home = Home::new();
        home.umask = umask;
        home.calendar.clone_from(&calendar);
        std::fs::write(
            home.at("escalation.yaml"),
            include_str!("../../assets/policies/escalation.yaml"),
        )
        .unwrap();
        std::fs::write(
            home.at("schedules.yaml"),
            "schedules:\n  - {schedule: lead, zone: UTC, calendar: {url: {env: CALENDAR}}}\n",
        )
        .unwrap();
        let key = home.at("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&key)
            .status()
            .unwrap();
        assert!(made.success());
        home.configure(
            "policies: {escalation: escalation.yaml}\nschedules: schedules.yaml\nsigning: {key: key}\n",
        );
        let id = home.opened();
        home.must(&["incident", "note", &id, "looking"]);
        home.must(&["incident", "sign", &id]);
        let hold = ["incident", "hold", &id, "--why", "a regulator asks"];
        home.must(&hold);
        for to in ["copy", "copy.tar"] {
            let to = home.at(to);
            let to = to.to_str().unwrap();
            home.must(&["export", &id, "--to", to, "--for", "x", "--purpose", "y"]);
        }
        let document = home.at("postmortem.md");
        home.must(&["postmortem", &id, "--to", document.to_str().unwrap()]);
        let sample = home.at("made/sample.yaml");
        home.must(&["config", "init", sample.to_str().unwrap()]);
        home.run(&["doctor"]);
        let log = std::fs::File::create(home.at("watch.log")).unwrap();
        let mut watch = home.command(&["watch"]);
        let mut watch = watch
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let until = Instant::now() + Duration::from_secs(30);
        let found = loop {
            let mut found = Vec::new();
            modes(&home.at("data"), &mut found);
            modes(&home.at("state"), &mut found);
            let missing = PARTS.iter().find(|(begins, ends)| {
                !found.iter().any(|(path, _)| {
                    let path = path.strip_prefix(home.directory.path()).unwrap();
                    let path = path.to_str().unwrap();
                    path.starts_with(begins) && path.ends_with(ends)
                })
            });
            let Some(missing) = missing else { break found };
            let log = std::fs::read_to_string(home.at("watch.log")).unwrap();
            assert!(Instant::now() < until, "{umask}: no {missing:?}: {log}");
            std::thread::sleep(Duration::from_millis(50));
        };
        watch.kill().unwrap();
        watch.wait().unwrap();
        let more = [
            "data",
            "state",
            "copy",
            "copy.tar",
            "postmortem.md",
            "made",
            "made/sample.yaml",
        ];
        let mut all = found;
        all.extend(
            more.iter()
                .map(|name| (home.at(name), mode(&home.at(name)))),
        );
        modes(&home.at("copy"), &mut all);
        assert!(all.len() > 40, "{}", all.len());
        for (path, mode) in all {
            let wanted = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(
                mode,
                wanted,
                "umask {umask}: {} has {mode:04o}",
                path.display()
            );
        }
    }
}

#[test]
fn a_symbolic_link_in_the_place_of_an_incident_is_refused_and_one_to_the_data_directory_is_not() {
    let home = Home::new();
    let id = home.opened();
    let own = home.at("data/incidents").join(&id);
    std::fs::rename(&own, home.at("elsewhere")).unwrap();
    symlink(home.at("elsewhere"), &own).unwrap();
    let words = ["symbolic link", id.as_str()];
    for arguments in [
        &["incident", "note", &id, "x"][..],
        &["incident", "show", &id],
        &["verify", &id],
        &["postmortem", &id],
    ] {
        home.refused(4, arguments, &words);
    }
    std::fs::remove_file(&own).unwrap();
    std::fs::rename(home.at("elsewhere"), &own).unwrap();
    home.must(&["verify", &id]);
    // All incidents, behind a link.
    std::fs::rename(home.at("data/incidents"), home.at("others")).unwrap();
    symlink(home.at("others"), home.at("data/incidents")).unwrap();
    for arguments in [
        &["incident", "open", "x"][..],
        &["incident", "list"],
        &["incident", "show", &id],
        &["verify", &id],
    ] {
        home.refused(4, arguments, &["symbolic link"]);
    }
    std::fs::remove_file(home.at("data/incidents")).unwrap();
    std::fs::rename(home.at("others"), home.at("data/incidents")).unwrap();
    // People keep their data elsewhere.
    std::fs::rename(home.at("data"), home.at("large-disk")).unwrap();
    symlink(home.at("large-disk"), home.at("data")).unwrap();
    home.must(&["incident", "note", &id, "x"]);
    home.must(&["verify", &id]);
}

#[test]
fn a_data_directory_that_others_can_change_is_refused_and_can_still_be_read() {
    let home = Home::new();
    let id = home.opened();
    let note = ["incident", "note", &id, "x"];
    for (bits, who) in [
        (0o770, "its group"),
        (0o702, "every user"),
        (0o777, "every user"),
    ] {
        chmod(&home.at("data"), bits);
        let octal = format!("{bits:04o}");
        let words = [who, octal.as_str(), "chmod go-w", "--data-dir"];
        home.refused(4, &note, &words);
        home.refused(4, &["incident", "open", "x"], &words);
        home.refused(4, &["watch"], &words);
        home.refused(1, &["doctor"], &words);
        let said = home.must(&["incident", "show", &id]);
        assert!(said.contains(who), "{said}");
    }
    chmod(&home.at("data"), 0o750);
    home.must(&note);
    // What is above it.
    std::fs::create_dir(home.at("shared")).unwrap();
    std::fs::rename(home.at("data"), home.at("shared/data")).unwrap();
    symlink("shared/data", home.at("data")).unwrap();
    chmod(&home.at("shared"), 0o777);
    home.refused(4, &note, &["every user", "on the way to"]);
    chmod(&home.at("shared"), 0o1777);
    home.must(&note);
    chmod(&home.at("shared"), 0o775);
    home.must(&note);
    home.refused(
        1,
        &["doctor"],
        &["another one can be put in its place", "its group"],
    );
}

#[test]
fn a_configuration_that_others_can_change_is_refused_with_what_to_do() {
    let home = Home::new();
    home.must(&["config", "check"]);
    let file = home.at("warroom.yaml");
    for (bits, who) in [(0o664, "its group"), (0o646, "every user")] {
        chmod(&file, bits);
        for arguments in [
            &["config", "check"][..],
            &["incident", "list"],
            &["watch"],
            &["gate"],
        ] {
            home.refused(3, arguments, &[who, "warroom.yaml", "chmod go-w"]);
        }
    }
    chmod(&file, 0o644);
    chmod(home.directory.path(), 0o777);
    home.refused(3, &["config", "check"], &["every user", "on the way to"]);
    chmod(home.directory.path(), 0o700);
    home.must(&["config", "check"]);
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&file, Some(65_534), None).unwrap();
        home.refused(3, &["config", "check"], &["belongs to user 65534", "chown"]);
    }
}

#[test]
fn a_pipe_or_a_device_is_refused_at_once_wherever_a_file_is_read() {
    let home = Home::new();
    let id = home.opened();
    let pipe = home.at("pipe");
    let rights = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rights).unwrap();
    let names = [pipe.to_str().unwrap(), "/dev/zero"];
    for name in names {
        for (code, arguments) in [
            (3, &["--config", name, "incident", "list"][..]),
            (4, &["verify", name]),
            (2, &["verify", &id, "--allowed-signers", name]),
            (
                3,
                &[
                    "escalation",
                    "simulate",
                    name,
                    "--at",
                    "2026-11-22T00:00:00Z",
                ],
            ),
        ] {
            home.refused(code, arguments, &[name]);
        }
    }
    // A device that a person names is written to; a pipe without a reader would hold the command up.
    home.refused(4, &["postmortem", &id, "--to", names[0]], &[names[0]]);
    home.must(&["postmortem", &id, "--to", "/dev/null"]);
    for key in [
        "policies: {escalation: pipe}",
        "services: pipe",
        "schedules: pipe",
    ] {
        home.configure(key);
        home.refused(3, &["config", "check"], &["pipe"]);
    }
    home.configure("signing: {key: pipe}");
    let (_, said) = home.run(&["doctor"]);
    assert!(
        said.contains("cannot read") && said.contains("pipe"),
        "{said}"
    );
    // In the place of a journal, of its texts, of its lock.
    home.configure("");
    for part in ["journal.jsonl", "disclosures.jsonl", "lock"] {
        let own = home.at("data/incidents").join(&id).join(part);
        std::fs::rename(&own, home.at("kept")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, &own, rights).unwrap();
        home.refused(4, &["incident", "note", &id, "x"], &["plain file"]);
        std::fs::remove_file(&own).unwrap();
        std::fs::rename(home.at("kept"), &own).unwrap();
    }
    home.must(&["incident", "note", &id, "x"]);
}

#[test]
fn heads_that_cannot_be_remembered_are_reported_with_the_option_to_set() {
    let home = Home::new();
    std::fs::write(home.at("file"), "").unwrap();
    let state = home.at("file/state");
    let without = ["--state-dir", state.to_str().unwrap()];
    let told = |said: &str| {
        for word in ["cut off or put back", "--state-dir", "state_dir"] {
            assert!(said.contains(word), "{word}: {said}");
        }
        assert_eq!(said.matches("put back").count(), 1, "{said}");
    };
    told(&home.must(&[&without[..], &["incident", "open", "x"]].concat()));
    let (code, said) = home.run(&[&without[..], &["doctor"]].concat());
    assert_eq!(code, 1);
    told(&said);
    assert!(said.contains("NO  memory of heads"), "{said}");
    let mut watch = home.command(&[&without[..], &["watch"]].concat());
    let mut watch = watch
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(2));
    watch.kill().unwrap();
    let mut said = String::new();
    watch
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    watch.wait().unwrap();
    told(&said);
    // One that others can write to remembers what they like.
    std::fs::create_dir_all(home.at("loose/heads")).unwrap();
    chmod(&home.at("loose/heads"), 0o777);
    let loose = home.at("loose");
    told(&home.must(&["--state-dir", loose.to_str().unwrap(), "incident", "list"]));
    // One that can be written to is not worth a word.
    let said = home.must(&["incident", "list"]);
    assert!(!said.contains("put back"), "{said}");
}
