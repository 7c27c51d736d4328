//! The course of an escalation: the entries that it needs now. Several processes may see a page due; the journal's
//! deduplication keys let one through.

use super::{ArmedLevel, EscalationPolicy, LevelState, PageAttempt, Sending};
use crate::incident::entry::{
    EscalationArmed, LevelArmed, PageIntended, PageOutcome, PageResulted, field,
};
use crate::incident::fold::Before;
use crate::incident::ids::{ChannelId, LevelId};
use crate::incident::{Draft, Incident, Moment, program};
use crate::oncall::OnCallSchedules;
use crate::signals::Cause;
use crate::text::Safe;
use chrono::TimeDelta;

#[derive(Debug, Clone, Copy)]
pub struct EscalationContext<'o> {
    pub policy: &'o EscalationPolicy,
    pub digest: &'o str,
    pub schedules: &'o OnCallSchedules,
    pub paged_elsewhere: bool,
    /// The channels of this program while another program runs the clocks too. A page for another channel is left to
    /// the other program for [`PATIENCE`]: it is sent once, by the first that intends it.
    pub own: Option<&'o [ChannelId]>,
    /// Channels that are configured and not usable by this program: it waits for a program that can use them, such as a
    /// paging service that is being restarted.
    pub unusable: &'o [ChannelId],
}

/// Seconds that a page is left to another program.
const PATIENCE: i64 = 30;
/// Seconds that a page is left to a program that does not run: its service manager restarts it long before.
const RESTART: i64 = 120;

impl EscalationContext<'_> {
    fn makes(&self, sending: &Sending, now: Moment) -> bool {
        let known = |own: &[ChannelId]| own.contains(&sending.call.channel);
        let waited = now.steady - sending.at;
        if self.unusable.contains(&sending.call.channel) {
            // Once, so that it is recorded; the remaining pages are for a program that can send them.
            return sending.call.repeat == 0 && waited >= TimeDelta::seconds(RESTART);
        }
        self.own.is_none_or(known) || waited >= TimeDelta::seconds(PATIENCE)
    }
}

/// What the escalation of an incident needs now: its arming, conditional levels that are due, pages, and results of
/// pages that will stay unknown. An incident that was entered afterwards needs none.
pub fn course(
    id: &str,
    incident: &Incident,
    context: &EscalationContext<'_>,
    now: Moment,
) -> Vec<Draft> {
    let Some(opened) = &incident.opened else {
        return Vec::new();
    };
    if incident.is_retrospective() {
        return Vec::new();
    }
    if incident.escalation.armed.is_none() {
        // A start that was measured or is stated by a person lies before anybody could be paged: nobody was late then.
        let from = match opened.data.started_from {
            Cause::Measured | Cause::Said => opened.data.started.max(opened.at),
            Cause::Alert | Cause::Declared | Cause::Change | Cause::Decision | Cause::Cadence => {
                opened.data.started
            }
        };
        let data = EscalationArmed {
            policy: context.digest.to_string(),
            from,
            levels: context.policy.arm(from, context.paged_elsewhere),
            cadence: context.policy.cadence.clone(),
        };
        return vec![Draft::new(&program(), data)];
    }
    let response = incident.response();
    let mut drafts = Vec::new();
    for level in &incident.escalation.levels {
        if level.armed.due.is_none() {
            drafts.extend(condition_met(incident, &level.armed, now));
            continue;
        }
        drafts.extend(lost_results(level, now));
        let sendings = level.to_send(id, &response, now);
        drafts.extend(
            sendings
                .into_iter()
                .filter(|sending| context.makes(sending, now))
                .map(|sending| page(level.armed.level.clone(), sending, context.schedules, now)),
        );
    }
    drafts
}

/// The person on call is a text: it is a name.
fn page(level: LevelId, sending: Sending, schedules: &OnCallSchedules, now: Moment) -> Draft {
    let who = schedules.on_call(&sending.target, now.wall);
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

fn condition_met(incident: &Incident, level: &ArmedLevel, now: Moment) -> Option<Draft> {
    let verdict = incident.classification()?;
    let raised = verdict.flags.iter().any(|flag| level.when.contains(flag));
    raised.then_some(())?;
    let mut replaced = incident.replaced(verdict.seq).iter();
    let corrected = replaced.rfind(|it| matches!(it.before, Before::Severity(_)));
    // Nobody was late for what was recorded afterwards: it counts from when it is seen.
    let from = match verdict.is_stated || corrected.is_some() {
        true => now.wall,
        false => verdict.at.from(),
    };
    let data = LevelArmed {
        level: level.level.clone(),
        due: from + TimeDelta::seconds(i64::from(level.after)),
        because: corrected.map_or(verdict.seq, |it| it.by),
    };
    Some(Draft::new(&program(), data))
}

pub fn lost_results(level: &LevelState, now: Moment) -> Vec<Draft> {
    let lost = level.lost_results(now).into_iter();
    lost.map(|call| lost_result(&level.armed.level, call))
        .collect()
}

fn lost_result(level: &LevelId, call: PageAttempt) -> Draft {
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
