use super::*;
use crate::incident::entry::Noted;
use crate::incident::{Draft, Incident, program, step_in_words};
use crate::testing::{Tape, later, start};
use proptest::prelude::*;
use rstest::rstest;

fn stamp(boot: &str, wall: i64, since_boot: i64) -> Stamp {
    Stamp {
        wall: start() + TimeDelta::seconds(wall),
        boot: Boot::from(boot),
        since_boot: (1_000 + since_boot) as u64 * 1_000_000_000,
    }
}

fn recorded(stamps: &[Stamp]) -> (Incident, Tape) {
    let mut tape = Tape::default();
    for stamp in stamps {
        tape.record(&[Draft::new(&program(), Noted {})], stamp);
    }
    (Incident::from_entries(&tape.entries), tape)
}

const ONE: &str = "0badb007";
const OTHER: &str = "0badb008";

#[rstest]
#[case::nothing(60, 60, None)]
#[case::back(-3_540, 60, Some(-3_600))]
#[case::forward(86_460, 60, Some(86_400))]
#[case::small(62, 60, Some(2))]
fn time_passes_by_the_boot_clock_and_a_step_is_news(
    #[case] wall: i64,
    #[case] boot: i64,
    #[case] step: Option<i64>,
) {
    let (incident, _) = recorded(&[stamp(ONE, 0, 0)]);
    let now = stamp(ONE, wall, boot);
    let passed = incident.now(&now).steady - incident.clock.latest().steady;
    assert_eq!(passed, TimeDelta::seconds(boot));
    let news = step.map(|step| ClockNews::Stepped(TimeDelta::seconds(step), 0));
    assert_eq!(incident.clock.news(&now), news);
}

#[test]
fn a_recorded_step_is_not_recorded_again_and_small_ones_add_up() {
    let (mut incident, mut tape) = recorded(&[stamp(ONE, 0, 0), stamp(ONE, -3_599, 1)]);
    let mut now = stamp(ONE, -3_598, 2);
    let news = incident.clock.news(&now).unwrap();
    for entry in tape.record(&[Draft::new(&program(), news)], &now).0 {
        incident.apply(&entry);
    }
    assert_eq!(incident.clock.news(&now), None);
    let mut recorded = 0;
    for _ in 0..10 {
        now = later(now, TimeDelta::seconds(1));
        now.wall += TimeDelta::milliseconds(100);
        let note = Draft::new(&program(), Noted {});
        let news = incident.clock.news(&now);
        recorded += usize::from(news.is_some());
        let news = news.map(|news| Draft::new(&program(), news));
        let drafts: Vec<Draft> = news.into_iter().chain([note]).collect();
        for entry in tape.record(&drafts, &now).0 {
            incident.apply(&entry);
        }
    }
    assert_eq!(recorded, 1, "a second in steps of a tenth");
}

#[rstest]
#[case::goes_on(300, 300)]
#[case::went_back(-7_200, 0)]
fn after_a_restart_the_wall_clock_decides_and_never_takes_time_back(
    #[case] wall: i64,
    #[case] passed: i64,
) {
    let (incident, mut tape) = recorded(&[stamp(ONE, 0, 0)]);
    let now = stamp(OTHER, wall, -900);
    let other = ClockNews::OtherBoot(Boot::from(OTHER));
    assert_eq!(incident.clock.news(&now), Some(other));
    let since = |incident: &Incident, now: &Stamp| {
        (incident.now(now).steady - Steady(start())).num_seconds()
    };
    assert_eq!(since(&incident, &now), passed);
    tape.record(&[Draft::new(&program(), other)], &now);
    let incident = Incident::from_entries(&tape.entries);
    // The least that it went back.
    let back = (wall < 0).then(|| ClockNews::Stepped(TimeDelta::seconds(wall), 0));
    assert_eq!(incident.clock.news(&now), back);
    let mut soon = later(now, TimeDelta::seconds(60));
    soon.wall += TimeDelta::hours(5);
    assert_eq!(
        since(&incident, &soon),
        passed + 60,
        "by its own boot clock"
    );
}

#[test]
fn the_clock_of_an_exercise_is_no_restart_of_a_machine() {
    let (incident, _) = recorded(&[stamp("00000000", 0, 0)]);
    assert_eq!(incident.clock.news(&stamp(ONE, 10, 5)), None);
    assert_eq!(Boot::from("no boot id"), Boot::NONE);
}

#[test]
fn a_time_that_an_entry_gives_is_read_by_the_clock_as_it_ran_then() {
    let (incident, _) = recorded(&[
        stamp(ONE, 0, 0),
        stamp(ONE, -3_595, 5),
        stamp(ONE, 1_200, 10),
    ]);
    let ten = start() + TimeDelta::minutes(10);
    let at = |seq| incident.clock.steady(seq, ten) - Steady(start());
    assert_eq!(at(1), TimeDelta::minutes(10));
    assert_eq!(at(2), TimeDelta::minutes(70));
    assert_eq!(at(3), TimeDelta::seconds(600 - 1_190));
    let now = stamp(ONE, 1_200, 10);
    assert_eq!(
        incident.restated(1, ten, &now),
        ten + TimeDelta::seconds(1_190)
    );
}

#[rstest]
#[case(-3_600_000, "set back by 1 h 0 min")]
#[case(86_400_000, "set forward by 1 d 0 h")]
#[case(-2_300, "set back by 2.3 s")]
#[case(754_000, "set forward by 12 min 34 s")]
#[case(58_600, "set forward by 59 s")]
#[case(-3_599_990, "set back by 1 h 0 min")]
fn a_step_reads_as_people_say_it(#[case] ms: i64, #[case] words: &str) {
    assert_eq!(step_in_words(TimeDelta::milliseconds(ms)), words);
}

#[test]
fn a_step_that_came_while_the_one_before_waited_for_the_disk_is_still_news() {
    let (incident, mut tape) = recorded(&[stamp(ONE, 0, 0)]);
    let first = incident.clock.news(&stamp(ONE, 61, 1)).unwrap();
    let now = stamp(ONE, 3_662, 2);
    tape.record(&[Draft::new(&program(), first)], &now);
    let incident = Incident::from_entries(&tape.entries);
    let left = ClockNews::Stepped(TimeDelta::seconds(3_600), 2);
    assert_eq!(incident.clock.news(&now), Some(left));
}

proptest! {
    /// Time never runs backwards within a boot, and nothing overflows.
    #[test]
    fn hostile_clocks_break_nothing(
        moments in prop::collection::vec((0i64..253_402_300_799, any::<u64>(), 0u8..3), 1..40)
    ) {
        let mut history = ClockHistory::default();
        for (seq, (wall, since, boot)) in (1..).zip(&moments) {
            let id = ["0badb007", "0badb008", "00000000"][usize::from(*boot)];
            let mono = (*since % 7 != 0).then(|| (Boot::from(id), *since));
            let moment = history.take(seq, DateTime::from_timestamp(*wall, 0).unwrap(), mono);
            let stamp = Stamp { wall: moment.wall, boot: Boot::from(id), since_boot: *since };
            history.news(&stamp);
            let now = history.now(&stamp);
            now.wall_at(history.steady(seq, moment.wall));
        }
    }
}
