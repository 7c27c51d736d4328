//! Silences from the screen: asked for, confirmed with what they cover, read back, noted.

use super::*;
use crate::app::action::Action;
use crate::app::message::SilenceNews;
use crate::sources::ReadBack;

fn count(bench: &Bench, kind: &str) -> usize {
    bench.kinds().iter().filter(|known| *known == kind).count()
}

#[test]
fn a_silence_needs_a_comment_shows_what_it_covers_and_is_noted_in_the_journal() {
    let mut bench = Bench::new();
    bench.firing();
    bench.say(Msg::Act(Action::Down));
    bench.keys("m");
    // No comment yet: nothing happens.
    bench.keys("⏎");
    assert!(matches!(
        bench.model.ui.overlays.last(),
        Some(Overlay::Prompt(_))
    ));
    bench.keys("known⏎");
    let Some(Overlay::Confirm { question, .. }) = bench.model.ui.overlays.last() else {
        panic!("it is confirmed first: {:?}", bench.model.ui.overlays);
    };
    assert!(
        question.contains("alertname=PaymentSuccessRateLow")
            && question
                .contains("1 alert matches now (PaymentSuccessRateLow): all of this row, no other"),
        "{question}"
    );
    bench.keys("y");
    let Some(Effect::Silence {
        source,
        silence,
        incident,
        ..
    }) = bench.asked.pop()
    else {
        panic!("it is asked for: {:?}", bench.asked);
    };
    assert_eq!(
        (source.as_str(), silence.comment.as_str()),
        ("alertmanager", "known")
    );
    let notes = count(&bench, "noted");
    let made = SilenceNews::Made {
        silence,
        incident: incident.clone(),
        result: Ok(slug("abc")),
    };
    bench.say(Msg::Silence(made));
    assert_eq!(count(&bench, "noted"), notes + 1);
    let read = ReadBack {
        silence: Err("no answer within 10 s".into()),
        suppressed: Ok(1),
        expected: 1,
        differs: false,
    };
    bench.say(Msg::Silence(SilenceNews::Read {
        id: slug("abc"),
        incident,
        read: Box::new(read),
    }));
    assert_eq!(count(&bench, "noted"), notes + 2);
    let told = bench.model.ui.notice.as_ref().unwrap();
    assert!(
        told.bad
            && told
                .text
                .contains("1 alert is silenced by it now; not read back: no answer within 10 s"),
        "{told:?}"
    );
}

#[test]
fn a_silence_that_may_not_have_been_made_is_not_noted_as_made() {
    let mut bench = Bench::new();
    bench.firing();
    bench.say(Msg::Act(Action::Down));
    bench.keys("mknown⏎y");
    let Some(Effect::Silence { silence, .. }) = bench.asked.pop() else {
        panic!("it is asked for");
    };
    let told = (
        "no answer within 10 s".to_string(),
        "look at the silences".to_string(),
    );
    bench.say(Msg::Silence(SilenceNews::Made {
        silence,
        incident: bench.model.current.clone(),
        result: Err(told),
    }));
    assert_eq!(count(&bench, "noted"), 0);
    assert!(
        bench
            .model
            .ui
            .notice
            .as_ref()
            .unwrap()
            .text
            .contains("not known to be silenced")
    );
}

#[test]
fn a_silence_is_extended_after_a_question_that_says_what_it_covers() {
    let mut bench = Bench::new();
    bench.firing();
    let mut quiet = alert("Lag", AlertState::Suppressed, start());
    quiet.silenced_by = vec![slug("abc")];
    quiet.suppressed_by = vec![Safe::line("silenced by lee until 03:00 UTC: planned work")];
    bench.gather("alertmanager", vec![quiet]);
    bench.say(Msg::Act(Action::Down));
    bench.keys("e⏎");
    let Some(Overlay::Confirm { question, .. }) = bench.model.ui.overlays.last() else {
        panic!("it is confirmed first: {:?}", bench.model.ui.overlays);
    };
    assert!(
        question.contains("silenced by lee")
            && question.contains("1 alert is silenced by it now (Lag)"),
        "{question}"
    );
    bench.keys("y");
    let Some(Effect::Extend {
        id,
        until,
        incident,
        ..
    }) = bench.asked.pop()
    else {
        panic!("it is asked for: {:?}", bench.asked);
    };
    assert_eq!(
        (id.as_str(), until - bench.model.now),
        ("abc", TimeDelta::hours(2))
    );
    let notes = count(&bench, "noted");
    let refused = (
        "the silence has expired".to_string(),
        "make a new one".to_string(),
    );
    for (result, more) in [(Err(refused), 0), (Ok(id.clone()), 1)] {
        let (id, incident) = (id.clone(), incident.clone());
        bench.say(Msg::Silence(SilenceNews::Extended {
            id,
            until,
            incident,
            result,
        }));
        assert_eq!(count(&bench, "noted"), notes + more);
    }
}

/// What is read back seconds later belongs to the incident for which it was done.
#[test]
fn what_is_read_back_is_noted_where_the_silence_was_made() {
    let mut bench = Bench::new();
    bench.firing();
    let first = bench.model.current.clone();
    bench.model.current = None;
    let read = ReadBack {
        silence: Err("gone".into()),
        suppressed: Ok(0),
        expected: 2,
        differs: false,
    };
    let news = |incident| SilenceNews::Read {
        id: slug("abc"),
        incident,
        read: Box::new(read.clone()),
    };
    bench.say(Msg::Silence(news(None)));
    bench.say(Msg::Silence(news(first.clone())));
    assert_eq!(bench.model.current, None);
    bench.model.current = first;
    assert_eq!(count(&bench, "noted"), 1);
    let told = bench.model.ui.notice.as_ref().unwrap();
    assert!(
        told.bad && told.text.contains("ONLY 0 of 2 alerts"),
        "{told:?}"
    );
}

/// The form for a silence of one of two rows, with these matchers typed instead of its own.
fn asked(matchers: &str) -> Bench {
    use crate::app::ui::Edit;
    let mut bench = Bench::new();
    bench.firing();
    let lag = alert("Lag", AlertState::Firing, start());
    let known = alert("PaymentSuccessRateLow", AlertState::Firing, start());
    bench.gather("alertmanager", vec![lag, known]);
    bench.say(Msg::Act(Action::Down));
    bench.keys("m");
    bench.say(Msg::Edit(Edit::Insert("known".into())));
    bench.say(Msg::Act(Action::Up));
    bench.say(Msg::Act(Action::Up));
    bench.say(Msg::Edit(Edit::DeleteLine));
    bench.say(Msg::Edit(Edit::Insert(matchers.into())));
    bench.keys("⏎⏎⏎");
    bench
}

#[rstest::rstest]
#[case(
    "alertname=~\".+\"",
    "2 alerts match now (Lag, PaymentSuccessRateLow): all of this row, AND 1 OF OTHER ROWS"
)]
#[case(
    "{alertname=\"nothing\"}",
    "no alert matches now: 0 of the 1 of this row"
)]
#[case(
    "alertname=~\"a{,2}\"",
    "the preview cannot compute this expression: alertname=~\"a{,2}\""
)]
fn a_preview_says_what_the_matchers_do(#[case] matchers: &str, #[case] says: &str) {
    let bench = asked(matchers);
    let Some(Overlay::Confirm { question, .. }) = bench.model.ui.overlays.last() else {
        panic!("it is confirmed first: {:?}", bench.model.ui.overlays);
    };
    assert!(question.contains(says), "{question}");
}

#[rstest::rstest]
#[case("alertname", "alertname is no matcher: write name=value")]
#[case("alertname=~\"(\"", "no regular expression")]
#[case("a=\"x", "not closed")]
#[case("alertname=~\".*\"", "every alert")]
fn what_is_wrong_with_matchers_is_said_in_the_form(#[case] matchers: &str, #[case] says: &str) {
    let bench = asked(matchers);
    let Some(Overlay::Prompt(prompt)) = bench.model.ui.overlays.last() else {
        panic!("the form stays: {:?}", bench.model.ui.overlays);
    };
    let fault = prompt.fault.clone().unwrap_or_default();
    assert!(fault.contains(says), "{fault}");
    assert_eq!(prompt.fields[0].1.text(), matchers, "what was typed stays");
}
