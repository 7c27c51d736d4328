use super::*;
use crate::config::{Config, Overrides};
use crate::incident::escalation::bell;
use rstest::rstest;

const POLICY: &str = "policy: ours\nversion: 7\nlevels:\n  - {level: on-call, target: on-call, after: 0m, until: acknowledged, channels: [hook]}\n";
const CONFIG: &str = "policies: {escalation: escalation.yaml, intake: intake.yaml, severity: severity.yaml, gate: gate.yaml}\n\
    services: services.yaml\nchannels:\n  - {kind: webhook, name: hook, url: 'http://127.0.0.1:9/', secret: {env: SECRET}}\n";

struct Home(tempfile::TempDir);

impl Home {
    /// A home in which every file is valid but missing: the shipped texts are the files.
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        home.write("warroom.yaml", CONFIG);
        home.write("escalation.yaml", POLICY);
        home.write(
            "intake.yaml",
            include_str!("../../../assets/policies/intake.yaml"),
        );
        home.write(
            "severity.yaml",
            include_str!("../../../assets/policies/severity.yaml"),
        );
        home.write(
            "gate.yaml",
            include_str!("../../../assets/policies/gate.yaml"),
        );
        home.write("services.yaml", crate::config::SERVICES);
        home
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    fn load(&self, faults: OnProblem) -> Result<Config, ConfigError> {
        let overrides = Overrides {
            config: Some(self.0.path().join("warroom.yaml")),
            data_dir: Some(self.0.path().join("data")),
            ..Overrides::default()
        };
        Config::load(&overrides, faults)
    }
}

/// The content of a broken file.
fn broken(how: &str) -> String {
    match how {
        "nonsense" => "levels: [".into(),
        "empty" => String::new(),
        "nested" => "[".repeat(200_000),
        "aliases" => {
            let level = |n: u32| {
                format!(
                    "a{n}: &a{n} [{}]\n",
                    vec![format!("*a{}", n - 1); 10].join(",")
                )
            };
            format!("a0: &a0 [x]\n{}", (1..12).map(level).collect::<String>())
        }
        "unknown-key" => "policy: x\nversion: 1\nlevls: []\n".into(),
        "nul" => "policy: \u{0}\n".into(),
        other => panic!("{other}"),
    }
}

#[rstest]
fn a_file_that_cannot_be_used_is_named_and_the_copy_in_use_last_is_in_force(
    #[values("escalation", "intake", "severity", "gate", "services")] part: &str,
    #[values("nonsense", "empty", "nested", "aliases", "unknown-key", "nul")] how: &str,
) {
    let home = Home::new();
    let good = home.load(OnProblem::Report).unwrap();
    assert!(good.fallbacks.is_empty(), "{:?}", good.fallbacks);
    good.keep_copies().unwrap();
    home.write(&format!("{part}.yaml"), &broken(how));
    assert!(home.load(OnProblem::Refuse).is_err());
    let config = home.load(OnProblem::Report).unwrap();
    let said: Vec<String> = config.fallbacks.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains(&format!("{part}.yaml")) && said[0].contains("the copy of"),
        "{said:?}"
    );
    assert_eq!(config.policies.escalation, good.policies.escalation);
    assert_eq!(config.policies.severity, good.policies.severity);
    assert_eq!(config.services.map, good.services.map);
    // A replacement is not stored as a copy.
    config.keep_copies().unwrap();
    let again = home.load(OnProblem::Report).unwrap();
    assert_eq!(again.policies.escalation, good.policies.escalation);
}

#[rstest]
#[case::missing(None)]
#[case::nonsense(Some("levels: ["))]
fn without_a_copy_the_shipped_escalation_pages_by_every_channel(#[case] text: Option<&str>) {
    let home = Home::new();
    match text {
        Some(text) => home.write("escalation.yaml", text),
        None => std::fs::remove_file(home.0.path().join("escalation.yaml")).unwrap(),
    }
    let config = home.load(OnProblem::Report).unwrap();
    assert!(matches!(
        config.fallbacks[..],
        [Fallback {
            instead: Replacement::Shipped,
            ..
        }]
    ));
    let levels = &config.policies.escalation.levels;
    assert!(levels.len() > 2);
    let every = [bell(), "hook".parse().unwrap()];
    assert!(levels.iter().all(|level| level.channels == every));
}

#[test]
fn a_level_whose_channel_is_not_there_pages_by_every_channel() {
    let home = Home::new();
    let second =
        "  - {level: lead, target: lead, after: 1m, until: acknowledged, channels: [pagr]}\n";
    home.write("escalation.yaml", &format!("{POLICY}{second}"));
    assert!(home.load(OnProblem::Refuse).is_err());
    let config = home.load(OnProblem::Report).unwrap();
    let [fallback] = &config.fallbacks[..] else {
        panic!("{:?}", config.fallbacks)
    };
    assert!(fallback.to_string().contains("pagr"), "{fallback}");
    let channels: Vec<_> = config
        .policies
        .escalation
        .levels
        .iter()
        .map(|level| &level.channels)
        .collect();
    assert_eq!(channels[0], &["hook".parse().unwrap()]);
    assert_eq!(channels[1], &[bell(), "hook".parse().unwrap()]);
}

#[test]
fn the_configuration_file_itself_is_refused_as_a_whole() {
    let home = Home::new();
    home.write("warroom.yaml", &format!("{CONFIG}nonsense: 1\n"));
    assert!(home.load(OnProblem::Report).is_err());
}
