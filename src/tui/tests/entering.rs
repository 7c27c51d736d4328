//! An incident that is entered afterwards, on the screen: times as exact as they are known, nothing of now.

use super::*;
use crate::app::intent::Opening;
use crate::incident::entry::{ImpactChange, ImpactStated};
use crate::incident::{Draft, IncidentId};
use crate::text::Safe;
use crate::times::{StatedTime, read_time};

fn stated(text: &str) -> StatedTime {
    read_time(text, None, start()).unwrap()
}

/// Two windows of impact in one day of 2019, and what led to them.
fn past() -> Model {
    let mut model = Model::new(bench_setup(), crate::testing::stamp(start()));
    model.ui.utc = true;
    let me = model.setup.me.clone();
    let (service, path) = model.setup.map.strict_place();
    let opening = Opening {
        title: &Safe::line("payment API fails"),
        start: stated("2019-07-10 16:35Z"),
        detected: Some(stated("2019-07-10 16:36Z")),
        retrospective: true,
        signal: &model.setup.signal,
        objective: 0.999,
        service: &service,
        path: &path,
        drill: false,
        follows: None,
        now: model.now,
        anyway: false,
    };
    let mut drafts = opening.drafts(&me).unwrap();
    let note = |at: &str, text: &str| said(&me.actor, Noted {}, at).with("text", Safe::line(text));
    let impact = |at: &str, impact| said(&me.actor, ImpactStated { impact }, at);
    drafts.extend([
        impact("2019-07-10 17:02Z", ImpactChange::Ended),
        impact("2019-07-10 21:14Z", ImpactChange::Began),
        impact("2019-07-10 22:47Z", ImpactChange::Ended),
        note("2019-07-06 UTC", "two nodes stall"),
        note(
            "2019-04 UTC",
            "a minor version of the database is rolled out",
        ),
        note("~2019-07-10 20:13Z", "the suspect code path is found"),
        note(
            "2019-07-10 16:50Z/2019-07-10 17:00Z",
            "all nodes are restarted",
        ),
    ]);
    let mut tape = crate::testing::Tape::default();
    tape.record(&drafts, &model.stamp);
    let id = IncidentId::compose(false, start().date_naive(), 1);
    let news = JournalNews::Loaded {
        incident: id.clone(),
        entries: tape.entries.clone(),
        state: Box::new(crate::incident::Incident::from_entries(&tape.entries)),
    };
    update(&mut model, Msg::Journal(news));
    model.current = Some(id);
    model
}

fn said<D>(by: &crate::incident::ActorId, data: D, at: &str) -> Draft
where
    crate::incident::Event: From<D>,
{
    Draft::new(by, data).occurred(stated(at), Cause::Said)
}

#[rstest]
#[case::now(Screen::Now)]
#[case::people(Screen::People)]
#[case::work(Screen::Work)]
#[case::timeline(Screen::Timeline)]
fn an_incident_of_the_past_has_its_own_times_and_no_clocks(#[case] screen: Screen) {
    let mut model = past();
    model.ui.show(screen);
    let buffer = rendered(&model, (80, 24), &Theme::new(true, true));
    insta::assert_snapshot!(format!("afterwards-{screen:?}"), picture(&buffer));
    let text = rows(&buffer).join("\n");
    assert!(text.contains("ENTERED AFTERWARDS"), "{text}");
    assert!(
        !text.contains(" ago") && !text.contains("OVERDUE"),
        "{text}"
    );
}

#[test]
fn the_windows_and_their_sum_are_shown_and_what_is_missing() {
    let mut model = past();
    model.ui.show(Screen::Now);
    let text = rows(&rendered(&model, (80, 24), &Theme::new(true, true))).join("\n");
    for wanted in [
        "16:35 to 17:02, 27 min",
        "21:14 to 22:47, 1 h 33 min",
        "2 h 0 min  (as said)",
        "s   the severity",
        "u   when it was resolved",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
}
