//! Copying inside tmux: what was copied is in its paste buffer, with what tmux does by default.

use crate::support::needs::{Need, lacks};
use crate::support::terminal::WARROOM;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

const LINK: &str = "https://runbooks.example/pay";

/// An Alertmanager with one alert that has a link.
fn alertmanager() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            while reader.read_line(&mut request).is_ok_and(|read| read > 2) {}
            let body = match request.contains("/alerts") {
                true => format!(
                    r#"[{{"labels":{{"alertname":"Down","severity":"info"}},"annotations":{{"runbook_url":"{LINK}"}},"startsAt":"2026-11-30T00:00:00Z","endsAt":"2026-12-30T00:00:00Z","updatedAt":"2026-11-30T00:00:00Z","fingerprint":"00000000000000aa","status":{{"state":"active","silencedBy":[],"inhibitedBy":[]}},"receivers":[{{"name":"x"}}]}}]"#
                ),
                false => "[]".to_string(),
            };
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
        }
    });
    place
}

#[test]
fn what_is_copied_inside_tmux_is_in_its_paste_buffer() {
    if lacks(&[Need::Tool("tmux")]) {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    // An address on this machine needs no scheme.
    let config = home.path().join("config.yaml");
    let text = format!(
        "data_dir: data\nsources: [{{kind: alertmanager, url: '{}'}}]\n",
        alertmanager()
    );
    std::fs::write(&config, text).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/field/osc52-in-tmux.sh");
    let here = Path::new(WARROOM).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .arg(script)
        .arg(&config)
        .env_clear()
        .env("PATH", format!("{}:{path}", here.display()))
        .env("HOME", home.path())
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
        .env("TMUX_TMPDIR", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("copied to tmux's buffer"), "{output:?}");
    assert!(said.contains(LINK), "{output:?}");
}
