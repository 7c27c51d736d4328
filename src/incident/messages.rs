//! What is to be told outside besides pages: updates that people wrote, and that pages are settled. Pure.

use super::entry::{
    Audience, MessageIntended, MessageKind, MessageResulted, PageOutcome, Settled, field,
};
use super::escalation::{MAX_REPEATS, REPEAT_AFTER, RESULT_WITHIN};
use super::fold::MessageFact;
use super::ids::Slug;
use super::{Draft, Event, Incident, program};
use crate::text::Safe;
use chrono::{DateTime, TimeDelta, Utc};

/// A way out, as far as deciding needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Its name in policies.
    pub name: Slug,
    /// Whose updates it carries.
    pub audiences: Vec<Audience>,
    /// Whether its receiver is told when a page is settled.
    pub settles: bool,
    /// Whether it carries pages.
    pub pages: bool,
}

/// A message that is wanted.
struct Wanted {
    message: Slug,
    what: MessageKind,
    channel: Slug,
    tells: u64,
    page: Option<Slug>,
}

/// The messages to be sent now, and those of which nobody will ever know what became.
pub fn due(id: &str, incident: &Incident, ways: &[Way], now: DateTime<Utc>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = lost(incident, now).collect();
    for wanted in updates(id, incident, ways).chain(settled(incident, ways)) {
        let Some(repeat) = next(incident, &wanted, now) else {
            continue;
        };
        let data = MessageIntended {
            message: wanted.message,
            what: wanted.what,
            channel: wanted.channel,
            tells: wanted.tells,
            page: wanted.page,
            repeat,
        };
        drafts.push(Draft::new(&program(), Event::MessageIntended(data)));
    }
    drafts
}

fn updates<'i>(
    id: &'i str,
    incident: &'i Incident,
    ways: &'i [Way],
) -> impl Iterator<Item = Wanted> + 'i {
    incident.updates.iter().flat_map(move |(seq, _, audience)| {
        let carriers = ways
            .iter()
            .filter(move |way| way.audiences.contains(audience));
        carriers.map(move |way| Wanted {
            message: Slug::nearest(&format!("update-{id}.{seq}")),
            what: MessageKind::Update,
            channel: way.name.clone(),
            tells: *seq,
            page: None,
        })
    })
}

/// Pages that their receivers may have taken, once somebody has acknowledged or the incident is resolved.
fn settled<'i>(incident: &'i Incident, ways: &'i [Way]) -> impl Iterator<Item = Wanted> + 'i {
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
        let taken = page.result.is_some_and(|(_, _, outcome)| {
            matches!(outcome, PageOutcome::Accepted | PageOutcome::Unknown)
        });
        let told = ways
            .iter()
            .any(|way| way.settles && way.name == call.channel);
        how.filter(|_| taken && told).map(|(how, tells)| Wanted {
            message: Slug::nearest(&format!("{}.{}", call.page, how.word())),
            what: MessageKind::Settle(how),
            channel: call.channel.clone(),
            tells,
            page: Some(call.page.clone()),
        })
    })
}

/// Which sending of a message is to be made now, if any. An update whose end is not known is not sent again by
/// itself: its readers cannot tell a repetition, and a person decides.
fn next(incident: &Incident, wanted: &Wanted, now: DateTime<Utc>) -> Option<u32> {
    let sent = || sendings(incident, &wanted.message, &wanted.channel);
    let Some((repeat, last)) = sent().next_back() else {
        return Some(0);
    };
    let (_, at, outcome) = last.result?;
    let again = match wanted.what {
        MessageKind::Update => outcome == PageOutcome::Failed,
        MessageKind::Settle(_) => outcome.wants_repeat(),
    };
    let later = now >= at + TimeDelta::seconds(REPEAT_AFTER);
    (again && later && sent().count() <= MAX_REPEATS).then_some(repeat + 1)
}

fn sendings<'i>(
    incident: &'i Incident,
    message: &'i Slug,
    channel: &'i Slug,
) -> impl DoubleEndedIterator<Item = (u32, &'i MessageFact)> {
    let from = (message.clone(), channel.clone(), 0);
    let until = (message.clone(), channel.clone(), u32::MAX);
    let range = incident.messages.range(from..=until);
    range.map(|((_, _, repeat), fact)| (*repeat, fact))
}

fn lost(incident: &Incident, now: DateTime<Utc>) -> impl Iterator<Item = Draft> + '_ {
    let overdue = move |fact: &MessageFact| {
        fact.result.is_none() && now > fact.at + TimeDelta::seconds(RESULT_WITHIN)
    };
    let lost = incident
        .messages
        .iter()
        .filter(move |(_, fact)| overdue(fact));
    lost.map(|((message, channel, repeat), _)| {
        let data = MessageResulted {
            message: message.clone(),
            channel: channel.clone(),
            repeat: *repeat,
            outcome: PageOutcome::Unknown,
            http: None,
            attempts: 0,
            remote: None,
        };
        let why = "no result was recorded in time: the program that sent it may have ended";
        Draft::new(&program(), Event::MessageResulted(data)).with(field::DETAIL, Safe::line(why))
    })
}

impl Incident {
    /// What the receiver behind a channel calls this incident, where it has said so.
    pub fn remote(&self, channel: &Slug) -> Option<&Slug> {
        let own = self.messages.iter().filter(|((_, by, _), _)| by == channel);
        own.filter_map(|(_, fact)| fact.remote.as_ref()).next_back()
    }
}
