//! Work by keys: what is to be kept track of, and what becomes of it.

use super::assignees;
use super::command::push;
use super::overlays::open_prompt;
use super::pickers::no_incident;
use crate::app::effect::Effect;
use crate::app::intent::{Intent, Refused, Work, due_time, refuse};
use crate::app::model::Model;
use crate::app::ui::{Fate, Overlay, Picked, Purpose, Somebody, Takes};
use crate::incident::entry::{WorkChanged, WorkKind, WorkState, field};
use crate::text::{Safe, list as list_of};
use chrono::{DateTime, Utc};

/// Work to add, and open work to end.
pub(crate) fn list(model: &mut Model) {
    let Some(view) = model.view() else {
        return no_incident(model);
    };
    let mut items: Vec<(String, Picked)> = WorkKind::ALL
        .iter()
        .map(|kind| (format!("new {}", kind.word()), Picked::Work(*kind)))
        .collect();
    for (seq, fact) in view.incident.open_work() {
        let entry = view.entries.iter().find(|entry| entry.seq == seq);
        let text = entry
            .and_then(|entry| entry.text(field::TEXT))
            .unwrap_or("-");
        items.push((
            format!("open: {} #{seq} {}", fact.kind.word(), Safe::line(text)),
            Picked::OpenWork(seq),
        ));
    }
    // What is overdue is most likely what one comes for.
    let overdue = view
        .incident
        .open_work()
        .position(|(_, fact)| fact.due.is_some_and(|due| due <= model.now));
    let cursor = overdue.map_or(0, |at| WorkKind::ALL.len() + at);
    push(model, "What is to be kept track of?", items);
    if let Some(Overlay::Pick(pick)) = model.ui.overlays.last_mut() {
        pick.cursor = cursor;
    }
}

/// The prompt of work.
pub(crate) fn write(model: &mut Model, kind: WorkKind) {
    let fields: &[(&'static str, Takes)] = match kind {
        WorkKind::Action => &[
            ("what", Takes::Words),
            ("due: 30m, or 02:40+01:00", Takes::Due),
            ("who sees to it, by name; you", Takes::Anything),
        ],
        WorkKind::VendorCase => &[
            ("about", Takes::Words),
            ("number", Takes::Words),
            ("contact", Takes::Anything),
            ("next update: 30m, or 02:40+01:00", Takes::Due),
        ],
        WorkKind::Risk | WorkKind::Question => &[
            ("what", Takes::Words),
            ("look again: 30m, or 02:40+01:00", Takes::Due),
        ],
        WorkKind::Link => &[("what", Takes::Words), ("address", Takes::Words)],
    };
    let title = format!("New {}", kind.word());
    open_prompt(model, Purpose::Work(kind), title, fields);
}

/// An action, with whoever sees to it.
pub(crate) fn action(
    model: &mut Model,
    texts: &[Safe],
    occurred: Option<DateTime<Utc>>,
) -> Result<Vec<Effect>, Refused> {
    let owner = texts.get(2).map_or("", Safe::as_str).trim();
    let Intent::Work(kind, work) = of(model, WorkKind::Action, texts) else {
        return Ok(Vec::new());
    };
    let who = match owner {
        "" => Somebody::Here(model.setup.me.actor.clone()),
        name => assignees::by_name(model, name).ok_or_else(|| {
            let others = assignees::others(model, None);
            refuse(
                format!("nobody is called \"{name}\" here or on a schedule"),
                format!(
                    "there are: {}",
                    list_of(others.into_iter().map(|(row, _)| row))
                ),
            )
        })?,
    };
    let given = |owner| {
        let owner = Some(owner);
        Intent::Work(
            kind,
            Work {
                owner,
                ..work.clone()
            },
        )
    };
    assignees::try_give(model, &who, occurred, given)
}

/// Work as it was typed; the prompt has checked its time.
pub(crate) fn of(model: &Model, kind: WorkKind, texts: &[Safe]) -> Intent {
    let text = |at: usize| texts.get(at).cloned().unwrap_or_default();
    let (due_at, mut work) = match kind {
        WorkKind::Action | WorkKind::Risk | WorkKind::Question => (1, Work::default()),
        WorkKind::VendorCase => {
            let (reference, contact) = (text(1), text(2));
            (
                3,
                Work {
                    reference,
                    contact,
                    ..Work::default()
                },
            )
        }
        WorkKind::Link => (
            9,
            Work {
                link: text(1),
                ..Work::default()
            },
        ),
    };
    work.text = text(0);
    // Whoever writes it down sees to it until somebody else does.
    work.owner = Some(model.setup.me.actor.clone()).filter(|_| kind != WorkKind::Link);
    work.due = due_time(text(due_at).as_str(), model.now).ok().flatten();
    Intent::Work(kind, work)
}

/// What may become of open work.
pub(crate) fn fates(model: &mut Model, item: u64) {
    let Some(view) = model.view() else {
        return;
    };
    let Some(fact) = view.incident.work.get(&item) else {
        return;
    };
    let mut items = vec![
        ("it is done".to_string(), Picked::Becomes(item, Fate::Done)),
        (
            "it is due at another time".to_string(),
            Picked::Becomes(item, Fate::Later),
        ),
        (
            "it is dropped, because …".to_string(),
            Picked::Becomes(item, Fate::Dropped),
        ),
    ];
    let others = assignees::others(model, fact.owner.as_ref()).into_iter();
    items.extend(others.map(|(name, who)| {
        let row = format!("{name} sees to it from now on");
        (row, Picked::Give(item, who))
    }));
    let text = view.entry_text(item, field::TEXT).unwrap_or_default();
    let title = format!("{} #{item} {}", fact.kind.word(), Safe::line(text));
    push(model, &title, items);
}

/// Asks for what belongs to it.
pub(crate) fn ask(model: &mut Model, item: u64, fate: Fate) {
    let words = ("words", Takes::Anything);
    let (title, fields): (_, &[(&'static str, Takes)]) = match fate {
        Fate::Done => (
            format!("#{item} is done: a few words (may stay empty)"),
            &[words],
        ),
        Fate::Dropped => (
            format!("#{item} is dropped: why?"),
            &[("reason", Takes::Words)],
        ),
        Fate::Later => (
            format!("#{item} is due at another time"),
            &[("due: 30m, or 02:40+01:00", Takes::NewDue), words],
        ),
    };
    open_prompt(model, Purpose::WorkEnds(item, fate), title, fields);
}

/// What becomes of work, as it was typed; the prompt has checked its time.
pub(crate) fn becomes(model: &Model, item: u64, fate: Fate, texts: &[Safe]) -> Intent {
    let text = |at: usize| texts.get(at).cloned().unwrap_or_default();
    let (state, due, words) = match fate {
        Fate::Done => (WorkState::Done, None, text(0)),
        Fate::Dropped => (WorkState::Dropped, None, text(0)),
        Fate::Later => {
            let due = due_time(text(0).as_str(), model.now).ok().flatten();
            (WorkState::Open, due, text(1))
        }
    };
    let change = WorkChanged {
        item,
        state,
        owner: None,
        due,
    };
    Intent::WorkState(change, words)
}

/// Gives it to somebody.
pub(crate) fn give(model: &mut Model, item: u64, to: &Somebody) -> Vec<Effect> {
    let given = |owner| {
        let change = WorkChanged {
            item,
            state: WorkState::Open,
            owner: Some(owner),
            due: None,
        };
        Intent::WorkState(change, Safe::default())
    };
    assignees::give(model, to, given)
}
