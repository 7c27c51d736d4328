//! The response in sentences.

use super::observation::reading;
use super::texts::Texts;
use crate::documents::words::{also_matched, due_words, short};
use crate::incident::entry::{
    ActorIntroduced, Classified, Corrected, HandedOver, Opened, Proposed, ResponseEvent,
    RoleAssigned, WorkChanged, WorkOpened, field,
};
use crate::incident::severity::Answered;
use crate::incident::{ActorId, Role};

pub(super) fn sentence(event: &ResponseEvent, texts: &Texts) -> String {
    match event {
        ResponseEvent::Opened(data) => opened(data, texts),
        ResponseEvent::ActorIntroduced(data) => introduced(data, texts),
        ResponseEvent::Classified(data) => texts.with(classified(data), field::WHY),
        ResponseEvent::Proposed(data) => proposed(data),
        ResponseEvent::RoleAssigned(data) => assigned(data, texts),
        ResponseEvent::HandedOver(data) => handed_over(data, texts),
        ResponseEvent::Noted(_) => texts.with("note", field::TEXT),
        ResponseEvent::Decided(_) => {
            texts.with("decision", field::TEXT)
                + &texts.after("; because: ", field::WHY)
                + &texts.after("; instead of: ", field::ALTERNATIVES)
        }
        ResponseEvent::StatusChanged(data) => {
            texts.with(format!("status: {}", data.status.word()), field::TEXT)
        }
        ResponseEvent::ImpactStated(data) => {
            texts.with(format!("impact {}", data.impact.word()), field::TEXT)
        }
        ResponseEvent::Corrected(data) => texts.with(corrected(data), field::TEXT),
        ResponseEvent::WorkOpened(data) => work_opened(data, texts),
        ResponseEvent::WorkChanged(data) => work_changed(data, texts),
    }
}

fn opened(data: &Opened, texts: &Texts) -> String {
    let rule = data.rule.as_ref();
    let by = rule.map_or("by hand".to_string(), |rule| {
        format!("by intake rule {rule}")
    });
    let from = data.follows.as_ref().map_or(String::new(), |earlier| {
        format!(", continues {} after #{}", earlier.incident, earlier.upto)
    });
    texts.with(format!("incident opened {by}{from}"), field::TITLE)
}

fn introduced(data: &ActorIntroduced, texts: &Texts) -> String {
    let who = texts.people.label(&data.actor);
    match data.is_person() && !data.has_acted() {
        true => format!("{who} is named, and has not acted here yet"),
        false => format!("{who} joined"),
    }
}

fn classified(data: &Classified) -> String {
    let (severity, rule, policy) = (data.severity, &data.rule, short(&data.policy));
    let answers = answers(&data.answers, |answer| {
        let measured = answer.reading.filter(|reading| reading.value().is_some())?;
        Some(format!(" {}", reading(measured, answer.unit.as_ref())))
    });
    let others = also_matched(rule, &data.matched);
    format!("classified {severity} by rule {rule} of policy {policy}{others}; {answers}")
}

fn proposed(data: &Proposed) -> String {
    let (severity, rule) = (data.severity, &data.rule);
    let answers = answers(&data.answers, |_| None);
    format!("measurements suggest {severity} by rule {rule}: {answers}; a person decides")
}

fn corrected(data: &Corrected) -> String {
    let mut what = format!("correction of #{}", data.seq);
    if let Some(time) = &data.time {
        what += &format!(", time {}", time.shown());
    }
    if let Some(verdict) = &data.classified {
        what += &format!(", {}", classified(verdict));
    }
    what
}

fn answers(answers: &[Answered], value: impl Fn(&Answered) -> Option<String>) -> String {
    let answer = |given: &Answered| {
        let (question, answer, basis) = (&given.question, &given.answer, given.basis.word());
        format!(
            "{question} = {answer} ({basis}{})",
            value(given).unwrap_or_default()
        )
    };
    let answers: Vec<String> = answers.iter().map(answer).collect();
    answers.join(", ")
}

fn assigned(data: &RoleAssigned, texts: &Texts) -> String {
    let role = data.role.title();
    match &data.actor {
        Some(actor) if *actor == texts.entry.by => format!("takes the role {role}"),
        Some(actor) => format!("gives the role {role} to {}", texts.people.label(actor)),
        None => format!("{role}: unassigned"),
    }
}

fn handed_over(data: &HandedOver, texts: &Texts) -> String {
    let from = data.from.as_ref().map_or(String::new(), |from| {
        format!(" from {}", texts.people.label(from))
    });
    let to = texts.people.label(&data.to);
    let head = format!("{} handed over{from} to {to}", data.role.title());
    texts.with(head, field::TEXT)
}

fn work_opened(data: &WorkOpened, texts: &Texts) -> String {
    texts.with(data.kind.word(), field::TEXT)
        + &texts.after(" number: ", field::REFERENCE)
        + &texts.after(" contact: ", field::CONTACT)
        + &texts.after(" at: ", field::LINK)
        + &owner_and_due(
            "; ",
            (data.owner.as_ref(), data.role),
            due_words(data.due, data.due_stated),
            texts,
        )
}

fn work_changed(data: &WorkChanged, texts: &Texts) -> String {
    let item = texts.people.work(data.item);
    let state = data.state.word();
    let more = owner_and_due(
        ", ",
        (data.owner.as_ref(), data.role),
        due_words(data.due, data.due_stated),
        texts,
    );
    texts.with(format!("{item} is {state}{more}"), field::TEXT)
}

fn owner_and_due(
    before: &str,
    (person, role): (Option<&ActorId>, Option<Role>),
    due: Option<String>,
    texts: &Texts,
) -> String {
    let owner = match (person, role) {
        (Some(person), _) => format!("{before}owner {}", texts.people.label(person)),
        (None, Some(role)) => format!("{before}owner {}", role.title()),
        (None, None) => texts.after(&format!("{before}owner team "), field::OWNER),
    };
    let due = due.map_or(String::new(), |due| format!("{before}due {due}"));
    owner + &due
}
