use super::*;
use rstest::rstest;

fn policy() -> Policy {
    serde_saphyr::from_str(include_str!("../../../assets/policies/severity.yaml")).unwrap()
}

fn slug(text: &str) -> Slug {
    Slug::new(text).unwrap()
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().map(|(q, a)| (slug(q), slug(a))).collect()
}

fn verdict(pairs: &[(&str, &str)]) -> String {
    match policy().progress(&answers(pairs)) {
        Progress::Ask(question) => format!("ask {}", question.id),
        Progress::Decided(rule) => format!("{} {}", rule.severity, rule.id),
    }
}

#[test]
fn the_shipped_policy_is_sound() {
    policy().check().unwrap();
}

#[rstest]
#[case::correctness_is_asked_first(&[], "ask correctness")]
#[case::a_quiet_fault_outranks_a_healthy_success_rate(
    &[("completion", "working"), ("correctness", "wrong")], "SEV1 correctness-wrong")]
#[case::unknown_counts_as_worst(&[("correctness", "unknown")], "SEV1 correctness-unknown")]
#[case::correctness_decides_before_availability(
    &[("correctness", "wrong"), ("completion", "failing")], "SEV1 correctness-wrong")]
#[case::users_cannot_pay(
    &[("correctness", "right"), ("completion", "failing"), ("exposure", "none")], "SEV1 availability-failing")]
#[case::degraded(
    &[("correctness", "right"), ("completion", "degraded"), ("exposure", "none")], "SEV2 availability-degraded")]
#[case::exposure_alone(
    &[("correctness", "right"), ("completion", "working"), ("exposure", "exposed")], "SEV1 data-exposed")]
#[case::a_looser_path(
    &[("correctness", "right"), ("completion", "working"), ("exposure", "none"), ("elsewhere", "failing")],
    "SEV3 other-path")]
#[case::nothing(
    &[("correctness", "right"), ("completion", "working"), ("exposure", "none"), ("elsewhere", "working")],
    "SEV4 no-impact")]
fn the_verdict_follows_impact_and_correctness_first(
    #[case] pairs: &[(&str, &str)],
    #[case] wanted: &str,
) {
    assert_eq!(verdict(pairs), wanted);
}

#[rstest]
#[case(Reading::Value(0.42), Some("failing"))]
#[case(Reading::Value(0.90), Some("degraded"))]
#[case(Reading::Value(0.9995), Some("working"))]
#[case::no_data_answers_nothing(Reading::NoData, None)]
#[case::nan_answers_nothing(Reading::NotANumber, None)]
fn the_success_rate_answers_whether_users_can_pay(
    #[case] reading: Reading,
    #[case] wanted: Option<&str>,
) {
    let policy = policy();
    let question = policy
        .questions
        .iter()
        .find(|q| q.id.as_str() == "completion")
        .unwrap();
    let answer = policy.measured(question, &slug("confirm-success"), reading);
    assert_eq!(answer.as_ref().map(Slug::as_str), wanted);
    assert_eq!(
        policy.measured(question, &slug("other-signal"), reading),
        None
    );
}

#[test]
fn the_range_narrows_as_answers_come_in() {
    let policy = policy();
    let level = |pairs: &[(&str, &str)]| {
        let (best, worst) = policy.range(&answers(pairs));
        (best.level(), worst.level())
    };
    assert_eq!(level(&[]), (4, 1));
    assert_eq!(
        level(&[("correctness", "right"), ("completion", "degraded")]),
        (2, 1)
    );
    assert_eq!(level(&[("correctness", "wrong")]), (1, 1));
}

#[test]
fn a_rule_that_an_earlier_one_always_takes_is_refused() {
    let mut broken = policy();
    let mut copy = broken.rules[0].clone();
    copy.id = slug("copy");
    broken.rules.insert(1, copy);
    assert_eq!(
        broken.check().unwrap_err(),
        PolicyError::Unreachable { rule: slug("copy") }
    );
}

#[test]
fn a_policy_without_an_end_is_refused() {
    let mut broken = policy();
    broken.rules.pop();
    assert!(matches!(broken.check(), Err(PolicyError::NoDefault(_))));
    broken.rules.clear();
    assert_eq!(broken.check(), Err(PolicyError::NoRules));
}

#[test]
fn a_rule_that_names_a_missing_answer_is_refused() {
    let mut broken = policy();
    broken.rules[0]
        .when
        .insert(slug("correctness"), vec![slug("maybe")]);
    let message = broken.check().unwrap_err().to_string();
    assert!(
        message.contains("correctness-wrong") && message.contains("maybe"),
        "{message}"
    );
}
