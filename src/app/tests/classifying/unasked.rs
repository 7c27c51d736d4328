//! What nobody was asked, and no map says.

use super::*;

/// Rule A4: what no map says is not known, and not "none".
#[test]
fn the_shipped_sample_map_says_nothing_about_models_and_peaks() {
    let mut harness = Harness::with(|setup| Arc::make_mut(&mut setup.map).sample = true);
    harness.firing();
    harness.reading(Reading::Value(0.95));
    // Processed rightly, some fail, nothing exposed, the model is sound, no peak: five questions.
    harness
        .act(Action::Acknowledge)
        .act(Action::Classify)
        .answer("right")
        .enter()
        .answer("none")
        .answer("right")
        .answer("outside");
    let (severity, rule, answers) = verdict(&harness);
    assert_eq!((severity, rule.as_str()), (2, "availability-degraded"));
    let found = |question: &str| {
        let found = answers.iter().find(|(id, ..)| id == question).unwrap();
        (found.1.as_str(), found.2)
    };
    assert_eq!(found("autonomy"), ("unknown", Cause::Declared));
    assert_eq!(found("peak"), ("outside", Cause::Said));
}

/// Whoever classified an outage was not asked about other paths; that they may fail is the worst that is left.
#[test]
fn a_recovery_is_proposed_although_a_question_that_now_decides_was_never_asked() {
    let mut harness = Harness::new();
    harness.firing();
    harness.reading(Reading::Value(0.5));
    harness
        .act(Action::Acknowledge)
        .act(Action::Classify)
        .answer("right")
        .enter()
        .answer("none");
    assert_eq!(verdict(&harness).0, 1);
    for _ in 0..11 * 4 {
        harness.reading(Reading::Value(0.9999));
        harness.pass(15);
    }
    assert_eq!(
        harness
            .model
            .proposed()
            .map(crate::incident::severity::Severity::level),
        Some(2)
    );
}
