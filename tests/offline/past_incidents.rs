//! Incidents of the past, entered by command line afterwards: public ones, and others of other shapes. The cases are by an
//! independent author, who has not seen the program.

use crate::support::outcome::Outcome;
use crate::support::program::Place;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    commands: Vec<Step>,
    facts: Facts,
}

#[derive(Debug, Deserialize)]
struct Step {
    args: Vec<String>,
    /// The kind of the contradiction, or of the problem with a time.
    refused: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Facts {
    windows: Vec<Window>,
    impact_total: Option<Total>,
    severity: Option<String>,
    contradictions: Vec<String>,
    times_shown: Vec<String>,
    #[serde(default)]
    never_shown: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Window {
    from: String,
    to: Option<String>,
    least_seconds: Option<i64>,
    most_seconds: Option<i64>,
    shown: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Total {
    least_seconds: Option<i64>,
    most_seconds: Option<i64>,
    shown: Option<String>,
}

fn cases() -> Vec<Case> {
    serde_saphyr::from_str(include_str!("../cases/past_incidents.yaml")).unwrap()
}

/// Words of the refusal for each kind.
fn refusal(kind: &str) -> &'static str {
    match kind {
        "before-start" | "detected-before-start" => "before the start at",
        "begins-while-on" => "while it has been on since",
        "ended-before-mitigated" => "before its mitigation at",
        "resolved-before-mitigated" => "before the mitigation at",
        "closed-before-resolved" => "before the resolution at",
        "no-zone" => "has no zone",
        "twice" => "comes twice on that day",
        "never" => "does not exist",
        other => panic!("{other}"),
    }
}

fn enter(place: &Place, case: &Case) -> Result<String, String> {
    let mut id = String::new();
    for step in &case.commands {
        let args: Vec<&str> = step
            .args
            .iter()
            .map(|word| match word.as_str() {
                "$ID" => id.as_str(),
                word => word,
            })
            .collect();
        let done: Outcome = place.run(&args);
        let said = done.text();
        match &step.refused {
            Some(kind) if done.code == 0 || !done.err.contains(refusal(kind)) => {
                return Err(format!("{args:?} must be refused as {kind}: {said}"));
            }
            None if done.code != 0 => return Err(format!("{args:?}: {said}")),
            Some(_) => {}
            None if args[1] == "open" => {
                id = said.split_whitespace().next().unwrap().to_string();
            }
            None => {}
        }
    }
    Ok(id)
}

fn differences(case: &Case, place: &Place, id: &str) -> Vec<String> {
    let facts = &case.facts;
    let file = |name: &str| {
        let path = place.data.join(name);
        let to = path.to_str().unwrap();
        let kind = name.split('.').next().unwrap();
        place.run(&[kind, id, "--to", to]).succeeds();
        std::fs::read_to_string(&path).unwrap()
    };
    let documents = [file("postmortem.md"), file("record.md")];
    let record = place.json(&["record", id]);
    let mut wrong = Vec::new();
    for document in &documents {
        // Markdown escapes what could be markup.
        let text = document.replace('\\', "");
        let missing = facts
            .times_shown
            .iter()
            .filter(|time| !text.contains(*time));
        wrong.extend(missing.map(|time| format!("{time} is missing in {}", title(&text))));
        let never = facts
            .never_shown
            .iter()
            .filter(|words| text.contains(*words));
        wrong.extend(never.map(|words| format!("{words} stands in {}", title(&text))));
        if !text.to_lowercase().contains("entered afterwards") {
            wrong.push(format!(
                "{} does not say that it was entered afterwards",
                title(&text)
            ));
        }
        for contradiction in record["contradictions"].as_array().unwrap() {
            let said = contradiction["text"].as_str().unwrap();
            let times = text.matches(said).count();
            if times != 1 {
                wrong.push(format!(
                    "\"{said}\" stands {times} times in {}",
                    title(&text)
                ));
            }
        }
    }
    if let Some(severity) = &facts.severity
        && record["severity"] != severity.as_str()
    {
        wrong.push(format!("severity {} for {severity}", record["severity"]));
    }
    let kinds = record["contradictions"].as_array().unwrap().iter();
    let mut kinds: Vec<&str> = kinds.map(|it| it["kind"].as_str().unwrap()).collect();
    let mut wanted: Vec<&str> = facts.contradictions.iter().map(String::as_str).collect();
    kinds.sort_unstable();
    wanted.sort_unstable();
    if kinds != wanted {
        wrong.push(format!("contradictions {kinds:?} for {wanted:?}"));
    }
    wrong.extend(windows(facts, &record["windows"]));
    wrong.extend(quiet(&record));
    wrong
}

fn title(document: &str) -> &str {
    let mut lines = document.lines();
    lines
        .find(|line| line.starts_with("# "))
        .unwrap_or("a document")
}

fn windows(facts: &Facts, found: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let list = found["windows"].as_array().unwrap();
    if list.len() != facts.windows.len() {
        return vec![format!(
            "{} windows for {}",
            list.len(),
            facts.windows.len()
        )];
    }
    for (found, wanted) in list.iter().zip(&facts.windows) {
        let ends = wanted.to.as_deref();
        if found["start"] != wanted.from.as_str() || found["end"].as_str() != ends {
            wrong.push(format!("{found} for {wanted:?}"));
        }
        wrong.extend(duration(
            found,
            (wanted.least_seconds, wanted.most_seconds),
            wanted.shown.as_ref(),
        ));
    }
    if let Some(total) = &facts.impact_total {
        let sum = &found["total"];
        if total.least_seconds.is_some() {
            let row = serde_json::json!({"lasted": sum, "seconds": found["total_seconds"]});
            wrong.extend(duration(
                &row,
                (total.least_seconds, total.most_seconds),
                total.shown.as_ref(),
            ));
        } else if !sum.is_null() {
            wrong.push(format!("{sum} for an impact without a known end"));
        }
    }
    wrong
}

fn duration(
    found: &Value,
    (least, most): (Option<i64>, Option<i64>),
    shown: Option<&String>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let bounds = (
        found["seconds"]["least"].as_i64(),
        found["seconds"]["most"].as_i64(),
    );
    if bounds != (least, most) {
        wrong.push(format!("{bounds:?} seconds for {least:?} to {most:?}"));
    }
    if least.is_some()
        && let Some(shown) = shown
        && found["lasted"] != shown.as_str()
    {
        wrong.push(format!("{} for {shown}", found["lasted"]));
    }
    wrong
}

/// No page, no clock, no reading.
fn quiet(record: &Value) -> Vec<String> {
    let none = ["notifications", "observations", "overdue"];
    let some = none.iter().filter(|name| {
        let rows = record[**name].as_array().unwrap().iter();
        rows.clone()
            .any(|row| !row["what"].as_str().unwrap().starts_with("status update"))
    });
    some.map(|name| format!("{name}: {}", record[*name]))
        .collect()
}

#[test]
fn every_past_incident_reads_as_it_was_told() {
    let mut wrong = Vec::new();
    for case in cases() {
        let place = Place::new();
        match enter(&place, &case) {
            Err(refused) => wrong.push(format!("{}: {refused}", case.name)),
            Ok(id) => {
                let differences = differences(&case, &place, &id);
                wrong.extend(differences.iter().map(|it| format!("{}: {it}", case.name)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
