//! What nobody was asked, and no map says.

use super::*;

/// Rule A4: what no map says is not known, and not "none".
#[test]
fn the_shipped_sample_map_says_nothing_about_models_and_peaks() {
    let mut harness = Harness::with(|setup| Arc::make_mut(&mut setup.map).sample = true);
    harness.firing();
    harness.reading(Reading::Value(0.95));
    // Processed rightly, some fail, nothing exposed, the model is sound, no peak: five questions.
    harness.act(Action::Acknowledge);
    harness.classify(&["right", MEASURED, "none", "right", "outside"]);
    assert_eq!(verdict(&harness), (2, "availability-degraded"));
    assert_eq!(answered(&harness, "autonomy"), ("unknown", Cause::Declared));
    assert_eq!(answered(&harness, "peak"), ("outside", Cause::Said));
}

/// An outage was classified without a question about other paths; their failure is the worst case.
#[test]
fn a_recovery_is_proposed_although_a_question_that_now_decides_was_never_asked() {
    let mut harness = Harness::acknowledged();
    harness.reading(Reading::Value(0.5));
    harness.classify(&["right", MEASURED, "none"]);
    assert_eq!(verdict(&harness).0, 1);
    for _ in 0..11 * 4 {
        harness.reading(Reading::Value(0.9999));
        harness.pass(15);
    }
    assert_eq!(shown(&harness), Some(2));
}
