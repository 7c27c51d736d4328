//! Another pager's incidents: `PagerDuty`'s REST API, read only. Who is called there is not called again by us, and who
//! acknowledges there has acknowledged.

use super::error::SourceError;
use super::http::Http;
use super::settings::HttpSettings;
use crate::incident::Slug;
use crate::text::Safe;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// Most incidents read at a time.
const LIMIT: usize = 100;
/// Most times that is read on: a thousand open incidents are more than anybody answers.
const MOST_PAGES: usize = 10;

/// An incident of the other pager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagedElsewhere {
    /// Its id there, in lower case.
    pub id: Slug,
    /// Its title.
    pub title: Safe,
    /// When it began there.
    pub created: DateTime<Utc>,
    /// The service there.
    pub service: Safe,
    /// Where it can be looked at.
    pub link: Safe,
    /// Who acknowledged, and when.
    pub acknowledged: Vec<(Safe, DateTime<Utc>)>,
}

/// The other pager, to be asked.
pub struct Pager {
    http: Http,
    services: Vec<String>,
}

#[derive(Deserialize)]
struct Incidents {
    #[serde(default)]
    incidents: Vec<Incident>,
    /// Whether there are more than these.
    #[serde(default)]
    more: bool,
}

#[derive(Deserialize)]
struct Incident {
    id: String,
    #[serde(default)]
    title: String,
    created_at: DateTime<Utc>,
    #[serde(default)]
    html_url: String,
    service: Named,
    #[serde(default)]
    acknowledgements: Vec<Acknowledgement>,
}

#[derive(Deserialize)]
struct Acknowledgement {
    at: DateTime<Utc>,
    acknowledger: Named,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    id: String,
    /// `user_reference`, `service_reference`, …
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    summary: Option<String>,
}

impl Pager {
    /// Reads the incidents of these services.
    pub fn new(settings: HttpSettings, services: Vec<String>) -> Result<Self, SourceError> {
        Ok(Self {
            http: Http::new(settings)?,
            services,
        })
    }

    /// Its name.
    pub fn name(&self) -> &Slug {
        self.http.name()
    }

    /// The incidents that are open there.
    pub async fn open(&self) -> Result<Vec<PagedElsewhere>, SourceError> {
        let mut found = Vec::new();
        for page in 0..MOST_PAGES {
            let part = self.page(page).await?;
            found.extend(part.incidents.into_iter().filter_map(made_safe));
            if !part.more {
                break;
            }
        }
        Ok(found)
    }

    async fn page(&self, number: usize) -> Result<Incidents, SourceError> {
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

/// Names of people and titles are as hostile as any label.
fn made_safe(found: Incident) -> Option<PagedElsewhere> {
    // An integration that acknowledges has reached nobody.
    let by_people = found
        .acknowledgements
        .into_iter()
        .filter(|ack| ack.acknowledger.kind.starts_with("user"));
    let acknowledged = by_people.map(|ack| {
        let name = ack.acknowledger.summary.unwrap_or(ack.acknowledger.id);
        (Safe::line(&name), ack.at)
    });
    Some(PagedElsewhere {
        id: Slug::new(&found.id.to_lowercase())?,
        title: Safe::line(&found.title),
        created: found.created_at,
        service: Safe::line(&found.service.id),
        link: Safe::line(&found.html_url),
        acknowledged: acknowledged.collect(),
    })
}
