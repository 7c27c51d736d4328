//! Corrects an entry: its words, its time, or answers of a classification. The entry itself stays.

use super::precondition::no_incident;
use crate::app::dialog::{About, FieldKind, Form, List, Outcome};
use crate::app::intent::{Correction, Intent};
use crate::app::model::Model;
use crate::app::recording::recording_form;
use crate::app::selectors::timeline::selected_entry;
use crate::documents::{People, sentence};
use crate::incident::Slug;
use crate::incident::entry::Classified;
use crate::incident::severity::{Answered, Answers, Progress, Question};
use crate::signals::Cause;

pub(crate) fn open(model: &mut Model) -> Outcome {
    let seq = selected_entry(model).ok_or_else(|| no_incident(model))?;
    let Some((view, entry)) = model
        .view()
        .and_then(|view| Some((view, view.entries.iter().find(|it| it.seq == seq)?)))
    else {
        return Ok(Vec::new());
    };
    let at =
        Correction::can_replace_the_time_of(entry).then(|| view.incident.time_of(entry).shown());
    let is_verdict = entry.is::<Classified>();
    if at.is_none() && !is_verdict {
        return words(model, seq);
    }
    let mut list = List::new(format!("Correct entry #{seq}: what is wrong?"));
    list = list.row("its words", move |model| words(model, seq));
    if let Some(at) = at {
        list = list.row(format!("its time, {at}"), move |model| {
            time(model, seq, &at)
        });
    }
    if is_verdict {
        list = list.row("an answer", move |model| questions(model, seq));
    }
    model.open(list)
}

fn words(model: &mut Model, seq: u64) -> Outcome {
    let title = format!("Correct entry #{seq}: what is right?");
    let form = recording_form(title, move |filled| {
        Intent::Correct(Correction {
            seq,
            text: filled.text(0),
            ..Correction::default()
        })
    });
    model.open(beside(form.field("correction", FieldKind::Text), seq))
}

fn time(model: &mut Model, seq: u64, known: &str) -> Outcome {
    let title = format!("Correct the time of #{seq}");
    let form = recording_form(title, move |filled| {
        Intent::Correct(Correction {
            seq,
            time: filled.time(0),
            text: filled.text(1),
            ..Correction::default()
        })
    });
    let form = form
        .filled("right time", FieldKind::RequiredTime, known)
        .field("words", FieldKind::OptionalText);
    model.open(beside(form, seq))
}

fn beside(form: Form<Model>, seq: u64) -> Form<Model> {
    form.about(move |model: &Model| {
        let Some(view) = model.view() else {
            return Vec::new();
        };
        let people = People::by_name(&view.entries, &view.incident);
        let entry = view.entries.iter().find(|entry| entry.seq == seq);
        let says = entry.map(|entry| format!("#{seq} says: {}", sentence(entry, &people)));
        says.into_iter().map(About::Text).collect()
    })
}

/// The answers of a classification, as corrected so far.
fn given(model: &Model, seq: u64) -> Answers {
    let verdicts = model.incident().map(|incident| &incident.classifications);
    let verdict = verdicts.and_then(|all| all.iter().find(|it| it.seq == seq));
    let answers = verdict.into_iter().flat_map(|verdict| &verdict.answers);
    answers
        .map(|given| (given.question.clone(), given.answer.clone()))
        .collect()
}

fn questions(model: &mut Model, seq: u64) -> Outcome {
    let given = given(model, seq);
    let mut list = List::new(format!("Which answer of #{seq} is wrong?"));
    for question in &model.setup.severity.questions {
        let Some(answer) = given.get(&question.id) else {
            continue;
        };
        let id = question.id.clone();
        list = list.row(format!("{}: {answer}", question.id), move |model| {
            answers(model, seq, &id, &[])
        });
    }
    model.open(list)
}

/// `before`: what was answered differently so far.
fn answers(model: &mut Model, seq: u64, question: &Slug, before: &[Answered]) -> Outcome {
    let mut known = model.setup.severity.questions.iter();
    let Some(question) = known.find(|it| it.id == *question) else {
        return Ok(Vec::new());
    };
    let mut list = List::new(question.ask.clone());
    for answer in &question.answers {
        let now = Answered {
            question: question.id.clone(),
            answer: answer.id.clone(),
            basis: Cause::Said,
            reading: None,
            unit: None,
        };
        let all = [before, &[now]].concat();
        list = list.row(answer.text.clone(), move |model| answered(model, seq, &all));
    }
    model.open(list)
}

/// Another answer can make another question decide.
fn answered(model: &mut Model, seq: u64, new: &[Answered]) -> Outcome {
    let mut all = given(model, seq);
    all.extend(
        new.iter()
            .map(|it| (it.question.clone(), it.answer.clone())),
    );
    if let Progress::Ask(Question { id, .. }) = model.setup.severity.progress(&all) {
        let id = id.clone();
        return answers(model, seq, &id, new);
    }
    let said: Vec<String> = new
        .iter()
        .map(|it| format!("{}: {}", it.question, it.answer))
        .collect();
    let new = new.to_vec();
    let title = format!("Correct #{seq} to {}", said.join(", "));
    let form = recording_form(title, move |filled| {
        Intent::Correct(Correction {
            seq,
            text: filled.text(0),
            answers: new.clone(),
            ..Correction::default()
        })
    });
    model.open(beside(form.field("words", FieldKind::OptionalText), seq))
}
