//! Mail through Debian's exim, run from a directory of its own.

use crate::support::needs::{Need, find, lacks};
use crate::support::outbox::{certificate, open, page, runtime};
use crate::support::program::{Running, free_port, listens};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use warroom::harness::Message;
use warroom::harness::PageOutcome;

const NEEDED: [Need; 1] = [Need::Tool("exim4")];

struct Exim {
    _server: Running,
    port: u16,
    mail: PathBuf,
}

/// Takes mail for anybody but `nobody` (refused) and `later` (deferred), and puts it into one file.
fn start(home: &Path) -> Exim {
    let port = free_port();
    let shown = home.display();
    let mail = home.join("mail");
    certificate(home);
    let configuration = format!(
        "primary_hostname = mail.example
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
spool_directory = {shown}/spool
log_file_path = {shown}/log-%slog
pid_file_path = {shown}/pid
never_users =
tls_advertise_hosts = *
tls_certificate = {shown}/cert.pem
tls_privatekey = {shown}/key.pem
keep_environment =
acl_smtp_rcpt = recipients
begin acl
recipients:
  deny local_parts = nobody
       message = no such person
  defer local_parts = later
       message = come back later
  accept
begin routers
all:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  file = {}
  create_file = anywhere
  user = Debian-exim
  group = Debian-exim
",
        mail.display()
    );
    std::fs::write(home.join("exim.conf"), configuration).unwrap();
    // exim runs as a user of its own and must reach its files.
    for (path, mode) in [
        (home.to_path_buf(), 0o1777),
        (home.join("key.pem"), 0o644),
        (home.join("exim.conf"), 0o644),
    ] {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let mut command = Command::new(find("exim4").unwrap());
    command.args(["-bdf", "-C"]).arg(home.join("exim.conf"));
    let server = Running::quietly(&mut command);
    listens(port, "exim");
    Exim {
        _server: server,
        port,
        mail,
    }
}

fn settings(home: &Path, port: u16, to: &str, tls: &str) -> String {
    format!(
        "{{kind: smtp, name: mail, host: localhost, port: {port}, tls: {tls}, from: warroom@pay.example, \
         to: {{on-call: ['{to}@pay.example']}}, people: {{Dana: dana@pay.example}}, ca_file: '{}'}}",
        home.join("ca.pem").display()
    )
}

fn letters(exim: &Exim, count: usize) -> String {
    let begun = Instant::now();
    loop {
        let text = std::fs::read_to_string(&exim.mail).unwrap_or_default();
        if text.matches("\nSubject:").count() >= count {
            return text;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{text}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

#[test]
fn mail_arrives_once_at_a_real_server_under_one_message_id() {
    if lacks(&NEEDED) {
        return;
    }
    assert!(
        is_root(),
        "exim takes a configuration of one's own from root only"
    );
    let home = tempfile::tempdir().unwrap();
    let exim = start(home.path());
    runtime().block_on(async {
        let post = open(&settings(home.path(), exim.port, "oncall", "starttls")).unwrap();
        let first = post.send(&page()).await;
        assert_eq!(
            (first.outcome, first.http),
            (PageOutcome::Accepted, Some(250)),
            "{}",
            first.detail
        );
        // The same call again by another program, because its result was lost: the same letter.
        let other = open(&settings(home.path(), exim.port, "oncall", "starttls")).unwrap();
        assert_eq!(other.send(&page()).await.outcome, PageOutcome::Accepted);
    });
    let text = letters(&exim, 2);
    let ids: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("Message-ID:") || line.starts_with("Message-Id:"))
        .collect();
    assert!(
        ids.len() >= 2 && ids.iter().all(|id| *id == ids[0]),
        "{ids:?}"
    );
    assert!(
        ids[0].contains("page-inc-20261126-0001.on-call.0@pay.example"),
        "{ids:?}"
    );
    let all = [
        "oncall@pay.example",
        "dana@pay.example",
        "Auto-Submitted: auto-generated",
        "warroom incident ack INC-20261126-0001",
    ];
    for words in all {
        assert!(text.contains(words), "{words} is missing in {text}");
    }
}

#[test]
fn a_mail_server_that_defers_refuses_or_is_unreachable_is_distinguished() {
    if lacks(&NEEDED) {
        return;
    }
    assert!(
        is_root(),
        "exim takes a configuration of one's own from root only"
    );
    let home = tempfile::tempdir().unwrap();
    let exim = start(home.path());
    let nobody_listens = free_port();
    let cases = [
        (
            "refused",
            settings(home.path(), exim.port, "nobody", "starttls"),
            PageOutcome::Refused,
            Some(550),
            "no such person",
        ),
        (
            "deferred",
            settings(home.path(), exim.port, "later", "starttls"),
            PageOutcome::Failed,
            Some(451),
            "come back later",
        ),
        (
            "away",
            settings(home.path(), nobody_listens, "oncall", "starttls"),
            PageOutcome::Failed,
            None,
            "localhost",
        ),
        (
            "no TLS from the start",
            settings(home.path(), exim.port, "oncall", "implicit"),
            PageOutcome::Failed,
            None,
            "localhost",
        ),
    ];
    runtime().block_on(async {
        let sends = cases.map(|(name, settings, outcome, code, says)| async move {
            let mut message = page();
            if let Message::Page(page) = &mut message {
                // Only the target's address: the person's own would be taken.
                page.who = None;
            }
            let delivery = open(&settings).unwrap().send(&message).await;
            assert_eq!(
                (delivery.outcome, delivery.http),
                (outcome, code),
                "{name}: {}",
                delivery.detail
            );
            assert!(
                delivery.detail.as_str().contains(says),
                "{name}: {}",
                delivery.detail
            );
        });
        futures::future::join_all(sends).await;
        // A target without an address reaches nobody, and is said so.
        let mut message = page();
        if let Message::Page(page) = &mut message {
            page.target = crate::support::outbox::slug("cto");
            page.who = None;
        }
        let post = open(&settings(home.path(), exim.port, "oncall", "starttls")).unwrap();
        let delivery = post.send(&message).await;
        assert_eq!(delivery.outcome, PageOutcome::Refused);
        assert!(
            delivery.detail.as_str().contains("no address"),
            "{}",
            delivery.detail
        );
    });
    let plain =
        settings(home.path(), exim.port, "oncall", "none").replace("localhost", "mail.example");
    assert!(
        open(&plain)
            .err()
            .unwrap()
            .contains("relay on this machine")
    );
}
