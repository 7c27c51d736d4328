//! What people write is recorded whole or refused with the limit: nothing of it is acknowledged although it is gone.

use super::{Intent, PlaybookIntent, Refused, StepResult, Work, refuse};
use crate::text::sanitize::grouped;
use crate::text::{MAX_BLOCK, MAX_LINE, Safe};

/// Refuses a text that was cut because it is longer than its limit.
pub fn whole(what: &str, text: &Safe) -> Result<(), Refused> {
    let missing = text.missing();
    if missing == 0 {
        return Ok(());
    }
    let limit = match text.as_str().len() <= MAX_LINE {
        true => MAX_LINE,
        false => MAX_BLOCK,
    };
    Err(refuse(
        format!(
            "{what} is too long: {} characters are beyond the limit of {} bytes; nothing was recorded",
            grouped(missing),
            grouped(limit)
        ),
        "split it into several entries, or record where the whole text is",
    ))
}

pub(super) fn all(intent: &Intent) -> Result<(), Refused> {
    texts(intent)
        .into_iter()
        .try_for_each(|(what, text)| whole(what, text))
}

fn texts(intent: &Intent) -> Vec<(&'static str, &Safe)> {
    match intent {
        Intent::Acknowledge(_) | Intent::Role(..) => Vec::new(),
        Intent::Note(text) => vec![("the note", text)],
        Intent::Decide(what, why, instead) => vec![
            ("the decision", what),
            ("the reason", why),
            ("the alternative", instead),
        ],
        Intent::Status(_, text) | Intent::Classify(_, text) => vec![("the text", text)],
        Intent::Correct(_, text) => vec![("the correction", text)],
        Intent::Update(_, text) => vec![("the status update", text)],
        Intent::HandOver(_, _, text) => vec![("the hand-over", text)],
        Intent::Work(_, work) => of_work(work),
        Intent::WorkState(_, text) => vec![("the text", text)],
        Intent::Playbook(PlaybookIntent::Step(_, StepResult::Skipped(why))) => {
            vec![("the reason", why)]
        }
        Intent::Playbook(_) => Vec::new(),
    }
}

fn of_work(work: &Work) -> Vec<(&'static str, &Safe)> {
    vec![
        ("the text", &work.text),
        ("the number", &work.reference),
        ("the contact", &work.contact),
        ("the link", &work.link),
    ]
}
