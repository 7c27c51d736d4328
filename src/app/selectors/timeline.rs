//! The rows of the timeline, and the one under the cursor.

use crate::app::model::Model;
use crate::incident::entry::SignalSeen;

/// The entries that pass the filter, by number.
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
    shown.map(|entry| entry.seq).collect()
}

/// By number, so that new entries move nothing; `None` follows the end.
pub(crate) fn selected_row(model: &Model, rows: &[u64]) -> Option<usize> {
    let wanted: u64 = model.ui.selected.as_ref()?.parse().ok()?;
    rows.iter().position(|seq| *seq >= wanted)
}

/// The last one while the end is followed.
pub(crate) fn selected_entry(model: &Model) -> Option<u64> {
    let rows = timeline_rows(model);
    let at = selected_row(model, &rows).map(|at| rows[at]);
    at.or(rows.last().copied())
}
