mod access;

use super::file::MaskingSettings;
use super::*;
use rstest::rstest;
use std::os::unix::fs::PermissionsExt;

#[test]
fn the_sample_is_the_defaults() {
    let sample: ConfigFile = serde_saphyr::from_str(SAMPLE).unwrap();
    assert_eq!(sample, ConfigFile::default());
}

#[test]
fn the_comments_of_the_sample_are_valid_settings() {
    let mut text = String::new();
    for line in SAMPLE.lines() {
        let key = |line: &str| {
            line.split(':')
                .next()
                .is_some_and(|key| KEYS.contains(&key))
        };
        let is_empty = EMPTY.contains(&line);
        match line.strip_prefix("# ").or_else(|| line.strip_prefix("#  ")) {
            Some(rest) if rest.starts_with(' ') || key(rest) => text += &format!("{rest}\n"),
            None if !line.starts_with('#') && !is_empty => text += &format!("{line}\n"),
            _ => {}
        }
    }
    let file: ConfigFile =
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!((file.sources.len(), file.changes.len()), (4, 4));
    assert_eq!(file.channels.len(), 7);
    assert!(file.schedules.is_some() && file.paging.is_some());
    assert!(file.signing.is_some() && file.state_dir.is_some());
    assert!(file.webhook.is_some() && file.policies.intake.is_some() && !file.variables.is_empty());
}

/// Keys without a value, which the comments give one.
const EMPTY: [&str; 6] = [
    "sources: []",
    "changes: []",
    "channels: []",
    "policies: {}",
    "variables: {}",
    "keys: {}",
];

#[rustfmt::skip]
const KEYS: [&str; 16] = [
    "keys", "channels", "schedules", "paging", "changes", "name", "data_dir", "sources", "webhook", "policies",
    "playbooks", "templates", "variables", "signing", "state_dir", "allow_plain_http",
];

#[test]
fn a_users_own_keys_are_in_force() {
    use crate::keymap::{Action, Context, Screen};
    let text =
        "keys: {anywhere: {show-now: 0, acknowledge: [f2, a], copy: o}, now: {silence: 'y'}}";
    let keys = load(text).unwrap().keys;
    let now = [Context::On(Screen::Now), Context::Anywhere];
    let shown = |action| keys.hint(&now, action);
    assert_eq!(shown(Action::Show(Screen::Now)).as_deref(), Some("0"));
    assert_eq!(shown(Action::Acknowledge).as_deref(), Some("f2"));
    assert_eq!(
        keys.action(&now, "y".parse().unwrap()),
        Some(Action::Silence)
    );
}

fn load(text: &str) -> Result<Config, ConfigError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("warroom.yaml");
    std::fs::write(&path, text).unwrap();
    Config::load(&overrides(path, "/nowhere".into()), OnProblem::Refuse)
}

fn overrides(config: PathBuf, data_dir: PathBuf) -> Overrides {
    Overrides {
        config: Some(config),
        data_dir: Some(data_dir),
        ..Overrides::default()
    }
}

#[rstest]
#[case::misspelt("poll_secnds: 5", ":1:", "poll_secnds")]
#[case::second_line("name: x\nsignal: {objectiv: 0.9}", ":2:", "objectiv")]
#[case::twice("name: a\nname: b", ":2:", "name")]
#[case::out_of_range("signal: {objective: 99.9}", "objective", "0.999")]
#[case::two_credentials(
    "sources: [{kind: prometheus, url: 'http://x', bearer: {env: A}, basic_auth: {username: u, password: {env: B}}}]",
    "more than one",
    "keep one"
)]
#[case::no_kind("sources: [{url: 'http://x'}]", "kind is missing", "grafana")]
#[case::inline_secret(
    "sources: [{kind: prometheus, url: 'http://x', bearer: hunter2-very-secret}]",
    ":1:",
    "do not write a credential here"
)]
#[case::skip_verify(
    "sources: [{kind: prometheus, url: 'http://x', tls_config: {insecure_skip_verify: true}}]",
    "insecure_skip_verify",
    "ca_file"
)]
#[case::names_are_never_ignored(
    "sources: [{kind: alertmanager, url: 'http://x', ignored_labels: [replica, alertname]}]",
    "ignored_labels names alertname",
    "leave these out"
)]
#[case::redirects(
    "sources: [{kind: prometheus, url: 'http://x', follow_redirects: true}]",
    "follow_redirects",
    "leave it out"
)]
#[case::half_a_pair(
    "sources: [{kind: prometheus, url: 'http://x', tls_config: {cert_file: a.pem}}]",
    "both cert_file and key_file",
    "name the other"
)]
#[case::unknown_in_tls(
    "sources: [{kind: prometheus, url: 'http://x', tls_config: {certfile: a.pem}}]",
    ":1:",
    "certfile"
)]
#[case::twin_sources(
    "sources: [{kind: prometheus, name: a, url: 'http://x'}, {kind: grafana, name: a, url: 'http://y'}]",
    "source \"a\" is named twice",
    "each one its own name"
)]
#[case::two_sources_of_changes(
    "changes: [{name: x, file: a, command: [b]}]",
    "exactly one",
    "one place"
)]
#[case::signal_and_map(
    "services: s.yaml\nsignal: {objective: 0.9}",
    "both",
    "keep `services`"
)]
#[case::no_host(
    "allow_plain_http: ['http://x']",
    "is not the name of a host",
    "exactly"
)]
#[case::one_key_twice("keys:\n  anywhere:\n    write-note: a", ":3:", "anywhere.acknowledge")]
#[case::no_such_key("keys: {anywhere: {help: alt-x}}", ":1:", "cannot send")]
#[case::no_close(
    "keys:\n  anywhere: {help: f1}\n  form: {close: []}",
    ":3:",
    "no key is left for close"
)]
#[case::the_key_of_an_answer(
    "keys: {question: {show-reason: 'y'}}",
    "question.show-reason",
    "another one"
)]
#[case::no_policy("policies: {severity: gone.yaml}", "gone.yaml", "path")]
fn an_error_names_file_line_and_remedy(
    #[case] text: &str,
    #[case] place: &str,
    #[case] word: &str,
) {
    let error = load(text).unwrap_err();
    let said = format!("{error}; {}", error.hint());
    assert!(
        !said.contains("hunter2"),
        "an error repeats a credential: {said}"
    );
    assert!(
        ["warroom.yaml", "gone.yaml", "(shipped)"]
            .iter()
            .any(|file| said.contains(file)),
        "{said}"
    );
    assert!(said.contains(place) && said.contains(word), "{said}");
    assert!(!error.hint().is_empty());
}

#[test]
fn options_come_before_the_file_and_each_source_has_a_name_of_its_own() {
    let overrides = Overrides {
        prometheis: vec!["http://a".into(), "http://b".into()],
        alertmanagers: vec!["http://c".into()],
        data_dir: Some("/nowhere".into()),
        ..Overrides::default()
    };
    let config = Config::load(&overrides, OnProblem::Refuse).unwrap();
    let sources = config.sources.iter();
    let names: Vec<&str> = sources.map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["alertmanager", "prometheus", "prometheus-2"]);
}

#[test]
fn a_secret_that_others_may_read_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "hunter2\n").unwrap();
    let reference = crate::text::secret::SecretRef::File(file.path().to_path_buf());
    let permissions = |mode| {
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap()
    };
    permissions(0o644);
    let error = resolve(&reference).unwrap_err();
    assert!(error.hint().contains("chmod 600") && !error.to_string().contains("hunter2"));
    permissions(0o600);
    assert_eq!(resolve(&reference).unwrap().reveal(), "hunter2");
}

#[test]
fn the_command_of_a_secret_runs_without_a_shell() {
    let reference = crate::text::secret::SecretRef::Command(vec!["echo".into(), "$(id); x".into()]);
    assert_eq!(resolve(&reference).unwrap().reveal(), "$(id); x");
}

#[test]
fn the_sample_of_schedules_is_sound() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("schedules.yaml");
    std::fs::write(&path, include_str!("../../assets/schedules.yaml")).unwrap();
    let schedules = Schedules::load(Some(&path), home.path());
    assert!(schedules.faults.is_empty(), "{:?}", schedules.faults);
    let from = "2026-11-26T00:00:00Z".parse().unwrap();
    for schedule in schedules.on_call.all() {
        schedule
            .gap(from, from + chrono::TimeDelta::weeks(8))
            .unwrap();
    }
    assert_eq!(schedules.on_call.all().len(), 2);
}

#[test]
fn the_other_schedules_are_used_beside_an_invalid_one() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("s.yaml");
    let turn = "rotation: {people: [dana], starts: '2026-01-05T09:00', every: 1w}";
    let load = |text: &str| {
        std::fs::write(&path, text).unwrap();
        Schedules::load(Some(&path), home.path())
    };
    let now = "2026-11-26T00:00:00Z".parse().unwrap();
    let who = |schedules: &Schedules, name: &str| {
        let name = crate::incident::TargetId::nearest(name);
        schedules
            .on_call
            .on_call(&name, now)
            .name()
            .map(|who| who.to_string())
    };
    let odd = [
        (
            "{schedule: odd, zone: Mars/Base, otherwise: lee}",
            Some("lee"),
        ),
        ("{schedule: odd, zone: UTC, otherwise: lee}", Some("lee")),
        ("{schedule: odd, zone: UTC, shift: []}", None),
        ("{schedule: [odd], zone: UTC}", None),
        ("{zone: UTC}", None),
        ("null", None),
    ];
    for (schedule, instead) in odd {
        let text =
            format!("schedules:\n  - {schedule}\n  - {{schedule: lead, zone: UTC, {turn}}}\n");
        let schedules = load(&text);
        assert_eq!(
            who(&schedules, "lead").as_deref(),
            Some("dana"),
            "{schedule}"
        );
        assert_eq!(who(&schedules, "odd").as_deref(), instead, "{schedule}");
        assert_eq!(
            schedules.faults.len(),
            1,
            "{schedule}: {:?}",
            schedules.faults
        );
        let troubles = schedules.on_call.problems(now);
        assert!(
            troubles.len() == 1 && troubles[0].contains("s.yaml"),
            "{troubles:?}"
        );
    }
    let twice = format!(
        "schedules:\n  - {{schedule: a, zone: UTC, {turn}}}\n  - {{schedule: a, zone: UTC}}\n"
    );
    let schedules = load(&twice);
    assert_eq!(who(&schedules, "a").as_deref(), Some("dana"));
    assert!(schedules.faults[0].to_string().contains("named twice"));
    for text in ["schedules: 7", "shedules: []", "{", "- a"] {
        let schedules = load(text);
        assert_eq!(schedules.faults.len(), 1, "{text}");
        assert!(
            schedules.on_call.problems(now)[0].contains("without the names"),
            "{text}"
        );
    }
}

#[test]
fn a_severity_policy_that_measures_a_signal_beyond_the_map_is_refused_with_the_names() {
    let home = tempfile::tempdir().unwrap();
    let shipped = include_str!("../../assets/policies/severity.yaml");
    let file = home.path().join("warroom.yaml");
    std::fs::write(
        &file,
        "policies: {severity: p.yaml}\nsignal: {name: checkout-ok, query: ok}\n",
    )
    .unwrap();
    let with = |signal: &str, on_problem| {
        let policy = shipped.replace("signal: strict", &format!("signal: {signal}"));
        std::fs::write(home.path().join("p.yaml"), policy).unwrap();
        Config::load(
            &overrides(file.clone(), home.path().join("data")),
            on_problem,
        )
    };
    let error = with("confirm-success", OnProblem::Refuse).unwrap_err();
    let said = format!("{error}; {}", error.hint());
    assert!(
        said.contains("measures signal \"confirm-success\""),
        "{said}"
    );
    assert!(
        said.contains("signal: strict") && said.contains("checkout-ok"),
        "{said}"
    );
    for good in ["strict", "checkout-ok"] {
        with(good, OnProblem::Refuse).unwrap();
    }
    // A console starts: a person answers the question.
    let config = with("confirm-success", OnProblem::Report).unwrap();
    assert_eq!(config.fallbacks.len(), 1);
}

#[test]
fn an_unknown_channel_of_a_level_is_refused_by_name() {
    let home = tempfile::tempdir().unwrap();
    let policy = "policy: p\nversion: 1\nlevels:\n  - {level: a, target: t, after: 0m, until: resolved, channels: [pager]}\n";
    std::fs::write(home.path().join("p.yaml"), policy).unwrap();
    let file = home.path().join("warroom.yaml");
    let with = |channels: &str| {
        let text = format!("policies: {{escalation: p.yaml}}\nchannels: [{channels}]\n");
        std::fs::write(&file, text).unwrap();
        let overrides = overrides(file.clone(), home.path().join("data"));
        Config::load(&overrides, OnProblem::Refuse)
    };
    let error = with("").unwrap_err().to_string();
    assert!(
        error.contains("\"pager\" is not among `channels`"),
        "{error}"
    );
    let page = "{kind: statuspage, name: pager, page: a, token: {env: X}, title: T}";
    let error = with(page).unwrap_err().to_string();
    assert!(error.contains("carries no pages"), "{error}");
    with("{kind: pagerduty, name: pager, routing_key: {env: X}}").unwrap();
    let twice = "{kind: desktop, name: pager}, {kind: desktop, name: pager}";
    assert!(with(twice).unwrap_err().to_string().contains("named twice"));
}

#[rstest]
#[case::nothing("masking: {sensitive_names: [\"\"]}", "\"\" has no letter or digit")]
#[case::everything("masking: {sensitive_names: [\"*\"]}", "\"*\" has no letter or digit")]
#[case::severity(
    "masking: {sensitive_names: [\"sev*\"]}",
    "\"severity\", which decides"
)]
#[case::namespace(
    "masking: {sensitive_names: [\"namespace\"]}",
    "\"namespace\", which decides"
)]
#[case::card_data("masking: {not_sensitive: [\"cv*\"]}", "card data is never kept")]
fn a_name_that_cannot_be_honoured_is_refused(#[case] text: &str, #[case] said: &str) {
    let error = load(text).unwrap_err();
    assert!(error.to_string().contains(said), "{error}");
    assert!(
        error.hint().contains("name of one label"),
        "{}",
        error.hint()
    );
}

#[test]
fn a_label_of_the_intake_policy_is_never_masked() {
    let masking = MaskingSettings {
        sensitive_names: vec!["ten*".into()],
        ..MaskingSettings::default()
    };
    let error = masking.names(Path::new("x"), ["tenant"].into_iter());
    let said = error.unwrap_err().to_string();
    assert!(said.contains("\"ten*\" would mask \"tenant\""), "{said}");
}

#[test]
fn names_of_labels_to_mask_are_read() {
    let config =
        load("masking: {sensitive_names: [merchant_ref], not_sensitive: [token]}").unwrap();
    let shown = |name: &str| Safe::field_by(name, "north", &config.names).to_string();
    assert_eq!(shown("merchant_ref"), "[masked secret]");
    assert_eq!(shown("token"), "north");
}
