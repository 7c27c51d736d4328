//! Moving in the list of alerts.

use crate::app::dialog::Input;
use crate::app::model::Model;
use crate::app::selectors::alert_list::{Row, count, cursor, row};

pub(super) fn step(model: &mut Model, by: i64) {
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

pub(super) fn enter(model: &mut Model) {
    let Some(Row::Group(group)) = cursor(model).and_then(|at| row(model, at)) else {
        return;
    };
    model.ui.filter = Some(Input::new(&format!("alertname={}", group.name)));
    model.ui.alert = None;
}
