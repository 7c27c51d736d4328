//! What besieges the service, and the word that it says about it.

use crate::support::server;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

/// One siege: what it is called, and what it puts into the home of the service.
pub(super) type Siege = (&'static str, fn(&Path) -> Lines);

/// What a siege adds to the configuration.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) sources: String,
    pub(super) channels: String,
    /// Alerts beside the critical one, before it in the list.
    pub(super) alerts: String,
    pub(super) rest: String,
    /// A word that the service says about it, so that nobody takes it for health.
    pub(super) says: &'static str,
}

fn rest(rest: impl Into<String>, says: &'static str) -> Lines {
    Lines {
        rest: rest.into(),
        says,
        ..Lines::default()
    }
}

fn source(kind: &str, url: &str) -> Lines {
    Lines {
        sources: format!("  - {{kind: {kind}, name: other, url: '{url}'}}\n"),
        says: "other",
        ..Lines::default()
    }
}

fn alerts(alerts: impl Into<String>) -> Lines {
    Lines {
        alerts: alerts.into() + ",",
        ..Lines::default()
    }
}

/// What a server does with the first line of a request and its connection.
type Does = fn(&str, &mut TcpStream) -> std::io::Result<()>;

fn serve(does: Does) -> String {
    let address = server::serve(move |request, stream| {
        let _ = does(request.first(), stream);
    });
    format!("http://{address}")
}

fn hang(_: &str, _: &mut TcpStream) -> std::io::Result<()> {
    std::thread::sleep(Duration::from_secs(600));
    Ok(())
}

fn endless(stream: &mut TcpStream, head: &str, body: &str) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {head}\r\nConnection: close\r\n\r\n"
    )?;
    loop {
        stream.write_all(body.as_bytes())?;
    }
}

fn drip(_: &str, stream: &mut TcpStream) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
    loop {
        stream.write_all(b"B")?;
        std::thread::sleep(Duration::from_millis(500));
    }
}

fn json(stream: &mut TcpStream, status: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn metrics(line: &str, stream: &mut TcpStream, rules: &str) -> std::io::Result<()> {
    let now = chrono::Utc::now().timestamp();
    let vector = format!(
        r#"{{"status":"success","data":{{"resultType":"vector","result":[{{"metric":{{}},"value":[{now},"0.97"]}}]}}}}"#
    );
    let matrix = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
    let body = match line {
        line if line.contains("v1/rules") => rules,
        line if line.contains("query_range") => matrix,
        _ => &vector,
    };
    json(stream, "200 OK", body)
}

fn fifo(path: &Path) {
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, path, mode).unwrap();
}

fn zero(path: &Path) {
    std::os::unix::fs::symlink("/dev/zero", path).unwrap();
}

fn nested(times: usize) -> String {
    "BEGIN:A\r\n".repeat(times)
}

fn hourly(events: usize) -> String {
    let event = |n| {
        format!(
            "BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART:19700101T000000Z\r\nDTEND:19700101T003000Z\r\nRRULE:FREQ=HOURLY\r\nSUMMARY:dana\r\nEND:VEVENT\r\n"
        )
    };
    let events: String = (0..events).map(event).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

/// A schedule whose calendar is at this address.
fn calendar(home: &Path, url: &str) -> Lines {
    let address = home.join("address");
    std::fs::write(&address, url).unwrap();
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&address, private).unwrap();
    let calendar = format!("calendar: {{url: {{file: '{}'}}}}", address.display());
    schedule(home, &calendar)
}

fn schedule(home: &Path, more: &str) -> Lines {
    let text = format!("schedules:\n  - {{schedule: on-call, zone: Europe/Berlin, {more}}}\n");
    std::fs::write(home.join("schedules.yaml"), text).unwrap();
    rest("schedules: schedules.yaml\n", "on-call")
}

fn calendar_file(home: &Path, text: &str) -> Lines {
    std::fs::write(home.join("on-call.ics"), text).unwrap();
    schedule(home, "calendar: {file: on-call.ics}")
}

/// A second channel whose credential is what this command prints.
fn credential(command: &str) -> Lines {
    Lines {
        channels: format!(
            "  - {{kind: slack, name: other, url: {{command: [sh, -c, '{command}']}}}}\n"
        ),
        says: "other",
        ..Lines::default()
    }
}

fn source_credential(command: &str) -> Lines {
    Lines {
        sources: format!(
            "  - {{kind: prometheus, name: other, url: 'http://127.0.0.1:9', bearer: {{command: [sh, -c, '{command}']}}}}\n"
        ),
        says: "other",
        ..Lines::default()
    }
}

fn policy(home: &Path, kind: &str, text: &str) -> Lines {
    std::fs::write(home.join("broken.yaml"), text).unwrap();
    broken(kind)
}

/// The configuration names `broken.yaml` as this part.
fn broken(kind: &str) -> Lines {
    let line = match kind {
        "services" | "schedules" => format!("{kind}: broken.yaml\n"),
        "escalation" => "policies: {escalation: broken.yaml}\n".to_string(),
        kind => format!("policies: {{escalation: escalation.yaml, {kind}: broken.yaml}}\n"),
    };
    rest(line, "broken.yaml")
}

fn bomb() -> String {
    let level = |n: u32| {
        let below = vec![format!("*a{}", n - 1); 12].join(",");
        format!("a{n}: &a{n} [{below}]\n")
    };
    format!("a0: &a0 [x]\n{}", (1..12).map(level).collect::<String>())
}

fn playbook(home: &Path, make: impl Fn(&Path)) -> Lines {
    let directory = home.join("playbooks");
    std::fs::create_dir(&directory).unwrap();
    make(&directory.join("evil.md"));
    rest("playbooks: playbooks\n", "evil.md")
}

const ODD: &str =
    r#""startsAt":"2026-11-30T00:00:00Z","fingerprint":"b","status":{"state":"active"}"#;

/// A source of this kind that does this with each request.
fn served(kind: &str, does: Does) -> Lines {
    source(kind, &serve(does))
}

/// A Prometheus that answers all but its rules.
fn rules(does: Does) -> Lines {
    Lines {
        says: "",
        ..served("prometheus", does)
    }
}

#[rustfmt::skip]
pub(super) const SIEGES: &[Siege] = &[
    ("a calendar that is never answered", |home| calendar(home, &serve(hang))),
    ("a calendar without end", |home| calendar(home, &serve(|_, stream| endless(stream, "text/calendar", "BEGIN:VEVENT\r\nSUMMARY:x\r\n")))),
    ("a calendar that drips", |home| calendar(home, &serve(drip))),
    ("a calendar of 400,000 levels", |home| calendar(home, &serve(|_, stream| json(stream, "200 OK", &nested(400_000))))),
    ("a calendar of hours since 1970", |home| calendar(home, &serve(|_, stream| json(stream, "200 OK", &hourly(10_000))))),
    ("a calendar file of 200,000 levels", |home| calendar_file(home, &nested(200_000))),
    ("a calendar file of hours since 1970", |home| calendar_file(home, &hourly(10_000))),
    ("a calendar file that is none", |home| calendar_file(home, "<html>log in</html>")),
    ("a calendar file that is a pipe", |home| {
        fifo(&home.join("on-call.ics"));
        schedule(home, "calendar: {file: on-call.ics}")
    }),
    ("schedules that are nonsense", |home| policy(home, "schedules", "schedules: [")),
    ("a calendar whose address hangs", |home| schedule(home, "calendar: {url: {command: [sleep, '600']}}")),
    ("an alert whose annotations are null", |_| alerts(format!(r#"{{"labels":{{"alertname":"Odd"}},"annotations":null,{ODD}}}"#))),
    ("an alert that is null", |_| alerts("null")),
    ("an alert with half a character", |_| alerts(format!(r#"{{"labels":{{"alertname":"Odd","x":"\ud800"}},"annotations":{{}},{ODD}}}"#))),
    ("an alert with numbers for labels", |_| alerts(format!(r#"{{"labels":{{"alertname":7,"severity":3}},"annotations":{{}},{ODD}}}"#))),
    ("an alert without a start", |_| alerts(r#"{"labels":{"alertname":"Odd"},"annotations":{},"startsAt":"","fingerprint":"b","status":null}"#)),
    ("an alert of great depth", |_| alerts(format!(r#"{{"labels":{}{},{ODD}}}"#, "[".repeat(100), "]".repeat(100)))),
    ("another Alertmanager that is never answered", |_| served("alertmanager", hang)),
    ("another Alertmanager without end", |_| served("alertmanager", |_, stream| endless(stream, "application/json", &"[".repeat(4096)))),
    ("a Prometheus whose rules hang", |_| rules(|line, stream| match line.contains("v1/rules") {
        true => hang(line, stream),
        false => metrics(line, stream, ""),
    })),
    ("a Prometheus whose rules are null", |_| rules(|line, stream| metrics(line, stream, r#"{"status":"success","data":{"groups":null}}"#))),
    ("a Prometheus whose rules are of great depth", |_| rules(|line, stream| metrics(line, stream, &format!(r#"{{"data":{{"groups":{}"#, "[".repeat(1_000_000))))),
    ("a credential command that hangs", |_| credential("sleep 600")),
    ("a credential command without end", |_| credential("yes")),
    ("a credential command that fails", |_| credential("exit 3")),
    ("a credential command that leaves a child", |_| credential("sleep 600 & echo; exit 0")),
    ("a source whose credential command hangs", |_| source_credential("sleep 600")),
    ("a source whose credential command is without end", |_| source_credential("yes")),
    ("changes by a command without end", |_| rest("changes:\n  - {name: deploys, command: ['yes', '{}']}\n", "")),
    ("changes by a command that hangs", |_| rest("changes:\n  - {name: deploys, command: [sleep, '600']}\n", "")),
    ("changes in a pipe", |home| {
        fifo(&home.join("changes"));
        rest("changes:\n  - {name: deploys, file: changes}\n", "")
    }),
    ("an escalation policy of 200,000 levels", |home| policy(home, "escalation", &"[".repeat(200_000))),
    ("an escalation policy that explodes", |home| policy(home, "escalation", &bomb())),
    ("an escalation policy that is a pipe", |home| {
        fifo(&home.join("broken.yaml"));
        broken("escalation")
    }),
    ("an escalation policy without end", |home| {
        zero(&home.join("broken.yaml"));
        broken("escalation")
    }),
    ("an intake policy that is not there", |_| broken("intake")),
    ("an intake policy of a huge expression", |home| {
        let text = "policy: p\nversion: 1\nrules:\n  - {rule: r, when: {alertname: '((((a{1000}){1000}){1000}){1000})'}, action: show}\n";
        policy(home, "intake", text)
    }),
    ("a severity policy that is empty", |home| policy(home, "severity", "")),
    ("a service map that is nonsense", |home| policy(home, "services", "services: 7")),
    ("a playbook that is a pipe", |home| playbook(home, fifo)),
    ("a playbook without end", |home| playbook(home, zero)),
    ("a playbook of great depth", |home| {
        let text = format!("# Evil\n\n## Step\n\n{}x\n", "> - ".repeat(50_000));
        let write = |path: &Path| std::fs::write(path, &text).unwrap();
        Lines { says: "", ..playbook(home, write) }
    }),
    ("a template that is a pipe", |home| {
        std::fs::create_dir(home.join("templates")).unwrap();
        fifo(&home.join("templates/postmortem.md.j2"));
        rest("templates: templates\n", "postmortem.md.j2")
    }),
    ("a signing key that is a pipe", |home| {
        fifo(&home.join("key"));
        rest("signing: {key: key}\n", "")
    }),
];
