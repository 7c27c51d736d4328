//! Running clocks of an incident, and which pages and updates need a person now.

use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::incident::entry::ClockKind;
use crate::incident::entry::{PageOutcome, field};
use crate::incident::escalation::{LevelState, Standing};
use crate::incident::fold::UpdateFact;
use crate::incident::{ChannelId, Incident, IncidentId, Moment, cadence};
use chrono::{DateTime, Utc};

pub(crate) struct RunningClock {
    pub(crate) due: DateTime<Utc>,
    pub(crate) what: String,
    pub(crate) about: Option<String>,
}

/// Whether a page waits for an acknowledgement.
pub(crate) fn is_waiting(incident: &Incident, now: Moment) -> bool {
    let response = incident.response();
    incident.escalation.levels.iter().any(|level| {
        matches!(level.standing(&response, now), Standing::Sent(_)) && level.wanted(&response)
    })
}

/// The last level whose page reached nobody and whose target was not reached later.
pub(crate) fn unreached(incident: &Incident, now: Moment) -> Option<&LevelState> {
    let response = incident.response();
    incident.escalation.levels.iter().rev().find(|level| {
        let failed = match level.standing(&response, now) {
            Standing::Sent(Some(outcome)) => matches!(
                outcome,
                PageOutcome::Failed
                    | PageOutcome::Refused
                    | PageOutcome::NoChannel
                    | PageOutcome::Unknown
            ),
            _ => false,
        };
        failed && level.wanted(&response) && !is_reached_later(incident, level)
    })
}

/// An update for a channel without a credential here that nobody has sent for a minute.
pub(crate) fn unsent<'m>(model: &'m Model, view: &IncidentView) -> Option<(u64, &'m ChannelId)> {
    let incident = &view.incident;
    let last = |audience| {
        incident
            .updates
            .iter()
            .rfind(|update| update.audience == audience)
    };
    let mut channels = model.setup.unusable.iter().flat_map(|channel| {
        let audiences = channel.audiences.iter();
        audiences.map(move |audience| (&channel.name, *audience))
    });
    channels.find_map(|(channel, audience)| {
        let mine = |update: &&UpdateFact| !incident.sent_elsewhere.contains(&update.seq);
        let UpdateFact { seq, at, .. } = last(audience).filter(mine)?;
        let mut sent = incident.messages.iter();
        let sent = sent.any(|(sending, fact)| sending.channel == *channel && fact.about == *seq);
        let at = incident.restated(*seq, *at, &model.stamp);
        let waited = model.now - at > chrono::TimeDelta::minutes(1);
        (waited && !sent).then_some((*seq, channel))
    })
}

fn is_reached_later(incident: &Incident, level: &LevelState) -> bool {
    let failed = level.latest_page().map(|page| page.intent);
    let pages = incident
        .escalation
        .levels
        .iter()
        .flat_map(|level| level.pages.values());
    let mut taken = pages.filter(|page| page.outcome() == Some(PageOutcome::Accepted));
    taken.any(|page| page.target == level.armed.target && Some(page.intent) > failed)
}

pub(crate) fn unacknowledged_elsewhere(model: &Model) -> Option<(&IncidentId, &IncidentView)> {
    model.open_views().find(|(id, view)| {
        model.current.as_ref() != Some(*id)
            && !view.incident.status.is_resolved()
            && view.incident.acknowledged().is_none()
    })
}

/// Clocks that run, pages included, the nearest first.
pub(crate) fn running(view: &IncidentView, now: Moment) -> Vec<RunningClock> {
    let incident = &view.incident;
    let page = incident.escalation.nearest(&incident.response());
    let page = page.map(|(due, level)| (now.wall_at(due), format!("page {}", level.armed.target)));
    // The reminder to record something is shown only once it is due.
    let owed = cadence::clocks(incident, now).into_iter();
    let owed = owed.filter(|owed| owed.at <= now.wall || owed.clock != ClockKind::TimelineEntry);
    let owed = owed.map(|owed| (owed.at, owed.waits_for(incident), owed.item));
    let page = page.map(|(due, what)| (due, what, None));
    let running = |(due, what, item): (DateTime<Utc>, String, Option<u64>)| RunningClock {
        due,
        what,
        about: item.and_then(|item| Some(view.entry_text(item, field::TEXT)?.to_string())),
    };
    // Of two at the same time the page comes first: it is sent automatically.
    let mut all: Vec<RunningClock> = page.into_iter().chain(owed).map(running).collect();
    all.sort_by_key(|clock| clock.due);
    all
}
