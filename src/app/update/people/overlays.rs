//! What lies over the screen: help, palette, lists, prompts and questions, and what answering them leads to.

use super::acts::{act, intend, intend_at, try_intend};
use super::typing::{palette_rows, too_long};
use super::{assignees, pickers, severity, silences, steps, work};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::intent::{Intent, Refused, StepResult, due_time, opened_by_hand, refuse, whole};
use crate::app::model::Model;
use crate::app::ui::{Answering, Confirmed, Input, Overlay, Prompt, Purpose, Takes};
use crate::incident::closing::{self, left_open};
use crate::incident::entry::WorkKind;
use crate::incident::{Role, Status};
use crate::signals::monitor::Report;
use crate::signals::{meets, percent};
use crate::text::{Safe, Towards, parse_duration, parse_moment};
use chrono::{DateTime, Utc};

/// What an action does to what lies on top.
pub(crate) fn over(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(mut overlay) = model.ui.overlays.pop() else {
        return Vec::new();
    };
    if action == Action::Back {
        return match overlay {
            Overlay::Confirm { then, .. } => left(model, &then),
            _ => Vec::new(),
        };
    }
    match (&mut overlay, action) {
        (Overlay::Help { scroll } | Overlay::Entry { scroll, .. }, Action::Down) => *scroll += 1,
        (Overlay::Help { scroll } | Overlay::Entry { scroll, .. }, Action::PageDown) => {
            *scroll += 10
        }
        (Overlay::Help { scroll } | Overlay::Entry { scroll, .. }, Action::Up) => {
            *scroll = scroll.saturating_sub(1)
        }
        (Overlay::Help { scroll } | Overlay::Entry { scroll, .. }, Action::PageUp) => {
            *scroll = scroll.saturating_sub(10)
        }
        (Overlay::Help { .. } | Overlay::Entry { .. }, _) => return Vec::new(),
        (Overlay::Palette { cursor, .. }, Action::Up) => *cursor = cursor.saturating_sub(1),
        (Overlay::Palette { cursor, input }, Action::Down) => {
            *cursor = (*cursor + 1).min(palette_rows(&input.text()).len().saturating_sub(1));
        }
        (Overlay::Palette { cursor, input }, Action::Enter) => {
            return match palette_rows(&input.text()).get(*cursor) {
                Some(row) => act(model, row.action),
                None => Vec::new(),
            };
        }
        (Overlay::Pick(pick), Action::Up) => pick.cursor = pick.cursor.saturating_sub(1),
        (Overlay::Pick(pick), Action::Down) => {
            pick.cursor = (pick.cursor + 1).min(pick.items.len().saturating_sub(1))
        }
        (Overlay::Pick(pick), Action::Enter) => {
            let cursor = pick.cursor;
            return match pick.items.get(cursor) {
                Some((_, chosen)) => pickers::picked(model, chosen.clone()),
                None => Vec::new(),
            };
        }
        (Overlay::Confirm { yes, .. }, Action::Up | Action::Down) => *yes = !*yes,
        (Overlay::Confirm { .. }, Action::PageDown) => model.ui.scroll_question(8),
        (Overlay::Confirm { .. }, Action::PageUp) => model.ui.scroll_question(-8),
        (Overlay::Confirm { then, yes, .. }, Action::Enter) => {
            let (then, yes) = (then.clone(), *yes);
            return if yes {
                confirmed(model, then)
            } else {
                left(model, &then)
            };
        }
        (Overlay::Prompt(prompt), Action::Enter) => {
            let at = prompt.focus;
            if let Some(fault) = fault(&prompt.fields[at], model.now) {
                prompt.fault = Some(fault);
            } else if at + 1 < prompt.fields.len() {
                prompt.focus += 1;
            } else if let Some((at, fault)) = wrong_field(prompt, model.now) {
                prompt.focus = at;
                prompt.fault = Some(fault);
            } else if matches!(prompt.purpose, Purpose::Extend(..))
                && parse_duration(&prompt.fields[at].1.text()).is_none()
            {
                prompt.fault = Some("write 30m, 2h or 1d".into());
            } else if let Purpose::Silence(form) = &prompt.purpose {
                // Matchers are read from what was typed: made safe first, they would be others.
                let typed = prompt.fields.iter().map(|(_, input, _)| input.text());
                let (form, typed) = (form.clone(), typed.collect::<Vec<String>>());
                match silences::submit(model, &form, &typed) {
                    Ok(question) => {
                        // The form stays beneath, so that No leads back to it.
                        model.ui.overlays.push(overlay);
                        model.ui.overlays.push(question);
                        return Vec::new();
                    }
                    Err(fault) => prompt.fault = Some(fault),
                }
            } else {
                let (purpose, texts) = (prompt.purpose.clone(), texts(prompt));
                let occurred = happened(prompt, model.now);
                match submit(model, &purpose, &texts, occurred) {
                    Ok(effects) => return effects,
                    // What was typed stays, to be corrected or copied.
                    Err(refused) => {
                        prompt.fault = Some(format!("{refused}; {}", refused.hint));
                    }
                }
            }
        }
        (Overlay::Prompt(prompt), Action::Earlier) if prompt.purpose.may_be_earlier() => {
            ask_when(prompt);
        }
        (Overlay::Prompt(prompt), Action::Up) => prompt.focus = prompt.focus.saturating_sub(1),
        (Overlay::Prompt(prompt), Action::Down) => {
            prompt.focus = (prompt.focus + 1).min(prompt.fields.len() - 1)
        }
        _ => {}
    }
    model.ui.overlays.push(overlay);
    Vec::new()
}

/// What speaks against a status: measurements that contradict it, or that closing cannot be taken back lightly.
fn doubt(model: &Model, status: Status) -> Option<String> {
    if status < Status::Mitigated {
        return None;
    }
    let mut against = Vec::new();
    match (model.sample(), model.stale_sample()) {
        (Some(sample), None) if meets(sample.reading, model.setup.objective) == Some(true) => {}
        (Some(sample), None) => {
            let value = sample
                .reading
                .value()
                .map_or(sample.reading.word().to_string(), percent);
            against.push(format!("{} is {value}", model.setup.signal));
        }
        _ => against.push(format!("{} is not known now", model.setup.signal)),
    }
    let unseen = model.setup.sources.iter().any(|(name, offers)| {
        offers.alerts
            && (!model.live.index.sources().any(|known| known == name)
                || model.silence_of(name).is_some())
    });
    if unseen {
        against.push("alerts are not known now".into());
    }
    let report = model.live.report.as_deref();
    for wrong in report.into_iter().flat_map(Report::quiet).take(3) {
        against.push(format!("{} is beyond its tolerance", wrong.signal));
    }
    // What always fires, to show that alerting works, says nothing.
    let firing = model.live.index.firing() - model.live.index.heartbeats();
    if firing > 0 {
        against.push(format!("{firing} alerts fire"));
    }
    if status == Status::Closed {
        against.push("closing stops paging for good".into());
        let left = model.incident().map(left_open).unwrap_or_default();
        against.extend(closing::words(&left));
    }
    (!against.is_empty()).then(|| format!("{}? But {}.", status.word(), against.join(", ")))
}

/// The first field that cannot be recorded as it stands, and why. What is typed stays.
fn wrong_field(prompt: &Prompt, now: DateTime<Utc>) -> Option<(usize, String)> {
    let mut fields = prompt.fields.iter().enumerate();
    fields.find_map(|(at, field)| Some((at, fault(field, now)?)))
}

/// Why a field cannot be recorded as it stands.
fn fault(
    (label, input, takes): &(&'static str, Input, Takes),
    now: DateTime<Utc>,
) -> Option<String> {
    if let Some(cut) = too_long(input.left_out()) {
        return Some(format!("{label}: {cut}"));
    }
    let text = input.text();
    let wrong = match takes {
        Takes::Words if text.trim().is_empty() => {
            return Some(format!("{label}: a few words are needed"));
        }
        Takes::NewDue if text.trim().is_empty() => {
            return Some("a time is needed: 30m, or 02:40+01:00".to_string());
        }
        Takes::Due | Takes::NewDue => due_time(&text, now).err(),
        Takes::Happened if !text.trim().is_empty() => parse_moment(&text, now, Towards::Past).err(),
        _ => None,
    };
    wrong.map(|error| format!("{error}; {}", error.hint()))
}

/// Adds the field that says when it happened, or goes to it.
fn ask_when(prompt: &mut Prompt) {
    let is_when = |field: &(&'static str, Input, Takes)| field.2 == Takes::Happened;
    prompt.focus = prompt.fields.iter().position(is_when).unwrap_or_else(|| {
        let label = "happened: 10m (ago), or 02:40+01:00";
        prompt
            .fields
            .push((label, Input::default(), Takes::Happened));
        prompt.fields.len() - 1
    });
}

/// When it happened, as it was typed.
fn happened(prompt: &Prompt, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut fields = prompt.fields.iter();
    let (_, input, _) = fields.find(|(_, _, takes)| *takes == Takes::Happened)?;
    parse_moment(&input.text(), now, Towards::Past).ok()
}

fn texts(prompt: &Prompt) -> Vec<Safe> {
    prompt
        .fields
        .iter()
        .map(|(_, input, _)| Safe::block(&input.text()))
        .collect()
}

fn submit(
    model: &mut Model,
    purpose: &Purpose,
    texts: &[Safe],
    occurred: Option<DateTime<Utc>>,
) -> Result<Vec<Effect>, Refused> {
    let text = |at: usize| texts.get(at).cloned().unwrap_or_default();
    let said = match purpose {
        Purpose::Note => Intent::Note(text(0)),
        Purpose::Decision => Intent::Decide(text(0), text(1), text(2)),
        Purpose::Update(audience) => Intent::Update(*audience, text(0)),
        Purpose::HandOver(role, to, seen) => {
            still_held_as(model, *role, *seen)?;
            let over = |to| Intent::HandOver(*role, to, text(0));
            return assignees::try_give(model, to, occurred, over);
        }
        Purpose::HandOverToName(role, seen) => {
            still_held_as(model, *role, *seen)?;
            let to = assignees::anybody(model, &text(0))?;
            let over = |to| Intent::HandOver(*role, to, text(1));
            return assignees::try_give(model, &to, occurred, over);
        }
        Purpose::Work(WorkKind::Action) => return work::action(model, texts, occurred),
        Purpose::Work(kind) => work::of(model, *kind, texts),
        Purpose::WorkEnds(item, fate) => work::becomes(model, *item, *fate, texts),
        Purpose::Status(status) => match doubt(model, *status) {
            Some(question) => {
                let then = Confirmed::Status(*status, text(0).to_string(), occurred);
                return Ok(confirm(model, question, then));
            }
            None => Intent::Status(*status, text(0)),
        },
        Purpose::Correction(seq) => Intent::Correct(*seq, text(0)),
        Purpose::Open => {
            // Refused while the prompt is open: what was typed stays.
            whole("the title", &Safe::line(text(0).as_str()))?;
            return Ok(submit_other(model, purpose, texts));
        }
        _ => return Ok(submit_other(model, purpose, texts)),
    };
    try_intend(model, &said, occurred)
}

/// Refuses a change of a role that somebody else has changed since the person looked at it.
fn still_held_as(model: &Model, role: Role, seen: u64) -> Result<(), Refused> {
    if role.is_shared() {
        return Ok(());
    }
    let Some(view) = model
        .view()
        .filter(|view| view.incident.role_change(role) != seen)
    else {
        return Ok(());
    };
    let holder = view.incident.roles.get(&role);
    let who = holder.map_or("nobody".to_string(), |held| view.name_of(&held.actor));
    Err(refuse(
        format!(
            "the role {} has changed hands meanwhile: {who} holds it",
            role.title()
        ),
        "esc, and look again",
    ))
}

/// Asks before something that cannot be taken back lightly.
fn confirm(model: &mut Model, question: String, then: Confirmed) -> Vec<Effect> {
    model.ui.overlays.push(Overlay::Confirm {
        question,
        then,
        yes: false,
    });
    Vec::new()
}

/// What is no plain intent.
fn submit_other(model: &mut Model, purpose: &Purpose, texts: &[Safe]) -> Vec<Effect> {
    let text = |at: usize| texts.get(at).cloned().unwrap_or_default();
    match purpose {
        Purpose::Skip(step) => steps::finish(model, step.clone(), StepResult::Skipped(text(0))),
        Purpose::Extend(source, id) => {
            silences::submit_extending(model, source, id, text(0).as_str());
            Vec::new()
        }
        Purpose::Open => {
            let question = format!(
                "Open an incident and call the on-call engineer: {}?",
                text(0)
            );
            confirm(model, question, Confirmed::Open(text(0).to_string()))
        }
        _ => Vec::new(),
    }
}

/// What was not confirmed: nothing happens, and what led there stays where that can be.
fn left(model: &mut Model, then: &Confirmed) -> Vec<Effect> {
    if matches!(then, Confirmed::Classify(_)) {
        severity::reopen(model);
        model.ui.tell("nothing recorded; your answers stay");
    }
    Vec::new()
}

fn confirmed(model: &mut Model, then: Confirmed) -> Vec<Effect> {
    match then {
        Confirmed::Silence(source, silence, expected) => {
            // The form has stayed beneath the question.
            let of_silence = |overlay: &mut Overlay| matches!(overlay, Overlay::Prompt(prompt) if matches!(prompt.purpose, Purpose::Silence(_)));
            model.ui.overlays.pop_if(of_silence);
            vec![Effect::Silence {
                source,
                silence,
                expected,
                incident: model.current.clone(),
            }]
        }
        Confirmed::Extend(source, id, until, expected) => vec![Effect::Extend {
            source,
            id,
            until,
            expected,
            incident: model.current.clone(),
        }],
        Confirmed::Expire(source, id) => vec![Effect::Expire { source, id }],
        Confirmed::Quit => {
            model.quitting = true;
            vec![Effect::Quit]
        }
        Confirmed::Status(status, words, occurred) => {
            let said = Intent::Status(status, Safe::block(&words));
            intend_at(model, &said, occurred)
        }
        Confirmed::Classify(answers) => {
            model.ui.answers = Answering::default();
            intend(model, &Intent::Classify(answers, Safe::default()))
        }
        Confirmed::Playbook(name) => steps::begin(model, &name),
        Confirmed::GiveBack(role) => intend(model, &Intent::Role(role, None)),
        Confirmed::Take(role, seen) => match still_held_as(model, role, seen) {
            Ok(()) => {
                let me = model.setup.me.actor.clone();
                intend(model, &Intent::Role(role, Some(me)))
            }
            Err(refused) => {
                model.ui.warn(format!("{refused}; {}", refused.hint));
                Vec::new()
            }
        },
        Confirmed::Open(title) => {
            let setup = &model.setup;
            // The strict path of the map: whoever opens by hand at night means that payments fail.
            let (service, path) = setup.map.strict_place();
            let signal = (&setup.signal, setup.objective);
            let drill = setup.drill.is_some();
            let made = opened_by_hand(
                &setup.me,
                &Safe::line(&title),
                model.now,
                signal,
                (&service, &path),
                drill,
                None,
            );
            match made {
                Ok(drafts) => {
                    model.opening.insert(service.clone());
                    vec![Effect::Open {
                        service,
                        drill,
                        drafts,
                    }]
                }
                Err(refused) => {
                    model.ui.warn(format!("{refused}; {}", refused.hint));
                    Vec::new()
                }
            }
        }
    }
}

/// Opens a prompt.
pub(crate) fn open_prompt(
    model: &mut Model,
    purpose: Purpose,
    title: String,
    fields: &[(&'static str, Takes)],
) {
    let fields = fields
        .iter()
        .map(|(label, takes)| (*label, Input::default(), *takes))
        .collect();
    model.ui.overlays.push(Overlay::Prompt(Prompt {
        purpose,
        title,
        fields,
        focus: 0,
        fault: None,
    }));
}
