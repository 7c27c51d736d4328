//! A log of changes: independent JSON lines.

use super::super::lenient::{Fields, Text, salvage};
use super::super::time::read_time;
use crate::signals::change::{Change, ChangeKind, ChangeSet};
use crate::text::{PathId, Safe, Slug, SourceId};
use chrono::{DateTime, Utc};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Line {
    at: Text,
    kind: Text,
    what: Text,
    who: Text,
    outcome: Text,
    path: Text,
}

/// Each line is `{"at", "kind", "what", "who", "outcome", "path"}`; `at` needs a zone.
pub(super) fn from_lines(source: &SourceId, text: &str, since: DateTime<Utc>) -> ChangeSet {
    let mut set = ChangeSet::default();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let number = index + 1;
        match salvage::<Fields<Line>>(line.as_bytes()) {
            Err(error) => set.add_unreadable(format!("line {number}: {error}")),
            Ok(Fields(Err(kind))) => {
                let what = format!("line {number}: {} instead of a change", kind.words());
                set.add_unreadable(what);
            }
            Ok(Fields(Ok(line))) => add(&mut set, source, (number, line), since),
        }
    }
    set.settled()
}

fn add(
    set: &mut ChangeSet,
    source: &SourceId,
    (number, line): (usize, Line),
    since: DateTime<Utc>,
) {
    let at = match read_time(&line.at.text) {
        Ok(at) => at,
        // A change without its time cannot be placed.
        Err(why) => {
            let (text, why) = (Safe::line(&line.at.text), why.words());
            return set.add_unreadable(format!("line {number}: at \"{text}\" {why}"));
        }
    };
    let kind: Result<ChangeKind, _> = serde_json::from_value(line.kind.text.as_str().into());
    let unknown = kind.is_err() && line.kind != Text::default();
    let no_path = !line.path.text.is_empty() && Slug::new(&line.path.text).is_none();
    let named = [
        ("what", &line.what),
        ("who", &line.who),
        ("outcome", &line.outcome),
        ("path", &line.path),
    ];
    let mut faults: Vec<String> = named
        .iter()
        .filter_map(|(name, text)| text.fault(name))
        .collect();
    faults.extend(unknown.then(|| {
        let kind = Safe::line(&line.kind.text);
        format!("kind \"{kind}\" is unknown")
    }));
    faults.extend(no_path.then(|| format!("path \"{}\" is no name", Safe::line(&line.path.text))));
    if line.what.text.is_empty() {
        faults.push("it does not say what changed".into());
    }
    if let Some(first) = faults.first() {
        set.add_malformed(format!("line {number}: {first}"));
    }
    let what = match line.what.text.is_empty() {
        true => "(what is not said)",
        false => &line.what.text,
    };
    let change = Change {
        at,
        kind: kind.unwrap_or_default(),
        what: Safe::line(what),
        who: Safe::line(&line.who.text),
        outcome: Safe::line(&line.outcome.text),
        path: PathId::new(&line.path.text),
        source: source.clone(),
    };
    set.push(change, since);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_line_that_cannot_be_read_is_counted_and_named_and_hides_no_other() {
        let text = "{\"at\":\"2026-11-22T00:57:00Z\",\"kind\":\"model\",\"what\":\"fraud v42\",\"who\":\"ci\"}\n\
                    {\"at\":\"yesterday\",\"what\":\"x\"}\n\n\
                    {\"at\":\"2026-11-22T00:31:00+01:00\",\"what\":\"flag new-3ds 25 %\",\"surplus\":1}\n";
        let set = from_lines(&SourceId::nearest("cab"), text, at("2026-11-21T00:00:00Z"));
        assert_eq!(set.changes.len(), 2);
        assert_eq!(set.changes[0].kind, ChangeKind::Model);
        let (count, first) = set.unread.unwrap();
        assert!(count == 1 && first.starts_with("line 2"), "{first}");
    }

    #[test]
    fn a_card_number_in_a_change_is_masked() {
        let text = "{\"at\":\"2026-11-22T00:57:00Z\",\"what\":\"test 4111 1111 1111 1111\"}";
        let set = from_lines(&SourceId::nearest("cab"), text, at("2026-11-21T00:00:00Z"));
        assert!(!set.changes[0].what.as_str().contains("1111 1111"));
    }

    #[rstest]
    #[case::nobody(
        r#"{"at":"2026-11-22T00:57:00Z","what":"x","who":null}"#,
        1,
        "who is null"
    )]
    #[case::a_number(r#"{"at":"2026-11-22T00:57:00Z","what":42}"#, 1, "what is a number")]
    #[case::nothing(r#"{"at":"2026-11-22T00:57:00Z"}"#, 1, "does not say what")]
    #[case::another_kind(
        r#"{"at":"2026-11-22T00:57:00Z","what":"x","kind":"rollout"}"#,
        1,
        "rollout"
    )]
    #[case::no_path(
        r#"{"at":"2026-11-22T00:57:00Z","what":"x","path":"a b/c"}"#,
        1,
        "is no name"
    )]
    #[case::half_a_character(r#"{"at":"2026-11-22T00:57:00Z","what":"\ud800"}"#, 1, "")]
    #[case::no_zone(r#"{"at":"2026-11-22T00:57:00","what":"x"}"#, 0, "has no zone")]
    #[case::a_stamp(r#"{"at":1795996800,"what":"x"}"#, 0, "is not a time")]
    #[case::null("null", 0, "null instead of a change")]
    #[case::broken("{", 0, "line 1")]
    fn an_odd_line_hides_no_other_and_is_shown_with_what_it_has(
        #[case] odd: &str,
        #[case] read: usize,
        #[case] says: &str,
    ) {
        let text = format!("{odd}\n{{\"at\":\"2026-11-22T00:58:00Z\",\"what\":\"good\"}}");
        let set = from_lines(&SourceId::nearest("cab"), &text, at("2026-11-21T12:00:00Z"));
        assert_eq!(set.changes.len(), read + 1, "{set:?}");
        assert!(set.words().unwrap_or_default().contains(says), "{set:?}");
    }
}
