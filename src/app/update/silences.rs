//! Keeping alerts quiet, and ending that: asked for with a comment and an end, confirmed with what it covers, noted in
//! the journal of the incident on the screen.

use super::acts::intend;
use super::list::{self, Row};
use crate::app::effect::Effect;
use crate::app::intent::Intent;
use crate::app::message::Told;
use crate::app::model::Model;
use crate::app::ui::{Confirmed, Input, Overlay, Prompt, Purpose, Takes};
use crate::incident::Slug;
use crate::incident::observation::Alert;
use crate::sources::{Matcher, NewSilence};
use crate::text::{Safe, parse_duration};

/// Labels that tell one alert from others of its name, beside `severity`.
const TELLING: [&str; 4] = ["path", "service", "instance", "region"];

fn under_cursor(model: &Model) -> Option<(&Alert, bool)> {
    let row = list::row(model, list::cursor(model)?)?;
    match row {
        Row::Alert(alert) => Some((alert, true)),
        Row::Group(group) => {
            let first = *group.members.first()?;
            model
                .live
                .index
                .alerts()
                .get(first as usize)
                .map(|alert| (alert.as_ref(), false))
        }
    }
}

fn source_of(model: &Model, alert: &Alert) -> Option<Slug> {
    let (at, _) = model.live.index.get(&alert.key)?;
    model.live.index.source(at).cloned()
}

/// Asks what to silence, for how long and why; filled in from the row under the cursor.
pub(super) fn begin(model: &mut Model) {
    let Some((alert, single)) = under_cursor(model) else {
        model.ui.warn("move to an alert first: down, up");
        return;
    };
    let mut labels = vec!["alertname", "severity"];
    labels.extend(TELLING.iter().filter(|_| single));
    let matcher = |label: &&str| {
        let value = alert.label(label);
        (!value.is_empty()).then(|| match value.contains(' ') {
            true => format!("{label}=\"{value}\""),
            false => format!("{label}={value}"),
        })
    };
    let matchers: Vec<String> = labels.iter().filter_map(matcher).collect();
    let Some(source) = source_of(model, alert) else {
        return;
    };
    prompt(model, source, [&matchers.join(" "), "2h", ""], None);
}

fn prompt(model: &mut Model, source: Slug, texts: [&str; 3], fault: Option<String>) {
    let labels = ["matchers", "for", "comment"];
    model.ui.overlays.push(Overlay::Prompt(Prompt {
        purpose: Purpose::Silence(source),
        title: "Silence alerts".into(),
        fields: labels
            .into_iter()
            .zip(texts)
            .map(|(label, text)| (label, Input::new(text), Takes::Words))
            .collect(),
        focus: 2,
        fault,
    }));
}

/// Words, where quotation marks keep spaces together.
fn words(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => all.push(String::new()),
            c => {
                if let Some(last) = all.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    all.retain(|word| !word.is_empty());
    all
}

/// Checks what was asked for, and shows what it would cover.
pub(super) fn submit(model: &mut Model, source: &Slug, texts: &[Safe]) {
    let text = |at: usize| texts.get(at).map_or("", Safe::as_str);
    match wanted(model, text(0), text(1), text(2)) {
        Err(fault) => {
            let again = [text(0), text(1), text(2)];
            prompt(model, source.clone(), again, Some(fault));
        }
        Ok(silence) => {
            let covered = model
                .alerts()
                .iter()
                .filter(|alert| silence.covers(alert))
                .count();
            let question = format!(
                "Silence {} until {}: {covered} alerts match now. Do it?",
                silence.what(),
                silence.ends_at.format("%m-%d %H:%M UTC")
            );
            let then = Confirmed::Silence(source.clone(), Box::new(silence));
            model.ui.overlays.push(Overlay::Confirm {
                question,
                then,
                yes: false,
            });
        }
    }
}

fn wanted(model: &Model, matchers: &str, lasts: &str, comment: &str) -> Result<NewSilence, String> {
    let parse = |word: &String| {
        Matcher::parse(word).ok_or_else(|| format!("{word} is no matcher: write name=value"))
    };
    let matchers = words(matchers)
        .iter()
        .map(parse)
        .collect::<Result<Vec<_>, _>>()?;
    let lasts = parse_duration(lasts).ok_or("write 30m, 2h or 1d")?;
    let silence = NewSilence {
        matchers,
        starts_at: model.now,
        ends_at: model.now + lasts,
        created_by: model.setup.me.name.clone(),
        comment: Safe::line(comment),
    };
    match silence.fault() {
        Some((what, hint)) => Err(format!("{what}: {hint}")),
        None => Ok(silence),
    }
}

/// Asks whether the silence over the row under the cursor is to end.
pub(super) fn end(model: &mut Model) {
    let found = under_cursor(model).and_then(|(alert, _)| {
        let id = alert.silenced_by.first()?.clone();
        let told = alert
            .suppressed_by
            .first()
            .map_or(id.to_string(), ToString::to_string);
        Some((source_of(model, alert)?, id, told))
    });
    let Some((source, id, told)) = found else {
        model
            .ui
            .warn("no silence lies on this row; an inhibition ends with the alert behind it");
        return;
    };
    model.ui.overlays.push(Overlay::Confirm {
        question: format!("End this silence? {told}"),
        then: Confirmed::Expire(source, id),
        yes: false,
    });
}

/// A silence was made, or was not.
pub(super) fn made(
    model: &mut Model,
    silence: &NewSilence,
    result: Result<Slug, Told>,
) -> Vec<Effect> {
    match result {
        Err((what, hint)) => {
            model
                .ui
                .warn(format!("not known to be silenced: {what}; {hint}"));
            Vec::new()
        }
        Ok(id) => {
            let until = silence.ends_at.format("%m-%d %H:%M UTC");
            let text = format!(
                "silenced {} until {until}: {} ({id})",
                silence.what(),
                silence.comment
            );
            noted(model, &text)
        }
    }
}

/// A silence was ended, or was not.
pub(super) fn ended(model: &mut Model, id: &Slug, result: Result<(), Told>) -> Vec<Effect> {
    match result {
        Err((what, hint)) => {
            model
                .ui
                .warn(format!("the silence may still be there: {what}; {hint}"));
            Vec::new()
        }
        Ok(()) => noted(model, &format!("ended silence {id}")),
    }
}

/// Notes it in the journal of the incident on the screen; tells it either way.
fn noted(model: &mut Model, text: &str) -> Vec<Effect> {
    model.ui.tell(text);
    if model.incident().is_none() {
        return Vec::new();
    }
    intend(model, &Intent::Note(Safe::block(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_spaces_is_kept_together_by_quotation_marks() {
        assert_eq!(words("a=b  job=\"x y\" "), ["a=b", "job=x y"]);
    }
}
