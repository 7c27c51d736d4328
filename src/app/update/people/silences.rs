//! The results of silences: shown, and noted in the journal of the incident for which they were requested.

use crate::app::effect::Effect;
use crate::app::intent::Intent;
use crate::app::message::SilenceNews;
use crate::app::model::Model;
use crate::app::recording::record_intent;
use crate::incident::entry::field;
use crate::incident::{Entry, IncidentId};
use crate::text::{Problem, Safe, sanitize, write_day_time};

/// Most bytes of matchers in a note: they may be as long as the labels of a source.
const MAX_NOTED: usize = 4096;

pub(crate) fn news(model: &mut Model, news: SilenceNews) -> Vec<Effect> {
    match news {
        SilenceNews::Created {
            silence,
            incident,
            result: Ok(id),
        } => {
            let until = write_day_time(silence.ends_at, model.now);
            let what = sanitize::bound(silence.what(), MAX_NOTED);
            let text = format!("silenced {what} until {until}: {} ({id})", silence.comment);
            note(
                model,
                incident,
                &text,
                (&format!("silenced until {until}"), false),
            )
        }
        SilenceNews::Extended {
            id,
            until,
            incident,
            result: Ok(now),
        } => {
            let until = write_day_time(until, model.now);
            let renamed = match now == id {
                true => String::new(),
                false => format!("; its id is {now} now"),
            };
            let text = format!("extended silence {id} until {until}{renamed}");
            let notice = format!("extended until {until}{renamed}");
            note(model, incident, &text, (&notice, false))
        }
        SilenceNews::ReadBack { id, incident, read } => {
            let words = read.words(model.now);
            let text = format!("silence {id}: {words}");
            note(model, incident, &text, (&words, read.is_doubtful()))
        }
        SilenceNews::Ended { id, result: Ok(()) } => {
            let text = format!("ended silence {id}");
            note(model, model.current.clone(), &text, (&text, false))
        }
        SilenceNews::Created {
            result: Err(problem),
            ..
        } => doubtful(model, "not known to be silenced", &problem),
        SilenceNews::Extended {
            result: Err(problem),
            ..
        } => doubtful(model, "not known to be extended", &problem),
        SilenceNews::Ended {
            result: Err(problem),
            ..
        } => doubtful(model, "the silence may still be there", &problem),
    }
}

/// The result is unknown, so nothing is noted.
fn doubtful(model: &mut Model, doubt: &str, Problem { what, hint }: &Problem) -> Vec<Effect> {
    model.ui.warn(format!("{doubt}: {what}; {hint}"));
    Vec::new()
}

const MAX_AWAITED: usize = 16;

/// The notice stays when the note is recorded.
fn note(
    model: &mut Model,
    incident: Option<IncidentId>,
    text: &str,
    (notice, bad): (&str, bool),
) -> Vec<Effect> {
    model.ui.notify(notice.to_string(), bad);
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

/// Shows the notice that was waiting for this note. False if there was none.
pub(crate) fn recorded(model: &mut Model, entry: &Entry) -> bool {
    let text = entry.text(field::TEXT).unwrap_or_default();
    let mut awaited = model.ui.awaited.iter();
    let Some(at) = awaited.position(|(note, _)| note.as_str() == text) else {
        return false;
    };
    let (_, notice) = model.ui.awaited.remove(at);
    let text = format!("{} (recorded as #{})", notice.text, entry.seq);
    model.ui.notify(text, notice.bad);
    true
}
