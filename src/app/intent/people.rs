//! Introductions: people who act in an incident, and people who are named.

use crate::app::incident_view::IncidentView;
use crate::app::setup::Person;
use crate::incident::entry::{ActorIntroduced, Proof, ResponseEvent, field};
use crate::incident::{ActorId, Draft, Event};
use crate::oncall::OnCallSchedules;
use crate::text::{Safe, list, nearest};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// A person who has not acted in this journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    pub actor: ActorId,
    pub draft: Draft,
}

pub fn introduction(me: &Person) -> Draft {
    let data = ActorIntroduced {
        was: None,
        actor: me.actor.clone(),
        uid: Some(me.uid),
        proof: Proof::SelfDeclared,
        key: me.key.clone(),
    };
    Draft::new(&me.actor, data)
        .with(field::NAME, me.name.clone())
        .with(field::LOGIN, me.login.clone())
}

/// Roles and items given to a person of this name who had not acted yet become theirs.
pub fn arrival(view: &IncidentView, me: &Person) -> Draft {
    let mut draft = introduction(me);
    if let Event::Response(ResponseEvent::ActorIntroduced(data)) = &mut draft.event {
        data.was = view.named_before(me.name.as_str());
    }
    draft
}

/// The id is derived from where, by whom and after how many entries a person is named; it does not reveal the name.
pub fn named(place: &str, count: u64, by: &ActorId, name: &Safe) -> Named {
    let seed = format!("{place}\n{by}\n{count}");
    let digest = Sha256::digest(seed.as_bytes());
    let actor = ActorId::nearest(&format!(
        "n-{:02x}{:02x}{:02x}{:02x}",
        digest[0], digest[1], digest[2], digest[3]
    ));
    let data = ActorIntroduced {
        was: None,
        actor: actor.clone(),
        uid: None,
        proof: Proof::Named,
        key: None,
    };
    let draft = Draft::new(by, data).with(field::NAME, name.clone());
    Named { actor, draft }
}

/// A hint for a person who acknowledges under a name that no page waits for: a misspelled name does not complete a
/// level that waits for each of its targets. `None` where they were paged or are on call, or no name is known.
pub fn not_waited_for(
    view: &IncidentView,
    schedules: &OnCallSchedules,
    me: &str,
    now: DateTime<Utc>,
) -> Option<String> {
    let levels = view.incident.escalation.levels.iter();
    let pages = levels.flat_map(|level| level.pages.values());
    let paged = pages.filter_map(|page| view.entry_text(page.intent, field::WHO));
    let mut waited: BTreeSet<String> = paged.map(str::to_string).collect();
    for schedule in schedules.all() {
        let on_call = schedules.on_call(&schedule.name, now);
        waited.extend(on_call.people().iter().map(ToString::to_string));
    }
    // Several people who were paged at once stand in one text.
    let mine = |who: &String| {
        let mut people = who.split(" and ").chain([who.as_str()]);
        people.any(|one| one.to_lowercase() == me.to_lowercase())
    };
    if waited.is_empty() || waited.iter().any(mine) {
        return None;
    }
    let meant = nearest(me, waited.iter().map(String::as_str));
    let meant = meant.map_or(String::new(), |who| format!("; did you mean {who}?"));
    Some(format!(
        "no page waits for {me}; paged or on call: {}{meant}",
        list(&waited)
    ))
}
