//! The rows of the timeline, and the one under the cursor.

use crate::app::model::Model;
use crate::incident::entry::{Opened, SignalSeen};
use crate::incident::{Entry, Incident};
use crate::times::StatedTime;
use chrono::{DateTime, Utc};

/// The entries that pass the filter: as they were recorded, or, where they were entered afterwards, by their times.
pub(crate) fn timeline_rows(model: &Model) -> Vec<u64> {
    let Some(view) = model.view() else {
        return Vec::new();
    };
    let words = model.ui.filter_words();
    let people = crate::documents::People::by_name(&view.entries, &view.incident);
    // Samples without news would hide what people did; a filter finds them all.
    let notable = crate::documents::notable_samples(&view.incident);
    let shown = view.entries.iter().filter(|entry| {
        if words.is_empty() {
            !entry.is::<SignalSeen>() || notable.contains(&entry.seq)
        } else {
            let sentence = crate::documents::sentence(entry, &people);
            let text = format!("{} {sentence}", view.name_of(&entry.by)).to_lowercase();
            words.iter().all(|word| text.contains(word))
        }
    });
    let incident = &view.incident;
    if !incident.is_retrospective() {
        return shown.map(|entry| entry.seq).collect();
    }
    let mut rows: Vec<(DateTime<Utc>, u64)> = shown
        .map(|entry| (incident.time_of(entry).from(), entry.seq))
        .collect();
    rows.sort_unstable();
    rows.into_iter().map(|(_, seq)| seq).collect()
}

/// The time beside an entry: in the order of times, that of what it says; else when it was recorded or stated, unless
/// that was corrected.
pub(crate) fn time_beside(incident: &Incident, entry: &Entry) -> StatedTime {
    match entry.is::<Opened>() && !incident.is_retrospective() {
        true if incident.replaced(entry.seq).is_empty() => entry.when(),
        _ => incident.time_of(entry),
    }
}

/// By number, so that new entries move nothing. `None` follows the end; in the order of times there is none, and the
/// entry that was recorded last is followed.
pub(crate) fn selected_row(model: &Model, rows: &[u64]) -> Option<usize> {
    let selected = model.ui.selected.as_ref();
    let wanted = match selected.and_then(|selected| selected.parse().ok()) {
        Some(wanted) => wanted,
        None if model.is_retrospective() => *rows.iter().max()?,
        None => return None,
    };
    let exactly = rows.iter().position(|seq| *seq == wanted);
    exactly.or_else(|| rows.iter().position(|seq| *seq >= wanted))
}

/// The last one while the end is followed.
pub(crate) fn selected_entry(model: &Model) -> Option<u64> {
    let rows = timeline_rows(model);
    let at = selected_row(model, &rows).map(|at| rows[at]);
    at.or(rows.last().copied())
}
