//! Silences from the screen: requested, confirmed with what they cover, read back, noted.

use super::*;
use crate::app::effect::{CreateSilence, ExtendSilence};
use crate::app::message::SilenceNews;
use crate::sources::ReadBack;

#[test]
fn a_silence_needs_a_comment_shows_what_it_covers_and_is_noted_in_the_journal() {
    let mut harness = Harness::with_incident();
    harness.act(Action::Down).act(Action::Silence);
    // Without a comment nothing happens.
    harness.enter();
    assert!(harness.form().is_some());
    harness.fill(&["known"]);
    let question = harness.question().unwrap();
    for says in [
        "alertname=PaymentSuccessRateLow",
        "1 alert matches now (PaymentSuccessRateLow): all of this row, no other",
    ] {
        assert!(question.contains(says), "{question}");
    }
    harness.yes();
    let wanted = requested(&mut harness);
    assert_eq!(wanted.source, slug("alertmanager"));
    assert_eq!(wanted.silence.comment.as_str(), "known");
    let (notes, incident) = (harness.count("noted"), wanted.incident.clone());
    harness.say(created(wanted, Ok(slug("abc"))));
    assert_eq!(harness.count("noted"), notes + 1);
    harness.say(read_back(incident, "no answer within 10 s", 1, 1));
    assert_eq!(harness.count("noted"), notes + 2);
    warns(
        &harness,
        "1 alert is silenced by it now; not read back: no answer within 10 s",
    );
}

fn requested(harness: &mut Harness) -> CreateSilence {
    match harness.asked.pop() {
        Some(Effect::Silence(wanted)) => wanted,
        other => panic!("no silence is requested: {other:?}"),
    }
}

fn created(wanted: CreateSilence, result: Result<Slug, Problem>) -> Msg {
    Msg::Silence(SilenceNews::Created {
        silence: wanted.silence,
        incident: wanted.incident,
        result,
    })
}

/// The silence itself could not be read.
fn read_back(incident: Option<IncidentId>, why: &str, suppressed: usize, expected: usize) -> Msg {
    let read = ReadBack {
        silence: Err(why.into()),
        suppressed: Ok(suppressed),
        expected,
        differs: false,
    };
    Msg::Silence(SilenceNews::ReadBack {
        id: slug("abc"),
        incident,
        read: Box::new(read),
    })
}

fn warns(harness: &Harness, text: &str) {
    let notice = harness.model.ui.notice.as_ref().unwrap();
    assert!(notice.bad && notice.text.contains(text), "{notice:?}");
}

#[test]
fn a_silence_that_may_not_have_been_made_is_not_noted_as_made() {
    let mut harness = Harness::with_incident();
    harness.act(Action::Down);
    harness.act(Action::Silence).fill(&["known"]).yes();
    let wanted = requested(&mut harness);
    let problem = Problem::new("no answer within 10 s", "look at the silences");
    harness.say(created(wanted, Err(problem)));
    assert_eq!(harness.count("noted"), 0);
    warns(&harness, "not known to be silenced");
}

#[test]
fn a_silence_is_extended_after_a_question_that_says_what_it_covers() {
    let mut harness = Harness::with_incident();
    let mut quiet = alert("Lag", AlertState::Suppressed, start());
    quiet.silenced_by = vec![slug("abc")];
    quiet.suppressed_by = vec![Safe::line("silenced by lee until 03:00 UTC: planned work")];
    harness.gather("alertmanager", vec![quiet]);
    harness.act(Action::Down);
    harness.act(Action::ExtendSilence).enter();
    let question = harness.question().unwrap();
    for says in ["silenced by lee", "1 alert is silenced by it now (Lag)"] {
        assert!(question.contains(says), "{question}");
    }
    harness.yes();
    let Some(Effect::ExtendSilence(ExtendSilence {
        id,
        until,
        incident,
        ..
    })) = harness.asked.pop()
    else {
        panic!("nothing is requested: {:?}", harness.asked);
    };
    assert_eq!(id, slug("abc"));
    assert_eq!(until - harness.model.now, TimeDelta::hours(2));
    let notes = harness.count("noted");
    let refused = Problem::new("the silence has expired", "make a new one");
    for (result, more) in [(Err(refused), 0), (Ok(id.clone()), 1)] {
        let (id, incident) = (id.clone(), incident.clone());
        harness.say(Msg::Silence(SilenceNews::Extended {
            id,
            until,
            incident,
            result,
        }));
        assert_eq!(harness.count("noted"), notes + more);
    }
}

#[test]
fn what_is_read_back_is_noted_where_the_silence_was_made() {
    let mut harness = Harness::with_incident();
    let first = harness.model.current.clone();
    harness.model.current = None;
    harness.say(read_back(None, "gone", 0, 2));
    harness.say(read_back(first.clone(), "gone", 0, 2));
    assert_eq!(harness.model.current, None);
    harness.model.current = first;
    assert_eq!(harness.count("noted"), 1);
    warns(&harness, "ONLY 0 of 2 alerts");
}

/// The form for a silence of one of two rows, with these matchers typed.
fn asked(matchers: &str) -> Harness {
    let mut harness = Harness::with_incident();
    let lag = alert("Lag", AlertState::Firing, start());
    let known = alert("PaymentSuccessRateLow", AlertState::Firing, start());
    harness.gather("alertmanager", vec![lag, known]);
    harness
        .act(Action::Down)
        .act(Action::Silence)
        .write("known")
        .act(Action::Up)
        .act(Action::Up)
        .act(Action::Edit(Edit::DeleteLine))
        .fill(&[matchers, "", ""]);
    harness
}

#[rstest]
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

#[rstest]
#[case("alertname", "alertname is no matcher: write name=value")]
#[case("alertname=~\"(\"", "no regular expression")]
#[case("a=\"x", "not closed")]
#[case("alertname=~\".*\"", "every alert")]
fn the_form_shows_what_is_wrong_with_matchers(#[case] matchers: &str, #[case] says: &str) {
    let harness = asked(matchers);
    let fault = harness.fault().unwrap_or_default();
    assert!(fault.contains(says), "{fault}");
    let typed = harness.form().unwrap().fields[0].input.text();
    assert_eq!(typed, matchers, "what was typed stays");
}
