//! Making and extending silences at a source, and reading back what came of it.

use super::pollers::told;
use crate::alerts::NewSilence;
use crate::app::message::{Msg, SilenceNews};
use crate::incident::{IncidentId, Slug};
use crate::sources::{Source, read_back};
use crate::text::Problem;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

type Named = Result<Arc<dyn Source>, Problem>;

/// Makes a silence. What is known of it is told as soon as it is there, and again when it was read back.
pub(super) async fn make(
    source: Named,
    silence: Box<NewSilence>,
    expected: usize,
    incident: Option<IncidentId>,
    messages: UnboundedSender<Msg>,
) {
    let result = match &source {
        Ok(source) => source.silence(&silence).await.map_err(|error| told(&error)),
        Err(why) => Err(why.clone()),
    };
    let (made, matchers) = (result.clone(), silence.matchers.clone());
    let news = SilenceNews::Made {
        silence,
        incident: incident.clone(),
        result,
    };
    let _ = messages.send(Msg::Silence(news));
    if let (Ok(source), Ok(id)) = (source, made) {
        let read = Box::new(read_back(source.as_ref(), &id, Some(&matchers), expected).await);
        let _ = messages.send(Msg::Silence(SilenceNews::Read { id, incident, read }));
    }
}

/// Which silence is to last until when.
pub(super) struct Extension {
    pub(super) id: Slug,
    pub(super) until: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
    pub(super) expected: usize,
}

/// Extends a silence.
pub(super) async fn extend(
    source: Named,
    wanted: Extension,
    incident: Option<IncidentId>,
    messages: UnboundedSender<Msg>,
) {
    let result = match &source {
        Ok(source) => checked(source.as_ref(), &wanted).await,
        Err(why) => Err(why.clone()),
    };
    let extended = result.clone();
    let news = SilenceNews::Extended {
        id: wanted.id,
        until: wanted.until,
        incident: incident.clone(),
        result,
    };
    let _ = messages.send(Msg::Silence(news));
    if let (Ok(source), Ok(id)) = (source, extended) {
        let read = Box::new(read_back(source.as_ref(), &id, None, wanted.expected).await);
        let _ = messages.send(Msg::Silence(SilenceNews::Read { id, incident, read }));
    }
}

/// Extends it where that is allowed.
async fn checked(source: &dyn Source, wanted: &Extension) -> Result<Slug, Problem> {
    let silence = source.silence_by_id(&wanted.id).await;
    let silence = silence.map_err(|error| told(&error))?;
    if let Some((what, hint)) = silence.extension_fault(wanted.until, wanted.now) {
        return Err(Problem::new(what, hint));
    }
    let extended = source.extend(&wanted.id, wanted.until).await;
    extended.map_err(|error| told(&error))
}
