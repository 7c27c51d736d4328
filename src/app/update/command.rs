//! Commanding by keys: answering a page, updates, hand-overs, work.

use super::acts::intend;
use super::overlays::open_prompt;
use super::picks::{goes_on, no_incident};
use crate::app::effect::Effect;
use crate::app::intent::{Intent, Work, due_time};
use crate::app::model::Model;
use crate::app::ui::{Overlay, Pick, Picked, Purpose, Takes};
use crate::incident::entry::{Audience, WorkKind, field};
use crate::incident::{Role, Slug};
use crate::text::Safe;

/// Takes the page. Where levels wait for an answer of each target, the person says whom they answer for; what the
/// schedule says of them counts without asking.
pub(super) fn acknowledge(model: &mut Model) -> Vec<Effect> {
    let Some(incident) = model.incident() else {
        return intend(model, &Intent::Acknowledge(Vec::new()));
    };
    let me = model.setup.me.name.as_str();
    let mine = model.live.rota.held_by(me, model.now);
    let waiting = incident.escalation.unanswered(&incident.response());
    let open: Vec<Slug> = waiting
        .into_iter()
        .filter(|target| !mine.contains(target))
        .collect();
    if open.is_empty() {
        return intend(model, &Intent::Acknowledge(mine));
    }
    let mut items: Vec<(String, Picked)> = open
        .iter()
        .map(|target| {
            let mut targets = mine.clone();
            targets.push(target.clone());
            (
                format!("for {target}, who is still called"),
                Picked::Answer(targets),
            )
        })
        .collect();
    items.push((
        "only for myself: the others are still called".into(),
        Picked::Answer(mine),
    ));
    push(model, "Whom do you answer for?", items);
    Vec::new()
}

fn push(model: &mut Model, title: &str, items: Vec<(String, Picked)>) {
    model.ui.overlays.push(Overlay::Pick(Pick {
        title: title.to_string(),
        items,
        cursor: 0,
    }));
}

/// Whom to tell.
pub(super) fn audiences(model: &mut Model) {
    if !goes_on(model) {
        return;
    }
    let items = Audience::ALL.iter().rev().map(|audience| {
        let ways = model
            .setup
            .channels
            .iter()
            .filter(|way| way.audiences.contains(audience));
        let ways: Vec<&str> = ways.map(|way| way.name.as_str()).collect();
        let by = match ways.is_empty() {
            true => "recorded only: no channel carries it".to_string(),
            false => format!("goes out by {}", ways.join(", ")),
        };
        (
            format!("{:<14} {by}", audience.word()),
            Picked::Audience(*audience),
        )
    });
    let items = items.collect();
    push(model, "An update for whom?", items);
}

/// The prompt of an update.
pub(super) fn write_update(model: &mut Model, audience: Audience) {
    let title = format!("Update for {}: what they need to know now", audience.word());
    open_prompt(
        model,
        Purpose::Update(audience),
        title,
        &[("text", Takes::Words)],
    );
}

/// Which role to hand over; those that somebody holds first.
pub(super) fn roles(model: &mut Model) {
    if !goes_on(model) {
        return;
    }
    let Some(board) = model.board() else {
        return;
    };
    let mut roles: Vec<&Role> = Role::ALL.iter().collect();
    let me = &model.setup.me.actor;
    let mine = |role: &Role| {
        board
            .incident
            .roles
            .get(role)
            .is_some_and(|held| held.actor == *me)
    };
    roles.sort_by_key(|role| !mine(role));
    let row = |role: &&Role| {
        let holder = board.incident.roles.get(role);
        let held = holder.map_or("nobody".to_string(), |held| board.name_of(&held.actor));
        (
            format!("{:<24} {held}", role.title()),
            Picked::HandOver(**role),
        )
    };
    let items = roles.iter().map(row).collect();
    push(model, "Hand over which role?", items);
}

/// To whom: whoever has taken part.
pub(super) fn people(model: &mut Model, role: Role) {
    let Some(board) = model.board() else {
        return;
    };
    let holder = board.incident.roles.get(&role).map(|held| &held.actor);
    let others = board
        .incident
        .actors
        .iter()
        .filter(|(actor, (_, data))| data.uid.is_some() && Some(*actor) != holder);
    let items: Vec<(String, Picked)> = others
        .map(|(actor, _)| {
            (
                board.name_of(actor),
                Picked::HandOverTo(role, actor.clone()),
            )
        })
        .collect();
    if items.is_empty() {
        return model
            .ui
            .warn("nobody else has taken part yet: they can take the role themselves with r");
    }
    let title = format!("Hand {} over to whom?", role.title());
    push(model, &title, items);
}

/// Work to add, and open work to end.
pub(super) fn work(model: &mut Model) {
    let Some(board) = model.board() else {
        return no_incident(model);
    };
    let mut items: Vec<(String, Picked)> = WorkKind::ALL
        .iter()
        .map(|kind| (format!("new {}", kind.word()), Picked::Work(*kind)))
        .collect();
    for (seq, fact) in board.incident.open_work() {
        let entry = board.entries.iter().find(|entry| entry.seq == seq);
        let text = entry
            .and_then(|entry| entry.text(field::TEXT))
            .unwrap_or("-");
        items.push((
            format!("done: {} #{seq} {}", fact.kind.word(), Safe::line(text)),
            Picked::Done(seq),
        ));
    }
    // What is overdue is most likely what one comes for.
    let overdue = board
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
pub(super) fn write_work(model: &mut Model, kind: WorkKind) {
    let fields: &[(&'static str, Takes)] = match kind {
        WorkKind::Action => &[
            ("what", Takes::Words),
            ("due: 30m, or 02:40+01:00", Takes::Due),
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

/// Work as it was typed; the prompt has checked its time.
pub(super) fn work_of(model: &Model, kind: WorkKind, texts: &[Safe]) -> Intent {
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
