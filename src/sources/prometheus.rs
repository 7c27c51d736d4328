//! Prometheus's HTTP API, version 1; also that of Thanos, Mimir and `VictoriaMetrics`.

mod catalog;
mod envelope;
mod quoted;
mod server;

use super::error::SourceError;
use super::http::SourceHttp;
use super::lenient::{Fields, JsonType, List, Point};
use super::normalize::labels;
use super::rule_set::RuleSet;
use super::rules::{RuleGroups, rule_set};
use super::settings::{HttpSettings, Offers, SourceKind};
use super::source::Source;
use crate::incident::SourceId;
use crate::signals::series::{Answer, LabelledSample, LabelledSeries, QueryRange};
use crate::signals::{Reading, Sample};
use crate::text::Safe;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use envelope::{QueryData, Series};
use server::Server;
use std::collections::BTreeMap;

/// Of one answer.
const MAX_SERIES: usize = 200;

#[derive(Debug)]
pub struct Prometheus {
    server: Server,
}

impl Prometheus {
    pub fn new(settings: HttpSettings) -> Result<Self, SourceError> {
        Ok(Self {
            server: Server {
                http: SourceHttp::new(settings)?,
            },
        })
    }

    fn not_one_number(&self) -> SourceError {
        let why = "the query gives a range or text; one number is needed";
        self.server.http.wrong_query(why)
    }

    /// A label with very many values is a mistake of the query, and would cost memory here.
    fn check_count(&self, series: usize) -> Result<(), SourceError> {
        if series <= MAX_SERIES {
            return Ok(());
        }
        let why = format!("{series} series, more than {MAX_SERIES}; sum by fewer labels");
        Err(self.server.http.wrong_query(&why))
    }

    /// An unreadable series would make a sum wrong: the answer is refused by name.
    fn series(&self, list: List<Fields<Series>>) -> Result<Vec<Series>, SourceError> {
        self.check_list(&list)?;
        let each = list.items.into_iter();
        each.map(|item| item.0.map_err(|kind| self.wrong_type("a series", kind)))
            .collect()
    }

    fn check_list(&self, list: &List<Fields<Series>>) -> Result<(), SourceError> {
        match list.odd.filter(|_| list.is_unreadable()) {
            Some(kind) => Err(self.wrong_type("the list of series", kind)),
            None => Ok(()),
        }
    }

    fn wrong_type(&self, what: &str, kind: JsonType) -> SourceError {
        self.server
            .http
            .wrong_answer(&format!("{what} is {}", kind.words()))
    }

    /// `start` and `end` in seconds.
    async fn matrix(
        &self,
        query: &str,
        (start, end): (&str, &str),
        step: &str,
    ) -> Result<Answer<Vec<Series>>, SourceError> {
        let parameters = [
            ("query", query),
            ("start", start),
            ("end", end),
            ("step", step),
        ];
        let answer = self.server.ask("api/v1/query_range", &parameters).await?;
        answer.try_map(|data| match data {
            QueryData::Matrix(list) => self.series(list),
            _ => Err(self.server.http.wrong_answer("not a matrix")),
        })
    }

    fn one_number(&self, data: QueryData) -> Result<Sample, SourceError> {
        let without_number = |reading| Sample {
            at: Utc::now(),
            reading,
        };
        let no_data = without_number(Reading::NoData);
        match data {
            QueryData::Scalar(Point(Some((at, value)))) => self.sample(at, &value),
            QueryData::Scalar(Point(None)) => Ok(no_data),
            QueryData::Vector(list) => match &self.series(list)?[..] {
                [] => Ok(no_data),
                [one] => match &one.value.0 {
                    Some((at, value)) => self.sample(*at, value),
                    None => Ok(no_data),
                },
                _ => Ok(without_number(Reading::Ambiguous)),
            },
            QueryData::Matrix(_) | QueryData::String(_) => Err(self.not_one_number()),
        }
    }

    fn samples(&self, data: QueryData) -> Result<Vec<LabelledSample>, SourceError> {
        match data {
            QueryData::Scalar(Point(None)) => Ok(Vec::new()),
            QueryData::Scalar(Point(Some((at, value)))) => Ok(vec![LabelledSample {
                labels: BTreeMap::new(),
                sample: self.sample(at, &value)?,
            }]),
            QueryData::Vector(list) => {
                self.check_list(&list)?;
                self.check_count(list.items.len())?;
                Ok(list.items.into_iter().filter_map(labelled).collect())
            }
            QueryData::Matrix(_) | QueryData::String(_) => Err(self.not_one_number()),
        }
    }

    fn sample(&self, at: f64, value: &str) -> Result<Sample, SourceError> {
        let broken = || {
            let why = format!("a sample of {value} at {at}");
            self.server.http.wrong_answer(&why)
        };
        let reading = Reading::parse(value).ok_or_else(broken)?;
        let at = time(at).ok_or_else(broken)?;
        Ok(Sample { at, reading })
    }
}

/// One of several series. An unreadable value is no number: the others stay, and no sum passes as complete.
fn labelled(item: Fields<Series>) -> Option<LabelledSample> {
    let unknown = Sample {
        at: Utc::now(),
        reading: Reading::NotANumber,
    };
    let Ok(series) = item.0 else {
        return Some(LabelledSample {
            labels: BTreeMap::new(),
            sample: unknown,
        });
    };
    let (at, value) = series.value.0?;
    let known = time(at).zip(Reading::parse(&value));
    Some(LabelledSample {
        labels: labels(&series.metric.into_texts()),
        sample: known.map_or(unknown, |(at, reading)| Sample { at, reading }),
    })
}

/// The readable points; others are gaps.
fn points(series: &Series) -> impl Iterator<Item = (f64, &str)> {
    let points = series.values.items.iter();
    points.filter_map(|point| point.0.as_ref().map(|(at, value)| (*at, value.as_str())))
}

fn time(seconds: f64) -> Option<DateTime<Utc>> {
    seconds
        .is_finite()
        .then(|| DateTime::from_timestamp_millis((seconds * 1000.0).round() as i64))?
}

fn seconds(at: DateTime<Utc>) -> String {
    format!("{:.3}", at.timestamp_millis() as f64 / 1000.0)
}

#[async_trait]
impl Source for Prometheus {
    fn name(&self) -> &SourceId {
        self.server.http.name()
    }

    fn offers(&self) -> Offers {
        SourceKind::Prometheus.offers()
    }

    async fn rules(&self) -> Result<RuleSet, SourceError> {
        let groups: Answer<RuleGroups> = self
            .server
            .ask("api/v1/rules", &[("type", "alert")])
            .await?;
        Ok(rule_set(groups.value))
    }

    async fn read(&self, query: &str) -> Result<Sample, SourceError> {
        let answer = self.server.ask("api/v1/query", &[("query", query)]).await?;
        let answer = answer.try_map(|data| self.one_number(data))?;
        Ok(answer.marked())
    }

    async fn vector(
        &self,
        query: &str,
        at: Option<DateTime<Utc>>,
    ) -> Result<Answer<Vec<LabelledSample>>, SourceError> {
        let at = at.map(seconds);
        let mut parameters = vec![("query", query)];
        parameters.extend(at.as_deref().map(|at| ("time", at)));
        let answer = self.server.ask("api/v1/query", &parameters).await?;
        answer.try_map(|data| self.samples(data))
    }

    async fn range(
        &self,
        query: &str,
        range: QueryRange,
    ) -> Result<Answer<Vec<LabelledSeries>>, SourceError> {
        let (start, end) = (seconds(range.from), seconds(range.to));
        let step = range.step.to_string();
        let answer = self.matrix(query, (&start, &end), &step).await?;
        self.check_count(answer.value.len())?;
        let each = |series: Series| LabelledSeries {
            values: points(&series)
                .filter_map(|(at, value)| Some((time(at)?, Reading::parse(value)?.value()?)))
                .collect(),
            labels: labels(&series.metric.into_texts()),
        };
        Ok(answer.map(|series| series.into_iter().map(each).collect()))
    }

    async fn label_values(
        &self,
        label: &str,
        selector: Option<&str>,
    ) -> Result<Vec<Safe>, SourceError> {
        catalog::label_values(&self.server, label, selector).await
    }

    async fn label_names(&self, selector: &str) -> Result<Vec<Safe>, SourceError> {
        catalog::label_names(&self.server, selector).await
    }

    async fn metric_type(&self, metric: &str) -> Result<Option<Safe>, SourceError> {
        catalog::metric_type(&self.server, metric).await
    }

    async fn retention(&self) -> Result<Option<TimeDelta>, SourceError> {
        catalog::retention(&self.server).await
    }
}
