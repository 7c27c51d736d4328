use super::policy::{Answer, SeverityPolicyError};
use super::*;
use crate::signals::Cause;
use crate::signals::map::Autonomy;
use crate::testing::slug;
use crate::times::Lasted;
use rstest::rstest;

fn policy() -> SeverityPolicy {
    serde_saphyr::from_str(include_str!("../../../assets/policies/severity.yaml")).unwrap()
}

fn question<'p>(policy: &'p SeverityPolicy, id: &str) -> &'p Question {
    let mut questions = policy.questions.iter();
    questions
        .find(|question| question.id.as_str() == id)
        .unwrap()
}

/// The error of the policy after a change.
fn refused(change: impl FnOnce(&mut SeverityPolicy)) -> SeverityPolicyError {
    let mut policy = policy();
    change(&mut policy);
    policy.check().unwrap_err()
}

fn question_mut<'p>(policy: &'p mut SeverityPolicy, id: &str) -> &'p mut Question {
    let mut questions = policy.questions.iter_mut();
    questions
        .find(|question| question.id.as_str() == id)
        .unwrap()
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().map(|(q, a)| (slug(q), slug(a))).collect()
}

/// On a path without models, at an ordinary hour, five minutes after the start.
fn verdict(pairs: &[(&str, &str)]) -> String {
    completed(pairs, &facts(Some(&[]), None, 5))
}

#[test]
fn the_shipped_policy_is_sound() {
    policy().check().unwrap();
}

#[rstest]
#[case::correctness_is_asked_first(&[], "ask correctness")]
#[case::a_correctness_fault_outranks_a_healthy_success_rate(
    &[("completion", "working"), ("correctness", "wrong")], "SEV1 correctness-wrong")]
#[case::a_suspicion_is_as_grave_and_is_called_one(
    &[("completion", "working"), ("correctness", "suspected")], "SEV1 correctness-suspected")]
#[case::unknown_counts_as_worst(&[("correctness", "unknown")], "SEV1 correctness-unknown")]
#[case::correctness_decides_before_availability(
    &[("correctness", "wrong"), ("completion", "failing")], "SEV1 correctness-wrong")]
#[case::users_cannot_pay(
    &[("correctness", "right"), ("completion", "failing"), ("exposure", "none")], "SEV1 availability-failing")]
#[case::degraded(
    &[("correctness", "right"), ("completion", "degraded"), ("exposure", "none")], "SEV2 availability-degraded")]
#[case::exposure_alone(
    &[("correctness", "right"), ("completion", "working"), ("exposure", "exposed")], "SEV1 data-exposed")]
#[case::a_suspected_exposure(
    &[("correctness", "right"), ("completion", "working"), ("exposure", "suspected")], "SEV1 data-suspected")]
#[case::a_suspected_exposure_while_nobody_can_pay(
    &[("correctness", "right"), ("completion", "failing"), ("exposure", "suspected")], "SEV1 exposed-and-failing")]
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

/// The rules that match, the deciding one first, and their conditions.
#[rstest]
#[case::both_conditions_are_raised(
    &[("correctness", "wrong"), ("completion", "working"), ("exposure", "exposed")],
    "correctness-wrong data-exposed", "transaction-integrity customer-data")]
#[case::suspected_of_both(
    &[("correctness", "suspected"), ("exposure", "suspected")],
    "correctness-suspected data-suspected", "transaction-integrity customer-data")]
#[case::the_first_one_decides(
    &[("correctness", "right"), ("completion", "failing"), ("exposure", "exposed")],
    "exposed-and-failing availability-failing data-exposed", "customer-data")]
#[case::one_alone(&[("correctness", "unknown")], "correctness-unknown", "transaction-integrity")]
#[case::a_lesser_one_matches_too(
    &[("correctness", "wrong"), ("completion", "degraded"), ("elsewhere", "several")],
    "correctness-wrong availability-degraded other-paths", "transaction-integrity")]
#[case::the_rule_without_conditions_counts_only_alone(
    &[("correctness", "right"), ("completion", "working"), ("exposure", "none"), ("autonomy", "none"),
      ("elsewhere", "working")],
    "no-impact", "")]
fn every_rule_that_the_answers_satisfy_matches(
    #[case] pairs: &[(&str, &str)],
    #[case] rules: &str,
    #[case] flags: &str,
) {
    let (policy, answers) = (policy(), answers(pairs));
    let Progress::Decided(deciding) = policy.progress(&answers) else {
        panic!("{pairs:?} leave a question open")
    };
    let matched = policy.matched(deciding, &answers);
    let found: Vec<&str> = matched.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(found.join(" "), rules);
    let mut found: Vec<&str> = Vec::new();
    for flag in matched.iter().flat_map(|rule| &rule.flags) {
        if !found.contains(&flag.as_str()) {
            found.push(flag.as_str());
        }
    }
    assert_eq!(found.join(" "), flags);
}

#[test]
fn a_policy_of_version_4_without_suspicions_is_read_and_decides_as_before() {
    let text = include_str!("../../../tests/cases/severity-policy-4.yaml");
    let old: SeverityPolicy = serde_saphyr::from_str(text).unwrap();
    old.check().unwrap();
    assert_eq!(old.version, 4);
    let measured = question(&old, "correctness").correctness.as_ref();
    assert_eq!(measured, Some(&slug("wrong")));
    let case = answers(&[("correctness", "wrong"), ("exposure", "exposed")]);
    let Progress::Decided(rule) = old.progress(&case) else {
        panic!("a question is open")
    };
    assert_eq!(rule.id, slug("correctness-wrong"));
    assert_eq!(old.matched(rule, &case).len(), 2);
}

#[rstest]
#[case::confirmed_over_suspected("wrong", "suspected", true)]
#[case::suspected_over_ruled_out("suspected", "right", true)]
#[case::suspected_under_confirmed("suspected", "wrong", false)]
#[case::ruled_out_under_suspected("right", "suspected", false)]
#[case::the_same("wrong", "wrong", false)]
fn what_is_confirmed_is_graver_than_a_suspicion(
    #[case] answer: &str,
    #[case] than: &str,
    #[case] wanted: bool,
) {
    let policy = policy();
    let question = question(&policy, "correctness");
    assert_eq!(
        policy.is_graver(question, &slug(answer), &slug(than)),
        wanted
    );
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
    let question = question(&policy, "completion");
    let answer = SeverityPolicy::measured(question, reading);
    assert_eq!(answer.as_ref().map(Slug::as_str), wanted);
}

#[rstest]
#[case::almost_nothing(Some(0.05), Some("failing"))]
#[case::less(Some(0.3), Some("degraded"))]
#[case::of_a_part(None, Some("degraded"))]
#[case::as_many_as_usual(Some(1.2), None)]
fn payments_that_do_not_arrive_answer_whether_users_can_pay(
    #[case] share: Option<f64>,
    #[case] wanted: Option<&str>,
) {
    let policy = policy();
    let question = question(&policy, "completion");
    let answer = SeverityPolicy::measured_volume(question, share);
    assert_eq!(answer.as_ref().map(Slug::as_str), wanted);
    let measure = question.measure.as_ref().unwrap();
    let ranks = ["failing", "degraded", "working"].map(|answer| measure.rank(&slug(answer)));
    assert!(ranks.is_sorted(), "{ranks:?}");
}

#[rstest]
#[case::shipped("", "checkout-ok")]
#[case::by_its_word("      signal: strict\n", "checkout-ok")]
#[case::named("      signal: refund-success\n", "refund-success")]
fn a_measured_question_means_the_strict_path_unless_it_names_a_signal(
    #[case] line: &str,
    #[case] wanted: &str,
) {
    let text = include_str!("../../../assets/policies/severity.yaml");
    let text = text.replace("      signal: strict\n", line);
    let policy: SeverityPolicy = serde_saphyr::from_str(&text).unwrap();
    let measure = question(&policy, "completion").measure.as_ref().unwrap();
    let strict = slug("checkout-ok");
    assert_eq!(*measure.signal_of(&strict), slug(wanted));
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
    let error = refused(|policy| {
        let mut copy = policy.rules[0].clone();
        copy.id = slug("copy");
        policy.rules.insert(1, copy);
    });
    assert_eq!(error, SeverityPolicyError::Unreachable(slug("copy")));
}

#[test]
fn a_policy_without_an_end_is_refused() {
    let no_default = refused(|policy| drop(policy.rules.pop()));
    assert!(matches!(no_default, SeverityPolicyError::NoDefault(_)));
    let empty = refused(|policy| policy.rules.clear());
    assert_eq!(empty, SeverityPolicyError::NoRules);
}

#[test]
fn a_rule_that_names_a_missing_answer_is_refused() {
    let error = refused(|policy| {
        let answers = vec![slug("maybe")];
        policy.rules[0].when.insert(slug("correctness"), answers);
    });
    let message = error.to_string();
    assert!(
        message.contains("correctness-wrong") && message.contains("maybe"),
        "{message}"
    );
}

fn lasted(minutes: i64) -> Lasted {
    let start = chrono::DateTime::UNIX_EPOCH;
    let end = start + chrono::TimeDelta::minutes(minutes);
    Lasted::between(&start.into(), &end.into())
}

fn facts(models: Option<&[(&str, Autonomy)]>, peak: Option<&str>, minutes: i64) -> SeverityFacts {
    SeverityFacts {
        models: models.map(|models| {
            let models = models.iter();
            models
                .map(|(name, autonomy)| (slug(name), *autonomy))
                .collect()
        }),
        peak: Some(peak.map_or(Peak::Outside, |event| Peak::During(event.into()))),
        lasting: Some(lasted(minutes)),
        is_past: false,
    }
}

fn by_person((question, answer): &(&str, &str)) -> Answered {
    Answered {
        question: slug(question),
        answer: slug(answer),
        basis: Cause::Said,
        reading: None,
        unit: None,
    }
}

/// Answers of a person, completed by facts: the verdict, or the next question.
fn completed(said: &[(&str, &str)], facts: &SeverityFacts) -> String {
    let policy = policy();
    let mut answers: Vec<Answered> = said.iter().map(by_person).collect();
    policy.complete(&mut answers, facts, &[]);
    let given = answers.into_iter().map(|a| (a.question, a.answer));
    match policy.progress(&given.collect()) {
        Progress::Ask(question) => format!("ask {}", question.id),
        Progress::Decided(rule) => format!("{} {}", rule.severity, rule.id),
    }
}

const CLEAR: [(&str, &str); 3] = [
    ("correctness", "right"),
    ("completion", "working"),
    ("exposure", "none"),
];
const ACTS: (&str, Autonomy) = ("fraud-scorer", Autonomy::Acts);
const ADVISES: (&str, Autonomy) = ("case-summary", Autonomy::Advises);

#[rstest]
#[case::no_model_on_the_path_asks_nothing_about_models(Some(&[][..]), None, "ask elsewhere")]
#[case::one_that_acts_is_asked_about(Some(&[ACTS][..]), None, "ask model")]
#[case::one_that_acts_wrongly_is_the_worst(Some(&[ACTS][..]), Some("wrong"), "SEV1 model-acts")]
#[case::not_known_counts_as_wrong(Some(&[ACTS][..]), Some("unknown"), "SEV1 model-acts")]
#[case::the_most_autonomous_counts(Some(&[ADVISES, ACTS][..]), Some("wrong"), "SEV1 model-acts")]
#[case::a_reviewed_one_is_lesser(Some(&[ADVISES][..]), Some("wrong"), "ask elsewhere")]
#[case::a_path_that_the_map_lacks_counts_as_acting(None, Some("wrong"), "SEV1 model-acts")]
#[case::a_sound_model_changes_nothing(Some(&[ACTS][..]), Some("right"), "ask elsewhere")]
fn whether_a_model_advises_or_acts_changes_the_severity(
    #[case] models: Option<&[(&str, Autonomy)]>,
    #[case] model: Option<&str>,
    #[case] wanted: &str,
) {
    let mut said = CLEAR.to_vec();
    said.extend(model.map(|answer| ("model", answer)));
    let mut facts = facts(models, None, 5);
    // As `SeverityFacts::of` orders them.
    if let Some(models) = &mut facts.models {
        models.sort_by_key(|(_, autonomy)| *autonomy == Autonomy::Advises);
    }
    assert_eq!(completed(&said, &facts), wanted);
}

#[test]
fn wrong_advice_is_lesser_than_a_wrong_act() {
    let mut said = CLEAR.to_vec();
    said.extend([("model", "wrong"), ("elsewhere", "working")]);
    let advises = facts(Some(&[ADVISES]), None, 5);
    assert_eq!(completed(&said, &advises), "SEV3 model-advises");
}

#[rstest]
#[case::an_ordinary_hour(None, 5, "SEV2 availability-degraded")]
#[case::a_peak(Some("payday"), 5, "SEV1 degraded-at-peak")]
#[case::just_under_two_hours(None, 119, "SEV2 availability-degraded")]
#[case::two_hours(None, 120, "SEV1 degraded-for-long")]
fn the_same_loss_weighs_more_at_a_peak_and_when_it_lasts(
    #[case] peak: Option<&str>,
    #[case] minutes: i64,
    #[case] wanted: &str,
) {
    let said = [
        ("correctness", "right"),
        ("completion", "degraded"),
        ("exposure", "none"),
    ];
    assert_eq!(completed(&said, &facts(Some(&[]), peak, minutes)), wanted);
}

#[rstest]
#[case(Some(0), Some("working"))]
#[case(Some(1), Some("failing"))]
#[case(Some(4), Some("several"))]
#[case::not_all_measured_answers_nothing(None, None)]
fn how_many_other_paths_fail_is_measured(
    #[case] missing: Option<usize>,
    #[case] wanted: Option<&str>,
) {
    let policy = policy();
    let answer = SeverityPolicy::scoped(question(&policy, "elsewhere"), missing);
    assert_eq!(answer.as_ref().map(Slug::as_str), wanted);
}

#[test]
fn a_fact_that_a_person_wants_to_answer_is_left_to_them() {
    let mut answers: Vec<Answered> = CLEAR.iter().map(by_person).collect();
    let facts = facts(Some(&[]), None, 5);
    policy().complete(&mut answers, &facts, &[slug("autonomy")]);
    assert_eq!(answers.len(), CLEAR.len());
}

#[test]
fn a_question_with_two_bases_is_refused() {
    let error = refused(|policy| {
        let scope = question(policy, "elsewhere").scope.clone();
        question_mut(policy, "completion").scope = scope;
    });
    let completion = slug("completion");
    assert_eq!(error, SeverityPolicyError::SeveralBases(completion));
}

#[test]
fn six_questions_to_a_person_are_refused_and_facts_do_not_count() {
    let error = refused(|policy| question_mut(policy, "autonomy").known = None);
    assert_eq!(error, SeverityPolicyError::TooLong);
}

/// Every combination of answers.
fn every_case(policy: &SeverityPolicy) -> Vec<Answers> {
    let mut cases = vec![Answers::new()];
    for question in &policy.questions {
        let with = |case: &Answers, answer: &Answer| {
            let mut case = case.clone();
            case.insert(question.id.clone(), answer.id.clone());
            case
        };
        let each = cases.iter();
        let each = each.flat_map(|case| question.answers.iter().map(|answer| with(case, answer)));
        cases = each.collect();
    }
    cases
}

fn severity_of(policy: &SeverityPolicy, answers: &Answers) -> Severity {
    match policy.progress(answers) {
        Progress::Decided(rule) => rule.severity,
        Progress::Ask(_) => unreachable!("all is answered"),
    }
}

#[test]
fn to_confirm_a_suspicion_never_lowers_the_severity() {
    let policy = policy();
    let mut tried = 0;
    for case in every_case(&policy) {
        for (question, confirmed) in [("correctness", "wrong"), ("exposure", "exposed")] {
            if case[&slug(question)] != slug("suspected") {
                continue;
            }
            let mut known = case.clone();
            known.insert(slug(question), slug(confirmed));
            let (suspected, known) = (severity_of(&policy, &case), severity_of(&policy, &known));
            assert!(known <= suspected, "{case:?}, {question}");
            tried += 1;
        }
    }
    assert!(tried > 10_000, "{tried} cases");
}

#[test]
fn what_nobody_knows_is_never_lesser_than_what_somebody_does() {
    let policy = policy();
    let severity = |answers: &Answers| severity_of(&policy, answers);
    let mut tried = 0;
    for case in &every_case(&policy) {
        for question in policy.questions.iter().filter(|q| q.has(&slug("unknown"))) {
            let mut unknown = case.clone();
            unknown.insert(question.id.clone(), slug("unknown"));
            let (worse, known) = (severity(&unknown), severity(case));
            assert!(worse <= known, "{case:?}, {}", question.id);
            tried += 1;
        }
    }
    assert!(tried > 10_000, "{tried} cases");
}

#[rstest]
#[case::falling("[{below: 0.999, answer: degraded}, {below: 0.90, answer: failing}]")]
#[case::twice("[{below: 0.90, answer: failing}, {below: 0.90, answer: degraded}]")]
#[case::no_number("[{below: .nan, answer: failing}]")]
#[case::endless("[{below: .inf, answer: failing}]")]
fn bands_that_hide_each_other_are_refused(#[case] bands: &str) {
    let error = refused(|policy| {
        let measure = question_mut(policy, "completion").measure.as_mut();
        measure.unwrap().bands = serde_saphyr::from_str(bands).unwrap();
    });
    assert_eq!(error, SeverityPolicyError::Bands(slug("completion")));
}
