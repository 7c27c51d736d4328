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

#[rstest]
#[case::a_clock_time("16:40Z", "2019-07-10T16:40Z")]
#[case::an_hour("17h UTC", "2019-07-10 17h UTC")]
#[case::about("about 16:40Z", "~2019-07-10T16:40Z ±15m")]
#[case::an_interval("16:40Z/17:02Z", "2019-07-10T16:40Z/2019-07-10T17:02Z")]
#[case::a_date_without_a_year("07-11 16:40Z", "2019-07-11T16:40Z")]
#[case::elsewhere_it_is_the_next_day("01:40 Asia/Tokyo", "2019-07-10T16:40Z")]
fn entered_afterwards_a_time_without_a_date_is_of_the_day_of_the_incident(
    #[case] at: &str,
    #[case] shown: &str,
) {
    let place = Place::new();
    let id = afterwards(&place);
    let noted = place.run(&["incident", "note", &id, "words", "--at", at]);
    assert_contains(&noted.succeeds(), &[shown]);
    let other = [
        "incident",
        "note",
        &id,
        "other words",
        "--at",
        "2019-07-12T09:00Z",
    ];
    let other = place.json(&other)["seq"].to_string();
    let correct = ["incident", "correct", &id, &other, "--time", at];
    place.run(&correct).succeeds();
    let timeline = place.run(&["incident", "show", &id]).succeeds();
    assert_contains(&timeline, &[&format!("{shown}, corrected by")]);
    let started = ["playbook", "start", &id, "payment-success-drop", "--at", at];
    assert_contains(&place.run(&started).succeeds(), &[shown]);
    let args = [
        "incident",
        "open",
        "Again",
        "--started",
        START,
        "--retrospective",
        "--at",
        at,
    ];
    let opened = place.run(&args).succeeds();
    let second = opened.split_whitespace().next().unwrap();
    assert_contains(&place.json(&["record", second]).to_string(), &[shown]);
}

#[test]
fn where_only_the_month_is_known_a_clock_time_needs_its_date() {
    let place = Place::new();
    let args = [
        "incident",
        "open",
        "Payments fail",
        "--started",
        "2019-07 UTC",
        "--retrospective",
    ];
    let said = place.run(&args).succeeds();
    let id = said.split_whitespace().next().unwrap();
    let noted = place.run(&["incident", "note", id, "words", "--at", "16:40Z"]);
    noted.fails(2, &["has no date", "add its date"]);
}

#[test]
fn json_has_instants_and_beside_them_what_was_stated() {
    let place = Place::new();
    let id = afterwards(&place);
    let at = "2019-07-11 Europe/London";
    let receipt = place.json(&["incident", "ack", &id, "--at", at]);
    assert_eq!(
        (&receipt["at"], &receipt["stated"]),
        (&"2019-07-10T23:00:00Z".into(), &at.into())
    );
    let note = place.json(&["incident", "note", &id, "words"]);
    assert!(note["at"].is_null() && note["stated"].is_null(), "{note}");
    let shown = place.json(&["incident", "show", &id]);
    let pair = |name: &str| (shown[name].clone(), shown[format!("{name}_stated")].clone());
    assert_eq!(
        pair("started"),
        ("2019-07-10T16:35:00Z".into(), START.into())
    );
    assert_eq!(
        pair("acknowledged"),
        ("2019-07-10T23:00:00Z".into(), at.into())
    );
    let rows = shown["timeline"].as_array().unwrap();
    let row = |key: &str, seq: &serde_json::Value| {
        let row = rows.iter().find(|row| row["seq"] == *seq);
        row.unwrap()[key].clone()
    };
    assert_eq!(row("at", &receipt["seq"]), "2019-07-10T23:00:00Z");
    assert_eq!(row("stated", &receipt["seq"]), at);
    assert!(row("at", &note["seq"]).is_null() && row("stated", &note["seq"]).is_null());
}
