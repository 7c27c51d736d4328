//! Silences on the command line: made with a preview, read back, extended, ended, listed.

use super::super::block_on::block_on;
use super::super::error::CliError;
use super::super::incident::recording::{note, refuse_read_only};
use super::super::output::Output;
use super::super::setup::Base;
use super::super::words;
use crate::alerts::{Matcher, NewSilence, Silence};
use crate::incident::{IncidentId, Slug};
use crate::sources::{ReadBack, Source, read_back};
use crate::text::{Problem, Safe, parse_duration, sanitize};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use std::sync::Arc;

/// Most bytes of matchers in a note.
const MAX_NOTED: usize = 4096;

pub(super) fn list(sources: &[Arc<dyn Source>], output: &Output) -> Result<(), CliError> {
    let mut all: Vec<(String, Silence)> = Vec::new();
    for source in sources {
        let found = block_on(source.silences())??;
        for gap in found.gaps() {
            output.warning(&format!("{}: {gap}", source.name()));
        }
        let named = |silence| (source.name().to_string(), silence);
        all.extend(found.silences.into_iter().map(named));
    }
    all.retain(|(_, silence)| silence.state.as_str() != "expired");
    all.sort_by_key(|(_, silence)| silence.ends_at);
    let now = Utc::now();
    let text: Vec<String> = all
        .iter()
        .map(|(_, silence)| {
            let (state, odd) = (silence.words(now), words::odd(&silence.odd));
            format!("{}  {}  {state}{odd}", silence.id, silence.what)
        })
        .collect();
    let rows: Vec<serde_json::Value> = all
        .iter()
        .map(|(source, silence)| {
            json!({
                "source": source, "id": silence.id, "matchers": silence.what, "by": silence.by,
                "until": silence.ends_at, "comment": silence.comment, "state": silence.state,
                "odd": silence.odd,
            })
        })
        .collect();
    let text = match text.is_empty() {
        true => "nothing is silenced".to_string(),
        false => text.join("\n"),
    };
    output.result(&text, &rows);
    Ok(())
}

pub(super) fn wanted(
    base: &Base,
    matchers: &[String],
    lasts: &str,
    comment: &str,
) -> Result<NewSilence, CliError> {
    let mut all = Vec::new();
    for text in matchers {
        // One argument may hold several, as for amtool; one alone may leave its quotation marks out.
        let read = match Matcher::parse_all(text, &[]) {
            Ok(several) if !several.is_empty() => Ok(several),
            _ => Matcher::parse(text).map(|one| vec![one]),
        };
        all.extend(read.map_err(|why| {
            let what = format!("\"{}\" is no matcher: {why}", Safe::line(text));
            let hint = "write name=value, name!=\"value\" or name=~\"expression\"";
            CliError::usage(what, hint)
        })?);
    }
    let now = base.store.clock().now().wall;
    let silence = NewSilence {
        matchers: all,
        starts_at: now,
        ends_at: now + span(lasts)?,
        created_by: base.config.name.clone(),
        comment: Safe::line(comment),
    };
    match silence.problem() {
        Some(Problem { what, hint }) => Err(CliError::usage(what, hint)),
        None => Ok(silence),
    }
}

fn span(lasts: &str) -> Result<TimeDelta, CliError> {
    parse_duration(lasts).ok_or_else(|| {
        let what = format!("\"{}\" is no span of time", Safe::line(lasts));
        CliError::usage(what, "write 30m, 2h or 1d")
    })
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Makes a silence, reads it back, and says how many alerts match and how many are silenced.
pub(super) fn make(
    base: &Base,
    source: &Arc<dyn Source>,
    silence: &NewSilence,
    incident: Option<&IncidentId>,
    output: &Output,
) -> Result<(), CliError> {
    refuse_read_only(base)?;
    let gathered = block_on(source.alerts())??;
    let coverage = silence.coverage(gathered.alerts.iter().map(AsRef::as_ref));
    let name = |at: usize| gathered.alerts[at].name.to_string();
    let preview = coverage.words(name, &gathered.gaps.words());
    let matching = coverage.matching.len();
    let id = block_on(source.silence(silence))??;
    let until = written(silence.ends_at);
    let noted = |text: &str| note_in(base, incident, text);
    let what = sanitize::bound(silence.what(), MAX_NOTED);
    noted(&format!(
        "silenced {what} until {until}: {} ({id})",
        silence.comment
    ))?;
    let (matchers, asked) = (silence.matchers.as_slice(), source.as_ref());
    let read = block_on(read_back(asked, &id, Some(matchers), matching))?;
    let words = read.words(silence.starts_at);
    noted(&format!("silence {id}: {words}"))?;
    if read.is_doubtful() {
        output.warning(&format!("silence {id}: {words}"));
    }
    let text = format!(
        "{} is silenced until {until}: {preview}. Silence {id}: {words}",
        Safe::block(&silence.what())
    );
    let computed = coverage.uncomputed.is_empty().then_some(matching);
    let mut result = json!({
        "silence": id, "source": source.name(), "until": until, "matching": computed, "preview": preview,
    });
    add(&mut result, &read);
    output.result(&text, &result);
    Ok(())
}

fn note_in(base: &Base, incident: Option<&IncidentId>, text: &str) -> Result<(), CliError> {
    match incident {
        Some(incident) => note(base, incident, &Safe::block(text)),
        None => Ok(()),
    }
}

/// What was read back, beside what was done.
fn add(result: &mut Value, read: &ReadBack) {
    let silence = read.silence.as_ref().ok();
    result["state"] = json!(silence.map(|silence| &silence.state));
    result["matchers"] = json!(silence.map(|silence| &silence.what));
    result["suppressed"] = json!(read.suppressed.as_ref().ok());
    result["as_sent"] = json!(silence.is_some() && !read.differs);
}

pub(super) fn extend(
    base: &Base,
    source: &Arc<dyn Source>,
    (id, lasts): (&Slug, &str),
    incident: Option<&IncidentId>,
    output: &Output,
) -> Result<(), CliError> {
    refuse_read_only(base)?;
    let now = base.store.clock().now().wall;
    let until = now + span(lasts)?;
    let silence = block_on(source.silence_by_id(id))??;
    if let Some(Problem { what, hint }) = silence.extension_problem(until, now) {
        return Err(CliError::usage(what, hint));
    }
    let extended = block_on(source.extend(id, until))??;
    let renamed = match extended == *id {
        true => String::new(),
        false => format!("; its id is {extended} now"),
    };
    let said = format!("extended silence {id} until {}{renamed}", written(until));
    let noted = |text: &str| note_in(base, incident, text);
    noted(&said)?;
    let matchers = silence.matchers.as_deref();
    let read = block_on(read_back(source.as_ref(), &extended, matchers, 0))?;
    let words = read.words(now);
    noted(&format!("silence {extended}: {words}"))?;
    if read.is_doubtful() {
        output.warning(&format!("silence {extended}: {words}"));
    }
    let text = format!("{said}: {}. {words}", silence.what);
    let mut result = json!({"silence": extended, "extended": id, "source": source.name(), "until": written(until)});
    add(&mut result, &read);
    output.result(&text, &result);
    Ok(())
}

pub(super) fn expire(
    base: &Base,
    source: &Arc<dyn Source>,
    id: &Slug,
    output: &Output,
) -> Result<(), CliError> {
    refuse_read_only(base)?;
    block_on(source.expire(id))??;
    output.result(
        &format!("silence {id} is over"),
        &json!({"silence": id, "source": source.name(), "expired": true}),
    );
    Ok(())
}
