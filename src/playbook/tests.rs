use super::*;
use crate::incident::entry::StepOutcome;
use crate::incident::fold::Run;
use crate::incident::fold::state::StepFact;
use crate::incident::{ActorId, StepId};
use chrono::DateTime;
use rstest::rstest;
use std::collections::BTreeMap;

const GOOD: &str = "---
playbook: demo
title: Demo
version: 1
summary: For tests.
when: [\"Demo.*\"]
variables:
  host:
    description: A host
    default: \"\"
---

Read this first.

## Look around

Run it.

```sh
curl -s http://{{host}}/ -d '{{host}}'
```

## Is it alive?

```promql expect=\">= 0.99\"
{{success_ratio_query}}
```

## Which way?

- [Left](#go-left): the usual
- [Right](#go-right)

## Go left

- [ ] one
- [ ] two

Next: done

## Go right

Do it.
";

fn good() -> Playbook {
    parse("demo", GOOD).unwrap()
}

#[test]
fn the_shipped_playbooks_are_sound() {
    let loaded = Library::load(None);
    assert_eq!(loaded.broken, []);
    assert_eq!(loaded.library.offered(&[]).len(), 3);
    let offered = loaded.library.offered(&["PaymentSuccessRateLow"]);
    assert_eq!(
        (offered[0].0.name.as_str(), offered[0].1),
        ("payment-success-drop", true)
    );
    assert!(!offered[1].1);
}

#[test]
fn the_kind_of_a_step_follows_from_what_it_contains() {
    let kinds: Vec<&str> = good().steps.iter().map(|step| step.kind.word()).collect();
    assert_eq!(
        kinds,
        ["manual", "check", "decision", "check list", "manual"]
    );
    assert_eq!(good().steps[1].id.as_str(), "is-it-alive");
    assert_eq!(good().steps[3].next, NextStep::Done);
}

#[rstest]
#[case::dead_link("(#go-right)", "(#go-wright)", 32, "leads to no step", "#go-")]
#[case::unreachable(
    "- [Right](#go-right)",
    "- [Also left](#go-left)",
    41,
    "cannot be reached",
    "link it"
)]
#[case::costly_expression("Demo.*", "\\\\w{4000}", 1, "too large", "shorten")]
#[case::misspelt_key("summary:", "sumary:", 5, "sumary", "correct")]
#[case::bad_expectation(">= 0.99", "about 0.99", 25, "no expectation", "expect=")]
#[case::two_kinds(
    "Do it.",
    "- [ ] a\n\n```promql expect=\"> 1\"\nup\n```",
    45,
    "more than one thing",
    "two steps"
)]
#[case::unknown_variable("http://{{host}}", "http://{{hots}}", 15, "hots", "declare it")]
#[case::one_way("- [Right](#go-right)\n", "", 31, "at least two options", "Next:")]
#[case::html("Do it.", "<b>Do</b> it.", 43, "HTML", "plain")]
#[case::other_name("playbook: demo", "playbook: demi", 2, "calls itself", "same name")]
#[case::no_front_matter("---\nplaybook", "playbook", 1, "no front matter", "begin")]
#[case::heading("## Go right", "# Go right", 41, "no step", "level two")]
fn what_is_wrong_is_named_with_its_line_and_remedy(
    #[case] from: &str,
    #[case] to: &str,
    #[case] line: usize,
    #[case] what: &str,
    #[case] remedy: &str,
) {
    let problems = parse("demo", &GOOD.replacen(from, to, 1)).unwrap_err();
    let found = problems.iter().any(|problem| {
        problem.line == line && problem.what.contains(what) && problem.remedy.contains(remedy)
    });
    assert!(found, "{problems:#?}");
}

fn values(host: &str) -> Values {
    BTreeMap::from([("host".to_string(), host.to_string())])
}

#[rstest]
#[case::cacao(include_str!("../../tests/cases/field/cacao-minimal.json"), "this is a CACAO playbook (cacao-2.0)")]
#[case::json("[1, 2]", "this is JSON")]
#[case::broken_json("{\"type\": \"playbook\"", "this is JSON")]
fn a_file_of_another_tool_is_named(#[case] source: &str, #[case] says: &str) {
    let problems = parse("x", source).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].what.contains(says), "{problems:?}");
}

#[rstest]
#[case::plain("db-1.example", "curl -s http://db-1.example/ -d 'db-1.example'")]
#[case::a_word_break("a b", "curl -s http://'a b'/ -d 'a b'")]
#[case::a_command("$(reboot)", "curl -s http://'$(reboot)'/ -d '$(reboot)'")]
#[case::a_quote(
    "a'; reboot '",
    "curl -s http://'a'\\''; reboot '\\'''/ -d 'a'\\''; reboot '\\'''"
)]
fn a_value_in_a_command_stays_one_word(#[case] value: &str, #[case] command: &str) {
    let playbook = good();
    let Block::Code { text, .. } = &playbook.steps[0].blocks[1] else {
        panic!("no command")
    };
    assert_eq!(fill_shell(&playbook, &values(value), text).text, command);
}

#[rstest]
#[case("m{h=\"{{host}}\"}", "x\"} or up{a=\"", r#"m{h="x\"} or up{a=\""}"#)]
#[case::the_other_mark_is_no_escape("m{h=\"{{host}}\"}", "it's", r#"m{h="it's"}"#)]
#[case("m{h='{{host}}'}", "it's \"x\"", r#"m{h='it\'s "x"'}"#)]
#[case::after_an_escape("m{h='a\\'{{host}}'}", "'", r"m{h='a\'\''}")]
#[case("m{h=\"{{host}}\"}", "a\\b\nc", r#"m{h="a\\b\nc"}"#)]
#[case::raw_text("m{h=`{{host}}`}", "a\\`b", r"m{h=`a\b`}")]
#[case::quoted_names(
    "{\"service.name\"=\"{{host}}\"}",
    "p\"q",
    r#"{"service.name"="p\"q"}"#
)]
fn a_value_in_a_query_cannot_leave_its_string(
    #[case] query: &str,
    #[case] value: &str,
    #[case] text: &str,
) {
    assert_eq!(fill_query(&good(), &values(value), query).text, text);
}

#[test]
fn a_variable_without_a_value_is_seen_to_be_missing() {
    let filled = fill_shell(&good(), &Values::new(), "ping {{host}}");
    assert_eq!(
        (filled.text.as_str(), filled.missing.as_slice()),
        ("ping <host>", &["host".to_string()][..])
    );
}

fn run(results: &[(&str, StepOutcome, Option<&str>)]) -> Run {
    let fact = |outcome, choice: Option<&str>| StepFact {
        order: crate::incident::fold::Order::default(),
        seq: 1,
        at: DateTime::UNIX_EPOCH,
        by: ActorId::nearest("a"),
        outcome,
        choice: choice.map(StepId::nearest),
    };
    Run {
        latest_order: crate::incident::fold::Order::default(),
        seq: 1,
        at: DateTime::UNIX_EPOCH,
        digest: String::new(),
        steps: 5,
        results: results
            .iter()
            .map(|(s, o, c)| (StepId::nearest(s), fact(*o, *c)))
            .collect(),
        latest: results.last().map(|(s, _, _)| StepId::nearest(s)),
        ticks: BTreeMap::new(),
    }
}

#[rstest]
#[case::new(&[], RunPosition::At(0))]
#[case::done(&[("look-around", StepOutcome::Done, None)], RunPosition::At(1))]
#[case::failed_check_stays(&[("is-it-alive", StepOutcome::Failed, None)], RunPosition::At(1))]
#[case::unknown_check_stays(&[("is-it-alive", StepOutcome::Unknown, None)], RunPosition::At(1))]
#[case::skipped_check(&[("is-it-alive", StepOutcome::Skipped, None)], RunPosition::At(2))]
#[case::chosen(&[("which-way", StepOutcome::Chosen, Some("go-right"))], RunPosition::At(4))]
#[case::end_by_word(&[("go-left", StepOutcome::Done, None)], RunPosition::Ended)]
#[case::end_of_file(&[("go-right", StepOutcome::Done, None)], RunPosition::Ended)]
fn a_run_stands_where_its_latest_result_leads(
    #[case] results: &[(&str, StepOutcome, Option<&str>)],
    #[case] wanted: RunPosition,
) {
    assert_eq!(position(&good(), &run(results)), wanted);
}
