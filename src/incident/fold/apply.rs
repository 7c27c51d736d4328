//! What each event changes.

use super::state::{
    AlertFacts, Assignment, Classification, Incident, OpenedFacts, Run, StatusFact, StepFact,
    TextRef, Tick,
};
use crate::incident::entry::{
    AlertSeen, Classified, Entry, EscalationArmed, Event, ItemTicked, PlaybookStarted,
    RoleAssigned, StepRecorded, field,
};
use crate::incident::escalation::{Escalation, LevelState};
use crate::incident::steady::Moment;
use crate::signals::Sample;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

impl Incident {
    pub(super) fn apply_event(&mut self, entry: &Entry, event: &Event, recorded: Moment) {
        let (seq, at) = (entry.seq, entry.happened());
        match event {
            Event::Opened(data) => {
                let title = TextRef {
                    seq,
                    field: field::TITLE,
                };
                self.opened.get_or_insert(OpenedFacts {
                    seq,
                    at,
                    data: data.clone(),
                    title,
                });
            }
            Event::Actor(data) => {
                self.actors
                    .entry(data.actor.clone())
                    .or_insert((seq, data.clone()));
                if let Some(named) = &data.was {
                    self.arrive(named, &data.actor);
                }
            }
            Event::AlertSeen(data) => self.alert_seen(seq, data),
            Event::SignalSeen(data) => {
                let sample = Sample {
                    at: data.at,
                    reading: data.reading,
                };
                self.signals
                    .entry(data.signal.clone())
                    .or_default()
                    .samples
                    .push((seq, sample));
            }
            Event::Backfilled(data) => {
                let signal = self.signals.entry(data.signal.clone()).or_default();
                signal.before.get_or_insert((seq, data.clone()));
            }
            Event::ChangeSeen(data) => {
                self.changes.entry(data.change.clone()).or_insert(seq);
            }
            Event::SourceLost(data) => {
                let source = self.sources.entry(data.source.clone()).or_default();
                source.lost = Some((seq, data.last, data.at));
                source.gaps.push((seq, None));
            }
            Event::SourceBack(data) => {
                let source = self.sources.entry(data.source.clone()).or_default();
                source.lost = None;
                source.back = Some(data.at);
                if let Some((_, back)) = source.gaps.last_mut() {
                    back.get_or_insert(seq);
                }
            }
            Event::Classified(data) => self.classified(entry, data),
            Event::RoleAssigned(data) => self.role_assigned(entry, data),
            Event::Noted(_) => self.notes.push(seq),
            Event::Decided(_) => self.decisions.push(seq),
            Event::StatusChanged(data) => {
                self.status = data.status;
                self.status_changes.push(StatusFact {
                    seq,
                    at,
                    recorded,
                    status: data.status,
                });
            }
            Event::Corrected(data) => {
                self.corrections.entry(data.seq).or_default().push(seq);
            }
            Event::PlaybookStarted(data) => self.playbook_started((seq, at), data),
            Event::StepRecorded(data) => self.step_recorded(entry, data),
            Event::ItemTicked(data) => self.item_ticked(entry, data),
            Event::EscalationArmed(data) => self.escalation_armed(seq, data),
            Event::LevelArmed(data) => {
                // Counted from the classification, by the clock as it ran then.
                let due = self.clock.steady(data.because, data.due);
                if let Some(level) = self.escalation.level_mut(&data.level) {
                    level.armed.due.get_or_insert(data.due);
                    level.due.get_or_insert(due);
                }
            }
            Event::PageIntended(data) => self.escalation.intended(seq, recorded, data),
            Event::PageResulted(data) => self.escalation.resulted(seq, recorded, data),
            Event::ClockStepped(data) => {
                self.clock.told(seq, data);
                self.clock_steps.push((seq, data.step_ms));
            }
            // What it says is in its own stamp.
            Event::BootChanged(_) => {}
            Event::Recovered(_) => self.recoveries.push(seq),
            Event::DocumentWritten(data) => {
                self.documents.push((seq, entry.recorded, data.clone()));
            }
            _ if self.command(entry, event, recorded) => {}
            _ => self.custody.apply(entry, event),
        }
    }

    fn alert_seen(&mut self, seq: u64, data: &AlertSeen) {
        let facts = self
            .alerts
            .entry(data.alert.clone())
            .or_insert_with(|| AlertFacts {
                first: seq,
                last: seq,
                state: data.state,
                starts_at: data.starts_at,
                left_out: 0,
                at: data.at,
                source: data.source.clone(),
            });
        facts.last = seq;
        facts.state = data.state;
        facts.at = data.at;
        facts.starts_at = data.starts_at;
        facts.left_out = data.left_out.unwrap_or(0);
    }

    fn classified(&mut self, entry: &Entry, data: &Classified) {
        self.flags = data.flags.iter().cloned().collect();
        self.classifications.push(Classification {
            seq: entry.seq,
            at: entry.happened(),
            by: entry.by.clone(),
            severity: data.severity,
            rule: data.rule.clone(),
            policy: data.policy.clone(),
            answers: data.answers.clone(),
            flags: data.flags.clone(),
        });
    }

    fn playbook_started(&mut self, (seq, at): (u64, DateTime<Utc>), data: &PlaybookStarted) {
        // One that was left for another playbook goes on where it was left.
        let left = self.playbooks.get(&data.playbook);
        let left = left.filter(|run| data.goes_on && run.digest == data.digest);
        let run = left.cloned().unwrap_or(Run {
            seq,
            at,
            digest: data.digest.clone(),
            steps: data.steps,
            results: BTreeMap::new(),
            latest: None,
            ticks: BTreeMap::new(),
        });
        self.playbooks.insert(data.playbook.clone(), run);
        self.playbook = Some(data.playbook.clone());
    }

    fn role_assigned(&mut self, entry: &Entry, data: &RoleAssigned) {
        let (seq, at) = (entry.seq, entry.happened());
        match data.actor.clone() {
            Some(actor) => {
                // Before several could hold it, whoever took it took it from another.
                if data.after.is_none() {
                    self.experts.retain(|_| !data.role.is_shared());
                }
                self.hold(data.role, Assignment { seq, at, actor });
            }
            None => self.release(data.role, &entry.by, seq),
        }
    }

    fn step_recorded(&mut self, entry: &Entry, data: &StepRecorded) {
        let Some(run) = self.playbooks.get_mut(&data.playbook) else {
            return;
        };
        let fact = StepFact {
            seq: entry.seq,
            at: entry.happened(),
            by: entry.by.clone(),
            outcome: data.outcome,
            choice: data.choice.clone(),
        };
        run.results.insert(data.step.clone(), fact);
        run.latest = Some(data.step.clone());
    }

    fn item_ticked(&mut self, entry: &Entry, data: &ItemTicked) {
        if let Some(run) = self.playbooks.get_mut(&data.playbook) {
            let tick = Tick {
                seq: entry.seq,
                ticked: data.ticked,
            };
            let item = (data.digest.clone(), data.step.clone(), data.item);
            run.ticks.insert(item, tick);
        }
    }

    fn escalation_armed(&mut self, seq: u64, data: &EscalationArmed) {
        if self.escalation.armed.is_some() {
            return;
        }
        // Counted from the start that the opening gives, by the clock as it ran then.
        let opened = self.opened.as_ref().map_or(seq, |opened| opened.seq);
        let level = |armed: &crate::incident::escalation::ArmedLevel| LevelState {
            due: armed.due.map(|due| self.clock.steady(opened, due)),
            armed: armed.clone(),
            pages: BTreeMap::new(),
        };
        let levels = data.levels.iter().map(level).collect();
        self.cadence = data.cadence.clone().unwrap_or_default();
        self.escalation = Escalation {
            armed: Some(seq),
            from: Some(data.from),
            levels,
        };
    }
}
