//! Corrections: of a text, of a time, of answers of a classification. The corrected entry stays.

use super::context::IntentContext;
use super::refused::{Refused, existing_entry, refuse, required};
use super::response::classification;
use crate::app::incident_view::IncidentView;
use crate::incident::entry::{Classified, Corrected, field};
use crate::incident::severity::Answered;
use crate::incident::{Draft, Entry, Event};
use crate::text::Safe;
use crate::times::{StatedTime, TimeProblem};

/// What is wrong with an entry, and what is right.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Correction {
    pub seq: u64,
    /// May be empty where something else is replaced.
    pub text: Safe,
    /// In place of its time; of the opening, of the start.
    pub time: Option<StatedTime>,
    /// In place of answers of a classification.
    pub answers: Vec<Answered>,
}

impl Correction {
    /// Whether an entry has a time that a person's word replaces. What a clock or a source gave is corrected by words
    /// alone.
    pub fn can_replace_the_time_of(entry: &Entry) -> bool {
        entry.event().is_some_and(Event::has_a_stated_time)
    }
}

pub(super) fn correct(
    view: &IncidentView,
    context: &IntentContext<'_>,
    correction: &Correction,
) -> Result<Draft, Refused> {
    let entry = existing_entry(&view.entries, correction.seq)?;
    let Correction {
        text,
        time,
        answers,
        ..
    } = correction;
    if let Some(at) = time {
        must_have_a_stated_time(entry)?;
        if at.from() > context.now {
            let error = TimeProblem::NotYet(at.from());
            return Err(refuse(error.to_string(), error.hint()));
        }
    }
    let classified = match answers.is_empty() {
        true => None,
        false => Some(Box::new(answered_again(view, context, entry, answers)?)),
    };
    let data = Corrected {
        seq: entry.seq,
        hash: entry.hash.clone(),
        time: *time,
        classified,
    };
    let text = match data.replaces() {
        true => text.clone(),
        false => required(text)?,
    };
    Ok(Draft::new(&context.me.actor, data).with(field::TEXT, text))
}

fn must_have_a_stated_time(entry: &Entry) -> Result<(), Refused> {
    if entry.event().is_none() {
        return Err(refuse(
            "an entry of a newer version has no known time",
            "write a note",
        ));
    }
    match Correction::can_replace_the_time_of(entry) {
        true => Ok(()),
        false => Err(refuse(
            format!("the time of #{} is that of a clock or a source", entry.seq),
            "leave --time out: the text of the correction can say what is right",
        )),
    }
}

/// The classification of an entry, with other answers. Facts of today say nothing about a verdict of then: a person
/// answers what it depends on now.
fn answered_again(
    view: &IncidentView,
    context: &IntentContext<'_>,
    entry: &Entry,
    answers: &[Answered],
) -> Result<Classified, Refused> {
    let known = view.incident.classifications.iter();
    let Some(known) = known.into_iter().find(|known| known.seq == entry.seq) else {
        return Err(refuse(
            format!("#{} is no classification", entry.seq),
            "leave the answers out",
        ));
    };
    let kept = known.answers.iter().filter(|old| {
        let mut new = answers.iter();
        new.all(|new| new.question != old.question)
    });
    let all: Vec<Answered> = kept.chain(answers).cloned().collect();
    classification(context.severity, None, &all)
}
