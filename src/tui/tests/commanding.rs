//! Work, decisions and hand-overs on the screen, when there is a lot of each.

use super::*;
use crate::incident::entry::{
    Audience, Decided, Updated, WorkChanged, WorkKind, WorkOpened, WorkState, field,
};

/// An hour of a large incident: two people, ten pieces of work, four decisions.
fn busy() -> Story {
    let mut story = story();
    story.pass(2).person("a-2b2b2b2b", "mina");
    let mut opened = Vec::new();
    for (at, (kind, text, minutes)) in [
        (WorkKind::Action, "ask acme for their status", Some(10)),
        (WorkKind::Action, "check the ledger for doubles", Some(20)),
        (WorkKind::VendorCase, "gateway answers 502", Some(15)),
        (
            WorkKind::Risk,
            "the settlement file is due at 04:00",
            Some(90),
        ),
        (WorkKind::Question, "do refunds fail too?", None),
        (WorkKind::Link, "graph of the gateway", None),
        (WorkKind::Action, "switch receipts off", Some(5)),
        (WorkKind::Action, "tell the shops", Some(25)),
    ]
    .into_iter()
    .enumerate()
    {
        let owner = ["a-7f3c21aa", "a-2b2b2b2b"][at % 2];
        let data = WorkOpened {
            due_stated: None,
            kind,
            owner: (kind != WorkKind::Link).then(|| actor_id(owner)),
            role: None,
            team: false,
            due: minutes.map(|minutes| story.now + TimeDelta::minutes(minutes)),
        };
        let mut texts = vec![(field::TEXT, text)];
        if kind == WorkKind::VendorCase {
            texts.extend([
                (field::REFERENCE, "ACME-4711"),
                (field::CONTACT, "lee, +49 30 1234"),
            ]);
        }
        story.push(data, &texts);
        opened.push(story.entries.last().unwrap().seq);
    }
    for (item, state, words) in [
        (opened[6], WorkState::Done, "off at 01:12"),
        (opened[1], WorkState::Dropped, "another team does it"),
    ] {
        let data = WorkChanged {
            due_stated: None,
            item,
            state,
            owner: None,
            role: None,
            team: false,
            due: None,
        };
        story.push(data, &[(field::TEXT, words)]);
    }
    for (what, why) in [
        ("roll back the release of 00:50", "it began with it"),
        ("switch receipts off", "they may degrade"),
        ("wait with the failover", "it was never tried"),
    ] {
        story.push(Decided {}, &[(field::TEXT, what), (field::WHY, why)]);
    }
    let audience = Audience::Stakeholders;
    story.push(
        Updated {
            audience,
            elsewhere: false,
        },
        &[(
            field::TEXT,
            "84 % of payments succeed; a rollback is under way",
        )],
    );
    story.pass(13);
    story
}

#[rstest]
fn much_work_is_in_order_and_what_does_not_fit_is_said(
    #[values((80, 24), (160, 45))] size: (u16, u16),
) {
    let mut model = console(&busy());
    model.ui.show(Screen::Work);
    let buffer = rendered(&model, size, &Theme::new(true, true));
    insta::assert_snapshot!(format!("busy-{}x{}", size.0, size.1), picture(&buffer));
    let text = rows(&buffer);
    let row = |words: &str| text.iter().position(|row| row.contains(words));
    // The nearest first; one's own is not told apart from others', who sees to it is named.
    assert!(row("ask acme").unwrap() < row("gateway answers 502").unwrap());
    assert!(text[row("ask acme").unwrap()].contains("dana: ask acme"));
    if size.0 == 80 {
        assert!(text.iter().any(|row| row.contains("more lines: pagedown")));
        update(&mut model, Msg::Act(Action::PageDown));
        let below = rows(&rendered(&model, size, &Theme::new(true, true))).join("\n");
        assert!(below.contains("dropped: mina: check the ledger"), "{below}");
    }
}

#[test]
fn a_hand_over_shows_the_summary_before_it_is_recorded() {
    let mut model = console(&busy());
    for key in ['h', '1', '1'] {
        update(&mut model, Msg::Key(Key::Char(key)));
    }
    let buffer = rendered(&model, (80, 24), &Theme::new(true, true));
    insta::assert_snapshot!("hand-over", picture(&buffer));
    let text = rows(&buffer).join("\n");
    assert!(text.contains("State: investigating, SEV1."), "{text}");
    assert!(text.contains("more lines"), "{text}");
    assert!(text.contains("masked before anything is written"), "{text}");
}

#[test]
fn the_people_screen_names_every_role_however_much_work_there_is() {
    let mut model = console(&busy());
    model.ui.show(Screen::People);
    let text = rows(&rendered(&model, (80, 24), &Theme::new(true, true))).join("\n");
    assert!(text.contains("held by nobody"), "{text}");
    assert!(text.contains("overdue"), "{text}");
}

#[test]
fn the_people_screen_says_what_is_not_known_of_schedules() {
    use crate::oncall::{Schedule, ScheduleStatus};
    let mut model = console(&busy());
    model.ui.show(Screen::People);
    let file = "{schedule: on-call, zone: UTC, calendar: {file: x.ics}}";
    let schedule = Schedule::new(&serde_saphyr::from_str(file).unwrap()).unwrap();
    let odd = crate::text::Safe::line("event \"swap the phone\": it has no length; it is not used");
    let read = model.now - chrono::TimeDelta::hours(3);
    let status = ScheduleStatus::read(read, vec![odd]).failing("HTTP 503");
    model.live.schedules.replace(schedule.status(status));
    let text = rows(&rendered(&model, (110, 30), &Theme::new(true, true))).join("\n");
    assert!(
        text.contains("calendar of on-call: copy of ") && text.contains("3h old"),
        "{text}"
    );
    assert!(text.contains("swap the phone"), "{text}");
}
