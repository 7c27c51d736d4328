//! Credential commands that hang, fail, print without end or leave a child: the service starts without what they open,
//! says so, pages by what it has, and takes the rest into use when they answer.

use super::stage::{Stage, taken};
use crate::support::server::{Server, answer};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

const LEVELS: &str = "  - {level: on-call, target: on-call, after: 0s, until: acknowledged, channels: [pager, slack]}\n";

fn bad(kind: &str) -> String {
    match kind {
        "hangs" => "[sleep, '600']".into(),
        "hangs after output" => "[sh, -c, 'echo whsec_; sleep 600']".into(),
        "fails" => "['false']".into(),
        "is not there" => "[/no/such/program]".into(),
        "prints without end" => "['yes']".into(),
        "says nothing" => "['true']".into(),
        other => panic!("{other}"),
    }
}

/// Everything that has a credential has one that does not come: sources, channels, the pager, a calendar, changes.
fn everything(kind: &str) -> String {
    let command = bad(kind);
    format!(
        "services: services.yaml\nschedules: schedules.yaml\npaging: {{external: {{token: {{command: {command}}}, url: 'http://127.0.0.1:9', services: {{PX: payments}}}}}}\n\
         changes:\n  - {{name: deploys, grafana: {{url: 'http://127.0.0.1:9', bearer: {{command: {command}}}}}}}\n  - {{name: merges, command: {command}}}\n"
    )
}

/// A stage whose second source and channel have such a command too.
fn stage(kind: &str) -> Stage {
    let command = bad(kind);
    let stage = Stage::new(
        LEVELS,
        taken(),
        &everything(kind).replace("services: services.yaml\n", ""),
    );
    let file = stage.home.path().join("warroom.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace(
        "channels:\n",
        &format!(
            "  - {{kind: prometheus, name: metrics, url: 'http://127.0.0.1:9', bearer: {{command: {command}}}}}\nchannels:\n  - {{kind: slack, name: slack, url: {{command: {command}}}}}\n"
        ),
    );
    std::fs::write(&file, text).unwrap();
    std::fs::write(
        stage.home.path().join("schedules.yaml"),
        format!("schedules:\n  - {{schedule: cto, zone: UTC, calendar: {{url: {{command: {command}}}}}}}\n"),
    )
    .unwrap();
    stage
}

/// How long a start may take that waits for one command after another is not: all of them run at a time.
const START: Duration = Duration::from_secs(16);

#[test]
fn a_credential_that_does_not_come_keeps_nobody_from_being_paged_by_what_is_there() {
    let kinds = [
        "hangs",
        "hangs after output",
        "fails",
        "is not there",
        "prints without end",
        "says nothing",
    ];
    std::thread::scope(|scope| {
        for kind in kinds {
            scope.spawn(move || paged_with(kind));
        }
    });
}

fn paged_with(kind: &str) {
    let stage = stage(kind);
    let begun = Instant::now();
    let _watch = stage.watch();
    stage.until(&format!("{kind}: nobody is paged"), 30, || {
        !stage.hook.requests().is_empty()
    });
    assert!(
        begun.elapsed() < START + Duration::from_secs(8),
        "{kind}: {:?}",
        begun.elapsed()
    );
    // Calendars are read off the start, and told once that has failed.
    stage.until(&format!("{kind}: the calendar is named"), 30, || {
        stage.log().contains("the calendar of cto is not known")
    });
    let log = stage.log();
    for name in [
        "source \"metrics\"",
        "channel \"slack\"",
        "pager \"pagerduty\"",
        "source of changes \"deploys\"",
    ] {
        assert!(
            log.contains(&format!("{name} cannot be used, and is tried again")),
            "{kind}: {name} is not named in {log}"
        );
    }
    assert!(!log.contains("source \"alertmanager\" cannot"), "{log}");
}

/// The doctor and the check name each of them, in a bounded time.
#[test]
fn a_credential_that_does_not_come_is_named_by_the_doctor_and_the_check_in_time() {
    let stage = stage("hangs");
    for words in [&["doctor"][..], &["config", "check"]] {
        let begun = Instant::now();
        let said = stage.run(words);
        let text = String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned();
        assert!(!said.status.success());
        for name in ["metrics", "slack", "sleep did not end within 10 s"] {
            assert!(
                text.contains(name),
                "{words:?}: {name} is missing in {text}"
            );
        }
        assert!(begun.elapsed() < START, "{words:?}: {:?}", begun.elapsed());
    }
}

/// The vault is shut at the start and opens later: what it has comes into use without a restart.
#[test]
fn a_credential_that_comes_later_is_used_without_a_restart() {
    let slack = Server::start(vec![answer(200, "ok")]);
    let levels = "  - {level: on-call, target: on-call, after: 0s, until: acknowledged, channels: [slack]}\n";
    let stage = Stage::new(levels, taken(), "");
    let vault = stage.home.path().join("vault");
    let file = stage.home.path().join("warroom.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let channel = format!(
        "channels:\n  - {{kind: slack, name: slack, url: {{command: ['{}']}}}}\n",
        vault.display()
    );
    std::fs::write(&file, text.replace("channels:\n", &channel)).unwrap();
    let _watch = stage.watch();
    stage.until("the missing channel is not named", 10, || {
        stage
            .log()
            .contains("channel \"slack\" cannot be used, and is tried again")
    });
    std::fs::write(
        &vault,
        format!("#!/bin/sh\necho {}/hiddenpart\n", slack.url()),
    )
    .unwrap();
    std::fs::set_permissions(&vault, std::fs::Permissions::from_mode(0o700)).unwrap();
    stage.until("the channel does not come into use", 40, || {
        stage
            .log()
            .contains("channel slack has its credential now and is used")
    });
    stage.until("nobody is paged by it", 120, || {
        !slack.requests().is_empty()
    });
}
