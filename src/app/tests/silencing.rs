//! Silences from the screen: asked for, confirmed with what they cover, read back, noted.

use super::*;
use crate::app::message::SilenceNews;
use crate::sources::ReadBack;
use crate::text::Problem;

fn count(harness: &Harness, kind: &str) -> usize {
    harness
        .kinds()
        .iter()
        .filter(|known| *known == kind)
        .count()
}

#[test]
fn a_silence_needs_a_comment_shows_what_it_covers_and_is_noted_in_the_journal() {
    let mut harness = Harness::new();
    harness.firing();
    harness.act(Action::Down);
    harness.act(Action::Silence);
    // No comment yet: nothing happens.
    harness.enter();
    assert!(harness.form().is_some());
    harness.fill(&["known"]);
    let question = harness.question().unwrap();
    assert!(
        question.contains("alertname=PaymentSuccessRateLow")
            && question
                .contains("1 alert matches now (PaymentSuccessRateLow): all of this row, no other"),
        "{question}"
    );
    harness.yes();
    let Some(Effect::Silence {
        source,
        silence,
        incident,
        ..
    }) = harness.asked.pop()
    else {
        panic!("it is asked for: {:?}", harness.asked);
    };
    assert_eq!(
        (source.as_str(), silence.comment.as_str()),
        ("alertmanager", "known")
    );
    let notes = count(&harness, "noted");
    let made = SilenceNews::Made {
        silence,
        incident: incident.clone(),
        result: Ok(slug("abc")),
    };
    harness.say(Msg::Silence(made));
    assert_eq!(count(&harness, "noted"), notes + 1);
    let read = ReadBack {
        silence: Err("no answer within 10 s".into()),
        suppressed: Ok(1),
        expected: 1,
        differs: false,
    };
    harness.say(Msg::Silence(SilenceNews::Read {
        id: slug("abc"),
        incident,
        read: Box::new(read),
    }));
    assert_eq!(count(&harness, "noted"), notes + 2);
    let told = harness.model.ui.notice.as_ref().unwrap();
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
    let mut harness = Harness::new();
    harness.firing();
    harness.act(Action::Down);
    harness.act(Action::Silence).fill(&["known"]).yes();
    let Some(Effect::Silence { silence, .. }) = harness.asked.pop() else {
        panic!("it is asked for");
    };
    let told = Problem::new("no answer within 10 s", "look at the silences");
    harness.say(Msg::Silence(SilenceNews::Made {
        silence,
        incident: harness.model.current.clone(),
        result: Err(told),
    }));
    assert_eq!(count(&harness, "noted"), 0);
    assert!(
        harness
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
    let mut harness = Harness::new();
    harness.firing();
    let mut quiet = alert("Lag", AlertState::Suppressed, start());
    quiet.silenced_by = vec![slug("abc")];
    quiet.suppressed_by = vec![Safe::line("silenced by lee until 03:00 UTC: planned work")];
    harness.gather("alertmanager", vec![quiet]);
    harness.act(Action::Down);
    harness.act(Action::ExtendSilence).enter();
    let question = harness.question().unwrap();
    assert!(
        question.contains("silenced by lee")
            && question.contains("1 alert is silenced by it now (Lag)"),
        "{question}"
    );
    harness.yes();
    let Some(Effect::Extend {
        id,
        until,
        incident,
        ..
    }) = harness.asked.pop()
    else {
        panic!("it is asked for: {:?}", harness.asked);
    };
    assert_eq!(
        (id.as_str(), until - harness.model.now),
        ("abc", TimeDelta::hours(2))
    );
    let notes = count(&harness, "noted");
    let refused = Problem::new("the silence has expired", "make a new one");
    for (result, more) in [(Err(refused), 0), (Ok(id.clone()), 1)] {
        let (id, incident) = (id.clone(), incident.clone());
        harness.say(Msg::Silence(SilenceNews::Extended {
            id,
            until,
            incident,
            result,
        }));
        assert_eq!(count(&harness, "noted"), notes + more);
    }
}

/// What is read back seconds later belongs to the incident for which it was done.
#[test]
fn what_is_read_back_is_noted_where_the_silence_was_made() {
    let mut harness = Harness::new();
    harness.firing();
    let first = harness.model.current.clone();
    harness.model.current = None;
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
    harness.say(Msg::Silence(news(None)));
    harness.say(Msg::Silence(news(first.clone())));
    assert_eq!(harness.model.current, None);
    harness.model.current = first;
    assert_eq!(count(&harness, "noted"), 1);
    let told = harness.model.ui.notice.as_ref().unwrap();
    assert!(
        told.bad && told.text.contains("ONLY 0 of 2 alerts"),
        "{told:?}"
    );
}

/// The form for a silence of one of two rows, with these matchers typed instead of its own.
fn asked(matchers: &str) -> Harness {
    let mut harness = Harness::new();
    harness.firing();
    let lag = alert("Lag", AlertState::Firing, start());
    let known = alert("PaymentSuccessRateLow", AlertState::Firing, start());
    harness.gather("alertmanager", vec![lag, known]);
    harness.act(Action::Down);
    harness.act(Action::Silence);
    harness.say(Msg::Insert("known".into()));
    harness.act(Action::Up);
    harness.act(Action::Up);
    harness.act(Action::Edit(Edit::DeleteLine));
    harness.say(Msg::Insert(matchers.into()));
    harness.enter().enter().enter();
    harness
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
    let harness = asked(matchers);
    let question = harness.question().unwrap();
    assert!(question.contains(says), "{question}");
}

#[rstest::rstest]
#[case("alertname", "alertname is no matcher: write name=value")]
#[case("alertname=~\"(\"", "no regular expression")]
#[case("a=\"x", "not closed")]
#[case("alertname=~\".*\"", "every alert")]
fn what_is_wrong_with_matchers_is_said_in_the_form(#[case] matchers: &str, #[case] says: &str) {
    let harness = asked(matchers);
    let form = harness.form().unwrap();
    let fault = form.fault.clone().unwrap_or_default();
    assert!(fault.contains(says), "{fault}");
    assert_eq!(
        form.fields[0].input.text(),
        matchers,
        "what was typed stays"
    );
}
