//! Playbook runs in sentences.

use super::texts::Texts;
use crate::documents::words::{short, time};
use crate::incident::entry::{PlaybookEvent, StepOutcome, StepRecorded, field};

pub(super) fn sentence(event: &PlaybookEvent, texts: &Texts) -> String {
    match event {
        PlaybookEvent::PlaybookStarted(data) => format!(
            "playbook {} begun, {} steps, file {}",
            data.playbook,
            data.steps,
            short(&data.digest)
        ),
        PlaybookEvent::StepRecorded(data) => step(data, texts),
        PlaybookEvent::ItemTicked(data) => {
            let step = texts.text(field::STEP);
            let step = step.as_deref().unwrap_or(data.step.as_str());
            let what = if data.ticked { "ticked" } else { "unticked" };
            let head = format!(
                "playbook {} step \"{step}\": item {} {what}",
                data.playbook, data.item
            );
            texts.with(head, field::TEXT)
        }
    }
}

fn step(data: &StepRecorded, texts: &Texts) -> String {
    let title = texts.text(field::STEP);
    let title = title.as_deref().unwrap_or(data.step.as_str());
    let (playbook, number, outcome) = (&data.playbook, data.number, data.outcome.word());
    let mut sentence = format!("playbook {playbook} step {number} \"{title}\": {outcome}");
    if let Some(choice) = &data.choice {
        sentence += &format!(", next step: {choice}");
    }
    let expected = data
        .expected
        .map(|expected| format!(", expected {expected}"));
    let expected = expected.unwrap_or_default();
    let checks = [
        StepOutcome::Passed,
        StepOutcome::Failed,
        StepOutcome::Unknown,
    ];
    let is_check = checks.contains(&data.outcome);
    if let Some(value) = data.reading.filter(|_| is_check) {
        let at = data
            .at
            .map_or(String::new(), |at| format!(" at {}", time(at)));
        let number = value.value().map(|value| value.to_string());
        let value = number.unwrap_or(value.word().to_string());
        sentence += &format!(", measured {value}{at}{expected}");
    }
    sentence + &texts.after("; ", field::TEXT)
}
