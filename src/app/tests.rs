//! Whole incidents played through `update`, time passed and not slept.

mod adopting;
mod classifying;
mod ending;
mod seeing;
mod simulation;
mod writing;

use super::ui::{Edit, Overlay, Screen};
use super::*;
use crate::incident::alerts::{AlertIndex, Gathered};
use crate::incident::entry::{PageOutcome, StepOutcome, field};
use crate::incident::escalation::Call;
use crate::incident::observation::{Alert, AlertState};
use crate::incident::{Draft, Event, Incident, IncidentId, Role, Slug, Status};
use crate::outbox::Delivery;
use crate::signals::{Reading, Sample};
use crate::sources::{RuleSet, RuleState, alert_from_labels};
use crate::testing::{bench_setup, slug, start};
use crate::text::Safe;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A console whose disk is a journal in memory: what is recorded is durable one step later.
struct Bench {
    model: Model,
    stories: BTreeMap<IncidentId, crate::testing::Tape>,
    sent: Vec<crate::outbox::Page>,
    bells: usize,
    asked: Vec<Effect>,
    disk_works: bool,
    receiver_answers: bool,
    waiting: Vec<Effect>,
    gathered: BTreeMap<Slug, Gathered>,
}

impl Bench {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let mut setup = bench_setup();
        change(&mut setup);
        let mut bench = Self {
            model: Model::new(setup, start()),
            stories: BTreeMap::new(),
            sent: Vec::new(),
            bells: 0,
            asked: Vec::new(),
            disk_works: true,
            receiver_answers: true,
            waiting: Vec::new(),
            gathered: BTreeMap::new(),
        };
        bench.say(Msg::Ready);
        bench
    }

    fn say(&mut self, msg: Msg) {
        let mut effects = update(&mut self.model, msg);
        while !effects.is_empty() {
            let mut next = Vec::new();
            for effect in effects {
                next.extend(self.perform(effect));
            }
            effects = next;
        }
    }

    fn perform(&mut self, effect: Effect) -> Vec<Effect> {
        match effect {
            Effect::Record { .. } if !self.disk_works => {
                self.waiting.push(effect);
                Vec::new()
            }
            Effect::Record {
                incident,
                token,
                drafts,
            } => {
                let tape = self.stories.get_mut(&incident).unwrap();
                let (entries, mine) = tape.append(&drafts, self.model.now);
                update(
                    &mut self.model,
                    Msg::Recorded {
                        incident,
                        entries,
                        token: Some(token),
                        mine,
                    },
                )
            }
            Effect::Open { drill, drafts, .. } => {
                let id =
                    IncidentId::compose(drill, start().date_naive(), self.stories.len() as u16 + 1);
                let mut tape = crate::testing::Tape::default();
                let (entries, _) = tape.append(&drafts, self.model.now);
                self.stories.insert(id.clone(), tape);
                update(
                    &mut self.model,
                    Msg::Opened {
                        incident: id,
                        entries,
                    },
                )
            }
            Effect::Send { channel, message } => {
                let crate::outbox::Message::Page(page) = *message else {
                    return Vec::new();
                };
                self.sent.push(page.clone());
                if !self.receiver_answers {
                    return Vec::new();
                }
                let detail = Safe::default();
                let delivery = Delivery {
                    outcome: PageOutcome::Accepted,
                    http: Some(202),
                    attempts: 1,
                    detail,
                    remote: None,
                };
                let (incident, level) = (page.about.incident, page.level);
                let call = Call {
                    page: page.id,
                    channel,
                    repeat: page.repeat,
                };
                update(
                    &mut self.model,
                    Msg::Paged {
                        incident,
                        level,
                        call,
                        delivery,
                    },
                )
            }
            Effect::Bell(_) => {
                self.bells += 1;
                Vec::new()
            }
            other => {
                self.asked.push(other);
                Vec::new()
            }
        }
    }

    fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            let now = self.model.now + TimeDelta::seconds(1);
            self.say(Msg::Tick(now));
        }
    }

    fn keys(&mut self, keys: &str) {
        for key in keys.chars() {
            // A person reads what is asked before answering.
            if self.model.ui.answers.asked.is_some() {
                self.model.now += TimeDelta::milliseconds(400);
                self.model.ui.answers.asked = None;
            }
            self.say(match key {
                '⏎' => Msg::Act(
                    if self.model.ui.screen == Screen::Playbook && self.model.ui.overlays.is_empty()
                    {
                        Action::StepDone
                    } else {
                        Action::Enter
                    },
                ),
                '⎋' => Msg::Act(Action::Back),
                c if self.model.ui.is_typing() => Msg::Edit(Edit::Insert(c.to_string())),
                c => Msg::Key(c),
            });
        }
    }

    /// Another program records something in an incident.
    fn recorded_elsewhere(&mut self, incident: IncidentId, drafts: &[Draft]) {
        let tape = self.stories.get_mut(&incident).unwrap();
        let (entries, _) = tape.append(drafts, self.model.now);
        self.say(Msg::Recorded {
            incident,
            entries,
            token: None,
            mine: Vec::new(),
        });
    }

    fn alert(&mut self, names: &[&str], state: AlertState, starts: DateTime<Utc>) {
        let alerts = names
            .iter()
            .map(|name| alert(name, state, starts))
            .collect();
        self.gather("alertmanager", alerts);
        // What an opening leads to follows on the next ticks, without any time passing.
        for _ in 0..2 {
            self.say(Msg::Tick(self.model.now));
        }
    }

    /// What one source of alerts says, beside what the others said last.
    fn gather(&mut self, source: &str, alerts: Vec<Alert>) {
        let alerts = alerts.into_iter().map(Arc::new).collect();
        self.gathered
            .insert(slug(source), Gathered { alerts, dropped: 0 });
        let index = AlertIndex::new(&self.gathered, &self.model.setup.intake.0);
        let (source, result) = (slug(source), Ok(Arc::new(index)));
        self.say(Msg::Alerts { source, result });
    }

    fn firing(&mut self) {
        self.alert(&["PaymentSuccessRateLow"], AlertState::Firing, start());
    }

    fn reading(&mut self, reading: Reading) {
        let sample = Sample {
            at: self.model.now,
            reading,
        };
        self.say(Msg::Signal {
            source: slug("prometheus"),
            result: Ok(sample),
            contact: true,
        });
    }

    fn rules(&mut self, firing: bool) {
        let active = if firing {
            vec![alert("PaymentSuccessRateLow", AlertState::Firing, start()).labels]
        } else {
            Vec::new()
        };
        let rule = RuleState {
            name: Safe::line("PaymentSuccessRateLow"),
            error: None,
            evaluated: Some(self.model.now),
            active,
        };
        self.say(Msg::Rules {
            source: slug("prometheus"),
            result: Ok(RuleSet { rules: vec![rule] }),
        });
    }

    fn prometheus_is_down(&mut self) {
        let told = ("cannot connect".to_string(), "check".to_string());
        self.say(Msg::Rules {
            source: slug("prometheus"),
            result: Err(told),
        });
    }

    fn incident(&self) -> &Incident {
        self.model.incident().unwrap()
    }

    fn kinds(&self) -> Vec<String> {
        let kind = |entry: &crate::incident::Entry| {
            serde_json::to_value(entry.event().unwrap()).unwrap()["type"]
                .as_str()
                .unwrap()
                .to_string()
        };
        self.model
            .board()
            .unwrap()
            .entries
            .iter()
            .map(kind)
            .collect()
    }
}

fn alert(
    name: &str,
    state: AlertState,
    starts: DateTime<Utc>,
) -> crate::incident::observation::Alert {
    let severity = if name.starts_with("Checkout") {
        "warning"
    } else {
        "critical"
    };
    let labels = BTreeMap::from([
        ("alertname".into(), name.into()),
        ("severity".into(), severity.into()),
    ]);
    alert_from_labels(&labels, &BTreeMap::new(), state, starts)
}

fn levels_paged(bench: &Bench) -> Vec<String> {
    bench
        .sent
        .iter()
        .map(|page| page.level.to_string())
        .collect()
}

#[test]
fn a_critical_alert_opens_one_incident_and_a_storm_joins_it() {
    let mut bench = Bench::new();
    let names: Vec<String> = (0..300).map(|n| format!("Alert{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    bench.alert(&names, AlertState::Firing, start());
    bench.alert(&names, AlertState::Firing, start());
    assert_eq!(bench.model.boards.len(), 1);
    assert_eq!(
        bench.incident().alerts.len(),
        200,
        "what is recorded of a storm is bounded"
    );
    assert_eq!(
        levels_paged(&bench),
        ["on-call"],
        "one page per level, not per alert"
    );
}

#[test]
fn a_warning_or_a_silenced_alert_opens_nothing() {
    let mut bench = Bench::new();
    bench.alert(&["CheckoutErrors"], AlertState::Firing, start());
    bench.alert(&["PaymentSuccessRateLow"], AlertState::Suppressed, start());
    assert!(bench.model.boards.is_empty());
}

#[test]
fn nothing_opens_before_the_data_directory_is_known_or_in_a_read_only_console() {
    let mut bench = Bench::with(|setup| setup.read_only = true);
    bench.firing();
    assert!(bench.model.boards.is_empty());
    bench.keys("n");
    assert!(
        bench
            .model
            .ui
            .notice
            .as_ref()
            .unwrap()
            .text
            .contains("read-only")
    );
}

#[test]
fn the_chain_pages_at_its_absolute_times_and_acknowledging_stops_what_waits_for_it() {
    let mut bench = Bench::new();
    bench.firing();
    assert_eq!(levels_paged(&bench), ["on-call"]);
    bench.pass(15 * 60 - 1);
    assert_eq!(levels_paged(&bench), ["on-call"]);
    bench.pass(1);
    assert_eq!(levels_paged(&bench), ["on-call", "engineering-lead"]);
    bench.keys("a");
    bench.pass(15 * 60);
    assert_eq!(levels_paged(&bench), ["on-call", "engineering-lead", "cto"]);
    assert!(
        bench
            .incident()
            .roles
            .contains_key(&Role::IncidentCommander)
    );
}

#[test]
fn delays_count_from_the_alerts_own_start_not_from_when_it_was_seen() {
    let mut bench = Bench::new();
    let early = start() - TimeDelta::minutes(16);
    bench.alert(&["PaymentSuccessRateLow"], AlertState::Firing, early);
    assert_eq!(levels_paged(&bench), ["on-call", "engineering-lead"]);
}

#[test]
fn compliance_is_paged_at_once_when_integrity_is_in_question() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("asx");
    assert!(
        bench.incident().classifications.is_empty(),
        "calling somebody asks first"
    );
    bench.keys("y");
    bench.pass(2);
    assert_eq!(bench.incident().severity().unwrap().level(), 1);
    assert_eq!(levels_paged(&bench), ["on-call", "compliance"]);
    let page = bench
        .sent
        .iter()
        .find(|page| page.level == slug("compliance"));
    assert_eq!(page.unwrap().because, [slug("transaction-integrity")]);
}

#[test]
fn a_page_that_failed_is_repeated_under_the_same_id() {
    let mut bench = Bench::new();
    bench.receiver_answers = false;
    bench.firing();
    let delivery = Delivery {
        outcome: PageOutcome::Failed,
        http: Some(503),
        attempts: 6,
        detail: Safe::default(),
        remote: None,
    };
    let incident = bench.model.current.clone().unwrap();
    let level = slug("on-call");
    let call = Call {
        page: bench.sent[0].id.clone(),
        channel: slug("webhook"),
        repeat: 0,
    };
    bench.say(Msg::Paged {
        incident,
        level,
        call,
        delivery,
    });
    bench.pass(62);
    assert_eq!(bench.sent.len(), 2);
    assert_eq!(bench.sent[0].id, bench.sent[1].id);
    assert_eq!(bench.sent[1].repeat, 1);
}

/// The console ends after the intent was recorded; another one opens the same journal.
#[test]
fn a_restart_neither_forgets_a_page_nor_repeats_it_in_silence() {
    let mut first = Bench::new();
    first.receiver_answers = false;
    first.firing();
    assert_eq!(first.sent.len(), 1);
    let (id, entries) = (
        first.model.current.clone().unwrap(),
        first.model.board().unwrap().entries.clone(),
    );

    let mut second = Bench::new();
    second.receiver_answers = false;
    second.stories = first.stories;
    let state = Box::new(crate::incident::Incident::from_entries(&entries));
    second.say(Msg::Loaded {
        incident: id,
        entries,
        state,
    });
    second.pass(30);
    assert!(second.sent.is_empty(), "an intent under way is left alone");
    second.pass(3 * 60);
    let unknown = second
        .kinds()
        .iter()
        .filter(|kind| *kind == "page-resulted")
        .count();
    assert!(unknown >= 2, "the lost result is recorded as unknown");
    assert_eq!(
        second.sent.len(),
        1,
        "sent again, once, while its result is awaited"
    );
    assert_eq!(second.sent[0].repeat, 1);
    second.pass(12 * 60);
    assert!(
        levels_paged(&second).contains(&"engineering-lead".to_string()),
        "no level is forgotten"
    );
}

#[test]
fn without_a_webhook_the_record_says_that_nobody_was_called() {
    let mut bench = Bench::with(|setup| setup.channels.clear());
    bench.firing();
    assert!(bench.sent.is_empty());
    let outcomes: Vec<PageOutcome> = bench
        .incident()
        .escalation
        .levels
        .iter()
        .flat_map(|level| {
            level
                .pages
                .values()
                .filter_map(|page| page.result.map(|(_, _, outcome)| outcome))
        })
        .collect();
    assert!(outcomes.contains(&PageOutcome::NoChannel));
}

#[test]
fn an_exercise_sends_nothing() {
    let mut bench = Bench::with(|setup| setup.drill = Some(("x".into(), 10)));
    bench.firing();
    bench.pass(40 * 60);
    assert!(bench.sent.is_empty());
    assert!(bench.incident().is_drill());
}

#[test]
fn an_alert_that_goes_on_after_closing_opens_no_second_incident_and_a_new_firing_does() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("a");
    bench.keys("u5⏎");
    bench.keys("y");
    assert_eq!(bench.incident().status, Status::Closed);
    bench.firing();
    assert_eq!(bench.model.boards.len(), 1);
    bench.pass(60);
    let again = bench.model.now;
    bench.alert(&["PaymentSuccessRateLow"], AlertState::Firing, again);
    assert_eq!(bench.model.boards.len(), 2);
}

#[test]
fn closing_stops_paging() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("u5⏎y");
    bench.pass(3600);
    assert_eq!(levels_paged(&bench), ["on-call"]);
}

#[test]
fn an_alert_that_is_gone_while_its_rule_is_evaluated_has_cleared() {
    let mut bench = Bench::new();
    bench.rules(true);
    bench.firing();
    bench.rules(false);
    bench.alert(&[], AlertState::Firing, start());
    let state = bench.incident().alerts.values().next().unwrap().state;
    assert_eq!(state, AlertState::Cleared);
}

#[test]
fn an_alert_that_is_gone_while_prometheus_is_silent_is_no_recovery() {
    let mut bench = Bench::new();
    bench.rules(true);
    bench.reading(Reading::Value(0.8));
    bench.firing();
    bench.prometheus_is_down();
    bench.pass(60);
    bench.prometheus_is_down();
    bench.pass(1);
    assert!(bench.kinds().contains(&"source-lost".to_string()));
    bench.alert(&[], AlertState::Firing, start());
    let state = bench.incident().alerts.values().next().unwrap().state;
    assert_eq!(state, AlertState::Vanished);
    assert_eq!(bench.incident().status, Status::Investigating);
    bench.rules(false);
    bench.pass(1);
    assert!(bench.kinds().contains(&"source-back".to_string()));
    let state = bench.incident().alerts.values().next().unwrap().state;
    assert_eq!(
        state,
        AlertState::Cleared,
        "evidence that comes later counts"
    );
}

#[test]
fn a_signal_is_recorded_on_change_and_at_decisions() {
    let mut bench = Bench::new();
    bench.reading(Reading::Value(0.95));
    bench.firing();
    bench.pass(5);
    bench.reading(Reading::Value(0.951));
    bench.pass(5);
    bench.reading(Reading::Value(0.952));
    let before = bench
        .kinds()
        .iter()
        .filter(|kind| *kind == "signal-seen")
        .count();
    assert_eq!(before, 1, "small changes are not recorded");
    bench.keys("u2⏎");
    let after = bench
        .kinds()
        .iter()
        .filter(|kind| *kind == "signal-seen")
        .count();
    assert_eq!(after, 2, "what was known at a decision is");
    bench.pass(301);
    bench.reading(Reading::Value(0.952));
    assert_eq!(
        bench
            .kinds()
            .iter()
            .filter(|kind| *kind == "signal-seen")
            .count(),
        3,
        "and every five minutes"
    );
}

#[test]
fn classification_takes_a_measurement_over_and_marks_it() {
    let mut bench = Bench::new();
    bench.firing();
    bench.reading(Reading::Value(0.95));
    bench.keys("asn");
    // The proposal stays although the reading moves on: nothing changes under the cursor.
    bench.reading(Reading::Value(0.40));
    bench.keys("⏎n");
    let verdict = bench.incident().classification().unwrap();
    assert_eq!(
        (verdict.severity.level(), verdict.rule.as_str()),
        (2, "availability-degraded")
    );
    let completion = verdict
        .answers
        .iter()
        .find(|a| a.question.as_str() == "completion")
        .unwrap();
    assert_eq!(completion.reading, Some(Reading::Value(0.95)));
    bench.keys("sxy");
    assert_eq!(
        bench.incident().classifications.len(),
        2,
        "the earlier one stays"
    );
}

#[test]
fn a_stale_reading_is_not_taken_over() {
    let mut bench = Bench::new();
    bench.firing();
    bench.reading(Reading::Value(0.95));
    bench.pass(60);
    bench.keys("sn");
    assert_eq!(bench.model.ui.answers.proposal, None);
}

#[test]
fn leaving_a_classification_records_nothing() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("sn⎋");
    assert!(bench.incident().classifications.is_empty());
    assert!(!bench.model.ui.answers.active);
}

#[test]
fn a_playbook_is_walked_by_its_entries() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("ap1");
    assert_eq!(bench.incident().playbook, Slug::new("payment-success-drop"));
    bench.keys("⏎⏎⏎⏎⏎⏎");
    let Effect::Ask {
        incident,
        playbook,
        step,
        query,
    } = bench.asked.last().unwrap().clone()
    else {
        panic!("the check was not asked: {:?}", bench.asked)
    };
    assert!(query.starts_with("count(((sum(rate("), "{query}");
    let sample = Sample {
        at: bench.model.now,
        reading: Reading::NoData,
    };
    bench.say(Msg::Answer {
        incident: incident.clone(),
        playbook: playbook.clone(),
        step: step.clone(),
        result: Ok(sample),
    });
    let run = &bench.incident().playbooks[&playbook];
    assert_eq!(
        run.results[&step].outcome,
        StepOutcome::Unknown,
        "no data is no answer"
    );
    let sample = Sample {
        at: bench.model.now,
        reading: Reading::Value(1.0),
    };
    bench.say(Msg::Answer {
        incident,
        playbook: playbook.clone(),
        step: step.clone(),
        result: Ok(sample),
    });
    assert_eq!(
        bench.incident().playbooks[&playbook].results[&step].outcome,
        StepOutcome::Passed
    );
}

#[test]
fn a_skipped_step_needs_a_reason() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("ap1k⏎");
    assert!(
        matches!(bench.model.ui.overlays.last(), Some(Overlay::Prompt(prompt)) if prompt.fault.is_some())
    );
    bench.keys("no time⏎");
    let skipped = bench.model.board().unwrap().entries.last().unwrap();
    assert_eq!(skipped.text(field::TEXT), Some("no time"));
}

#[test]
fn what_the_disk_has_not_confirmed_is_not_shown_as_done() {
    let mut bench = Bench::new();
    bench.firing();
    bench.disk_works = false;
    bench.keys("a");
    assert!(bench.incident().acknowledged().is_none());
    assert_eq!(bench.model.board().unwrap().pending.len(), 1);
    let Effect::Record {
        incident, token, ..
    } = bench.waiting[0].clone()
    else {
        panic!()
    };
    let why = ("no space".to_string(), "free some".to_string());
    bench.say(Msg::NotRecorded {
        incident,
        token,
        why,
        kept: true,
    });
    assert!(bench.model.board().unwrap().problem.is_some());
    bench.disk_works = true;
    for effect in std::mem::take(&mut bench.waiting) {
        bench.perform(effect);
    }
    assert!(bench.incident().acknowledged().is_some());
    assert!(bench.model.board().unwrap().problem.is_none());
}

#[test]
fn typing_triggers_no_action_and_a_paste_is_text() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("n");
    bench.say(Msg::Edit(Edit::Insert("quit q a s u5\n".into())));
    bench.keys("qasu");
    assert!(bench.incident().acknowledged().is_none() && !bench.model.quitting);
    bench.keys("⏎");
    let note = bench.model.board().unwrap().entries.last().unwrap();
    assert_eq!(note.text(field::TEXT), Some("quit q a s u5 qasu"));
}

#[test]
fn nothing_dangerous_happens_without_a_yes() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("q⏎");
    assert!(!bench.model.quitting, "the answer is No unless changed");
    bench.keys("u5⏎⏎");
    assert_ne!(bench.incident().status, Status::Closed);
    bench.keys("qy");
    assert!(bench.model.quitting);
}

#[test]
fn the_selection_stays_on_its_entry_while_others_arrive() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("6");
    bench.say(Msg::Act(Action::Up));
    let selected = bench.model.ui.selected.clone().unwrap();
    bench.keys("nlook at this⏎");
    assert_eq!(bench.model.ui.selected.unwrap(), selected);
}

#[test]
fn another_persons_entries_arrive_and_carry_nothing_out() {
    let mut bench = Bench::new();
    bench.firing();
    let id = bench.model.current.clone().unwrap();
    let draft = Draft::new(
        &slug("a-9"),
        Event::Acknowledged(crate::incident::entry::Acknowledged::default()),
    );
    bench.recorded_elsewhere(id, &[draft]);
    bench.pass(16 * 60);
    assert_eq!(
        levels_paged(&bench),
        ["on-call"],
        "somebody else's acknowledgement stops the chain here too"
    );
}

#[test]
fn a_page_that_waited_for_the_disk_is_not_sent_once_it_is_no_longer_wanted() {
    let mut bench = Bench::new();
    bench.firing();
    bench.disk_works = false;
    bench.pass(15 * 60);
    assert_eq!(levels_paged(&bench), ["on-call"]);
    bench.disk_works = true;
    bench.keys("a");
    for effect in std::mem::take(&mut bench.waiting) {
        let mut effects = bench.perform(effect);
        while let Some(effect) = effects.pop() {
            effects.extend(bench.perform(effect));
        }
    }
    assert_eq!(
        levels_paged(&bench),
        ["on-call"],
        "the lead is not called after the acknowledgement"
    );
    let lead = &bench.incident().escalation.levels[1];
    let outcomes: Vec<_> = lead
        .pages
        .values()
        .filter_map(|page| page.result)
        .map(|r| r.2)
        .collect();
    assert!(outcomes.contains(&PageOutcome::Withdrawn), "{outcomes:?}");
}

#[test]
fn alertmanagers_that_disagree_do_not_fill_the_journal() {
    let mut bench = Bench::new();
    bench.firing();
    let quiet = alert("PaymentSuccessRateLow", AlertState::Suppressed, start());
    for _ in 0..5 {
        bench.gather("alertmanager-2", vec![quiet.clone()]);
        bench.firing();
    }
    assert_eq!(
        bench
            .kinds()
            .iter()
            .filter(|kind| *kind == "alert-seen")
            .count(),
        1
    );
}

#[test]
fn an_alert_absent_from_one_source_while_another_is_silent_proves_nothing() {
    let mut bench = Bench::new();
    bench.rules(true);
    bench.firing();
    bench.gather("alertmanager-2", Vec::new());
    let told = ("cannot connect".to_string(), "check".to_string());
    bench.say(Msg::Alerts {
        source: slug("alertmanager-2"),
        result: Err(told),
    });
    bench.pass(60);
    bench.rules(false);
    bench.alert(&[], AlertState::Firing, start());
    assert_eq!(
        bench.incident().alerts.values().next().unwrap().state,
        AlertState::Firing
    );
}

#[test]
fn a_late_answer_does_not_move_the_playbook_back() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("ap1⏎⏎⏎⏎⏎⏎");
    let Effect::Ask {
        incident,
        playbook,
        step,
        ..
    } = bench.asked.last().unwrap().clone()
    else {
        panic!("the check was not asked")
    };
    bench.keys("kmonitoring is down⏎");
    let before = bench.kinds().len();
    let sample = Sample {
        at: bench.model.now,
        reading: Reading::Value(0.0),
    };
    bench.say(Msg::Answer {
        incident,
        playbook,
        step,
        result: Ok(sample),
    });
    assert_eq!(bench.kinds().len(), before);
}

#[test]
fn what_was_typed_for_one_step_is_not_recorded_for_another() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("ap1kbecause");
    // Meanwhile somebody else finishes this step.
    let id = bench.model.current.clone().unwrap();
    let data = crate::incident::entry::StepRecorded {
        playbook: slug("payment-success-drop"),
        step: slug("take-the-first-look"),
        number: 1,
        outcome: StepOutcome::Done,
        choice: None,
        reading: None,
        expected: None,
        at: None,
    };
    let draft = Draft::new(&slug("a-9"), Event::StepRecorded(data));
    bench.recorded_elsewhere(id, &[draft]);
    let before = bench.kinds().len();
    bench.keys("⏎");
    assert_eq!(bench.kinds().len(), before, "the next step was not skipped");
}

#[test]
fn calling_it_mitigated_against_the_numbers_is_asked_back() {
    let mut bench = Bench::new();
    bench.firing();
    bench.reading(Reading::Value(0.78));
    bench.keys("u3⏎⏎");
    assert_eq!(
        bench.incident().status,
        Status::Investigating,
        "the answer is No unless changed"
    );
    bench.keys("u3⏎y");
    assert_eq!(bench.incident().status, Status::Mitigated);
}

#[test]
fn an_alert_without_a_rule_that_anybody_evaluates_never_counts_as_cleared() {
    let mut bench = Bench::new();
    bench.rules(false);
    bench.alert(&["PostedByAnotherProgram"], AlertState::Firing, start());
    bench.rules(false);
    bench.alert(&[], AlertState::Firing, start());
    let state = bench.incident().alerts.values().next().unwrap().state;
    assert_eq!(state, AlertState::Vanished);
}
