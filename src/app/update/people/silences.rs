//! Keeping alerts quiet, for longer, and ending that: asked for with a comment and an end, confirmed with what it
//! covers, read back, and noted in the journal of the incident on the screen.

use super::acts::intend;
use super::list::{self, Row};
use crate::alerts::Alert;
use crate::alerts::{Coverage, Matcher, NewSilence, RowSilenceError, matchers_of_row};
use crate::app::effect::Effect;
use crate::app::intent::Intent;
use crate::app::message::{SilenceNews, Told};
use crate::app::model::Model;
use crate::app::ui::{Confirmed, Input, Overlay, Prompt, Purpose, SilenceForm, Takes};
use crate::incident::entry::field;
use crate::incident::{Entry, IncidentId, Slug};
use crate::sources::ReadBack;
use crate::text::{Safe, parse_duration, sanitize, write_day_time};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Most bytes of matchers in a note: they may be as long as the labels of a source.
const MAX_NOTED: usize = 4096;

/// The positions of the alerts of the row under the cursor.
fn under_cursor(model: &Model) -> Option<Vec<u32>> {
    let row = list::row(model, list::cursor(model)?)?;
    Some(match row {
        Row::Alert(alert) => vec![model.live.index.get(&alert.key)?.0],
        Row::Group(group) => group.members.clone(),
    })
}

fn alert_at(model: &Model, at: u32) -> Option<&Alert> {
    model
        .live
        .index
        .alerts()
        .get(at as usize)
        .map(AsRef::as_ref)
}

/// Asks what to silence, for how long and why; filled in from the row under the cursor.
pub(crate) fn begin(model: &mut Model) {
    let Some(row) = under_cursor(model) else {
        model.ui.warn("move to an alert first: down, up");
        return;
    };
    let index = &model.live.index;
    let Some(source) = row.first().and_then(|at| index.source(*at)).cloned() else {
        return;
    };
    let (here, elsewhere): (Vec<u32>, Vec<u32>) =
        row.iter().partition(|at| index.is_at(&source, **at));
    let members: Vec<&Alert> = here.iter().filter_map(|at| alert_at(model, *at)).collect();
    let of_row: BTreeSet<u32> = row.iter().copied().collect();
    let others = (0..index.alerts().len() as u32).filter(|at| !of_row.contains(at));
    let others = others.filter_map(|at| alert_at(model, at));
    let found = match matchers_of_row(&members, others, index.ignored()) {
        Ok(found) => found,
        Err(why) => {
            let hint = match why {
                RowSilenceError::NoLabels => "mend it at its source",
                _ => "enter shows its alerts: silence them one by one",
            };
            model.ui.warn(format!("{why}; {hint}"));
            return;
        }
    };
    let all: Vec<String> = found.matchers.iter().map(ToString::to_string).collect();
    let form = SilenceForm {
        source,
        row: members.iter().map(|alert| alert.key.clone()).collect(),
        elsewhere: elsewhere.len(),
        hidden: found
            .matchers
            .into_iter()
            .filter(Matcher::is_masked)
            .collect(),
    };
    let texts = [all.join(" "), "2h".to_string(), String::new()];
    let labels = ["matchers", "for", "comment"];
    model.ui.overlays.push(Overlay::Prompt(Prompt {
        purpose: Purpose::Silence(Box::new(form)),
        title: "Silence alerts".into(),
        fields: labels
            .into_iter()
            .zip(texts)
            .map(|(label, text)| (label, Input::new(&text), Takes::Words))
            .collect(),
        focus: 2,
        fault: None,
    }));
}

/// Checks what was asked for, and gives the question with what it would cover.
pub(crate) fn submit(
    model: &Model,
    form: &SilenceForm,
    texts: &[String],
) -> Result<Overlay, String> {
    let text = |at: usize| texts.get(at).map_or("", String::as_str);
    let silence = wanted(model, &form.hidden, text(0), text(1), text(2))?;
    let coverage = covered(model, &form.source, &silence);
    let question = format!(
        "Silence at {} until {}: {}. Matchers: {}. Do it?",
        form.source,
        write_day_time(silence.ends_at, model.now),
        coverage_words(model, form, &coverage),
        silence.what(),
    );
    let expected = coverage.matching.len();
    Ok(Overlay::Confirm {
        question,
        then: Confirmed::Silence(form.source.clone(), Box::new(silence), expected),
        yes: false,
    })
}

/// Which alerts of a source a silence would keep quiet. Positions are those of the list of all.
fn covered(model: &Model, source: &Slug, silence: &NewSilence) -> Coverage {
    let index = &model.live.index;
    let at_source: Vec<u32> = (0..index.alerts().len() as u32)
        .filter(|at| index.is_at(source, *at))
        .collect();
    let alerts = at_source.iter().filter_map(|at| alert_at(model, *at));
    let mut coverage = silence.coverage(alerts);
    for at in &mut coverage.matching {
        *at = at_source[*at] as usize;
    }
    coverage
}

fn coverage_words(model: &Model, form: &SilenceForm, coverage: &Coverage) -> String {
    let index = &model.live.index;
    let mut gaps: Vec<String> = index
        .gaps()
        .filter(|(source, _)| **source == form.source)
        .flat_map(|(_, gaps)| gaps.words())
        .collect();
    if let Some(age) = model.silence_of(&form.source) {
        gaps.push(format!(
            "{} has not answered for {} s",
            form.source,
            age.num_seconds()
        ));
    }
    let key = |at: usize| index.alerts().get(at).map(|alert| &alert.key);
    let name =
        |at: usize| alert_at(model, at as u32).map_or(String::new(), |it| it.name.to_string());
    let mut text = coverage.words(name, &gaps);
    if !coverage.uncomputed.is_empty() {
        return text;
    }
    let row: BTreeSet<&Slug> = form
        .row
        .iter()
        .filter(|key| index.get(key).is_some())
        .collect();
    let of_row = |at: &&usize| key(**at).is_some_and(|key| row.contains(key));
    let within = coverage.matching.iter().filter(of_row).count();
    let others = coverage.matching.len() - within;
    text += &match (within == row.len(), others) {
        (true, 0) => ": all of this row, no other".to_string(),
        (true, others) => format!(": all of this row, AND {others} OF OTHER ROWS"),
        (false, 0) => format!(": {within} of the {} of this row", row.len()),
        (false, others) => format!(
            ": {within} of the {} of this row, AND {others} OF OTHER ROWS",
            row.len()
        ),
    };
    if form.elsewhere > 0 {
        text += &format!(
            "; {} alerts of this row are at other sources and stay as they are",
            form.elsewhere
        );
    }
    text
}

fn wanted(
    model: &Model,
    hidden: &[Matcher],
    matchers: &str,
    lasts: &str,
    comment: &str,
) -> Result<NewSilence, String> {
    let silence = NewSilence {
        matchers: Matcher::parse_all(matchers, hidden)?,
        starts_at: model.now,
        ends_at: model.now + parse_duration(lasts).ok_or("write 30m, 2h or 1d")?,
        created_by: model.setup.me.name.clone(),
        comment: Safe::line(comment),
    };
    match silence.fault() {
        Some((what, hint)) => Err(format!("{what}: {hint}")),
        None => Ok(silence),
    }
}

/// The silence over the row under the cursor.
struct Over {
    source: Slug,
    id: Slug,
    /// Who made it, until when and why.
    told: String,
    /// How many alerts it keeps quiet, and which.
    covers: String,
    count: usize,
}

/// The silence over most of the row under the cursor, with what it keeps quiet everywhere.
fn over_row(model: &Model) -> Option<Over> {
    let index = &model.live.index;
    let mut counts: BTreeMap<&Slug, (usize, u32)> = BTreeMap::new();
    for at in under_cursor(model)? {
        for id in index.alerts().get(at as usize).map(|it| &it.silenced_by)? {
            counts.entry(id).or_insert((0, at)).0 += 1;
        }
    }
    let several = counts.len();
    let (id, (_, at)) = counts.into_iter().max_by_key(|(_, (count, _))| *count)?;
    let alert = alert_at(model, at)?;
    let place = alert.silenced_by.iter().position(|it| it == id)?;
    // The reasons begin with the silences, in the same order.
    let told = alert.suppressed_by.get(place);
    let told = told.map_or(id.to_string(), ToString::to_string);
    let told = match several {
        1 => told,
        several => format!("one of {several} silences on this row: {told}"),
    };
    let quiet: Vec<usize> = (0..index.alerts().len())
        .filter(|at| index.alerts()[*at].silenced_by.contains(id))
        .collect();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for at in &quiet {
        *names.entry(index.alerts()[*at].name.as_str()).or_default() += 1;
    }
    let listed: Vec<String> = names
        .iter()
        .take(5)
        .map(|(name, count)| match count {
            1 => (*name).to_string(),
            count => format!("{count} × {name}"),
        })
        .collect();
    let more = if names.len() > 5 { ", …" } else { "" };
    Some(Over {
        source: index.source(at).cloned()?,
        id: id.clone(),
        told,
        covers: match quiet.len() {
            1 => format!("1 alert is silenced by it now ({})", listed.join(", ")),
            count => format!(
                "{count} alerts are silenced by it now ({}{more})",
                listed.join(", ")
            ),
        },
        count: quiet.len(),
    })
}

const NO_SILENCE: &str = "no silence lies on this row; an inhibition ends with the alert behind it";

/// Asks whether the silence over the row under the cursor is to end.
pub(crate) fn end(model: &mut Model) {
    let Some(over) = over_row(model) else {
        model.ui.warn(NO_SILENCE);
        return;
    };
    model.ui.overlays.push(Overlay::Confirm {
        question: format!("End this silence? {}. {}.", over.told, over.covers),
        then: Confirmed::Expire(over.source, over.id),
        yes: false,
    });
}

/// Asks for how long the silence over the row under the cursor shall go on.
pub(crate) fn begin_extending(model: &mut Model) {
    let Some(over) = over_row(model) else {
        model.ui.warn(NO_SILENCE);
        return;
    };
    model.ui.overlays.push(Overlay::Prompt(Prompt {
        purpose: Purpose::Extend(over.source, over.id),
        title: "Extend the silence".into(),
        fields: vec![("for, from now", Input::new("2h"), Takes::Words)],
        focus: 0,
        fault: None,
    }));
}

/// Shows what would be extended.
pub(crate) fn submit_extending(model: &mut Model, source: &Slug, id: &Slug, lasts: &str) {
    let Some(lasts) = parse_duration(lasts) else {
        model.ui.warn("nothing extended: write 30m, 2h or 1d");
        return;
    };
    // The list may have changed meanwhile: what is confirmed is the silence that was asked about.
    let Some(over) = over_row(model).filter(|over| over.id == *id) else {
        model
            .ui
            .warn("nothing extended: the silence is not on this row any more");
        return;
    };
    let until = model.now + lasts;
    model.ui.overlays.push(Overlay::Confirm {
        question: format!(
            "Extend this silence until {}? {}. {}.",
            write_day_time(until, model.now),
            over.told,
            over.covers
        ),
        then: Confirmed::Extend(source.clone(), id.clone(), until, over.count),
        yes: false,
    });
}

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
fn doubtful(model: &mut Model, doubt: &str, (what, hint): &Told) -> Vec<Effect> {
    model.ui.warn(format!("{doubt}: {what}; {hint}"));
    Vec::new()
}

/// A silence was made, or was not.
fn made(
    model: &mut Model,
    silence: &NewSilence,
    incident: Option<IncidentId>,
    result: Result<Slug, Told>,
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
    result: Result<Slug, Told>,
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
fn ended(model: &mut Model, id: &Slug, result: Result<(), Told>) -> Vec<Effect> {
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
    let effects = intend(model, &Intent::Note(note));
    model.current = shown;
    effects
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
