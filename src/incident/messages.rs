//! Messages besides pages: status updates that people wrote, and the end of pages. Pure.

use super::entry::{
    Audience, MessageIntended, MessageKind, MessageResulted, PageOutcome, Settled, field,
};
use super::escalation::{MAX_REPEATS, PageAttempt, REPEAT_AFTER, is_lost};
use super::fold::{MessageFact, SendResult, SendingId, UpdateFact};
use super::ids::{ChannelId, Slug};
use super::{Draft, Incident, Moment, program};
use crate::text::Safe;
use chrono::TimeDelta;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelInfo {
    pub name: ChannelId,
    /// The audiences whose updates it carries.
    pub audiences: Vec<Audience>,
    pub settles: bool,
    pub pages: bool,
}

struct Wanted {
    message: Slug,
    what: MessageKind,
    channel: ChannelId,
    about: u64,
    page: Option<Slug>,
}

/// The messages to send now, and results that will stay unknown. Of an incident that was entered afterwards nothing is
/// sent.
pub fn due(id: &str, incident: &Incident, channels: &[ChannelInfo], now: Moment) -> Vec<Draft> {
    if incident.is_retrospective() {
        return Vec::new();
    }
    let mut drafts: Vec<Draft> = lost(incident, now).collect();
    let wanted = updates(id, incident, channels, now).chain(settled(incident, channels));
    for wanted in wanted {
        let Some(repeat) = next(incident, &wanted, now) else {
            continue;
        };
        let data = MessageIntended {
            message: wanted.message,
            what: wanted.what,
            channel: wanted.channel,
            about: wanted.about,
            page: wanted.page,
            repeat,
        };
        drafts.push(Draft::new(&program(), data));
    }
    drafts
}

fn updates<'i>(
    id: &'i str,
    incident: &'i Incident,
    channels: &'i [ChannelInfo],
    now: Moment,
) -> impl Iterator<Item = Wanted> + 'i {
    channels.iter().flat_map(move |channel| {
        let audiences = channel.audiences.iter();
        audiences.filter_map(move |audience| update(id, incident, (channel, *audience), now))
    })
}

/// The next update of an audience by a channel. Updates go out in the order of writing: the previous one must have a
/// result, and an update that a later one supersedes is not sent.
fn update(
    id: &str,
    incident: &Incident,
    (channel, audience): (&ChannelInfo, Audience),
    now: Moment,
) -> Option<Wanted> {
    let mine = incident.updates.iter();
    let mine = mine.filter(|update| {
        update.audience == audience && !incident.sent_elsewhere.contains(&update.seq)
    });
    let mut next_of = None;
    for UpdateFact { seq, at, .. } in mine {
        let wanted = Wanted {
            message: Slug::nearest(&format!("update-{id}.{seq}")),
            what: MessageKind::Update,
            channel: channel.name.clone(),
            about: *seq,
            page: None,
        };
        let last = sendings(incident, &wanted.message, &wanted.channel).next_back();
        match last.map(|(_, fact)| fact.outcome()) {
            Some(None) => return None,
            Some(Some(PageOutcome::Accepted)) => next_of = None,
            // Written before this channel existed: too old to send.
            None if now.steady - incident.clock.steady(*seq, *at) >= NEWS => {}
            _ if next_of.is_none() && next(incident, &wanted, now).is_some() => {
                next_of = Some(wanted);
            }
            _ => {}
        }
    }
    next_of
}

const NEWS: TimeDelta = TimeDelta::minutes(30);

/// Pages that their receivers may have accepted, once a person has acknowledged or the incident is resolved.
fn settled<'i>(
    incident: &'i Incident,
    channels: &'i [ChannelInfo],
) -> impl Iterator<Item = Wanted> + 'i {
    let response = incident.response();
    let resolved = incident
        .status_changes
        .iter()
        .rfind(|fact| fact.status.is_resolved());
    let how = match (
        incident.status.is_resolved(),
        resolved,
        incident.acknowledged(),
    ) {
        (true, Some(fact), _) => Some((Settled::Resolved, fact.seq)),
        (_, _, Some(ack)) => Some((Settled::Acknowledged, ack.seq)),
        _ => None,
    };
    let levels = incident.escalation.levels.iter();
    let pages = levels.flat_map(move |level| {
        let ended = move |target| !level.wanted_by(target, &response);
        level
            .pages
            .iter()
            .filter(move |(_, page)| ended(&page.target))
    });
    pages.filter_map(move |(call, page)| {
        let taken = matches!(
            page.outcome(),
            Some(PageOutcome::Accepted | PageOutcome::Unknown)
        );
        let settles = channels
            .iter()
            .any(|channel| channel.settles && channel.name == call.channel);
        how.filter(|_| taken && settles).map(|(how, about)| Wanted {
            message: settlement(incident, call, how),
            what: MessageKind::Settle(how),
            channel: call.channel.clone(),
            about,
            page: Some(call.page.clone()),
        })
    })
}

/// The id of the message that a page is settled: a new one if it was paged again since.
fn settlement(incident: &Incident, call: &PageAttempt, how: Settled) -> Slug {
    let plain = Slug::nearest(&format!("{}.{}", call.page, how.word()));
    let first = sendings(incident, &plain, &call.channel).next();
    let called = incident.escalation.levels.iter().flat_map(|level| {
        let calls = level.pages.iter();
        calls.filter(|(other, _)| other.page == call.page && other.channel == call.channel)
    });
    let latest = called.map(|(_, page)| page.intent).max();
    match (first, latest) {
        (Some((_, earlier)), Some(latest)) if latest > earlier.intent => {
            Slug::nearest(&format!("{plain}.{latest}"))
        }
        _ => plain,
    }
}

/// The number of the repetition to send now, if any. An update with an unknown result is not repeated automatically:
/// its readers cannot recognize a repetition, so a person decides.
fn next(incident: &Incident, wanted: &Wanted, now: Moment) -> Option<u32> {
    let sent = || sendings(incident, &wanted.message, &wanted.channel);
    let Some((repeat, last)) = sent().next_back() else {
        return Some(0);
    };
    let SendResult { at, outcome, .. } = last.result?;
    let again = match wanted.what {
        MessageKind::Update => outcome == PageOutcome::Failed,
        MessageKind::Settle(_) => outcome.wants_repeat(),
    };
    let pause = TimeDelta::seconds(REPEAT_AFTER).max(last.retry_after);
    let later = now.steady >= at.steady + pause;
    (again && later && sent().count() <= MAX_REPEATS).then_some(repeat + 1)
}

fn sendings<'i>(
    incident: &'i Incident,
    message: &'i Slug,
    channel: &'i ChannelId,
) -> impl DoubleEndedIterator<Item = (u32, &'i MessageFact)> {
    let sending = |repeat| SendingId::new(message, channel, repeat);
    let range = incident.messages.range(sending(0)..=sending(u32::MAX));
    range.map(|(sending, fact)| (sending.repeat, fact))
}

fn lost(incident: &Incident, now: Moment) -> impl Iterator<Item = Draft> + '_ {
    let overdue = move |fact: &MessageFact| fact.result.is_none() && is_lost(fact.at, now);
    let messages = incident.messages.iter();
    let lost = messages.filter(move |(_, fact)| overdue(fact));
    lost.map(|(sending, _)| {
        let data = MessageResulted {
            retry_after: None,
            message: sending.message.clone(),
            channel: sending.channel.clone(),
            repeat: sending.repeat,
            outcome: PageOutcome::Unknown,
            http: None,
            attempts: 0,
            remote: None,
        };
        let why = "no result was recorded in time: the program that sent it may have ended";
        Draft::new(&program(), data).with(field::DETAIL, Safe::line(why))
    })
}

impl Incident {
    /// The outcome of an update on each of its channels: `None` while it is under way.
    fn carried(&self, update: u64) -> impl Iterator<Item = (&ChannelId, Option<PageOutcome>)> {
        let about = |fact: &MessageFact| fact.what == MessageKind::Update && fact.about == update;
        let own = self.messages.iter().filter(|(_, fact)| about(fact));
        // The last attempt by a channel replaces the earlier ones.
        let last = own.map(|(sending, fact)| (&sending.channel, fact.outcome()));
        last.collect::<BTreeMap<_, _>>().into_iter()
    }

    /// Whether every channel of an update failed. An update without a channel is sent by other means.
    pub fn is_undelivered(&self, update: u64) -> bool {
        let failed = |outcome: Option<PageOutcome>| {
            matches!(
                outcome,
                Some(PageOutcome::Failed | PageOutcome::Refused | PageOutcome::NoChannel)
            )
        };
        let mut carried = self.carried(update).peekable();
        carried.peek().is_some() && carried.all(|(_, outcome)| failed(outcome))
    }

    pub fn undelivered(&self) -> Vec<(u64, ChannelId, PageOutcome)> {
        const FINE: [PageOutcome; 3] = [
            PageOutcome::Accepted,
            PageOutcome::Simulated,
            PageOutcome::Withdrawn,
        ];
        let updates = self.updates.iter();
        let last: BTreeMap<Audience, u64> = updates
            .map(|update| (update.audience, update.seq))
            .collect();
        let of_update = |seq: u64| {
            let carried = self.carried(seq);
            carried.filter_map(move |(channel, outcome)| {
                let outcome = outcome.filter(|outcome| !FINE.contains(outcome))?;
                Some((seq, channel.clone(), outcome))
            })
        };
        last.into_values().flat_map(of_update).collect()
    }

    pub fn remote(&self, channel: &ChannelId) -> Option<&Slug> {
        let messages = self.messages.iter();
        let own = messages.filter(|(sending, _)| sending.channel == *channel);
        own.filter_map(|(_, fact)| fact.remote.as_ref()).next_back()
    }
}

#[cfg(test)]
mod tests;
