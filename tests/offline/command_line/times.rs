//! Times on the command line: every verb takes one, each keeps its precision, and what contradicts is asked about.

use crate::support::outcome::assert_contains;
use crate::support::program::Place;
use rstest::rstest;

const START: &str = "2019-07-10T16:35Z";

fn afterwards(place: &Place) -> String {
    let args = [
        "incident",
        "open",
        "Payments fail",
        "--started",
        START,
        "--retrospective",
    ];
    let said = place.run(&args).succeeds();
    said.split_whitespace().next().unwrap().to_string()
}

#[rstest]
#[case::note("note ID words")]
#[case::acknowledge("ack ID")]
#[case::update("update ID words --for users")]
#[case::hand_over("hand-over ID scribe Robin --new")]
#[case::follow_up("follow-up ID action words")]
#[case::severity("severity ID correctness=right completion=failing exposure=none")]
#[case::role("role ID scribe")]
#[case::status("status ID mitigated")]
#[case::impact("impact ID ended")]
#[case::decision("decide ID words --why because")]
#[case::correction("correct ID 2 words")]
#[case::closing("close ID --anyway")]
fn every_verb_takes_a_time_and_keeps_its_precision(#[case] line: &str) {
    let place = Place::new();
    let id = afterwards(&place);
    let times = [
        ("2019-07-10T17:02Z", "2019-07-10T17:02Z"),
        ("2019-07-11 Europe/London", "2019-07-11 Europe/London"),
        ("~2019-07-10 18:00 UTC", "~2019-07-10T18:00Z ±15m"),
    ];
    for (at, shown) in times {
        let line = format!("incident {} --at", line.replace("ID", &id));
        let mut args: Vec<&str> = line.split(' ').collect();
        args.push(at);
        if !args.contains(&"--anyway") {
            args.push("--anyway");
        }
        let done = place.run(&args);
        // Closing and repeating are refused for another reason the second time.
        if done.code == 1 {
            continue;
        }
        assert_contains(&done.succeeds(), &[shown]);
    }
}

#[test]
fn steps_of_a_playbook_take_a_time_too() {
    let place = Place::new();
    let id = afterwards(&place);
    let at = ["--at", "2019-07-10 16:40", "--zone", "UTC"];
    let started = [&["playbook", "start", &id, "payment-success-drop"][..], &at].concat();
    assert_contains(&place.run(&started).succeeds(), &["2019-07-10T16:40Z"]);
    let first = place.run(&["playbook", "step", &id]).succeeds();
    let step = first
        .split(": ")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    let skipped = [
        &["playbook", "step", &id, step, "--skip", "done by hand"][..],
        &at,
    ]
    .concat();
    assert_contains(&place.run(&skipped).succeeds(), &["2019-07-10T16:40Z"]);
}

#[test]
fn a_start_long_ago_needs_a_word_on_whether_it_goes_on() {
    let place = Place::new();
    let open = |more: &[&str]| {
        let args = ["incident", "open", "Payments fail", "--started", "5h"];
        place.run(&[&args[..], more].concat())
    };
    open(&[]).fails(2, &["more than 4 hours ago", "--retrospective", "--live"]);
    open(&["--live", "--retrospective"]).fails(2, &["cannot be used with"]);
    open(&["--retrospective"]).prints(0, &["entered afterwards"]);
    // One that is entered afterwards does not stand for its service.
    open(&["--live"]).prints(0, &["opened"]);
    open(&["--live"]).fails(1, &["is open for"]);
    open(&["--retrospective"]).prints(0, &["entered afterwards"]);
}

#[rstest]
#[case::acknowledge(&["incident", "ack", "ID"])]
#[case::status(&["incident", "status", "ID", "mitigated"])]
#[case::impact(&["incident", "impact", "ID", "ended"])]
#[case::update(&["incident", "update", "ID", "words"])]
fn entered_afterwards_nothing_happens_now(#[case] args: &[&str]) {
    let place = Place::new();
    let id = afterwards(&place);
    let args = args
        .iter()
        .map(|word| if *word == "ID" { id.as_str() } else { word });
    let args: Vec<&str> = args.collect();
    place.run(&args).fails(2, &["entered afterwards", "--at"]);
}

#[test]
fn a_correction_replaces_a_time_and_an_answer_and_shows_old_and_new() {
    let place = Place::new();
    let id = afterwards(&place);
    let run = |line: &str| {
        place
            .line(&format!("incident {}", line.replace("ID", &id)))
            .succeeds()
    };
    run("impact ID ended --at 2019-07-10T17:02Z");
    run(
        "severity ID correctness=right completion=degraded exposure=none lasting=short peak=outside autonomy=none model=right elsewhere=working --at 2019-07-10T16:50Z",
    );
    let record = || place.json(&["record", &id]);
    assert_eq!(record()["windows"]["total"], "27 min");
    assert_eq!(record()["severity"], "SEV2");
    run("correct ID 3 --time 2019-07-10T16:37Z");
    run("correct ID 5 --answer completion=failing");
    let corrected = record();
    assert_eq!(corrected["windows"]["total"], "25 min");
    assert_eq!(corrected["severity"], "SEV1");
    let all = corrected.to_string();
    assert_contains(&all, &["2019-07-10T16:35Z", "2019-07-10T16:37Z", "SEV2"]);
    let refused = place.line(&format!("incident correct {id} 3 --time 2019-07-10T18:00Z"));
    refused.fails(1, &["before the start at", "--anyway"]);
    let refused = place.line(&format!("incident correct {id} 1 --time 2019-07-10T18:00Z"));
    refused.fails(2, &["clock or a source"]);
}

#[test]
fn a_hand_over_of_the_past_says_what_was_known_then() {
    let place = Place::new();
    let id = afterwards(&place);
    let run = |line: &str| {
        place
            .line(&format!("incident {}", line.replace("ID", &id)))
            .succeeds()
    };
    run("decide ID earlier --why because --at 2019-07-10T16:40Z");
    run("decide ID later --why because --at 2019-07-10T20:13Z");
    run("status ID resolved --at 2019-07-10T22:47Z");
    let said = run("hand-over ID scribe Robin --new --at 2019-07-10T18:00Z");
    assert_contains(&said, &["State: investigating", "earlier"]);
    assert!(
        !said.contains("later") && !said.contains("resolved"),
        "{said}"
    );
}
