//! Silences at a source: created, extended, ended, and read back.

use super::pollers::problem;
use crate::alerts::Matcher;
use crate::app::effect::{CreateSilence, ExtendSilence};
use crate::app::message::{Msg, SilenceNews};
use crate::incident::{IncidentId, Slug};
use crate::sources::{Source, read_back};
use crate::text::Problem;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

type FoundSource = Result<Arc<dyn Source>, Problem>;

/// Reports the result at once, and again after reading the silence back.
pub(super) async fn create(
    source: FoundSource,
    wanted: CreateSilence,
    messages: UnboundedSender<Msg>,
) {
    let result = match &source {
        Ok(source) => source
            .silence(&wanted.silence)
            .await
            .map_err(|it| problem(&it)),
        Err(why) => Err(why.clone()),
    };
    let (matchers, incident) = (wanted.silence.matchers.clone(), wanted.incident.clone());
    let _ = messages.send(Msg::Silence(SilenceNews::Created {
        silence: wanted.silence,
        incident: wanted.incident,
        result: result.clone(),
    }));
    let read = (Some(matchers.as_slice()), wanted.expected);
    report_back(source, result, read, incident, &messages).await;
}

pub(super) async fn extend(
    source: FoundSource,
    wanted: ExtendSilence,
    now: DateTime<Utc>,
    messages: UnboundedSender<Msg>,
) {
    let result = match &source {
        Ok(source) => try_extend(source.as_ref(), &wanted, now).await,
        Err(why) => Err(why.clone()),
    };
    let incident = wanted.incident.clone();
    let _ = messages.send(Msg::Silence(SilenceNews::Extended {
        id: wanted.id,
        until: wanted.until,
        incident: wanted.incident,
        result: result.clone(),
    }));
    report_back(source, result, (None, wanted.expected), incident, &messages).await;
}

async fn report_back(
    source: FoundSource,
    result: Result<Slug, Problem>,
    (matchers, expected): (Option<&[Matcher]>, usize),
    incident: Option<IncidentId>,
    messages: &UnboundedSender<Msg>,
) {
    if let (Ok(source), Ok(id)) = (source, result) {
        let read = Box::new(read_back(source.as_ref(), &id, matchers, expected).await);
        let _ = messages.send(Msg::Silence(SilenceNews::ReadBack { id, incident, read }));
    }
}

async fn try_extend(
    source: &dyn Source,
    wanted: &ExtendSilence,
    now: DateTime<Utc>,
) -> Result<Slug, Problem> {
    let silence = source.silence_by_id(&wanted.id).await;
    let silence = silence.map_err(|error| problem(&error))?;
    if let Some(problem) = silence.extension_problem(wanted.until, now) {
        return Err(problem);
    }
    let extended = source.extend(&wanted.id, wanted.until).await;
    extended.map_err(|error| problem(&error))
}

pub(super) async fn end(source: FoundSource, id: Slug, messages: UnboundedSender<Msg>) {
    let result = match source {
        Ok(source) => source.expire(&id).await.map_err(|it| problem(&it)),
        Err(why) => Err(why),
    };
    let _ = messages.send(Msg::Silence(SilenceNews::Ended { id, result }));
}
