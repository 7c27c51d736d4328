//! `PagerDuty`'s REST API, by a stand-in made from its documentation: incidents are adopted from it.

use super::stage::{Stage, taken};
use crate::support::server::{Does, JSON, Server};

const LEVELS: &str = "  - {level: on-call, target: on-call, after: 0m, until: acknowledged, channels: [pager]}\n  \
                      - {level: lead, target: lead, after: 12s, until: acknowledged, channels: [pager]}\n";

fn incidents(acknowledged: bool) -> Does {
    // Whole seconds, as there. The alert that is made after this may begin a second later; it is answered after that.
    let begun = chrono::Utc::now();
    let told =
        |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let (now, answered) = (told(begun), told(begun + chrono::TimeDelta::seconds(3)));
    let acks = if acknowledged {
        format!(
            r#"[{{"at":"{answered}","acknowledger":{{"id":"PXPGF42","type":"user_reference","summary":"Lee \u001b[31mOnline"}}}}]"#
        )
    } else {
        // An integration that acknowledges has reached nobody.
        format!(
            r#"[{{"at":"{answered}","acknowledger":{{"id":"PSVC","type":"service_reference","summary":"an integration"}}}}]"#
        )
    };
    let body = format!(
        r#"{{"incidents":[{{"id":"PT4KHLK","type":"incident","incident_number":1234,"title":"Payments failing","created_at":"{now}",
           "status":"triggered","html_url":"https://acme.pagerduty.example/incidents/PT4KHLK","urgency":"high",
           "service":{{"id":"P1SVC","type":"service_reference","summary":"Payments"}},"acknowledgements":{acks},"assignments":[]}}],
           "limit":100,"offset":0,"total":null,"more":false}}"#
    );
    Does::Answer(200, JSON, body)
}

fn stage(theirs: &Server) -> Stage {
    let more = format!(
        "paging:\n  external: {{url: '{}', token: {{env: TOKEN}}, services: {{P1SVC: payments}}}}\n",
        theirs.url()
    );
    Stage::new(LEVELS, taken(), &more)
}

#[test]
fn another_pagers_incident_is_adopted_and_its_acknowledgement_stops_our_clocks() {
    let mut answers = vec![incidents(false); 6];
    answers.push(incidents(true));
    let theirs = Server::start(answers);
    let stage = stage(&theirs);
    let _watch = stage.watch();
    stage.until("it is adopted", 15, || stage.of_type("adopted").len() == 1);
    stage.until("the acknowledgement is taken over", 20, || {
        stage.of_type("acknowledged").len() == 1
    });
    let asked = &theirs.requests()[0];
    assert!(
        asked.first().starts_with("GET /incidents?") && asked.first().contains("P1SVC"),
        "{}",
        asked.first()
    );
    assert_eq!(asked.header("authorization"), "Token token=hiddentoken4711");
    std::thread::sleep(std::time::Duration::from_secs(15));
    // Level one was theirs, and level two is not wanted any more.
    assert!(
        stage.hook.requests().is_empty(),
        "{:?}",
        stage.hook.requests()
    );
    assert_eq!(
        stage.of_type("acknowledged").len(),
        1,
        "once, however often it is read"
    );
    assert_eq!(
        stage.incidents().len(),
        1,
        "the alert and their incident are one"
    );
    let log = stage.log();
    assert!(
        log.contains("acknowledged by responder 1 in another system") && !log.contains('\u{1b}'),
        "{log}"
    );
    let shown = stage.run(&["incident", "show", &stage.incidents()[0]]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("incident commander: Lee"), "{shown}");
    let written = std::fs::read_to_string(
        stage
            .data()
            .join("incidents")
            .join(&stage.incidents()[0])
            .join("journal.jsonl"),
    )
    .unwrap();
    assert!(!written.contains("hiddentoken") && !log.contains("hiddentoken"));
}

/// The other system knows nothing of it: the first level waits for it a while, the second is ours all the same.
#[test]
fn another_pager_that_stays_silent_is_not_relied_upon() {
    let nothing = Does::Answer(200, JSON, r#"{"incidents":[]}"#.into());
    let theirs = Server::start(vec![nothing]);
    let stage = stage(&theirs);
    let _watch = stage.watch();
    stage.until("the lead is called", 30, || {
        !stage.hook.requests().is_empty()
    });
    assert_eq!(stage.hook.requests()[0].json()["data"]["target"], "lead");
    let armed = &stage.of_type("escalation-armed")[0]["data"]["levels"][0];
    let time = |text: &serde_json::Value| {
        text.as_str()
            .unwrap()
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap()
    };
    let started = time(&stage.of_type("opened")[0]["data"]["started"]);
    assert_eq!(time(&armed["due"]) - started, chrono::TimeDelta::minutes(3));
    assert_eq!(armed["unless_adopted"], true);
}
