//! Prometheus's HTTP API, version 1.

use super::error::{Kind, SourceError};
use super::http::{Answer, Http};
use super::normalize::labels;
use super::rules::{Groups, rule_set};
use super::settings::{HttpSettings, SourceKind};
use super::{History, Offers, RuleSet, Source};
use crate::incident::Slug;
use crate::signals::series::{Labelled, Range, Ranged};
use crate::signals::{Reading, Sample};
use crate::text::Safe;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Most series of one answer.
const MAX_SERIES: usize = 200;

/// A source that asks a Prometheus.
#[derive(Debug)]
pub struct Prometheus {
    http: Http,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<T> {
    status: String,
    data: Option<T>,
    #[serde(default)]
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
enum Data {
    Vector(Vec<Series<(f64, String)>>),
    Scalar((f64, String)),
    Matrix(Vec<Series<serde::de::IgnoredAny>>),
    String(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct Series<V> {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    #[serde(default)]
    value: Option<V>,
    #[serde(default)]
    values: Vec<(f64, String)>,
}

impl Prometheus {
    /// From its settings.
    pub fn new(settings: HttpSettings) -> Result<Self, SourceError> {
        Ok(Self {
            http: Http::new(settings)?,
        })
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, SourceError> {
        let answer = self.http.get(path, query).await?;
        if !answer.status.is_success() {
            return Err(self.refused(&answer));
        }
        let envelope: Envelope<T> = self.http.json(&answer)?;
        match (envelope.status.as_str(), envelope.data) {
            ("success", Some(data)) => Ok(data),
            _ => {
                let said = envelope
                    .error
                    .unwrap_or_else(|| "neither data nor an error".into());
                Err(self.http.error(Kind::Answer(Safe::line(&said))))
            }
        }
    }

    /// 400 and 422 are about the query; anything else about the server.
    fn refused(&self, answer: &Answer) -> SourceError {
        let said = serde_json::from_slice::<Envelope<serde_json::Value>>(&answer.body).ok();
        let said = said.and_then(|envelope| envelope.error);
        match (answer.status.as_u16(), &said) {
            (400 | 422, Some(said)) => self.http.error(Kind::Query(Safe::line(said))),
            _ => self.http.refused(answer, said.as_deref()),
        }
    }

    fn not_one_number(&self) -> SourceError {
        let said = "the query gives a range or text; one number is needed";
        self.http.error(Kind::Query(Safe::line(said)))
    }

    /// A label with very many values is a mistake of the query, and would cost memory here.
    fn bounded(&self, series: usize) -> Result<(), SourceError> {
        if series <= MAX_SERIES {
            return Ok(());
        }
        let said = format!("{series} series, more than {MAX_SERIES}; sum by fewer labels");
        Err(self.http.error(Kind::Query(Safe::line(&said))))
    }

    fn sample(&self, at: f64, value: &str) -> Result<Sample, SourceError> {
        let broken = || {
            self.http.error(Kind::Answer(Safe::line(&format!(
                "a sample of {value} at {at}"
            ))))
        };
        let reading = Reading::parse(value).ok_or_else(broken)?;
        let at = time(at).ok_or_else(broken)?;
        Ok(Sample { at, reading })
    }
}

fn time(seconds: f64) -> Option<DateTime<Utc>> {
    seconds
        .is_finite()
        .then(|| DateTime::from_timestamp_millis((seconds * 1000.0).round() as i64))?
}

#[async_trait]
impl Source for Prometheus {
    fn name(&self) -> &Slug {
        self.http.name()
    }

    fn offers(&self) -> Offers {
        SourceKind::Prometheus.offers()
    }

    async fn rules(&self) -> Result<RuleSet, SourceError> {
        let groups: Groups = self.ask("api/v1/rules", &[("type", "alert")]).await?;
        Ok(rule_set(groups))
    }

    async fn read(&self, query: &str) -> Result<Sample, SourceError> {
        match self.ask("api/v1/query", &[("query", query)]).await? {
            Data::Scalar((at, value)) => self.sample(at, &value),
            Data::Vector(series) if series.len() > 1 => Ok(Sample {
                at: Utc::now(),
                reading: Reading::Ambiguous,
            }),
            Data::Vector(series) => match series.into_iter().next().and_then(|series| series.value)
            {
                Some((at, value)) => self.sample(at, &value),
                None => Ok(Sample {
                    at: Utc::now(),
                    reading: Reading::NoData,
                }),
            },
            Data::Matrix(_) | Data::String(_) => Err(self.not_one_number()),
        }
    }

    async fn vector(&self, query: &str) -> Result<Vec<Labelled>, SourceError> {
        match self.ask("api/v1/query", &[("query", query)]).await? {
            Data::Scalar((at, value)) => Ok(vec![Labelled {
                labels: BTreeMap::new(),
                sample: self.sample(at, &value)?,
            }]),
            Data::Vector(series) => {
                self.bounded(series.len())?;
                let each = |series: Series<(f64, String)>| {
                    let (at, value) = series.value?;
                    Some(self.sample(at, &value).map(|sample| Labelled {
                        labels: labels(&series.metric),
                        sample,
                    }))
                };
                series.into_iter().filter_map(each).collect()
            }
            Data::Matrix(_) | Data::String(_) => Err(self.not_one_number()),
        }
    }

    async fn range(&self, query: &str, range: Range) -> Result<Vec<Ranged>, SourceError> {
        let seconds = |at: DateTime<Utc>| format!("{:.3}", at.timestamp_millis() as f64 / 1000.0);
        let (start, end, step) = (
            seconds(range.from),
            seconds(range.to),
            range.step.to_string(),
        );
        let parameters = [
            ("query", query),
            ("start", &start),
            ("end", &end),
            ("step", &step),
        ];
        let Data::Matrix(series) = self.ask("api/v1/query_range", &parameters).await? else {
            return Err(self.http.error(Kind::Answer(Safe::line("not a matrix"))));
        };
        self.bounded(series.len())?;
        let each = |series: Series<_>| Ranged {
            labels: labels(&series.metric),
            values: series
                .values
                .iter()
                .filter_map(|(at, value)| Some((time(*at)?, Reading::parse(value)?.value()?)))
                .collect(),
        };
        Ok(series.into_iter().map(each).collect())
    }

    async fn history(
        &self,
        query: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        step: u32,
    ) -> Result<History, SourceError> {
        let (start, end, step_text) = (
            from.timestamp().to_string(),
            to.timestamp().to_string(),
            step.to_string(),
        );
        let parameters = [
            ("query", query),
            ("start", &start),
            ("end", &end),
            ("step", &step_text),
        ];
        let Data::Matrix(series) = self.ask("api/v1/query_range", &parameters).await? else {
            return Err(self.http.error(Kind::Answer(Safe::line("not a matrix"))));
        };
        if series.len() > 1 {
            let said = format!("{} series; one is needed", series.len());
            return Err(self.http.error(Kind::Query(Safe::line(&said))));
        }
        let known: BTreeMap<i64, f64> = series
            .into_iter()
            .flat_map(|series| series.values)
            .filter_map(|(at, value)| Some((at.round() as i64, Reading::parse(&value)?.value()?)))
            .collect();
        let steps = (to - from).num_seconds() / i64::from(step.max(1));
        let at = |index: i64| from + TimeDelta::seconds(index * i64::from(step));
        Ok((0..=steps)
            .map(|index| (at(index), known.get(&at(index).timestamp()).copied()))
            .collect())
    }
}
