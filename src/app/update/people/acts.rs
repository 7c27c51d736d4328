//! What a person's action does, given what lies on the screen.

use super::overlays::{open_prompt, over};
use super::{command, list, pickers, severity, silences, steps, work};
use crate::app::action::{Action, entry, for_key};
use crate::app::effect::Effect;
use crate::app::intent::{Intent, IntentContext, Refused, arrival, drafts, refuse};
use crate::app::model::Model;
use crate::app::ui::{Confirmed, Input, Overlay, Purpose, Screen, Span, Takes};
use crate::app::update::{record, refuse_read_only};
use crate::incident::{Draft, Event, Incident, IncidentId, Slug};
use chrono::{DateTime, Utc};

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    model.ui.notice = None;
    if model.ui.overlays.last().is_some() {
        return over(model, action);
    }
    if model.ui.filtering {
        match action {
            Action::Back => {
                model.ui.filtering = false;
                model.ui.filter = None;
            }
            Action::Enter | Action::StepDone => model.ui.filtering = false,
            _ => {}
        }
        return Vec::new();
    }
    if entry(action).is_some_and(|entry| entry.records) && refuse_read_only(model) {
        return Vec::new();
    }
    if severity::is_answering(model) {
        match action {
            Action::Enter => return severity::enter(model),
            Action::Down | Action::Up => {
                severity::step(model, action == Action::Down);
                return Vec::new();
            }
            Action::Back => {
                model.ui.answers = crate::app::ui::Answering::default();
                model.ui.tell("left: nothing recorded");
                return Vec::new();
            }
            _ => {}
        }
    }
    plain(model, action)
}

fn plain(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Show(screen) => model.ui.show(screen),
        Action::Acknowledge => return command::acknowledge(model),
        Action::Classify => return severity::begin(model),
        Action::Playbook => return steps::go(model),
        Action::ChoosePlaybook => steps::choose(model),
        Action::StepDone => return steps::done(model),
        Action::StepSkip => steps::skip(model),
        Action::Untick => return steps::untick(model),
        Action::Note => with_incident(model, Purpose::Note, "Note", &[("note", Takes::Words)]),
        Action::Decide => with_incident(
            model,
            Purpose::Decision,
            "Decision",
            &[
                ("what", Takes::Words),
                ("why", Takes::Words),
                ("instead of", Takes::Anything),
            ],
        ),
        Action::Status => pickers::statuses(model),
        Action::Role => pickers::roles(model),
        Action::Update => command::audiences(model),
        Action::FollowUp => work::list(model),
        Action::HandOver => command::roles(model),
        Action::Correct => correct(model),
        Action::Open => open_prompt(
            model,
            Purpose::Open,
            "Open an incident: what is failing?".into(),
            &[("title", Takes::Words)],
        ),
        Action::Switch => pickers::incidents(model),
        Action::Write => return write(model),
        Action::Copy => return copy(model),
        Action::Filter => {
            model.ui.filtering = true;
            model.ui.filter.get_or_insert_default();
        }
        Action::Palette => model.ui.overlays.push(Overlay::Palette {
            input: Input::default(),
            cursor: 0,
        }),
        Action::Help => model.ui.overlays.push(Overlay::Help { scroll: 0 }),
        Action::Utc => {
            model.ui.utc = !model.ui.utc;
            model.ui.tell(if model.ui.utc {
                "times in UTC"
            } else {
                "local times"
            });
        }
        Action::Chart => model.ui.chart = Span::next(model.ui.chart),
        Action::Silence => silences::begin(model),
        Action::ExtendSilence => silences::begin_extending(model),
        Action::EndSilence => silences::end(model),
        Action::Down => scroll(model, 1),
        Action::Up => scroll(model, -1),
        Action::PageDown => scroll(model, model.ui.page() as i64),
        Action::PageUp => scroll(model, -(model.ui.page() as i64)),
        Action::Enter if model.ui.screen == Screen::Timeline => open_entry(model),
        Action::Enter if model.ui.screen == Screen::Now => list::enter(model),
        // Only what lies over the screen knows them.
        Action::Enter | Action::Earlier => {}
        Action::Back => {
            model.ui.chart = None;
            model.ui.alert = model.ui.alert.take().filter(|_| model.ui.filter.is_some());
            model.ui.filter = None;
        }
        Action::Suspend => return vec![Effect::Suspend],
        Action::Quit => return quit(model),
    }
    Vec::new()
}

/// The timeline is walked entry by entry, by number; other screens scroll.
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
    model.ui.selected = (next != last).then(|| rows[next].to_string());
}

/// The entries that the filter lets through, by number.
pub(crate) fn timeline_rows(model: &Model) -> Vec<u64> {
    let Some(view) = model.view() else {
        return Vec::new();
    };
    let words = model.ui.filter_words();
    let people = crate::documents::People::by_name(&view.entries, &view.incident);
    // Samples that say nothing new would drown what people did; a filter finds them all.
    let telling = crate::documents::telling_samples(&view.incident);
    let shown = view.entries.iter().filter(|entry| {
        if words.is_empty() {
            !matches!(entry.event(), Some(Event::SignalSeen(_))) || telling.contains(&entry.seq)
        } else {
            let said = crate::documents::sentence(entry, &people);
            let text = format!("{} {said}", view.name_of(&entry.by)).to_lowercase();
            words.iter().all(|word| text.contains(word))
        }
    });
    shown.map(|entry| entry.seq).collect()
}

/// The row of the selection: by number, so that new entries move nothing; none follows the end.
pub(crate) fn selected_row(model: &Model, rows: &[u64]) -> Option<usize> {
    let wanted: u64 = model.ui.selected.as_ref()?.parse().ok()?;
    rows.iter().position(|seq| *seq >= wanted)
}

/// The entry under the cursor of the timeline; the last one while it is followed.
fn selected_entry(model: &Model) -> Option<u64> {
    let rows = timeline_rows(model);
    let at = selected_row(model, &rows).map(|at| rows[at]);
    at.or(rows.last().copied())
}

/// The selected entry, whole.
fn open_entry(model: &mut Model) {
    if let Some(seq) = selected_entry(model) {
        model.ui.overlays.push(Overlay::Entry { seq, scroll: 0 });
    }
}

fn correct(model: &mut Model) {
    let Some(seq) = selected_entry(model) else {
        return pickers::no_incident(model);
    };
    let title = format!("Correct entry #{seq}: what is right?");
    with_incident(
        model,
        Purpose::Correction(seq),
        &title,
        &[("correction", Takes::Words)],
    );
}

fn quit(model: &mut Model) -> Vec<Effect> {
    let open = model.open_views().count();
    let waiting: usize = model.views.values().map(|view| view.pending.len()).sum();
    if waiting > 0 {
        let question =
            format!("{waiting} entries are NOT RECORDED and are lost by quitting. Quit?");
        let overlay = Overlay::Confirm {
            question,
            then: Confirmed::Quit,
            yes: false,
        };
        model.ui.overlays.push(overlay);
        return Vec::new();
    }
    if open == 0 || model.setup.read_only {
        model.quitting = true;
        return vec![Effect::Quit];
    }
    let question = "An incident is open. If no other warroom runs, nobody is called while this one is closed. Quit?";
    let overlay = Overlay::Confirm {
        question: question.into(),
        then: Confirmed::Quit,
        yes: false,
    };
    model.ui.overlays.push(overlay);
    Vec::new()
}

fn write(model: &mut Model) -> Vec<Effect> {
    model.ui.show(Screen::Documents);
    if model.incident().is_some_and(Incident::is_sealed) {
        model
            .ui
            .warn("the journal is sealed: `warroom postmortem` and `record` print its documents");
        return Vec::new();
    }
    match (&model.current, model.view()) {
        (Some(id), Some(view)) => {
            vec![Effect::Write {
                incident: id.clone(),
                entries: view.entries.clone(),
            }]
        }
        _ => {
            pickers::no_incident(model);
            Vec::new()
        }
    }
}

/// What is worth copying here: commands of the step, paths of documents, links of the gravest alert.
fn copy(model: &mut Model) -> Vec<Effect> {
    let text = match model.ui.screen {
        Screen::Playbook => steps::commands(model),
        Screen::Documents => model
            .view()
            .filter(|view| !view.written.is_empty())
            .map(|view| {
                view.written
                    .values()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join("\n")
            }),
        _ => model
            .alerts()
            .iter()
            .find_map(|alert| alert.links.first())
            .map(|(_, url)| url.to_string()),
    };
    match text {
        Some(text) => vec![Effect::Copy(text)],
        None => {
            model.ui.tell("nothing to copy here");
            Vec::new()
        }
    }
}

/// A key that means something only to what is open: an answer, Yes or No, a list's number.
pub(crate) fn key(model: &mut Model, key: char) -> Vec<Effect> {
    let twice = severity::is_pressed_twice(model);
    match model.ui.overlays.last_mut() {
        Some(Overlay::Confirm {
            then: Confirmed::Classify(_),
            ..
        }) if twice => return Vec::new(),
        Some(Overlay::Confirm { yes, .. }) => {
            match key {
                'y' => *yes = true,
                'n' => *yes = false,
                _ => return Vec::new(),
            }
            return act(model, Action::Enter);
        }
        Some(Overlay::Pick(pick)) => {
            let number = key.to_digit(10).and_then(|n| (n as usize).checked_sub(1));
            if let Some(at) = number.filter(|at| *at < pick.items.len()) {
                pick.cursor = at;
                return act(model, Action::Enter);
            }
            return match key {
                'j' => act(model, Action::Down),
                _ => Vec::new(),
            };
        }
        Some(_) => return Vec::new(),
        None => {}
    }
    if model.ui.screen == Screen::Severity
        && let Some(question) = severity::open_question(model)
        && (question.answers.iter().any(|answer| answer.key == key) || matches!(key, 'b' | 'w'))
    {
        return if twice {
            Vec::new()
        } else {
            severity::key(model, key)
        };
    }
    for_key(&key.to_string(), model.ui.screen).map_or(Vec::new(), |action| act(model, action))
}

fn with_incident(
    model: &mut Model,
    purpose: Purpose,
    title: &str,
    fields: &[(&'static str, Takes)],
) {
    if model.incident().is_none() {
        return pickers::no_incident(model);
    }
    open_prompt(model, purpose, title.to_string(), fields);
}

/// The person's introduction, where the journal of this incident does not know them.
pub(crate) fn introduced_in(model: &Model, id: &IncidentId) -> Vec<Draft> {
    let view = model.views.get(id);
    let known = view.is_some_and(|b| b.incident.actors.contains_key(&model.setup.me.actor));
    if known {
        Vec::new()
    } else {
        view.map_or(Vec::new(), |view| vec![arrival(view, &model.setup.me)])
    }
}

/// Records what a person wants, or says why not.
pub(crate) fn intend(model: &mut Model, intent: &Intent) -> Vec<Effect> {
    intend_at(model, intent, None)
}

/// Records it as having happened at an earlier time.
pub(crate) fn intend_at(
    model: &mut Model,
    intent: &Intent,
    occurred: Option<DateTime<Utc>>,
) -> Vec<Effect> {
    intend_with(model, intent, (occurred, None))
}

/// Records it, with somebody who is named by it.
pub(crate) fn intend_with(model: &mut Model, intent: &Intent, with: With) -> Vec<Effect> {
    try_intend_with(model, intent, with).unwrap_or_else(|refused| {
        model.ui.warn(format!("{refused}; {}", refused.hint));
        Vec::new()
    })
}

/// When it happened, where that was said, and who is named with it.
pub(crate) type With = (Option<DateTime<Utc>>, Option<(Slug, Draft)>);

/// Records it, or leaves it to the caller to say why not.
pub(crate) fn try_intend(
    model: &mut Model,
    intent: &Intent,
    occurred: Option<DateTime<Utc>>,
) -> Result<Vec<Effect>, Refused> {
    try_intend_with(model, intent, (occurred, None))
}

/// Records it, with somebody who is named by it, or leaves it to the caller to say why not.
pub(crate) fn try_intend_with(
    model: &mut Model,
    intent: &Intent,
    with: With,
) -> Result<Vec<Effect>, Refused> {
    if refuse_read_only(model) {
        return Ok(Vec::new());
    }
    let Some(id) = model.current.clone() else {
        pickers::no_incident(model);
        return Ok(Vec::new());
    };
    let drafts = drafts_in(model, &id, intent, with)?;
    let Some(view) = model.views.get(&id) else {
        return Ok(Vec::new());
    };
    // What the program wants again is left out while it is under way; a person who gives a role away is told.
    let changes_role =
        |draft: &Draft| matches!(draft.event, Event::RoleAssigned(_) | Event::HandedOver(_));
    let is_acknowledgement = matches!(intent, Intent::Acknowledge(_));
    let mut late = drafts.iter().filter(|draft| changes_role(draft));
    if !is_acknowledgement && late.any(|draft| view.in_flight(draft)) {
        return Err(refuse(
            "a change of this role is being recorded just now, and is not on the disk yet",
            "wait until it is, and look again",
        ));
    }
    Ok(record(model, &id, drafts))
}

/// The drafts of an intent in an incident that need not be the one on the screen.
pub(crate) fn drafts_in(
    model: &Model,
    id: &IncidentId,
    intent: &Intent,
    (occurred, named): With,
) -> Result<Vec<Draft>, Refused> {
    let Some(view) = model.views.get(id) else {
        return Ok(Vec::new());
    };
    let setup = &model.setup;
    let sample = model
        .sample()
        .zip(model.metrics_source())
        .map(|(sample, source)| (sample, &setup.signal, source));
    let context = IntentContext {
        me: &setup.me,
        library: &setup.library,
        severity: (&setup.severity.0, &setup.severity.1),
        facts: crate::incident::severity::Facts::of(&setup.map, &view.incident, model.now),
        now: model.now,
        occurred,
        sample,
        named,
    };
    drafts(view, &context, intent)
}
