//! Who appears in a document: numbers and the roles held at the time instead of names.

use crate::incident::entry::{RoleAssigned, RoleChange, WorkOpened, field};
use crate::incident::fold::Recorded;
use crate::incident::{ActorId, Disclosed, Entry, Event, Incident, PROGRAM, Role};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub struct People {
    labels: BTreeMap<ActorId, String>,
    names: Vec<(regex::Regex, String)>,
    /// Its subject, by the entry that opened it.
    work: BTreeMap<u64, String>,
    held: Vec<Change>,
    /// From the id under which a person was named to their own.
    arrived: BTreeMap<ActorId, ActorId>,
    /// Whether nobody is named at all: neither those who never took part, as who was on call and did not answer.
    blameless: bool,
}

#[derive(Debug, Clone)]
struct Change {
    seq: u64,
    role: Role,
    from: Option<ActorId>,
    to: Option<ActorId>,
    /// Whether the previous holder loses it: earlier versions recorded one holder for the shared role, too.
    alone: bool,
}

/// Shortest part of a name that is replaced by itself: shorter ones are words too often.
const SHORTEST_NAME: usize = 3;

impl People {
    /// Numbers people in the order in which they appear. Roles change hands, so each is given with its time.
    pub fn new(entries: &[Entry], incident: &Incident) -> Self {
        let mut people = Self {
            work: work(entries),
            ..Self::default()
        };
        for entry in entries {
            let Some(RoleChange { role, from, to }) = entry.event().and_then(Event::role_change)
            else {
                continue;
            };
            // In earlier versions the shared role had one holder.
            let takes = |data: &RoleAssigned| data.actor.is_some() && data.supersedes.is_none();
            people.held.push(Change {
                seq: entry.seq,
                role,
                // The person who gives it back held it.
                from: from.or(to.is_none().then_some(&entry.by)).cloned(),
                to: to.cloned(),
                alone: !role.is_shared() || entry.data().is_some_and(takes),
            });
        }
        let mut number = 0;
        let mut names: Vec<(String, String)> = Vec::new();
        let mut actors: Vec<_> = incident.actors.iter().collect();
        actors.sort_by_key(|(_, introduced)| introduced.seq);
        for (actor, Recorded { seq, data, .. }) in actors {
            if incident.arrived.contains_key(actor) {
                continue;
            }
            number += u32::from(data.is_person());
            let label = match data.is_person() {
                true => format!("responder {number}"),
                false => PROGRAM.to_string(),
            };
            let entry = entries.iter().find(|entry| entry.seq == *seq);
            // The word that stands for a withheld name is nobody's name.
            if let Some(Disclosed::Text(name)) = entry.and_then(|it| it.texts.get(field::NAME))
                && data.is_person()
            {
                let parts = name.split_whitespace().chain([name.as_str()]);
                let long = parts.filter(|part| part.chars().count() >= SHORTEST_NAME);
                names.extend(long.map(|part| (part.to_string(), label.clone())));
            }
            people.labels.insert(actor.clone(), label);
        }
        for (named, actor) in &incident.arrived {
            if let Some(label) = people.labels.get(actor).cloned() {
                people.labels.insert(named.clone(), label);
            }
        }
        people.arrived = incident.arrived.clone();
        // Longer names first, so that "dana" does not break "dana lee".
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let names = names.into_iter();
        let names = names.filter_map(|(name, label)| Some((whole_word(&name)?, label)));
        people.names = names.collect();
        people
    }

    /// Also leaves out names that another system or a schedule gives.
    pub fn blameless(self) -> Self {
        Self {
            blameless: true,
            ..self
        }
    }

    pub fn withholds(&self, name: &str) -> bool {
        self.blameless && name == field::WHO
    }

    /// For those who respond together, and know each other: everybody by their name.
    pub fn by_name(entries: &[Entry], incident: &Incident) -> Self {
        let name = |seq: u64| {
            let entry = entries.iter().find(|entry| entry.seq == seq)?;
            Some(entry.text(field::NAME)?.to_string())
        };
        let actors = incident.actors.iter();
        let labels = actors.filter_map(|(actor, introduced)| {
            let label = match introduced.data.is_person() {
                false => PROGRAM.to_string(),
                true => name(introduced.seq)?,
            };
            Some((actor.clone(), label))
        });
        Self {
            labels: labels.collect(),
            work: work(entries),
            ..Self::default()
        }
    }

    /// With the roles held once this entry was recorded.
    pub fn label_at(&self, actor: &ActorId, seq: u64) -> String {
        let is = |who: &'_ ActorId| self.arrived.get(who).unwrap_or(who).clone();
        let mut roles: Vec<(Role, ActorId)> = Vec::new();
        for change in self.held.iter().take_while(|change| change.seq <= seq) {
            let role = change.role;
            // One that several may hold leaves only who gives it away.
            let from = change.from.as_ref().map(is);
            let goes = |holder: &ActorId| change.alone || from.as_ref() == Some(holder);
            roles.retain(|(other, holder)| *other != role || !goes(holder));
            roles.extend(change.to.as_ref().map(|to| (role, is(to))));
        }
        roles.sort_unstable();
        roles.dedup();
        let mut held = vec![self.label(actor)];
        let actor = is(actor);
        let theirs = roles.iter().filter(|(_, holder)| *holder == actor);
        held.extend(theirs.map(|(role, _)| role.title().to_string()));
        held.join(", ")
    }

    /// An action item by its entry and enough of its words to distinguish it from others.
    pub fn work(&self, item: u64) -> String {
        match self.work.get(&item) {
            Some(about) => format!("#{item} ({})", self.without_names(about)),
            None => format!("#{item}"),
        }
    }

    pub fn label(&self, actor: &ActorId) -> String {
        let label = self.labels.get(actor);
        label.map_or("unknown author", String::as_str).to_string()
    }

    pub fn without_names(&self, text: &str) -> String {
        let names = self.names.iter();
        names.fold(text.to_string(), |text, (name, label)| {
            replace(&text, name, label)
        })
    }
}

const ABOUT: usize = 60;

fn work(entries: &[Entry]) -> BTreeMap<u64, String> {
    let about = |entry: &Entry| {
        let data = entry.data::<WorkOpened>()?;
        let text = entry.text(field::TEXT).unwrap_or("withheld");
        let mut about: String = text.chars().take(ABOUT).collect();
        if text.chars().count() > ABOUT {
            about.push('…');
        }
        Some((entry.seq, format!("{}: {about}", data.kind.word())))
    };
    entries.iter().filter_map(about).collect()
}

fn whole_word(name: &str) -> Option<regex::Regex> {
    let edge = r"[^\p{L}\p{N}]";
    let name = regex::escape(name);
    let pattern = format!("(?i)(?P<before>^|{edge}){name}(?P<after>$|{edge})");
    regex::Regex::new(&pattern).ok()
}

fn replace(text: &str, name: &regex::Regex, by: &str) -> String {
    let once = |text: &str| {
        name.replace_all(text, |found: &regex::Captures<'_>| {
            format!("{}{by}{}", &found["before"], &found["after"])
        })
        .into_owned()
    };
    // Twice, because neighbouring matches share the character between them.
    once(&once(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_replaced_as_a_word_only() {
        let name = whole_word("dana").unwrap();
        let text = replace("Dana asked dana: Danas idea, (DANA)", &name, "the lead");
        assert_eq!(text, "the lead asked the lead: Danas idea, (the lead)");
    }
}
