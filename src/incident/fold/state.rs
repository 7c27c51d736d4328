//! The state of an incident: what the entries so far say.

use crate::alerts::AlertState;
use crate::incident::cadence::Cadence;
use crate::incident::entry::{
    ActorIntroduced, Audience, Backfilled, DocumentWritten, MessageKind, Opened, Overdue,
    PageOutcome, PeerLost, StepOutcome, WorkKind, WorkState,
};
use crate::incident::escalation::{Escalation, Response, SendResult};
use crate::incident::ids::{ActorId, Slug};
use crate::incident::roles::Role;
use crate::incident::severity::{Answered, Severity};
use crate::incident::status::Status;
use crate::incident::steady::{ClockHistory, Moment, Stamp};
use crate::signals::Sample;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Points to a text: the entry and the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextRef {
    pub seq: u64,
    pub field: &'static str,
}

/// An incident. Every fact names the entry (`seq`) it rests on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Incident {
    /// Number of entries.
    pub count: u64,
    /// Hash of the last entry.
    pub head: String,
    /// How it began; none for a journal without that entry.
    pub opened: Option<OpenedFacts>,
    /// Where it stands.
    pub status: Status,
    /// Each change of status.
    pub status_changes: Vec<StatusFact>,
    /// Each classification, the last one in force.
    pub classifications: Vec<Classification>,
    /// Each acknowledgement, the first one counts for the clocks.
    pub acknowledgements: Vec<Acknowledgement>,
    /// Who holds which role.
    pub roles: BTreeMap<Role, Assignment>,
    /// Everybody who holds the role that several may hold; the last of them stands in `roles` too.
    pub experts: Vec<Assignment>,
    /// The entry that last changed who holds a role.
    pub role_changes: BTreeMap<Role, u64>,
    /// Who appears, by pseudonymous id.
    pub actors: BTreeMap<ActorId, (u64, ActorIntroduced)>,
    /// Who was named before they acted here, and who they are.
    pub arrived: BTreeMap<ActorId, ActorId>,
    /// Alerts, by key.
    pub alerts: BTreeMap<Slug, AlertFacts>,
    /// Signals, by name.
    pub signals: BTreeMap<Slug, SignalFacts>,
    /// Changes that were seen, by digest.
    pub changes: BTreeMap<Slug, u64>,
    /// Sources, by name.
    pub sources: BTreeMap<Slug, SourceFacts>,
    /// Playbooks begun, by name.
    pub playbooks: BTreeMap<Slug, Run>,
    /// The playbook begun last.
    pub playbook: Option<Slug>,
    pub escalation: Escalation,
    /// In the order in which they went out.
    pub updates: Vec<UpdateFact>,
    /// Those of them that went out by other means: no channel sends them.
    pub sent_elsewhere: BTreeSet<u64>,
    /// Messages, by id, channel and repetition.
    pub messages: BTreeMap<(Slug, Slug, u32), MessageFact>,
    /// Work that is kept track of, by the entry that opened it.
    pub work: BTreeMap<u64, WorkFact>,
    /// Clocks that ran out: entry and what.
    pub overdue: Vec<(u64, Overdue)>,
    /// Programs that kept the clocks and do not show themselves any more.
    pub peers_lost: Vec<(u64, PeerLost)>,
    /// Severities that were proposed.
    pub proposals: Vec<ProposalFact>,
    /// The last entry that a person made, and when it was recorded.
    pub last_said: Option<(u64, Moment)>,
    /// When each person made an entry last.
    pub said_by: BTreeMap<ActorId, Moment>,
    /// The rhythm of the response.
    pub cadence: Cadence,
    /// Incidents of other systems that this one stands for: entry, and when that system began it.
    pub adopted: BTreeMap<Slug, (u64, DateTime<Utc>)>,
    /// Conditions raised by the classification in force.
    pub flags: BTreeSet<Slug>,
    /// Entries that are notes.
    pub notes: Vec<u64>,
    /// Entries that are decisions.
    pub decisions: Vec<u64>,
    /// Corrections, by the entry that they correct.
    pub corrections: BTreeMap<u64, Vec<u64>>,
    /// Documents written.
    pub documents: Vec<(u64, DateTime<Utc>, DocumentWritten)>,
    /// The clocks, by all entries.
    pub clock: ClockHistory,
    /// Steps of the wall clock: entry and milliseconds.
    pub clock_steps: Vec<(u64, i64)>,
    /// Torn tails set aside.
    pub recoveries: Vec<u64>,
    /// Entries that this program does not understand.
    pub unknown: Vec<u64>,
    /// Proofs, approvals, copies and erasures.
    pub custody: super::custody::Custody,
}

/// A status update that a person wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpdateFact {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub audience: Audience,
}

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageFact {
    pub what: MessageKind,
    /// The entry that it tells of.
    pub tells: u64,
    /// The page that is settled.
    pub page: Option<Slug>,
    /// The entry of the intent.
    pub intent: u64,
    /// When that was recorded.
    pub at: Moment,
    pub result: Option<SendResult>,
    /// For how long after the result the receiver did not want to be asked again.
    pub retry_after: TimeDelta,
    /// What the receiver calls this incident.
    pub remote: Option<Slug>,
}

impl MessageFact {
    pub fn outcome(&self) -> Option<PageOutcome> {
        self.result.map(|result| result.outcome)
    }
}

/// Work that is kept track of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkFact {
    pub kind: WorkKind,
    /// Who sees to it.
    pub owner: Option<ActorId>,
    pub due: Option<DateTime<Utc>>,
    /// Where it stands.
    pub state: WorkState,
    /// The entry that changed it last.
    pub last: u64,
}

/// A severity that was proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalFact {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub severity: Severity,
    /// The questions that were measured otherwise.
    pub rests_on: Vec<Slug>,
}

/// How the incident began.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedFacts {
    pub seq: u64,
    /// When it was opened.
    pub at: DateTime<Utc>,
    pub data: Opened,
    pub title: TextRef,
}

/// A change of status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusFact {
    pub seq: u64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When that was recorded.
    pub recorded: Moment,
    pub status: Status,
}

/// A classification.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    pub seq: u64,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Who made it.
    pub by: ActorId,
    pub severity: Severity,
    /// The rule that decided.
    pub rule: Slug,
    pub policy: String,
    pub answers: Vec<Answered>,
    /// Conditions raised.
    pub flags: Vec<Slug>,
}

/// An acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub by: ActorId,
    /// The targets that they answer for.
    pub targets: Vec<Slug>,
}

/// Who holds a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub seq: u64,
    /// Since when.
    pub at: DateTime<Utc>,
    pub actor: ActorId,
}

/// An alert of this incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertFacts {
    /// The entry that saw it first.
    pub first: u64,
    /// The entry that saw it last.
    pub last: u64,
    /// Its state then.
    pub state: AlertState,
    /// When it began, by its source.
    pub starts_at: DateTime<Utc>,
    /// Labels that are not in the record.
    pub left_out: u32,
    /// When the state was read.
    pub at: DateTime<Utc>,
    /// Which source.
    pub source: Slug,
}

/// A signal of this incident.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SignalFacts {
    /// Each recorded sample with its entry, in order.
    pub samples: Vec<(u64, Sample)>,
    /// The readings from before the incident was opened.
    pub before: Option<(u64, Backfilled)>,
}

impl SignalFacts {
    /// The last recorded sample.
    pub fn last(&self) -> Option<Sample> {
        self.samples.last().map(|(_, sample)| *sample)
    }

    /// The entry of the last recorded sample; 0 where there is none.
    pub fn last_entry(&self) -> u64 {
        self.samples.last().map_or(0, |(seq, _)| *seq)
    }

    /// The lowest recorded value, with its entry and time.
    pub fn lowest(&self) -> Option<(u64, DateTime<Utc>, f64)> {
        self.samples
            .iter()
            .filter_map(|(seq, sample)| Some((*seq, sample.at, sample.reading.value()?)))
            .min_by(|a, b| a.2.total_cmp(&b.2))
    }
}

/// A source of this incident.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceFacts {
    /// Since when it is lost: the entry, its last answer, and when that was found.
    pub lost: Option<(u64, Option<DateTime<Utc>>, DateTime<Utc>)>,
    /// Times it was lost: entry of the loss, entry of the return.
    pub gaps: Vec<(u64, Option<u64>)>,
    /// When it was last found to be back.
    pub back: Option<DateTime<Utc>>,
}

impl SourceFacts {
    /// The entry that last said whether it answers; 0 where none did.
    pub fn last(&self) -> u64 {
        self.gaps
            .last()
            .map_or(0, |(lost, back)| back.unwrap_or(*lost))
    }
}

/// A playbook run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The entry that began it.
    pub seq: u64,
    pub at: DateTime<Utc>,
    /// Digest of the file followed.
    pub digest: String,
    /// Number of steps in the file.
    pub steps: u32,
    /// What became of each step: the last result counts.
    pub results: BTreeMap<Slug, StepFact>,
    /// The step that got a result last.
    pub latest: Option<Slug>,
    /// The last tick of each item: digest of the file that numbers it, step, number.
    pub ticks: BTreeMap<(String, Slug, u32), Tick>,
}

/// An item was ticked or unticked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    pub seq: u64,
    pub ticked: bool,
}

impl Run {
    /// The tick of an item, where it is ticked. What was ticked before the step's last result does not count: a step
    /// that is repeated begins with an empty list.
    pub fn tick(&self, digest: &str, step: &Slug, item: u32) -> Option<Tick> {
        let since = self.results.get(step).map_or(0, |result| result.seq);
        let tick = self.last_tick(digest, step, item);
        tick.filter(|tick| tick.ticked && tick.seq > since)
    }

    /// The entry that the next tick of this item follows.
    pub fn last_change(&self, digest: &str, step: &Slug, item: u32) -> u64 {
        self.last_tick(digest, step, item)
            .map_or(self.seq, |tick| tick.seq)
    }

    fn last_tick(&self, digest: &str, step: &Slug, item: u32) -> Option<Tick> {
        let item = (digest.to_string(), step.clone(), item);
        self.ticks.get(&item).copied()
    }
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepFact {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub by: ActorId,
    /// The outcome.
    pub outcome: StepOutcome,
    /// The step chosen, for a decision.
    pub choice: Option<Slug>,
}

impl Incident {
    /// Now, by the clocks of this incident.
    pub fn now(&self, stamp: &Stamp) -> Moment {
        self.clock.now(stamp)
    }

    /// A time that entry `seq` gives, by the wall clock as it runs now.
    pub fn restated(&self, seq: u64, wall: DateTime<Utc>, stamp: &Stamp) -> DateTime<Utc> {
        self.now(stamp).wall_at(self.clock.steady(seq, wall))
    }

    /// The classification in force.
    pub fn classification(&self) -> Option<&Classification> {
        self.classifications.last()
    }

    /// The last severity that was proposed since the classification in force.
    pub fn proposed(&self) -> Option<&ProposalFact> {
        let since = self.classification().map_or(0, |verdict| verdict.seq);
        self.proposals
            .last()
            .filter(|proposal| proposal.seq > since)
    }

    /// Whether the journal takes nothing any more.
    pub fn is_sealed(&self) -> bool {
        self.custody.sealed.is_some()
    }

    /// Work that is open, in order.
    pub fn open_work(&self) -> impl Iterator<Item = (u64, &WorkFact)> {
        let open = self.work.iter();
        open.filter(|(_, fact)| fact.state == WorkState::Open)
            .map(|(seq, fact)| (*seq, fact))
    }

    /// The severity in force.
    pub fn severity(&self) -> Option<Severity> {
        self.classification()
            .map(|classification| classification.severity)
    }

    /// The first acknowledgement.
    pub fn acknowledged(&self) -> Option<&Acknowledgement> {
        self.acknowledgements.first()
    }

    /// What people have answered so far.
    pub fn response(&self) -> Response<'_> {
        self.escalation.judged(Response {
            acknowledgements: &self.acknowledgements,
            status: self.status,
            severity: self.severity(),
            adopted: !self.adopted.is_empty(),
            incomplete_since: None,
        })
    }

    /// The entry that last changed who holds a role; 0 where none has.
    pub fn role_change(&self, role: Role) -> u64 {
        self.role_changes.get(&role).copied().unwrap_or_default()
    }

    /// When it began, as far as is known.
    pub fn started(&self) -> Option<DateTime<Utc>> {
        self.opened.as_ref().map(|opened| opened.data.started)
    }

    /// When it reached a status for the last time, if it is there or beyond it.
    pub fn reached(&self, status: Status) -> Option<&StatusFact> {
        if self.status < status {
            return None;
        }
        self.status_changes
            .iter()
            .rev()
            .take_while(|change| change.status >= status)
            .last()
    }

    /// Whether it is an exercise.
    pub fn is_drill(&self) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.data.drill)
    }

    /// The roles that somebody holds.
    pub fn roles_of(&self, actor: &ActorId) -> Vec<Role> {
        let held = Role::ALL.into_iter();
        held.filter(|role| self.is_held_by(*role, actor)).collect()
    }

    /// Who holds a role: at most one, but for the one that several may hold.
    pub fn holders(&self, role: Role) -> impl Iterator<Item = &Assignment> {
        let shared = self.experts.iter().filter(move |_| role.is_shared());
        let single = self.roles.get(&role).filter(|_| !role.is_shared());
        shared.chain(single)
    }

    /// Whether somebody holds a role, alone or with others.
    pub fn is_held_by(&self, role: Role, actor: &ActorId) -> bool {
        self.holders(role).any(|held| held.actor == *actor)
    }

    /// Somebody holds a role from now on, in the place of who held it, or beside them where several may.
    pub(super) fn hold(&mut self, role: Role, mut held: Assignment) {
        held.actor = self.is_now(&held.actor);
        self.role_changes.insert(role, held.seq);
        if role.is_shared() {
            self.experts.retain(|other| other.actor != held.actor);
            self.experts.push(held.clone());
        }
        self.roles.insert(role, held);
    }

    /// Who somebody is now: what is given to the id under which they were named, by whoever had not heard that they had
    /// come, is theirs.
    pub fn is_now(&self, actor: &ActorId) -> ActorId {
        self.arrived.get(actor).unwrap_or(actor).clone()
    }

    /// Somebody who was named acts here: what they were given is theirs.
    pub(super) fn arrive(&mut self, named: &ActorId, actor: &ActorId) {
        if self.arrived.contains_key(named) {
            return;
        }
        self.arrived.insert(named.clone(), actor.clone());
        let held = self.roles.values_mut().chain(&mut self.experts);
        for held in held.filter(|held| held.actor == *named) {
            held.actor = actor.clone();
        }
        for fact in self.work.values_mut() {
            if fact.owner.as_ref() == Some(named) {
                fact.owner = Some(actor.clone());
            }
        }
    }

    /// Somebody holds a role no longer.
    pub(super) fn release(&mut self, role: Role, actor: &ActorId, seq: u64) {
        let actor = &self.is_now(actor);
        self.role_changes.insert(role, seq);
        self.roles.remove(&role);
        if role.is_shared() {
            self.experts.retain(|other| other.actor != *actor);
            if let Some(last) = self.experts.last() {
                self.roles.insert(role, last.clone());
            }
        }
    }
}
