//! What lies over the screen: help, palette, lists, prompts and questions, and what answering them leads to.

use super::acts::{act, intend};
use super::typing::palette_rows;
use super::{command, picks, silences, steps};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::intent::{Intent, opened_by_hand};
use crate::app::model::Model;
use crate::app::ui::{Confirmed, Input, Overlay, Prompt, Purpose};
use crate::incident::entry::{StepOutcome, WorkState};
use crate::incident::{Slug, Status};
use crate::signals::{meets, percent};
use crate::text::Safe;

/// What an action does to what lies on top.
pub(super) fn over(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(mut overlay) = model.ui.overlays.pop() else {
        return Vec::new();
    };
    if action == Action::Back {
        return Vec::new();
    }
    match (&mut overlay, action) {
        (Overlay::Help { scroll }, Action::Down | Action::PageDown) => *scroll += 1,
        (Overlay::Help { scroll }, Action::Up | Action::PageUp) => {
            *scroll = scroll.saturating_sub(1)
        }
        (Overlay::Help { .. }, _) => return Vec::new(),
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
                Some((_, chosen)) => picks::picked(model, chosen.clone()),
                None => Vec::new(),
            };
        }
        (Overlay::Confirm { yes, .. }, Action::Up | Action::Down) => *yes = !*yes,
        (Overlay::Confirm { then, yes, .. }, Action::Enter) => {
            let (then, yes) = (then.clone(), *yes);
            return if yes {
                confirmed(model, then)
            } else {
                Vec::new()
            };
        }
        (Overlay::Prompt(prompt), Action::Enter) => {
            if prompt.focus + 1 < prompt.fields.len() {
                prompt.focus += 1;
            } else if let Some((at, label)) = empty_field(prompt) {
                prompt.focus = at;
                prompt.fault = Some(format!("{label}: a few words are needed"));
            } else {
                let (purpose, texts) = (prompt.purpose.clone(), texts(prompt));
                return submit(model, &purpose, &texts);
            }
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
    let firing = model.live.index.firing();
    if firing > 0 {
        against.push(format!("{firing} alerts fire"));
    }
    if status == Status::Closed {
        against.push("closing stops paging for good".into());
    }
    (!against.is_empty()).then(|| format!("{}? But {}.", status.word(), against.join(", ")))
}

fn empty_field(prompt: &Prompt) -> Option<(usize, &'static str)> {
    let empty = |field: &(&'static str, Input, bool)| field.2 && field.1.text().trim().is_empty();
    let at = prompt.fields.iter().position(empty)?;
    Some((at, prompt.fields[at].0))
}

fn texts(prompt: &Prompt) -> Vec<Safe> {
    prompt
        .fields
        .iter()
        .map(|(_, input, _)| Safe::block(&input.text()))
        .collect()
}

fn submit(model: &mut Model, purpose: &Purpose, texts: &[Safe]) -> Vec<Effect> {
    let text = |at: usize| texts.get(at).cloned().unwrap_or_default();
    match purpose {
        Purpose::Note => intend(model, &Intent::Note(text(0), None)),
        Purpose::Decision => intend(model, &Intent::Decide(text(0), text(1), text(2))),
        Purpose::Correction(seq) => intend(model, &Intent::Correct(*seq, text(0))),
        Purpose::Skip(step) if steps::is_at_hand(model, step) => {
            steps::finish(model, StepOutcome::Skipped, None, text(0))
        }
        Purpose::Skip(_) => {
            model
                .ui
                .warn("the playbook has moved on meanwhile: nothing recorded");
            Vec::new()
        }
        Purpose::Status(status) => match doubt(model, *status) {
            Some(question) => {
                let then = Confirmed::Status(*status, text(0).to_string());
                model.ui.overlays.push(Overlay::Confirm {
                    question,
                    then,
                    yes: false,
                });
                Vec::new()
            }
            None => intend(model, &Intent::Status(*status, text(0), None)),
        },
        Purpose::Update(audience) => intend(model, &Intent::Update(*audience, text(0))),
        Purpose::HandOver(role, to) => intend(model, &Intent::HandOver(*role, to.clone(), text(0))),
        Purpose::Work(kind) => command::submit_work(model, *kind, texts),
        Purpose::Done(item) => intend(
            model,
            &Intent::WorkState(*item, WorkState::Done, None, text(0)),
        ),
        Purpose::Silence(source) => {
            silences::submit(model, source, texts);
            Vec::new()
        }
        Purpose::Open => {
            let question = format!(
                "Open an incident and call the on-call engineer: {}?",
                text(0)
            );
            let then = Confirmed::Open(text(0).to_string());
            model.ui.overlays.push(Overlay::Confirm {
                question,
                then,
                yes: false,
            });
            Vec::new()
        }
    }
}

fn confirmed(model: &mut Model, then: Confirmed) -> Vec<Effect> {
    match then {
        Confirmed::Silence(source, silence) => vec![Effect::Silence { source, silence }],
        Confirmed::Expire(source, id) => vec![Effect::Expire { source, id }],
        Confirmed::Quit => {
            model.quitting = true;
            vec![Effect::Quit]
        }
        Confirmed::Status(status, words) => {
            intend(model, &Intent::Status(status, Safe::block(&words), None))
        }
        Confirmed::Classify(answers) => intend(model, &Intent::Classify(answers, Safe::default())),
        Confirmed::GiveBack(role) => intend(model, &Intent::Role(role, None)),
        Confirmed::Open(title) => {
            let setup = &model.setup;
            // The strict path of the map: whoever opens by hand at night means that payments fail.
            let strict = setup
                .map
                .strict()
                .map(|(service, path)| (service.service.clone(), path.path.clone()));
            let (service, path) =
                strict.unwrap_or((Slug::nearest("payments"), Slug::nearest("confirm")));
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
pub(super) fn open_prompt(
    model: &mut Model,
    purpose: Purpose,
    title: String,
    fields: &[(&'static str, bool)],
) {
    let fields = fields
        .iter()
        .map(|(label, needed)| (*label, Input::default(), *needed))
        .collect();
    model.ui.overlays.push(Overlay::Prompt(Prompt {
        purpose,
        title,
        fields,
        focus: 0,
        fault: None,
    }));
}
