//! The list of alerts on the screen: groups, or what the filter finds; and the cursor in it.

use crate::alerts::{Alert, AlertGroup};
use crate::app::model::Model;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Row<'m> {
    /// Alerts of one name, severity and state.
    Group(&'m AlertGroup),
    Alert(&'m Alert),
}

impl Row<'_> {
    /// The key by which the cursor stays on its row.
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Group(group) => &group.key,
            Self::Alert(alert) => alert.key.as_str(),
        }
    }
}

pub(crate) fn count(model: &Model) -> usize {
    match model.live.found.words.is_empty() {
        true => model.live.index.groups().len(),
        false => model.live.found.positions.len(),
    }
}

/// A group of one is shown as its alert.
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

pub(crate) fn cursor(model: &Model) -> Option<usize> {
    let key = model.ui.alert.as_deref()?;
    (0..count(model)).find(|number| row(model, *number).is_some_and(|row| row.key() == key))
}

/// The positions of the alerts of the row under the cursor.
pub(crate) fn under_cursor(model: &Model) -> Option<Vec<u32>> {
    let row = row(model, cursor(model)?)?;
    Some(match row {
        Row::Alert(alert) => vec![model.live.index.get(&alert.key)?.0],
        Row::Group(group) => group.members.clone(),
    })
}

pub(crate) fn alert_at(model: &Model, at: u32) -> Option<&Alert> {
    model
        .live
        .index
        .alerts()
        .get(at as usize)
        .map(AsRef::as_ref)
}
