//! Incidents of another pager, read only: `PagerDuty`'s REST API. Its pages are not repeated here, and its acknowledgements count.

use super::error::SourceError;
use super::http::SourceHttp;
use super::lenient::{Fields, Flag, List, Text};
use super::settings::HttpSettings;
use super::time::read_time;
use crate::alerts::{UnreadItems, plausible_start};
use crate::incident::{Slug, SourceId};
use crate::text::Safe;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Incidents per page of the API.
pub(super) const LIMIT: usize = 100;
/// A thousand open incidents are more than people can handle.
pub(super) const MOST_PAGES: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalIncident {
    pub id: Slug,
    pub title: Safe,
    pub created: DateTime<Utc>,
    pub service: Safe,
    pub link: Safe,
    pub acknowledged: Vec<(Safe, DateTime<Utc>)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExternalIncidents {
    pub incidents: Vec<ExternalIncident>,
    pub unread: UnreadItems,
    /// Phrases about malformed parts.
    pub odd: Vec<String>,
    /// There are more than were read.
    pub more: bool,
}

pub struct Pager {
    http: SourceHttp,
    services: Vec<String>,
    /// When incidents without a credible time were first seen.
    first_seen: Mutex<BTreeMap<Slug, DateTime<Utc>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireIncidents {
    incidents: List<Fields<WireIncident>>,
    more: Flag,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireIncident {
    id: Text,
    title: Text,
    created_at: Text,
    html_url: Text,
    service: Fields<Named>,
    acknowledgements: List<Fields<Acknowledgement>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Acknowledgement {
    at: Text,
    acknowledger: Fields<Named>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    id: Text,
    /// `user_reference`, `service_reference`, …
    #[serde(rename = "type")]
    kind: Text,
    summary: Text,
}

impl Pager {
    pub fn new(settings: HttpSettings, services: Vec<String>) -> Result<Self, SourceError> {
        Ok(Self {
            http: SourceHttp::new(settings)?,
            services,
            first_seen: Mutex::default(),
        })
    }

    pub fn name(&self) -> &SourceId {
        self.http.name()
    }

    pub async fn open(&self) -> Result<ExternalIncidents, SourceError> {
        let mut found = ExternalIncidents::default();
        for page in 0..MOST_PAGES {
            let part = self.page(page).await?;
            self.read(part.incidents, &mut found);
            found.more = part.more.0 == Some(true);
            if !found.more {
                break;
            }
        }
        Ok(found)
    }

    fn read(&self, list: List<Fields<WireIncident>>, found: &mut ExternalIncidents) {
        if let Some(kind) = list.odd.filter(|_| list.is_unreadable()) {
            found.unread.add(&format!("their list is {}", kind.words()));
        }
        let mut first_seen = self
            .first_seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for item in list.items {
            let read = match item.0 {
                Ok(incident) => {
                    read_incident(incident, Utc::now(), &mut first_seen, &mut found.odd)
                }
                Err(kind) => Err(format!("{} instead of an incident", kind.words())),
            };
            match read {
                Ok(incident) => found.incidents.push(incident),
                Err(why) => found.unread.add(&why),
            }
        }
    }

    async fn page(&self, number: usize) -> Result<WireIncidents, SourceError> {
        let offset = (number * LIMIT).to_string();
        let limit = LIMIT.to_string();
        let mut query = vec![
            ("statuses[]", "triggered"),
            ("statuses[]", "acknowledged"),
            ("limit", limit.as_str()),
            ("offset", offset.as_str()),
        ];
        query.extend(
            self.services
                .iter()
                .map(|id| ("service_ids[]", id.as_str())),
        );
        let answer = self.http.get("incidents", &query).await?;
        if !answer.status.is_success() {
            return Err(self.http.refused(&answer, None));
        }
        self.http.json(&answer)
    }
}

/// Of times remembered.
const MAX_FIRST_SEEN: usize = 1_000;

/// Names of people and titles are as hostile as any label. Without an id or a service the incident cannot be matched.
fn read_incident(
    found: WireIncident,
    now: DateTime<Utc>,
    first_seen: &mut BTreeMap<Slug, DateTime<Utc>>,
    odd: &mut Vec<String>,
) -> Result<ExternalIncident, String> {
    let id = Slug::new(&found.id.text.to_lowercase()).ok_or("it has no id that can be read")?;
    let service = found.service.0.ok().map(|service| service.id);
    let service = service.filter(|id| id.has_text() && !id.text.is_empty());
    let service = service.ok_or_else(|| format!("{id} names no service"))?;
    let stated = read_time(&found.created_at.text)
        .ok()
        .and_then(|at| plausible_start(at, now).ok());
    let created = stated.unwrap_or_else(|| {
        odd.push(format!(
            "{id}: created_at \"{}\" is not a plausible time; counts from when it was first seen",
            Safe::line(&found.created_at.text)
        ));
        if first_seen.len() >= MAX_FIRST_SEEN {
            first_seen.clear();
        }
        *first_seen.entry(id.clone()).or_insert(now)
    });
    let mut acknowledged = Vec::new();
    for item in found.acknowledgements.items {
        // An acknowledgement by an integration has reached no person.
        let Ok(ack) = item.0 else { continue };
        let Ok(who) = ack.acknowledger.0 else {
            continue;
        };
        if !who.kind.text.starts_with("user") {
            continue;
        }
        match read_time(&ack.at.text) {
            Ok(at) if at <= now + TimeDelta::minutes(5) => {
                let name = match who.summary.has_text() {
                    true => who.summary.text,
                    false => who.id.text,
                };
                acknowledged.push((Safe::line(&name), at));
            }
            _ => odd.push(format!(
                "{id}: an acknowledgement without a time is not counted"
            )),
        }
    }
    Ok(ExternalIncident {
        id,
        title: Safe::line(&found.title.text),
        created,
        service: Safe::line(&service.text),
        link: Safe::line(&found.html_url.text),
        acknowledged,
    })
}
