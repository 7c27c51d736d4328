//! What became of a silence: told, and noted in the journal of the incident for which it was asked for.

use crate::alerts::NewSilence;
use crate::app::effect::Effect;
use crate::app::intent::Intent;
use crate::app::message::SilenceNews;
use crate::app::model::Model;
use crate::app::recording::record_intent;
use crate::incident::entry::field;
use crate::incident::{Entry, IncidentId, Slug};
use crate::sources::ReadBack;
use crate::text::{Problem, Safe, sanitize, write_day_time};
use chrono::{DateTime, Utc};

/// Most bytes of matchers in a note: they may be as long as the labels of a source.
const MAX_NOTED: usize = 4096;

/// Something became of a silence that was asked for.
pub(crate) fn told(model: &mut Model, news: SilenceNews) -> Vec<Effect> {
    match news {
        SilenceNews::Made {
            silence,
            incident,
            result,
        } => made(model, &silence, incident, result),
        SilenceNews::Extended {
            id,
            until,
            incident,
            result,
        } => extended(model, (&id, until), incident, result),
        SilenceNews::Read { id, incident, read } => self::read(model, &id, incident, &read),
        SilenceNews::Ended { id, result } => ended(model, &id, result),
    }
}

/// Tells that the end of what was asked is not known; nothing is noted.
fn doubtful(model: &mut Model, doubt: &str, Problem { what, hint }: &Problem) -> Vec<Effect> {
    model.ui.warn(format!("{doubt}: {what}; {hint}"));
    Vec::new()
}

/// A silence was made, or was not.
fn made(
    model: &mut Model,
    silence: &NewSilence,
    incident: Option<IncidentId>,
    result: Result<Slug, Problem>,
) -> Vec<Effect> {
    match result {
        Err(told) => doubtful(model, "not known to be silenced", &told),
        Ok(id) => {
            let text = format!(
                "silenced {} until {}: {} ({id})",
                sanitize::bound(silence.what(), MAX_NOTED),
                write_day_time(silence.ends_at, model.now),
                silence.comment
            );
            let told = format!(
                "silenced until {}",
                write_day_time(silence.ends_at, model.now)
            );
            noted(model, incident, &text, (&told, false))
        }
    }
}

/// A silence was extended, or was not.
fn extended(
    model: &mut Model,
    (id, until): (&Slug, DateTime<Utc>),
    incident: Option<IncidentId>,
    result: Result<Slug, Problem>,
) -> Vec<Effect> {
    match result {
        Err(told) => doubtful(model, "not known to be extended", &told),
        Ok(now) => {
            let until = write_day_time(until, model.now);
            let renamed = match now == *id {
                true => String::new(),
                false => format!("; its id is {now} now"),
            };
            let text = format!("extended silence {id} until {until}{renamed}");
            let told = format!("extended until {until}{renamed}");
            noted(model, incident, &text, (&told, false))
        }
    }
}

/// A silence was read back.
fn read(
    model: &mut Model,
    id: &Slug,
    incident: Option<IncidentId>,
    read: &ReadBack,
) -> Vec<Effect> {
    let words = read.words(model.now);
    let text = format!("silence {id}: {words}");
    noted(model, incident, &text, (&words, read.is_doubtful()))
}

/// A silence was ended, or was not.
fn ended(model: &mut Model, id: &Slug, result: Result<(), Problem>) -> Vec<Effect> {
    match result {
        Err(told) => doubtful(model, "the silence may still be there", &told),
        Ok(()) => {
            let incident = model.current.clone();
            let text = format!("ended silence {id}");
            noted(model, incident, &text, (&text, false))
        }
    }
}

/// Most notes whose recording is awaited to tell more than their number.
const MAX_AWAITED: usize = 16;

/// Notes it in the journal of the incident for which it was done. What is told stays when the note is recorded.
fn noted(
    model: &mut Model,
    incident: Option<IncidentId>,
    text: &str,
    (told, bad): (&str, bool),
) -> Vec<Effect> {
    match bad {
        true => model.ui.warn(told),
        false => model.ui.tell(told),
    }
    let Some(incident) = incident.filter(|id| model.views.contains_key(id)) else {
        return Vec::new();
    };
    let note = Safe::block(text);
    if let Some(notice) = model.ui.notice.clone() {
        let over = (model.ui.awaited.len() + 1).saturating_sub(MAX_AWAITED);
        model.ui.awaited.drain(..over);
        model.ui.awaited.push((note.clone(), notice));
    }
    let shown = model.current.replace(incident);
    let recorded = record_intent(model, Intent::Note(note));
    model.current = shown;
    recorded.unwrap_or_else(|why| {
        model.ui.warn(why);
        Vec::new()
    })
}

/// Tells what a note says that was awaited; false where it was not.
pub(crate) fn recorded(model: &mut Model, entry: &Entry) -> bool {
    let text = entry.text(field::TEXT).unwrap_or_default();
    let mut awaited = model.ui.awaited.iter();
    let Some(at) = awaited.position(|(note, _)| note.as_str() == text) else {
        return false;
    };
    let (_, notice) = model.ui.awaited.remove(at);
    let told = format!("{} (recorded as #{})", notice.text, entry.seq);
    match notice.bad {
        true => model.ui.warn(told),
        false => model.ui.tell(told),
    }
    true
}
