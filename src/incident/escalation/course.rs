//! The course of an escalation: what it asks to be recorded now. Whoever sees a page due may ask; the once keys
//! of the journal let one through.

use super::{ArmedLevel, Call, LevelState, Policy, Sending};
use crate::incident::entry::{
    EscalationArmed, LevelArmed, PageIntended, PageOutcome, PageResulted, field,
};
use crate::incident::ids::Slug;
use crate::incident::{Draft, Incident, Moment, program};
use crate::oncall::Rota;
use crate::text::Safe;
use chrono::TimeDelta;

/// What an escalation follows.
#[derive(Debug, Clone, Copy)]
pub struct Orders<'o> {
    /// The policy in force.
    pub policy: &'o Policy,
    /// Digest of its file.
    pub digest: &'o str,
    /// Who is on call.
    pub rota: &'o Rota,
    /// Whether another system pages the first level.
    pub paged_elsewhere: bool,
    /// The channels that this program can call by, while another program keeps the clocks too: what it cannot carry
    /// itself it leaves to the other for [`PATIENCE`], for a call is made once, by whoever asks first.
    pub own: Option<&'o [Slug]>,
    /// Channels that are configured and cannot be used by this program, whoever else runs: the program that can, such as
    /// a watch that is being restarted, is waited for.
    pub unusable: &'o [Slug],
}

/// How long a call is left to another program, in seconds.
const PATIENCE: i64 = 30;
/// … and to one that is not there, in seconds: its service manager starts it again long before.
const RESTART: i64 = 120;

impl Orders<'_> {
    fn makes(&self, sending: &Sending, now: Moment) -> bool {
        let known = |own: &[Slug]| own.contains(&sending.call.channel);
        let waited = now.steady - sending.at;
        if self.unusable.contains(&sending.call.channel) {
            // Once, so that it is known; the calls that are left are for whoever can make them.
            return sending.call.repeat == 0 && waited >= TimeDelta::seconds(RESTART);
        }
        self.own.is_none_or(known) || waited >= TimeDelta::seconds(PATIENCE)
    }
}

/// What the escalation of an incident asks for now: that it is armed, that conditional levels are due, pages,
/// and what became of pages of which nobody will ever know.
pub fn course(id: &str, incident: &Incident, orders: &Orders<'_>, now: Moment) -> Vec<Draft> {
    let Some(opened) = &incident.opened else {
        return Vec::new();
    };
    if incident.escalation.armed.is_none() {
        let from = opened.data.started;
        let data = EscalationArmed {
            policy: orders.digest.to_string(),
            from,
            levels: orders.policy.arm(from, orders.paged_elsewhere),
            cadence: orders.policy.cadence.clone(),
        };
        return vec![Draft::new(&program(), data)];
    }
    let response = incident.response();
    let mut drafts = Vec::new();
    for level in &incident.escalation.levels {
        if level.armed.due.is_none() {
            drafts.extend(condition_met(incident, &level.armed));
            continue;
        }
        drafts.extend(lost_results(level, now));
        let sendings = level.to_send(id, &response, now);
        drafts.extend(
            sendings
                .into_iter()
                .filter(|sending| orders.makes(sending, now))
                .map(|sending| page(level.armed.level.clone(), sending, orders.rota, now)),
        );
    }
    drafts
}

/// The intent of a page. Who answers for the target now is a text: it names a person.
fn page(level: Slug, sending: Sending, rota: &Rota, now: Moment) -> Draft {
    let who = rota.on_call(&sending.target, now.wall);
    let late = (now.steady - sending.owed).num_seconds();
    let data = PageIntended {
        page: sending.call.page,
        level,
        target: sending.target,
        channel: sending.call.channel,
        due: sending.due,
        late: u32::try_from(late).ok(),
        repeat: sending.call.repeat,
    };
    let draft = Draft::new(&program(), data);
    match who.name() {
        Some(name) => draft.with(field::WHO, name.clone()),
        None => draft,
    }
}

/// The draft that makes a conditional level due, once the classification in force raises its condition.
fn condition_met(incident: &Incident, level: &ArmedLevel) -> Option<Draft> {
    let verdict = incident.classification()?;
    let raised = verdict.flags.iter().any(|flag| level.when.contains(flag));
    raised.then_some(())?;
    let data = LevelArmed {
        level: level.level.clone(),
        due: verdict.at + TimeDelta::seconds(i64::from(level.after)),
        because: verdict.seq,
    };
    Some(Draft::new(&program(), data))
}

/// That nobody will ever know what became of a level's pages, of those whose result is overdue.
pub fn lost_results(level: &LevelState, now: Moment) -> Vec<Draft> {
    let lost = level.lost_results(now).into_iter();
    lost.map(|call| lost_result(&level.armed.level, call))
        .collect()
}

fn lost_result(level: &Slug, call: Call) -> Draft {
    let data = PageResulted {
        retry_after: None,
        page: call.page,
        level: level.clone(),
        channel: call.channel,
        repeat: call.repeat,
        outcome: PageOutcome::Unknown,
        http: None,
        attempts: 0,
    };
    let why = "no result was recorded in time: the program that sent it may have ended";
    Draft::new(&program(), data).with(field::DETAIL, Safe::line(why))
}
