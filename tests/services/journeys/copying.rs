//! Copying inside tmux: what was copied is in its paste buffer, with what tmux does by default.

use crate::support::needs::{Need, lacks};
use crate::support::program::WARROOM;
use crate::support::server::serve_json;
use std::path::Path;
use std::process::Command;

const LINK: &str = "https://runbooks.example/pay";

/// An Alertmanager with one alert that has a link.
fn alertmanager() -> String {
    serve_json(|first| match first.contains("/alerts") {
        true => format!(
            r#"[{{"labels":{{"alertname":"Down","severity":"info"}},"annotations":{{"runbook_url":"{LINK}"}},"startsAt":"2026-11-30T00:00:00Z","endsAt":"2026-12-30T00:00:00Z","updatedAt":"2026-11-30T00:00:00Z","fingerprint":"00000000000000aa","status":{{"state":"active","silencedBy":[],"inhibitedBy":[]}},"receivers":[{{"name":"x"}}]}}]"#
        ),
        false => "[]".to_string(),
    })
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
        alertmanager().trim_start_matches("http://")
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
