//! Whatever hangs, explodes or is nonsense beside it: a critical alert is paged in time, and the service ends when told.

mod table;

use crate::support::program::{Running, WARROOM};
use crate::support::server::{Does, JSON, Server, answer};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use table::{Lines, SIEGES};

/// Longest time from the start of the service to the page, in seconds: the poll is one second.
const IN_TIME: u64 = 20;
/// Longest time from SIGTERM to the end: messages on their way are waited for.
const ENDS: u64 = 15;
/// Services besieged at once.
const AT_ONCE: usize = 4;

/// A reader of the log that stopped long ago: the pipe is full when the service starts.
#[test]
fn a_log_that_nobody_reads_delays_neither_pages_nor_the_end() {
    let level = "  - {level: on-call, target: on-call, after: 0m, until: acknowledged, channels: [pager]}\n  - {level: lead, target: lead, after: 3s, until: acknowledged, channels: [pager]}\n";
    let stage = super::stage::Stage::new(level, vec![answer(202, "")], "");
    let (reader, writer) = std::io::pipe().unwrap();
    let flags = rustix::fs::fcntl_getfl(&writer).unwrap();
    rustix::fs::fcntl_setfl(&writer, flags | rustix::fs::OFlags::NONBLOCK).unwrap();
    while rustix::io::write(&writer, &[b'x'; 4096]).is_ok() {}
    while rustix::io::write(&writer, b"x").is_ok() {}
    rustix::fs::fcntl_setfl(&writer, flags).unwrap();
    let child = stage
        .command(&["watch"])
        .stdout(writer.try_clone().unwrap())
        .stderr(writer)
        .spawn()
        .unwrap();
    let watch = Running(child);
    stage.until("both levels are paged", IN_TIME, || {
        stage.hook.requests().len() >= 2
    });
    assert!(watch.terminate(), "it ends in good order");
    drop(reader);
}

#[test]
fn a_critical_alert_is_paged_in_time_beside_parts_that_hang_or_explode() {
    let wanted = std::env::var("WARROOM_SIEGE").unwrap_or_default();
    let sieges = SIEGES.iter().filter(|(name, _)| name.contains(&wanted));
    let queue = Mutex::new(sieges.collect::<Vec<_>>());
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some((name, lines)) = queue.lock().unwrap().pop() else {
                        return;
                    };
                    if let Err(why) = withstood(*lines) {
                        failures.lock().unwrap().push(format!("{name}: {why}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Whether the page went out in time, the service said what is wrong, and it ended when it was told to.
fn withstood(siege: fn(&Path) -> Lines) -> Result<(), String> {
    let home = tempfile::tempdir().unwrap();
    let lines = siege(home.path());
    let now = chrono::Utc::now().to_rfc3339();
    let good = format!(
        r#"{{"labels":{{"alertname":"PaymentSuccessRateLow","severity":"critical"}},"annotations":{{"summary":"84 %"}},"startsAt":"{now}","fingerprint":"a","status":{{"state":"active"}}}}"#
    );
    let body = format!("[{}{good}]", lines.alerts);
    let alertmanager = Server::start(vec![Does::Answer(200, JSON, body)]);
    let hook = Server::start(vec![answer(202, "")]);
    let escalation = match lines.rest.contains("policies:") {
        true => "",
        false => "policies: {escalation: escalation.yaml}\n",
    };
    let level = "policy: short\nversion: 1\nlevels:\n  - {level: on-call, target: on-call, after: 0m, until: acknowledged, channels: [pager]}\n";
    std::fs::write(home.path().join("escalation.yaml"), level).unwrap();
    let configuration = format!(
        "name: dana\npoll_seconds: 1\nsources:\n  - {{kind: alertmanager, url: '{}'}}\n{}channels:\n  - {{kind: webhook, name: pager, url: '{}', secret: {{env: SECRET}}}}\n{}{escalation}{}",
        alertmanager.url(),
        lines.sources,
        hook.url(),
        lines.channels,
        lines.rest
    );
    std::fs::write(home.path().join("warroom.yaml"), &configuration).unwrap();
    let path = home.path().join("log");
    let log = std::fs::File::create(&path).unwrap();
    let begun = Instant::now();
    let child = Command::new(WARROOM)
        .arg("--config")
        .arg(home.path().join("warroom.yaml"))
        .arg("--data-dir")
        .arg(home.path().join("data"))
        .arg("watch")
        .env("WARROOM_STATE_DIR", home.path().join("state"))
        .env("SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        .env("USER", "dana")
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut watch = Running(child);
    let said = || std::fs::read_to_string(&path).unwrap_or_default();
    let paged = || {
        let requests = hook.requests();
        let about = |request: &crate::support::server::Request| {
            request.body.contains("PaymentSuccessRateLow")
        };
        requests.iter().any(about)
            || requests
                .iter()
                .any(|request| request.body.contains("on-call"))
    };
    while !paged() {
        if let Ok(Some(status)) = watch.0.try_wait() {
            return Err(format!("the service ended with {status}:\n{}", said()));
        }
        if begun.elapsed() > Duration::from_secs(IN_TIME) {
            return Err(format!("no page after {IN_TIME} s:\n{}", said()));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    // What is wrong may be known only once an answer has been waited for.
    while !said().contains(lines.says) {
        if begun.elapsed() > Duration::from_secs(IN_TIME + 20) {
            return Err(format!(
                "nothing is said of \"{}\":\n{}",
                lines.says,
                said()
            ));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let pid = rustix::process::Pid::from_child(&watch.0);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let told = Instant::now();
    loop {
        match watch.0.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => {
                return Err(format!("told to end, it ended with {status}:\n{}", said()));
            }
            _ if told.elapsed() > Duration::from_secs(ENDS) => {
                return Err(format!("it goes on {ENDS} s after SIGTERM:\n{}", said()));
            }
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}
