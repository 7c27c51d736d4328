//! The silence on the row under the cursor.

use super::alert_list::{alert_at, under_cursor};
use crate::app::model::Model;
use crate::incident::{Slug, SourceId};
use std::collections::BTreeMap;

const NO_SILENCE: &str = "no silence on this row; an inhibition ends with the alert that causes it";

pub(crate) struct Suppressing {
    pub source: SourceId,
    pub id: Slug,
    /// Who made it, until when and why.
    pub description: String,
    /// How many alerts it suppresses, and which.
    pub covers: String,
    pub count: usize,
}

/// The silence that suppresses most alerts of the row, and all that it suppresses.
pub(crate) fn silence_on_row(model: &Model) -> Result<Suppressing, String> {
    over_row(model).ok_or_else(|| NO_SILENCE.into())
}

fn over_row(model: &Model) -> Option<Suppressing> {
    let index = &model.live.index;
    let mut counts: BTreeMap<&Slug, (usize, u32)> = BTreeMap::new();
    for at in under_cursor(model)? {
        for id in index.alerts().get(at as usize).map(|it| &it.silenced_by)? {
            counts.entry(id).or_insert((0, at)).0 += 1;
        }
    }
    let several = counts.len();
    let (id, (_, at)) = counts.into_iter().max_by_key(|(_, (count, _))| *count)?;
    let alert = alert_at(model, at)?;
    let place = alert.silenced_by.iter().position(|it| it == id)?;
    // The reasons begin with the silences, in the same order.
    let description = alert.suppressed_by.get(place);
    let description = description.map_or(id.to_string(), ToString::to_string);
    let description = match several {
        1 => description,
        several => format!("one of {several} silences on this row: {description}"),
    };
    let quiet: Vec<usize> = (0..index.alerts().len())
        .filter(|at| index.alerts()[*at].silenced_by.contains(id))
        .collect();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for at in &quiet {
        *names.entry(index.alerts()[*at].name.as_str()).or_default() += 1;
    }
    let listed: Vec<String> = names
        .iter()
        .take(5)
        .map(|(name, count)| match count {
            1 => (*name).to_string(),
            count => format!("{count} × {name}"),
        })
        .collect();
    let more = if names.len() > 5 { ", …" } else { "" };
    Some(Suppressing {
        source: index.source(at).cloned()?,
        id: id.clone(),
        description,
        covers: match quiet.len() {
            1 => format!("1 alert is silenced by it now ({})", listed.join(", ")),
            count => format!(
                "{count} alerts are silenced by it now ({}{more})",
                listed.join(", ")
            ),
        },
        count: quiet.len(),
    })
}
