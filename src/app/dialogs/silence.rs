//! Silences the alerts of a row: matchers, duration, comment; confirmed with what it covers.

use crate::alerts::{Alert, Coverage, Matcher, NewSilence, RowSilenceError, matchers_of_row};
use crate::app::dialog::{About, Confirmation, FieldKind, Filled, Form, Outcome};
use crate::app::effect::{CreateSilence, Effect};
use crate::app::model::Model;
use crate::app::selectors::alert_list::{alert_at, under_cursor};
use crate::incident::{Slug, SourceId};
use crate::keymap::Action;
use crate::text::{Problem, Safe, parse_duration, write_day_time};
use std::collections::BTreeSet;
use std::sync::Arc;

struct Asked {
    source: SourceId,
    /// The alerts of the row at that source, by key.
    row: Vec<Slug>,
    /// How many alerts of the row are at other sources only.
    elsewhere: usize,
    /// The matchers whose values are masked in the text.
    hidden: Vec<Matcher>,
}

pub(crate) fn open(model: &mut Model) -> Outcome {
    let Some(row) = under_cursor(model) else {
        return Err(format!(
            "move to an alert first: {}, {}",
            model.key(Action::Down),
            model.key(Action::Up)
        ));
    };
    let index = &model.live.index;
    let Some(source) = row.first().and_then(|at| index.source(*at)).cloned() else {
        return Ok(Vec::new());
    };
    let (here, elsewhere): (Vec<u32>, Vec<u32>) =
        row.iter().partition(|at| index.is_at(&source, **at));
    let members: Vec<&Alert> = here.iter().filter_map(|at| alert_at(model, *at)).collect();
    let of_row: BTreeSet<u32> = row.iter().copied().collect();
    let others = (0..index.alerts().len() as u32).filter(|at| !of_row.contains(at));
    let others = others.filter_map(|at| alert_at(model, at));
    let found = matchers_of_row(&members, others, index.ignored()).map_err(|why| {
        let hint = match why {
            RowSilenceError::NoLabels => "give it labels at its source".to_string(),
            _ => format!(
                "{} shows its alerts: silence them one by one",
                model.key(Action::Enter)
            ),
        };
        format!("{why}; {hint}")
    })?;
    let all: Vec<String> = found.matchers.iter().map(ToString::to_string).collect();
    let hidden = found.matchers.into_iter().filter(Matcher::is_masked);
    let asked = Arc::new(Asked {
        source,
        row: members.iter().map(|alert| alert.key.clone()).collect(),
        elsewhere: elsewhere.len(),
        hidden: hidden.collect(),
    });
    let is_masked = !asked.hidden.is_empty();
    let form = Form::new("Silence alerts", move |model, filled| {
        confirm(model, &asked, filled)
    });
    let form = form
        .filled("matchers", FieldKind::Text, &all.join(" "))
        .tall()
        .filled("for", FieldKind::Duration, "2h")
        .field("comment", FieldKind::Text)
        .focused(2)
        .stays();
    model.open(form.about(move |_| match is_masked {
        true => vec![About::Text(
            "masked values are sent as the source has them: leave them as they are".into(),
        )],
        false => Vec::new(),
    }))
}

/// The form stays beneath, so that No leads back to it.
fn confirm(model: &mut Model, asked: &Asked, filled: &Filled) -> Outcome {
    let silence = wanted(model, &asked.hidden, filled)?;
    let coverage = covered(model, &asked.source, &silence);
    let question = format!(
        "Silence at {} until {}: {}. Matchers: {}. Do it?",
        asked.source,
        write_day_time(silence.ends_at, model.now),
        coverage_words(model, asked, &coverage),
        silence.what(),
    );
    let (source, expected) = (asked.source.clone(), coverage.matching.len());
    model.open(Confirmation::new(question, move |model: &mut Model| {
        // Closes the form beneath.
        model.dialogs.pop();
        Ok(vec![Effect::Silence(CreateSilence {
            source: source.clone(),
            silence: Box::new(silence.clone()),
            expected,
            incident: model.current.clone(),
        })])
    }))
}

fn wanted(model: &Model, hidden: &[Matcher], filled: &Filled) -> Result<NewSilence, String> {
    let lasts = parse_duration(filled.typed(1)).ok_or("write 30m, 2h or 1d")?;
    let silence = NewSilence {
        matchers: Matcher::parse_all(filled.typed(0), hidden)?,
        starts_at: model.now,
        ends_at: model.now + lasts,
        created_by: model.setup.me.name.clone(),
        comment: Safe::line(filled.typed(2)),
    };
    match silence.problem() {
        Some(Problem { what, hint }) => Err(format!("{what}: {hint}")),
        None => Ok(silence),
    }
}

/// Alerts of a source that a silence would suppress, by position in the whole list.
fn covered(model: &Model, source: &SourceId, silence: &NewSilence) -> Coverage {
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

fn coverage_words(model: &Model, asked: &Asked, coverage: &Coverage) -> String {
    let index = &model.live.index;
    let mut gaps: Vec<String> = index
        .gaps()
        .filter(|(source, _)| **source == asked.source)
        .flat_map(|(_, gaps)| gaps.words())
        .collect();
    if let Some(age) = model.silence_of(&asked.source) {
        gaps.push(format!(
            "{} has not answered for {} s",
            asked.source,
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
    let row: BTreeSet<&Slug> = asked
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
    if asked.elsewhere > 0 {
        text += &format!(
            "; {} alerts of this row are at other sources and stay as they are",
            asked.elsewhere
        );
    }
    text
}
