//! The cadence of a response: the next update, the commander's check-in, silence in the record, action items. Each
//! clock has an absolute due time; one that runs out is recorded (rules A8, D3).

mod intervals;

pub use intervals::Cadence;

use super::entry::{ClockKind, Overdue};
use super::roles::Role;
use super::status::Status;
use super::{Draft, Incident, Moment, Steady, program};
use chrono::{DateTime, TimeDelta, Utc};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CadenceClock {
    /// By the wall clock as it runs now.
    pub at: DateTime<Utc>,
    /// By the wall clock as it ran when the clock began: this form is recorded.
    pub due: DateTime<Utc>,
    pub clock: ClockKind,
    pub item: Option<u64>,
}

/// A time as recorded, and by the boot clock.
type Due = (DateTime<Utc>, Steady);

fn after((at, steady): Due, span: u32) -> Due {
    let span = TimeDelta::seconds(i64::from(span));
    (at + span, steady + span)
}

fn both(moment: Moment) -> Due {
    (moment.wall, moment.steady)
}

/// None in an incident that was entered afterwards.
pub fn clocks(incident: &Incident, now: Moment) -> Vec<CadenceClock> {
    let Some(opened) = &incident.opened else {
        return Vec::new();
    };
    if incident.is_retrospective() {
        return Vec::new();
    }
    let mut clocks: Vec<CadenceClock> = work(incident).collect();
    let mut add = |clock: ClockKind, due: Option<Due>| {
        clocks.extend(due.map(|(due, steady)| CadenceClock {
            at: now.wall_at(steady),
            due,
            clock,
            item: None,
        }));
    };
    if !incident.status.is_resolved() {
        let cadence = &incident.cadence;
        add(ClockKind::StatusUpdate, update(incident));
        add(ClockKind::CheckIn, check_in(incident));
        add(ClockKind::Acknowledgement, acknowledgement(incident));
        let opened = given(incident, opened.seq, opened.at);
        let spoke = incident.last_by_person.map_or(opened, |(_, at)| both(at));
        let silent = incident.status < Status::Mitigated && incident.acknowledged().is_some();
        add(
            ClockKind::TimelineEntry,
            silent.then(|| after(spoke, cadence.silence)),
        );
    }
    clocks.sort();
    clocks
}

/// A time that an entry states.
fn given(incident: &Incident, seq: u64, at: DateTime<Utc>) -> Due {
    (at, incident.clock.steady(seq, at))
}

pub fn next_update(incident: &Incident, now: Moment) -> Option<DateTime<Utc>> {
    update(incident).map(|(_, steady)| now.wall_at(steady))
}

/// An unclassified incident counts as the worst. An incident with users always needs a first update; one without users
/// needs none.
fn update(incident: &Incident) -> Option<Due> {
    let opened = incident.opened.as_ref()?;
    if incident.is_retrospective() {
        return None;
    }
    let cadence = &incident.cadence;
    let worst = cadence.updates.values().next();
    let every = match incident.severity() {
        Some(severity) => cadence.updates.get(&severity),
        None => worst,
    }?;
    // An update that no channel has delivered has informed nobody.
    let mut updates = incident.updates.iter().rev();
    Some(
        match updates.find(|update| !incident.is_undelivered(update.seq)) {
            Some(update) => after(given(incident, update.seq, update.at), *every),
            None => after(given(incident, opened.seq, opened.at), cadence.first_update),
        },
    )
}

fn check_in(incident: &Incident) -> Option<Due> {
    let held = incident.roles.get(&Role::IncidentCommander)?;
    let taken = given(incident, held.seq, held.at);
    let spoke = incident.last_by_actor.get(&held.actor).copied().map(both);
    let last = spoke.filter(|spoke| spoke.1 > taken.1).unwrap_or(taken);
    Some(after(last, incident.cadence.check_in))
}

/// The alarm runs if no page, or not every required page, is acknowledged and no further page follows soon. A page that
/// is due next morning does not help tonight.
fn acknowledgement(incident: &Incident) -> Option<Due> {
    let response = incident.response();
    let missing = incident.escalation.unacknowledged(&response);
    let anybody = response.is_acknowledged();
    if anybody && missing.is_empty() {
        return None;
    }
    let levels = &incident.escalation.levels;
    let paged = levels.iter().flat_map(|level| {
        let pages = level.pages.values();
        pages.filter_map(|page| Some((page, level.owed(page)?)))
    });
    let waited_for = paged.filter(|(page, _)| !anybody || missing.contains(&page.target));
    let last = waited_for.map(|(page, owed)| (page.due, owed));
    let last = last.max_by_key(|(_, owed)| *owed);
    let next = incident.escalation.nearest(&response).map(|(at, _)| at);
    let last = match last {
        Some(last) => last,
        // If nothing could be sent at all, the policy gives the time of the last page.
        None if next.is_none() => {
            let due = levels
                .iter()
                .filter_map(|level| Some((level.armed.due?, level.due?)));
            due.max_by_key(|(_, steady)| *steady)?
        }
        None => return None,
    };
    let due = after(last, incident.cadence.answer);
    next.is_none_or(|next| next > due.1).then_some(due)
}

/// Action items are due by the wall clock: that is what the person meant who set the time.
fn work(incident: &Incident) -> impl Iterator<Item = CadenceClock> + '_ {
    let live = incident.status != Status::Closed;
    let open = incident.open_work().filter(move |_| live);
    open.filter_map(|(seq, fact)| {
        Some(CadenceClock {
            at: fact.due?,
            due: fact.due?,
            clock: ClockKind::ActionItem,
            item: Some(seq),
        })
    })
}

pub fn overdue(incident: &Incident, now: Moment) -> Vec<Draft> {
    let known = |clock: &CadenceClock| {
        let same = |data: &Overdue| {
            data.clock == clock.clock && data.due == clock.due && data.item == clock.item
        };
        incident.overdue.iter().any(|fact| same(&fact.data))
    };
    let ran_out = clocks(incident, now)
        .into_iter()
        .filter(|clock| clock.at <= now.wall && !known(clock));
    ran_out
        .map(|clock| {
            let data = Overdue {
                clock: clock.clock,
                due: clock.due,
                item: clock.item,
            };
            Draft::new(&program(), data)
        })
        .collect()
}

#[cfg(test)]
mod tests;
