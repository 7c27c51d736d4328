//! Corrections that replace a time or a classification of a live incident: nothing automatic happens again for them.

use super::*;
use crate::app::intent::{Correction, Intent};
use crate::incident::entry::{Acknowledged, Audience, Classified, Corrected, LevelArmed, Updated};
use crate::incident::messages::ChannelInfo;
use crate::incident::severity::Answered;
use crate::signals::Cause;
use crate::times::StatedTime;

fn person() -> ActorId {
    actor_id("a-7f3c21aa")
}

fn classified(flags: &[&str]) -> Classified {
    Classified {
        matched: Vec::new(),
        severity: Severity::new(1).unwrap(),
        rule: slug("by-hand"),
        policy: "00".into(),
        answers: Vec::new(),
        flags: flags.iter().map(|flag| slug(flag)).collect(),
    }
}

/// Of the last entry of a kind.
fn correction(harness: &Harness, kind: &str, time: Option<StatedTime>) -> Corrected {
    let mut entries = harness.view().entries.iter().rev();
    let entry = entries.find(|entry| entry.event().unwrap().kind() == kind);
    let Entry { seq, hash, .. } = entry.unwrap().clone();
    Corrected {
        seq,
        hash,
        time,
        classified: None,
    }
}

fn to(seconds: i64) -> Option<StatedTime> {
    Some((start() + TimeDelta::seconds(seconds)).into())
}

type Corrects = fn(&Harness) -> Corrected;

struct Played {
    /// Which level was paged in which second.
    pages: Vec<(String, i64)>,
    bells: usize,
    /// Kinds of the entries by the program.
    automatic: Vec<&'static str>,
}

/// An incident of twenty minutes: paged, classified, an update, a correction, acknowledged, resolved.
fn played(corrects: Option<Corrects>, restarts: bool) -> Played {
    let mut harness = Harness::with(|setup| {
        setup.channels[0].settles = true;
        setup.channels.push(ChannelInfo {
            name: slug("status-page"),
            audiences: vec![Audience::Users],
            settles: false,
            pages: false,
        });
    });
    let mut pages: Vec<(String, i64)> = Vec::new();
    let mut pass = |harness: &mut Harness, seconds: i64| {
        for _ in 0..seconds {
            harness.pass(1);
            let second = (harness.model.now - start()).num_seconds();
            let new = harness.sent.iter().skip(pages.len());
            let new: Vec<_> = new.map(|page| (page.level.to_string(), second)).collect();
            pages.extend(new);
        }
    };
    harness.firing();
    pass(&mut harness, 60);
    let data = classified(&["transaction-integrity"]);
    harness.others_record(&[Draft::new(&person(), data)]);
    let updated = Updated {
        audience: Audience::Users,
        elsewhere: false,
    };
    harness.others_record(&[Draft::new(&person(), updated)]);
    pass(&mut harness, 60);
    if let Some(corrects) = corrects {
        let data = corrects(&harness);
        harness.others_record(&[Draft::new(&person(), data)]);
    }
    if restarts {
        let id = harness.id();
        harness.restart("0badb007", TimeDelta::zero());
        harness.model.current = Some(id);
    }
    pass(&mut harness, 16 * 60);
    harness.others_record(&[Draft::new(&person(), Acknowledged::default())]);
    pass(&mut harness, 30);
    let status = Status::Resolved;
    harness.others_record(&[Draft::new(&person(), StatusChanged { status })]);
    pass(&mut harness, 120);
    let entries = harness.view().entries.iter();
    let automatic = entries.filter(|entry| entry.by == crate::incident::program());
    Played {
        automatic: automatic
            .map(|entry| entry.event().unwrap().kind())
            .collect(),
        bells: harness.bells,
        pages,
    }
}

#[rstest]
#[case::start_long_before(|harness: &Harness| correction(harness, "opened", to(-40_000_000)))]
#[case::start_after(|harness: &Harness| correction(harness, "opened", to(50)))]
#[case::time_of_the_classification(|harness: &Harness| correction(harness, "classified", to(-3600)))]
#[case::time_of_the_update(|harness: &Harness| correction(harness, "updated", to(-60)))]
#[case::classification(|harness: &Harness| Corrected {
    classified: Some(Box::new(classified(&["transaction-integrity"]))),
    ..correction(harness, "classified", None)
})]
fn a_correction_of_a_live_incident_pages_sends_and_records_nothing_again(
    #[case] corrects: Corrects,
    #[values(false, true)] restarts: bool,
) {
    let (with, without) = (played(Some(corrects), restarts), played(None, restarts));
    assert_eq!(with.pages, without.pages);
    assert_eq!(with.automatic, without.automatic);
    assert_eq!(with.bells, without.bells);
    let levels: Vec<&str> = with.pages.iter().map(|(level, _)| level.as_str()).collect();
    assert_eq!(levels, ["on-call", "compliance", "engineering-lead"]);
}

#[test]
fn a_corrected_start_is_the_start_and_the_levels_keep_their_due_times() {
    let mut harness = Harness::with_incident();
    harness.pass(5);
    let dues = |harness: &Harness| {
        let levels = harness.incident().escalation.levels.iter();
        levels.map(|level| level.armed.due).collect::<Vec<_>>()
    };
    let before = dues(&harness);
    let data = correction(&harness, "opened", to(-7200));
    harness.others_record(&[Draft::new(&person(), data)]);
    harness.pass(5);
    assert_eq!(harness.incident().started(), to(-7200).map(|at| at.from()));
    assert_eq!(dues(&harness), before);
    assert_eq!(harness.count("escalation-armed"), 1);
}

/// A correction, or a classification whose time is stated, is news from when it is recorded.
#[test]
fn a_condition_that_is_recorded_late_counts_from_when_it_is_recorded() {
    for by_correction in [false, true] {
        let mut harness = Harness::with_incident();
        if by_correction {
            harness.others_record(&[Draft::new(&person(), classified(&[]))]);
            harness.pass(1800);
            let data = Corrected {
                classified: Some(Box::new(classified(&["transaction-integrity"]))),
                ..correction(&harness, "classified", None)
            };
            harness.others_record(&[Draft::new(&person(), data)]);
        } else {
            harness.pass(1800);
            let draft = Draft::new(&person(), classified(&["transaction-integrity"]));
            let earlier = to(-7200).unwrap();
            harness.others_record(&[draft.occurred(earlier, Cause::Said)]);
        }
        let because = harness.view().entries.len() as u64;
        harness.pass(3);
        let mut entries = harness.view().entries.iter();
        let armed = entries
            .find_map(|entry| entry.data::<LevelArmed>())
            .unwrap();
        assert_eq!(armed.because, because);
        let late = (harness.model.now - armed.due).num_seconds();
        assert!((0..=3).contains(&late), "{late}");
        harness.pass(600);
        assert_eq!(harness.count("level-armed"), 1);
        let paged = levels_paged(&harness);
        let compliance = paged.iter().filter(|level| *level == "compliance");
        assert_eq!(compliance.count(), 1);
    }
}

fn said(answers: &[(&str, &str)]) -> Vec<Answered> {
    let answer = |(question, answer): &(&str, &str)| Answered {
        question: slug(question),
        answer: slug(answer),
        basis: Cause::Said,
        reading: None,
        unit: None,
    };
    answers.iter().map(answer).collect()
}

/// The payments worked, it was said.
fn classified_as_working() -> Harness {
    let mut harness = Harness::acknowledged();
    harness.pass(3 * 3600);
    let known = [
        ("correctness", "right"),
        ("completion", "working"),
        ("exposure", "none"),
        ("autonomy", "none"),
        ("elsewhere", "working"),
    ];
    let data = Classified {
        answers: said(&known),
        ..classified(&[])
    };
    harness.others_record(&[Draft::new(&person(), data)]);
    harness
}

/// A peak event and a duration of today would answer for the verdict of then.
#[test]
fn a_corrected_answer_asks_a_person_what_the_verdict_depends_on_then() {
    let harness = classified_as_working();
    let verdict = harness.incident().classification().unwrap();
    let corrected = |answers: &[(&str, &str)]| {
        let correction = Correction {
            seq: verdict.seq,
            answers: said(answers),
            ..Correction::default()
        };
        harness.intended(&harness.model.setup.me, &Intent::Correct(correction))
    };
    for (answers, asked) in [
        (&[("completion", "degraded")][..], "peak"),
        (
            &[("completion", "degraded"), ("peak", "outside")],
            "lasting",
        ),
    ] {
        let refused = corrected(answers).unwrap_err();
        let depends = format!("the verdict still depends on \"{asked}\"");
        assert!(refused.what.contains(&depends), "{refused}");
        assert!(refused.hint.contains("answer it with one of"), "{refused}");
    }
    let all = [
        ("completion", "degraded"),
        ("peak", "outside"),
        ("lasting", "short"),
    ];
    let drafts = corrected(&all).unwrap();
    let data = drafts.last().unwrap().event.data::<Corrected>().unwrap();
    let verdict = data.classified.as_ref().unwrap();
    assert_eq!(verdict.severity, Severity::new(2).unwrap());
    assert!(verdict.answers.iter().all(|it| it.basis == Cause::Said));
}

#[test]
fn the_screen_asks_what_a_corrected_verdict_depends_on() {
    let mut harness = classified_as_working();
    harness.act(Action::Correct).choose("an answer");
    harness.choose("completion").choose("some fail");
    let asked = |harness: &Harness| match harness.model.dialogs.last() {
        Some(Dialog::List(list)) => list.title.clone(),
        other => panic!("{other:?}"),
    };
    assert!(
        asked(&harness).starts_with("Is this a peak"),
        "{}",
        asked(&harness)
    );
    harness.choose("no");
    assert!(
        asked(&harness).starts_with("How long"),
        "{}",
        asked(&harness)
    );
    harness.choose("less than").fill(&[""]);
    assert_eq!(harness.incident().severity(), Severity::new(2));
}

#[test]
fn the_screen_offers_no_time_that_the_intent_refuses() {
    for (elsewhere, offers) in [(false, false), (true, true)] {
        let mut harness = Harness::acknowledged();
        let audience = Audience::Users;
        let draft = Draft::new(
            &person(),
            Updated {
                audience,
                elsewhere,
            },
        );
        harness.others_record(&[draft.occurred(to(-60).unwrap(), Cause::Said)]);
        let correction = Correction {
            seq: harness.view().entries.last().unwrap().seq,
            time: to(-30),
            ..Correction::default()
        };
        let made = harness.intended(&harness.model.setup.me, &Intent::Correct(correction));
        assert_eq!(made.is_ok(), offers, "{made:?}");
        harness.act(Action::Correct);
        let is_list = matches!(harness.model.dialogs.last(), Some(Dialog::List(_)));
        assert_eq!(is_list, offers);
    }
}
