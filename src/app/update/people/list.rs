//! The list of alerts on the screen: groups, or what the filter finds; and the cursor in it.

use crate::alerts::Alert;
use crate::alerts::Group;
use crate::app::model::Model;
use crate::app::ui::Input;

/// A row of the list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Row<'m> {
    /// Alerts of one name, severity and state.
    Group(&'m Group),
    /// One alert.
    Alert(&'m Alert),
}

impl Row<'_> {
    /// The key that the cursor holds on to.
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Group(group) => &group.key,
            Self::Alert(alert) => alert.key.as_str(),
        }
    }
}

/// How many rows there are.
pub(crate) fn count(model: &Model) -> usize {
    match model.live.found.words.is_empty() {
        true => model.live.index.groups().len(),
        false => model.live.found.positions.len(),
    }
}

/// A row by number. A group of one is shown as what it is.
pub(crate) fn row(model: &Model, number: usize) -> Option<Row<'_>> {
    let index = &model.live.index;
    if !model.live.found.words.is_empty() {
        let at = *model.live.found.positions.get(number)?;
        return index
            .alerts()
            .get(at as usize)
            .map(|alert| Row::Alert(alert));
    }
    let group = index.groups().get(number)?;
    Some(match group.members.as_slice() {
        [only] => Row::Alert(index.alerts().get(*only as usize)?),
        _ => Row::Group(group),
    })
}

/// The number of the row under the cursor; none where the cursor is nowhere, or its row has gone.
pub(crate) fn cursor(model: &Model) -> Option<usize> {
    let key = model.ui.alert.as_deref()?;
    (0..count(model)).find(|number| row(model, *number).is_some_and(|row| row.key() == key))
}

/// Moves the cursor.
pub(crate) fn step(model: &mut Model, by: i64) {
    let Some(last) = count(model).checked_sub(1) else {
        return;
    };
    let next = match cursor(model) {
        None if by > 0 => by - 1,
        None => return,
        Some(at) => at as i64 + by,
    };
    let next = if next < 0 {
        None
    } else {
        row(model, (next as usize).min(last))
    };
    model.ui.alert = next.map(|row| row.key().to_string());
}

/// Into a group: its alerts alone.
pub(crate) fn enter(model: &mut Model) {
    let Some(Row::Group(group)) = cursor(model).and_then(|at| row(model, at)) else {
        return;
    };
    model.ui.filter = Some(Input::new(&format!("alertname={}", group.name)));
    model.ui.alert = None;
}
