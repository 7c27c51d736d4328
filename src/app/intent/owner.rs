//! Who can own an item: a person, a role, or a team.

use super::refused::{Refused, check_length, refuse};
use crate::app::incident_view::IncidentView;
use crate::incident::entry::WorkState;
use crate::incident::fold::{WorkFact, WorkOwner};
use crate::incident::{ActorId, Role};
use crate::signals::map::ServiceMap;
use crate::text::{Safe, list, nearest};
use crate::times::DueTime;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    Person(ActorId),
    Role(Role),
    Team(Safe),
}

impl From<ActorId> for Owner {
    fn from(person: ActorId) -> Self {
        Self::Person(person)
    }
}

/// What changes of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkEdit {
    pub item: u64,
    pub state: WorkState,
    pub owner: Option<Owner>,
    pub due: Option<DueTime>,
}

impl Owner {
    pub(super) fn person(&self) -> Option<&ActorId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Role(_) | Self::Team(_) => None,
        }
    }

    pub(super) fn role(&self) -> Option<Role> {
        match self {
            Self::Role(role) => Some(*role),
            Self::Person(_) | Self::Team(_) => None,
        }
    }

    pub(super) fn is_team(&self) -> bool {
        match self {
            Self::Team(_) => true,
            Self::Person(_) | Self::Role(_) => false,
        }
    }

    /// Empty for a person and a role.
    pub(super) fn team(&self) -> Safe {
        match self {
            Self::Team(team) => team.clone(),
            Self::Person(_) | Self::Role(_) => Safe::default(),
        }
    }

    pub(super) fn owns(&self, view: &IncidentView, fact: &WorkFact) -> bool {
        match (self, &fact.owner) {
            (Self::Person(person), Some(WorkOwner::Person(owner))) => person == owner,
            (Self::Role(role), Some(WorkOwner::Role(owner))) => role == owner,
            (Self::Team(team), Some(WorkOwner::Team(text))) => {
                view.text(*text) == Some(team.as_str())
            }
            (Self::Person(_) | Self::Role(_) | Self::Team(_), _) => false,
        }
    }
}

/// Before the name of a team that the service map does not have.
const TEAM: &str = "team:";

/// The role or team that a text names; `None` if it names neither, and may name a person. A team is an owner in the
/// service map, or stands after `team:`.
pub fn role_or_team(text: &str, map: &ServiceMap) -> Result<Option<Owner>, Refused> {
    let text = text.trim();
    let prefix = text
        .get(..TEAM.len())
        .filter(|it| it.eq_ignore_ascii_case(TEAM));
    if prefix.is_some() {
        let team = Safe::line(text[TEAM.len()..].trim());
        if team.is_empty() {
            return Err(refuse("the team has no name", "write team:NAME"));
        }
        check_length("the team", &team)?;
        return Ok(Some(Owner::Team(team)));
    }
    if let Some(role) = Role::named(text) {
        return Ok(Some(Owner::Role(role)));
    }
    let mut teams = teams(map).into_iter();
    let team = teams.find(|team| team.eq_ignore_ascii_case(text));
    Ok(team.map(|team| Owner::Team(Safe::line(team))))
}

/// The refusal of a text that names no person, role or team.
pub fn no_owner(text: &str, people: &[String], map: &ServiceMap) -> Refused {
    let text = Safe::line(text.trim());
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.slug()).collect();
    let teams = teams(map);
    let titles = Role::ALL.iter().map(|role| role.title());
    let known = people
        .iter()
        .map(String::as_str)
        .chain(roles.iter().copied());
    let near = nearest(
        text.as_str(),
        known.chain(titles).chain(teams.iter().copied()),
    );
    let near = near.map_or(String::new(), |near| format!("did you mean {near}? "));
    let hint = format!(
        "{near}people: {}; roles: {}; teams of the service map: {}; team:{text} names another team",
        list(people),
        list(&roles),
        list(&teams),
    );
    let what = format!("\"{text}\" is no person here or on a schedule, and no role or team");
    refuse(what, hint)
}

/// The owners in the service map, each also without what stands after its name: `payments team, #payments`.
fn teams(map: &ServiceMap) -> Vec<&str> {
    let mut teams: Vec<&str> = Vec::new();
    for service in &map.services {
        let whole = service.owner.trim();
        let name = whole.split([',', ';', '(']).next().unwrap_or(whole).trim();
        for team in [name, whole] {
            if !team.is_empty() && !teams.contains(&team) {
                teams.push(team);
            }
        }
    }
    teams
}

#[cfg(test)]
mod tests;
