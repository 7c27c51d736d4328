//! What a person's key or action does in the present context.

use super::{answering, answers, filter, list, steps};
use crate::app::dialog::{Content, Dialog, Outcome, Palette, Reaction};
use crate::app::dialogs;
use crate::app::effect::{Effect, TerminalEffect};
use crate::app::entering;
use crate::app::model::Model;
use crate::app::recording::read_only;
use crate::app::selectors::playbook::commands;
use crate::app::selectors::question::is_answering;
use crate::app::selectors::timeline::{selected_row, timeline_rows};
use crate::app::ui::Span;
use crate::keymap::{Action, Key, Screen, row};

pub(crate) fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    if let Some(answer) = answering::answer_of(model, key) {
        return match answers::is_pressed_twice(model) {
            true => Vec::new(),
            false => or_warn(model, |model| answering::give(model, &answer)),
        };
    }
    match model.setup.keys.action(&model.contexts(), key) {
        Some(action) => return act(model, action),
        None => {
            if let Some(character) = key.text() {
                insert(model, &character.to_string());
            }
        }
    }
    Vec::new()
}

/// Ignored where no text is typed.
pub(crate) fn insert(model: &mut Model, text: &str) {
    if let Some(dialog) = model.dialogs.last_mut() {
        dialog.insert(text);
    } else if model.ui.filtering {
        model.ui.filter.get_or_insert_default().insert(text);
        model.ui.scroll = 0;
    }
}

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    if !model.dialogs.is_empty() {
        return in_dialog(model, action);
    }
    model.ui.notice = None;
    if model.ui.filtering {
        filter::act(model, action);
        return Vec::new();
    }
    if row(action).is_some_and(|row| row.records) && model.setup.read_only {
        model.ui.warn(String::from(read_only()));
        return Vec::new();
    }
    or_warn(model, |model| match is_answering(model) {
        true => answering::act(model, action).unwrap_or_else(|| on_screen(model, action)),
        false => on_screen(model, action),
    })
}

fn or_warn(model: &mut Model, run: impl FnOnce(&mut Model) -> Outcome) -> Vec<Effect> {
    run(model).unwrap_or_else(|why| {
        model.ui.warn(why);
        Vec::new()
    })
}

/// Only the dialog on top gets the action.
fn in_dialog(model: &mut Model, action: Action) -> Vec<Effect> {
    let answers = matches!(action, Action::Yes | Action::No | Action::Enter);
    let is_guarded =
        matches!(model.dialogs.last(), Some(Dialog::Confirmation(open)) if open.guarded);
    if answers && is_guarded && answers::is_pressed_twice(model) {
        return Vec::new();
    }
    model.ui.notice = None;
    let Some(mut dialog) = model.dialogs.pop() else {
        return Vec::new();
    };
    let below = model.dialogs.len();
    match dialog.act(action, model.now, &model.setup.keys) {
        Reaction::Stay => model.dialogs.push(dialog),
        Reaction::Close => {}
        Reaction::Act(action) => return act(model, action),
        Reaction::Run(run) => match (run(model), dialog) {
            (Ok(effects), Dialog::Form(form)) => {
                if form.stays && model.dialogs.len() > below {
                    model.dialogs.insert(below, Dialog::Form(form));
                }
                return effects;
            }
            // What was typed stays, to be corrected or copied.
            (Err(why), Dialog::Form(mut form)) => {
                form.fault = Some(why);
                model.dialogs.push(Dialog::Form(form));
            }
            (outcome, _) => return or_warn(model, |_| outcome),
        },
    }
    Vec::new()
}

fn on_screen(model: &mut Model, action: Action) -> Outcome {
    if entering::must_ask(model, action) {
        return entering::ask(model, move |model| on_screen(model, action));
    }
    match action {
        Action::Earlier => return entering::ask(model, told),
        Action::Acknowledge => return dialogs::acknowledge::open(model),
        Action::Classify => return answering::begin(model),
        Action::Playbook => return dialogs::playbook::go(model),
        Action::ChoosePlaybook => return dialogs::playbook::open(model),
        Action::StepDone => return dialogs::step::confirm(model),
        Action::StepSkip => return dialogs::step::skip(model),
        Action::Note => return dialogs::note::open(model),
        Action::Decide => return dialogs::decision::open(model),
        Action::Status => return dialogs::status::open(model),
        Action::Impact => return dialogs::impact::open(model),
        Action::Role => return dialogs::role::open(model),
        Action::Update => return dialogs::status_update::open(model),
        Action::FollowUp => return dialogs::follow_up::open(model),
        Action::HandOver => return dialogs::hand_over::open(model),
        Action::Correct => return dialogs::correction::open(model),
        Action::Open => return dialogs::open_incident::open(model),
        Action::Switch => return dialogs::switch_incident::open(model),
        Action::Silence => return dialogs::silence::open(model),
        Action::ExtendSilence => return dialogs::extend_silence::open(model),
        Action::EndSilence => return dialogs::end_silence::open(model),
        Action::Quit => return dialogs::quit::open(model),
        Action::Palette => return model.open(Palette::default()),
        Action::Help => return model.open(Content::Keys),
        Action::Enter if model.ui.screen == Screen::Timeline => return dialogs::entry::open(model),
        Action::Enter if model.ui.screen == Screen::Now => list::enter(model),
        Action::Write => return write(model),
        Action::Copy => return copy(model),
        Action::Suspend => return Ok(vec![Effect::Terminal(TerminalEffect::Suspend)]),
        Action::Untick => return steps::untick(model),
        Action::Show(screen) => model.ui.show(screen),
        Action::Filter => filter::begin(model),
        Action::Utc => switch_time_zone(model),
        Action::Chart => model.ui.chart = Span::next(model.ui.chart),
        Action::Down => scroll(model, 1),
        Action::Up => scroll(model, -1),
        Action::PageDown => scroll(model, model.ui.page() as i64),
        Action::PageUp => scroll(model, -(model.ui.page() as i64)),
        Action::Back => {
            model.ui.chart = None;
            model.ui.alert = model.ui.alert.take().filter(|_| model.ui.filter.is_some());
            model.ui.filter = None;
        }
        // Only for dialogs and questions.
        Action::Enter
        | Action::PreviousQuestion
        | Action::Why
        | Action::Yes
        | Action::No
        | Action::Choose(_)
        | Action::Edit(_) => {}
    }
    Ok(Vec::new())
}

fn told(model: &mut Model) -> Outcome {
    if let Some(at) = model.entering_at() {
        model.ui.tell(format!("the next entries are of {at}"));
    }
    Ok(Vec::new())
}

fn switch_time_zone(model: &mut Model) {
    model.ui.utc = !model.ui.utc;
    let words = match model.ui.utc {
        true => "times in UTC",
        false => "local times",
    };
    model.ui.tell(words);
}

/// The timeline moves entry by entry; other screens scroll.
fn scroll(model: &mut Model, by: i64) {
    if model.ui.screen == Screen::Now {
        return list::step(model, by);
    }
    if model.ui.screen != Screen::Timeline {
        model.ui.scroll = (model.ui.scroll as i64 + by).max(0) as usize;
        return;
    }
    let rows = timeline_rows(model);
    let Some(last) = rows.len().checked_sub(1) else {
        return;
    };
    let at = selected_row(model, &rows).unwrap_or(last) as i64;
    let next = (at + by).clamp(0, last as i64) as usize;
    let follows = next == last && !model.is_retrospective();
    model.ui.selected = (!follows).then(|| rows[next].to_string());
}

fn write(model: &mut Model) -> Outcome {
    model.ui.show(Screen::Documents);
    let view = dialogs::precondition::incident(model)?;
    if view.incident.is_sealed() {
        let why = "the journal is sealed: `warroom postmortem` and `record` print its documents";
        return Err(why.into());
    }
    let entries = view.entries.clone();
    let incident = model.current.clone();
    let write = incident.map(|incident| Effect::Write { incident, entries });
    Ok(write.into_iter().collect())
}

/// Commands of the step, paths of documents, or a link of the gravest alert.
fn copy(model: &mut Model) -> Outcome {
    let text = match model.ui.screen {
        Screen::Playbook => commands(model),
        Screen::Documents => {
            let written = model.view().map(|view| &view.written);
            let written = written.filter(|paths| !paths.is_empty());
            written.map(|paths| paths.values().cloned().collect::<Vec<_>>().join("\n"))
        }
        _ => {
            let link = model.alerts().iter().find_map(|alert| alert.links.first());
            link.map(|(_, url)| url.to_string())
        }
    };
    if text.is_none() {
        model.ui.tell("nothing to copy here");
    }
    let copy = text.map(TerminalEffect::Copy).map(Effect::Terminal);
    Ok(Vec::from_iter(copy))
}
