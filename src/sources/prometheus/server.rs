//! One question to the server, and its answer in the common envelope.

use super::envelope::PrometheusAnswer;
use super::quoted::has_quoted_name;
use crate::signals::series::Answer;
use crate::sources::error::SourceError;
use crate::sources::http::{HttpAnswer, SourceHttp};
use crate::sources::lenient::salvage;
use crate::sources::recognize::recognized;
use crate::sources::settings::SourceKind;
use serde::de::DeserializeOwned;

#[derive(Debug)]
pub(super) struct Server {
    pub(super) http: SourceHttp,
}

impl Server {
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Answer<T>, SourceError> {
        match self.data(path, query).await {
            Err(error) => Err(recognized(&self.http, SourceKind::Prometheus, error).await),
            data => data,
        }
    }

    async fn data<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Answer<T>, SourceError> {
        let answer = self.http.get(path, query).await?;
        if !answer.status.is_success() {
            let asked = query.iter().find(|(name, _)| *name == "query");
            return Err(self.refused(&answer, asked.map(|(_, text)| *text)));
        }
        let envelope: PrometheusAnswer<T> = self.http.json(&answer)?;
        let partial = envelope.partial();
        let partial = partial.map(|said| self.http.said(&said));
        match (envelope.status.text.as_str(), envelope.data) {
            ("success", Some(value)) => Ok(Answer { value, partial }),
            _ => {
                let said = match envelope.error.text.as_str() {
                    "" => "neither data nor an error",
                    said => said,
                };
                Err(self.http.wrong_answer(said))
            }
        }
    }

    /// 400 and 422 are about the query; other statuses about the server.
    fn refused(&self, answer: &HttpAnswer, query: Option<&str>) -> SourceError {
        let said = salvage::<PrometheusAnswer<serde_json::Value>>(&answer.body).ok();
        let said = said.map(|envelope| envelope.error.text);
        let said = said.filter(|said| !said.is_empty());
        match (answer.status.as_u16(), &said) {
            (400 | 422, Some(said)) if query.is_some_and(has_quoted_name) => {
                let why = "the query names labels in quotation marks, which Prometheus reads from version 3 on";
                self.http.wrong_query(&format!("{said}; {why}"))
            }
            (400 | 422, Some(said)) => self.http.wrong_query(said),
            _ => self.http.refused(answer, said.as_deref()),
        }
    }
}
