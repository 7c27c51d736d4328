//! The mail server of the field inputs, the real program, and an incident that was opened by hand.

use crate::support::program::{Running, WARROOM, free_port, listens};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn input(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases/field")
        .join(name)
}

fn warroom(home: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(WARROOM);
    command
        .arg("--config")
        .arg(home.join("mail-one-gone.yaml"))
        .arg("--data-dir")
        .arg(home.join("data"))
        .args(words)
        .env("WARROOM_STATE_DIR", home.join("state"))
        .stdin(Stdio::null());
    command
}

/// The field's configuration in a home of its own, and its mail server, with the file in which it writes down what it takes.
fn staged() -> (tempfile::TempDir, PathBuf, Running) {
    let home = tempfile::tempdir().unwrap();
    let port = free_port();
    let configuration = std::fs::read_to_string(input("mail-one-gone.yaml")).unwrap();
    let configuration = configuration
        .replace("29610", &port.to_string())
        .replace("29600", &free_port().to_string());
    std::fs::write(home.path().join("mail-one-gone.yaml"), configuration).unwrap();
    std::fs::copy(
        input("mail-one-gone-escalation.yaml"),
        home.path().join("mail-one-gone-escalation.yaml"),
    )
    .unwrap();
    let book = home.path().join("smtp.log");
    let mut server = Command::new("python3");
    server
        .arg(input("smtp_one_gone.py"))
        .arg(port.to_string())
        .stdout(std::fs::File::create(&book).unwrap());
    let server = Running::start(server.stderr(Stdio::null()));
    listens(port, "the mail server");
    (home, book, server)
}

#[test]
fn one_refused_address_keeps_the_mail_from_nobody_else() {
    let (home, book, _server) = staged();
    for words in [["config", "check"], ["escalation", "check"]] {
        let said = warroom(home.path(), &words).output().unwrap();
        let text = String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned();
        assert!(!said.status.success(), "{words:?}: {text}");
        assert!(
            text.contains("jörg@pay.example") && text.contains("SMTPUTF8"),
            "{words:?}: {text}"
        );
    }
    assert!(
        !std::fs::read_to_string(&book)
            .unwrap()
            .contains("MAIL FROM"),
        "the check sends nothing"
    );
    let opened = ["incident", "open", "Payments fail"];
    let opened = warroom(home.path(), &opened).output().unwrap();
    assert!(
        opened.status.success(),
        "{}",
        String::from_utf8_lossy(&opened.stderr)
    );
    let _watch = Running(
        warroom(home.path(), &["watch"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let results = || {
        let said = warroom(home.path(), &["--output", "json", "incident", "list"])
            .output()
            .unwrap();
        let list: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
        let id = list[0]["incident"]
            .as_str()
            .unwrap_or_else(|| panic!("{list}"))
            .to_string();
        let journal = home.path().join("data/incidents").join(&id);
        let entries = std::fs::read_to_string(journal.join("journal.jsonl")).unwrap();
        let texts = std::fs::read_to_string(journal.join("disclosures.jsonl")).unwrap();
        (
            entries.matches(r#""type":"page-resulted""#).count(),
            entries,
            texts,
        )
    };
    let until = Instant::now() + Duration::from_secs(100);
    while results().0 < 3 {
        assert!(Instant::now() < until, "{}", results().2);
        std::thread::sleep(Duration::from_millis(500));
    }
    let (_, entries, texts) = results();
    assert_eq!(
        entries.matches(r#""outcome":"accepted""#).count(),
        2,
        "{entries}"
    );
    for words in [
        "NOT to gone@…",
        "550",
        "NOT YET to busy@…",
        "450",
        "SMTPUTF8",
    ] {
        assert!(texts.contains(words), "{words} is missing: {texts}");
    }
    let book = std::fs::read_to_string(&book).unwrap();
    let asked = |name: &str| book.matches(&format!("RCPT TO:<{name}@")).count();
    assert_eq!((asked("gone"), asked("oncall")), (1, 2), "{book}");
    assert!(asked("busy") > 3, "the busy one is tried again: {book}");
    assert_eq!(
        book.matches("TAKEN").count(),
        2,
        "one letter by each channel: {book}"
    );
}
