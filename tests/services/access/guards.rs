//! nginx and tinyproxy in front of an Alertmanager's answer, and the program run against them.

use crate::support::needs::{Need, find, lacks};
use crate::support::program::{Running, WARROOM, free_port, listens};
use std::path::Path;
use std::process::{Command, Output};

pub(crate) const NEEDED: [Need; 3] = [
    Need::Tool("nginx"),
    Need::Tool("tinyproxy"),
    Need::Tool("openssl"),
];

/// One alert, and no silence, as an Alertmanager would answer.
pub(crate) const LOCATIONS: &str = r#"
location = /am/api/v2/alerts { default_type application/json; return 200 '[{"labels":{"alertname":"Guarded"},"startsAt":"2026-11-22T00:00:00Z","status":{"state":"active"}}]'; }
location = /am/api/v2/silences { default_type application/json; return 200 '[]'; }
"#;

/// nginx with this server block.
pub(crate) fn nginx(directory: &Path, port: u16, server: &str) -> Running {
    let text = format!(
        "daemon off; master_process off; pid {0}/pid; error_log {0}/log;\nevents {{}}\nhttp {{ access_log {0}/access; client_body_temp_path {0}/t1; proxy_temp_path {0}/t2; fastcgi_temp_path {0}/t3; uwsgi_temp_path {0}/t4; scgi_temp_path {0}/t5;\n{server}\n}}\n",
        directory.display()
    );
    std::fs::write(directory.join("nginx.conf"), text).unwrap();
    let mut command = Command::new(find("nginx").unwrap());
    command.arg("-c").arg(directory.join("nginx.conf"));
    let server = Running::quietly(command.arg("-p").arg(directory));
    listens(port, "nginx");
    server
}

/// `warroom alerts` with this source.
pub(crate) fn alerts(directory: &Path, source: &str) -> Output {
    std::fs::write(
        directory.join("warroom.yaml"),
        format!("sources:\n  - {source}\n"),
    )
    .unwrap();
    Command::new(WARROOM)
        .arg("--config")
        .arg(directory.join("warroom.yaml"))
        .arg("--data-dir")
        .arg(directory.join("data"))
        .arg("alerts")
        .env("WARROOM_STATE_DIR", directory.join("state"))
        .env("TENANT_TOKEN", "token-of-the-tenant")
        .env("CLIENT_SECRET", "secret-of-the-client")
        .env_remove("http_proxy")
        .env_remove("https_proxy")
        .output()
        .unwrap()
}

/// Succeeds with the one alert.
pub(crate) fn shows(output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("Guarded"),
        "{output:?}"
    );
}

/// Fails with these words, and repeats no secret.
pub(crate) fn says(output: &Output, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{said}");
    for word in words {
        assert!(said.contains(word), "\"{word}\" is not in: {said}");
    }
    assert!(
        !said.contains("token-of-the-tenant") && !said.contains("secret-of-the-client"),
        "{said}"
    );
}

#[test]
fn a_source_behind_a_proxy_is_reached_through_it() {
    if lacks(&NEEDED) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (port, proxy) = (free_port(), free_port());
    let _nginx = nginx(
        directory.path(),
        port,
        &format!("server {{ listen 127.0.0.1:{port}; {LOCATIONS} }}"),
    );
    let config = directory.path().join("tinyproxy.conf");
    let log = directory.path().join("proxy.log");
    std::fs::write(
        &config,
        format!("Port {proxy}\nListen 127.0.0.1\nTimeout 20\nMaxClients 10\nLogFile \"{}\"\nLogLevel Connect\nAllow 127.0.0.1\n", log.display()),
    )
    .unwrap();
    let source = format!(
        "{{kind: alertmanager, url: 'http://127.0.0.1:{port}/am', proxy_url: 'http://127.0.0.1:{proxy}'}}"
    );
    says(
        &alerts(directory.path(), &source),
        &["through the proxy", &proxy.to_string(), "proxy_url"],
    );
    let mut command = Command::new(find("tinyproxy").unwrap());
    let running = Running::quietly(command.args(["-d", "-c"]).arg(&config));
    listens(proxy, "tinyproxy");
    shows(&alerts(directory.path(), &source));
    let passed = std::fs::read_to_string(&log).unwrap();
    assert!(
        passed.contains(&format!("127.0.0.1:{port}")),
        "the proxy saw nothing of it: {passed}"
    );
    // A host that is to be reached without it is.
    drop(running);
    let direct = source.replace("proxy_url", "no_proxy: '127.0.0.1', proxy_url");
    shows(&alerts(directory.path(), &direct));
}

#[test]
fn a_tenant_header_a_token_and_a_path_prefix_are_sent() {
    if lacks(&NEEDED) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let port = free_port();
    let guard = "if ($http_x_scope_orgid != payments) { return 403; } if ($http_authorization != 'Bearer token-of-the-tenant') { return 401; }";
    let _nginx = nginx(
        directory.path(),
        port,
        &format!("server {{ listen 127.0.0.1:{port}; {guard} {LOCATIONS} }}"),
    );
    let source =
        |rest: &str| format!("{{kind: alertmanager, url: 'http://127.0.0.1:{port}/am'{rest}}}");
    let header = ", http_headers: {X-Scope-OrgID: {values: [payments]}}";
    let token = ", authorization: {credentials: {env: TENANT_TOKEN}}";
    shows(&alerts(
        directory.path(),
        &source(&format!("{header}{token}")),
    ));
    says(
        &alerts(directory.path(), &source(token)),
        &["403", "read access"],
    );
    says(
        &alerts(directory.path(), &source(header)),
        &["401", "authorization"],
    );
    let elsewhere = source(&format!("{header}{token}")).replace("/am'", "/elsewhere'");
    says(&alerts(directory.path(), &elsewhere), &["web page"]);
}
