//! The project's words: wordings that standard technical English replaces stand nowhere.

use regex::Regex;
use std::path::Path;

/// In which parts of a file a wording is looked for.
#[derive(Clone, Copy, PartialEq)]
enum In {
    /// What people read: comments, strings, documents, screens.
    Prose,
    /// Identifiers of code, too; `_` separates their words.
    Everything,
}
use In::{Everything, Prose};

struct Wording {
    pattern: &'static str,
    within: In,
    /// The standard wording.
    instead: &'static str,
    /// What matches and is meant otherwise, with the reason in the comment above the row.
    except: &'static str,
}

const fn row(pattern: &'static str, within: In, instead: &'static str) -> Wording {
    Wording {
        pattern,
        within,
        instead,
        except: "",
    }
}

impl Wording {
    const fn except(self, except: &'static str) -> Self {
        Self { except, ..self }
    }
}

/// Matches ignore case.
const WORDINGS: &[Wording] = &[
    // The column "before" of the language rules.
    row(r"out of sight", Everything, "no longer reported"),
    row(
        r"\b(has|have|had) not come\b",
        Everything,
        "overdue since …",
    ),
    row(
        r"\bshow(s|ing)? (itself|themselves)\b",
        Everything,
        "responds, is reported",
    ),
    row(
        r"\bfrom here on\b",
        Everything,
        "from now on, or the state: unassigned",
    ),
    row(r"say it again", Everything, "retry"),
    row(r"\bfor want of\b", Everything, "because … is missing"),
    row(
        r"\bwho(so)?ever\b",
        Everything,
        "name the person or role",
    ),
    row(r"out of what is open", Everything, "close or go back"),
    row(r"\brow before\b", Everything, "previous row"),
    row(
        r"\bnews no more\b|\bno news\b",
        Everything,
        "too old to send, unchanged",
    ),
    row(
        r"\bset-?ups? that reach(es)? nobody",
        Everything,
        "configuration problem: nobody would be paged",
    ),
    row(
        r"machine's is none",
        Everything,
        "automated acknowledgements do not count",
    ),
    row(
        r"not told anything",
        Everything,
        "the record contains no message",
    ),
    row(
        r"\bpage to \w+ by \w+: accepted, HTTP",
        Everything,
        "paged … through webhook …: accepted",
    ),
    row(r"\bmend(s|ed|ing)?\b", Everything, "fix, repair"),
    row(
        r"\b(if|where) it is still meant\b",
        Everything,
        "review and retry",
    ),
    // The glossary's column "not".
    row(
        r"\bcall(s|ed|ing)? (people|a person|somebody|nobody|anybody|the (lead|person|next|engineer|target|on-call))\b|\b(lead|cto|level|person) (is|was|are|were) called\b|\bwho (is|was|are|were) called\b",
        Everything,
        "page",
    ),
    row(
        r"\bunanswered (page|call)s?\b|\banswer(s|ed|ing)? (the|a|its|their|his|that) (page|call)\b|\bpage(s)? (is|was|are|were) answered\b",
        Everything,
        "acknowledge",
    ),
    // A phone that has rung.
    row(r"\brungs?\b", Everything, "escalation level").except("has just rung"),
    row(r"\bways? out\b", Everything, "channel"),
    row(r"\brota(s)?\b", Prose, "on-call schedule"),
    row(
        r"\balerts? (is|are|was|were|went|has|have) (gone|quiet)\b",
        Everything,
        "not reported",
    ),
    // The name in a policy and in JSON.
    row(r"slump", Everything, "volume drop").except(r#"[`"]slump[`"]"#),
    row(r"quiet ?faults?\b", Everything, "correctness fault"),
    row(
        r"\b(tell(s|ing)?|told) (users|stakeholders|people|somebody|nobody|anybody|who must|the three fronts)\b|\b(users|stakeholders|people|somebody|nobody|anybody|whom nobody)( \w+){0,3} told\b|\btell[ *│]+an update",
        Everything,
        "send a status update, inform",
    ),
    // The name of a directory and of two serialized entries.
    row(
        r"keepers?\b|beacons?\b",
        Everything,
        "paging service, peer, heartbeat",
    )
    .except(r#"keeper-(lost|found|joined|left)|\bkeepers/|"keepers?""#),
    row(r"\bthe watch\b", Prose, "the paging service"),
    row(r"\bsigns? of life\b", Everything, "heartbeat, contact"),
    row(
        r"\bonce ?keys?\b",
        Everything,
        "deduplication key, dedup_key",
    ),
    row(
        r"\bscribe('s)? threads?\b|\b(to|by) the scribe\b|(?-i:\bScribe::)",
        Everything,
        "JournalWriter",
    ),
    // The shared room of the later PostgreSQL store.
    row(r"\brooms?\b", Everything, "module").except(
        r"shared room|war-?room|meeting rooms|no such room|rooms and (resources|things)|ROOM\b.*RESOURCE|room for incidents|room on the screen",
    ),
    row(r"\bpapers?\b", Everything, "documents"),
    row(
        r"\bpitfalls?\b",
        Everything,
        "lint, configuration problem",
    ),
    row(r"\bleanings?\b", Everything, "severity trend"),
    // Names of code that had another meaning than their word.
    row(
        r"(?-i:\b(Board|Desk|Keeper|Beacon|Slump|Leaning)\b)",
        Everything,
        "the names in docs/architecture.md",
    ),
];

/// Where the words of the project stand.
const PLACES: [&str; 11] = [
    "src",
    "docs",
    "assets",
    "playbooks",
    "tests",
    "benches",
    "fuzz/fuzz_targets",
    ".ci/run",
    "Cargo.toml",
    "README.md",
    "CHANGELOG.md",
];
/// This table; and inputs from the field, which are not our words.
const NOT_OURS: [&str; 2] = ["tests/architecture/language.rs", "tests/cases/"];

/// Comments and strings of Rust. A quotation mark as a character begins no string.
const PROSE: &str =
    r##"(?s)(//[^\n]*|/\*.*?\*/|r#".*?"#|r"[^"]*"|"(?:[^"\\]|\\.)*")|'(?:[^'\\\n]|\\.)'"##;

/// A text of the project: what people read of it, and all of it with the words of identifiers apart. Both keep the places.
struct Text {
    place: String,
    prose: String,
    all: String,
}

impl Text {
    fn new(place: &str, text: &str, prose: &Regex) -> Self {
        let all = text.replace('_', " ");
        let is_rust = Path::new(place)
            .extension()
            .is_some_and(|ending| ending == "rs");
        let prose = if is_rust {
            let mut blank: Vec<u8> = text
                .bytes()
                .map(|byte| if byte == b'\n' { byte } else { b' ' })
                .collect();
            for found in prose.captures_iter(text).filter_map(|found| found.get(1)) {
                blank[found.range()].copy_from_slice(found.as_str().as_bytes());
            }
            String::from_utf8(blank).unwrap()
        } else {
            text.to_string()
        };
        Self {
            place: place.to_string(),
            prose,
            all,
        }
    }

    /// Where a wording stands, with its line.
    fn places(&self, wording: &Wording, pattern: &Regex, except: Option<&Regex>) -> Vec<String> {
        let text = if wording.within == Prose {
            &self.prose
        } else {
            &self.all
        };
        let excepted: Vec<_> = except
            .into_iter()
            .flat_map(|except| except.find_iter(text))
            .map(|found| found.range())
            .collect();
        let meant =
            |found: &regex::Match| !excepted.iter().any(|range| range.contains(&found.start()));
        let place = |found: regex::Match| {
            let line = text[..found.start()].matches('\n').count();
            let words = self.all.lines().nth(line).unwrap_or_default().trim();
            format!("{}:{}: {words}", self.place, line + 1)
        };
        pattern.find_iter(text).filter(meant).map(place).collect()
    }
}

fn texts() -> Vec<Text> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let prose = Regex::new(PROSE).unwrap();
    let mut open: Vec<_> = PLACES.iter().map(|place| root.join(place)).collect();
    let mut texts = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let place = path
            .strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_string();
        if !NOT_OURS.iter().any(|other| place.starts_with(other)) {
            let text = std::fs::read_to_string(&path).unwrap();
            texts.push(Text::new(&place, &text, &prose));
        }
    }
    texts.sort_by(|a, b| a.place.cmp(&b.place));
    texts
}

/// Ignores case; a space stands for any gap between words, line ends of comments included.
fn regex(pattern: &str) -> Regex {
    Regex::new(&format!("(?i){}", pattern.replace(' ', r"(?:[\s/!*]+)"))).unwrap()
}

fn found(wording: &Wording, texts: &[Text]) -> Vec<String> {
    let pattern = regex(wording.pattern);
    let except = Some(wording.except)
        .filter(|except| !except.is_empty())
        .map(regex);
    texts
        .iter()
        .flat_map(|text| text.places(wording, &pattern, except.as_ref()))
        .collect()
}

#[test]
fn the_projects_words_are_those_of_the_field() {
    let texts = texts();
    let mut wrong = Vec::new();
    for wording in WORDINGS {
        for place in found(wording, &texts) {
            wrong.push(format!(
                "{place}
    write: {}",
                wording.instead
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}",
        wrong.join(
            "
"
        )
    );
}

#[test]
fn the_test_of_words_itself_can_fail() {
    let source = "/// Out of\n/// sight.\nfn is_out_of_sight() -> char { let told = 'x'; say(\"told \\\" \", '\"', told) } // it tells them apart\n";
    let text = [Text::new("a.rs", source, &Regex::new(PROSE).unwrap())];
    let lines = |wording: Wording| -> Vec<usize> {
        let places = found(&wording, &text);
        places
            .iter()
            .map(|place| place.split(':').nth(1).unwrap().parse().unwrap())
            .collect()
    };
    assert_eq!(lines(row("out of sight", Everything, "")), [1, 3]);
    assert_eq!(lines(row("out of sight", Prose, "")), [1]);
    assert_eq!(lines(row(r"\b(told|tells)\b", Prose, "")), [3, 3]);
    assert_eq!(
        lines(row(r"\b(told|tells)\b", Prose, "").except(r"tells \S+ apart")),
        [3]
    );
}
