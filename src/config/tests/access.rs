//! Files that others can change, and credentials over plain HTTP.

use super::*;

fn exposed_files(home: &Path) -> Overrides {
    let write = |name: &str, text: &str| std::fs::write(home.join(name), text).unwrap();
    write(
        "warroom.yaml",
        "policies: {escalation: e.yaml}\nservices: s.yaml\nschedules: r.yaml\n",
    );
    write(
        "e.yaml",
        include_str!("../../../assets/policies/escalation.yaml"),
    );
    write("s.yaml", SERVICES);
    write("r.yaml", include_str!("../../../assets/schedules.yaml"));
    overrides(home.join("warroom.yaml"), home.join("data"))
}

fn chmod(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[rstest]
#[case::configuration("warroom.yaml")]
#[case::policy("e.yaml")]
#[case::map("s.yaml")]
#[case::schedules("r.yaml")]
fn a_check_refuses_each_file_that_others_can_change(#[case] name: &str) {
    let home = tempfile::tempdir().unwrap();
    let overrides = exposed_files(home.path());
    Config::load(&overrides, OnProblem::Refuse).unwrap();
    chmod(&home.path().join(name), 0o664);
    let error = Config::load(&overrides, OnProblem::Refuse).unwrap_err();
    let text = format!("{error}; {}", error.hint());
    for word in [name, "its group", "0664", "chmod go-w"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn the_last_copy_replaces_a_file_that_others_can_change() {
    let home = tempfile::tempdir().unwrap();
    let overrides = exposed_files(home.path());
    Config::load(&overrides, OnProblem::Refuse)
        .unwrap()
        .keep_copies()
        .unwrap();
    let policy = home.path().join("e.yaml");
    let changed = std::fs::read_to_string(&policy)
        .unwrap()
        .replace("cto", "mallory");
    std::fs::write(&policy, changed).unwrap();
    chmod(&policy, 0o666);
    let config = Config::load(&overrides, OnProblem::Report).unwrap();
    let targets = config.policies.escalation.targets();
    assert!(!targets.iter().any(|target| target.as_str() == "mallory"));
    assert!(matches!(config.fallbacks[0].instead, Replacement::Copy(_)));
    let said = config.fallbacks[0].to_string();
    assert!(
        said.contains("every user") && said.contains("is in force"),
        "{said}"
    );
    // A copy that others can change is not used either: the shipped policy is in force.
    chmod(&home.path().join("data/copies/escalation.yaml"), 0o666);
    let config = Config::load(&overrides, OnProblem::Report).unwrap();
    assert_eq!(config.fallbacks[0].instead, Replacement::Shipped);
    // The configuration file is refused as a whole, as with every other problem.
    chmod(&home.path().join("warroom.yaml"), 0o622);
    assert!(Config::load(&overrides, OnProblem::Report).is_err());
}

/// Opens a Prometheus with these settings; credentials may go to the allowed hosts.
fn source(settings: &str, allowed: &str) -> Result<(), ConfigError> {
    let config = load(&format!(
        "allow_plain_http: [{allowed}]\nsources: [{{kind: prometheus, {settings}}}]\n"
    ));
    let config = config.unwrap();
    let source = &config.sources[0];
    http(&source.settings, &source.name).map(drop)
}

#[rstest]
#[case::bearer("bearer: {env: PATH}", "its credentials")]
#[case::basic("basic_auth: {username: u, password: {env: PATH}}", "its credentials")]
#[case::authorization("authorization: {credentials: {env: PATH}}", "its credentials")]
#[case::secret_header("http_headers: {X-Y: {secrets: [{env: PATH}]}}", "its credentials")]
#[case::telling_header("http_headers: {X-Api-Key: abc}", "its credentials")]
#[case::tokens(
    "oauth2: {client_id: a, client_secret: {env: PATH}, token_url: 'http://login.example/t'}",
    "its credentials"
)]
#[case::proxy("proxy_url: 'http://u:p@proxy.example:3128'", "the proxy's password")]
fn a_credential_of_a_source_is_not_sent_over_plain_http(#[case] with: &str, #[case] what: &str) {
    let source = |url: &str, allowed: &str| source(&format!("url: '{url}', {with}"), allowed);
    let error = source("http://prometheus.example:9090", "").unwrap_err();
    let said = format!("{error}; {}", error.hint());
    for word in [what, "plain http", "allow_plain_http", "use https"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let all = "prometheus.example, login.example, proxy.example";
    source("http://prometheus.example:9090", all).unwrap();
    let secure = source("https://prometheus.example", "login.example, proxy.example");
    secure.unwrap();
    source("http://127.0.0.1:9090", "login.example, proxy.example").unwrap();
}

#[test]
fn a_token_server_over_plain_http_is_refused_behind_an_https_source() {
    let with = "url: 'https://x.example', oauth2: {client_id: a, client_secret: {env: PATH}, token_url: 'http://login.example/t'}";
    let error = source(with, "").unwrap_err().to_string();
    assert!(
        error.contains("the client's secret to login.example"),
        "{error}"
    );
}

#[test]
fn a_credential_to_this_machine_is_not_sent_through_a_remote_proxy() {
    let through = |proxy: &str| {
        let local = "url: 'http://127.0.0.1:9090', bearer: {env: PATH}";
        source(&format!("{local}, proxy_url: '{proxy}'"), "")
    };
    let error = through("http://proxy.example:3128")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("its credentials to proxy.example"),
        "{error}"
    );
    through("http://127.0.0.1:3128").unwrap();
}

#[test]
fn a_source_without_credentials_may_be_read_over_plain_http() {
    let with = "url: 'http://x.example', http_headers: {X-Scope-OrgID: {values: [payments]}}";
    source(with, "").unwrap();
}
