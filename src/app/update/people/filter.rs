//! The alert filter: what its words find is kept, and narrowed while a person types.

use crate::app::model::{Found, Model};
use crate::keymap::Action;

pub(super) fn begin(model: &mut Model) {
    model.ui.filtering = true;
    model.ui.filter.get_or_insert_default();
}

pub(super) fn act(model: &mut Model, action: Action) {
    match action {
        Action::Back => {
            model.ui.filtering = false;
            model.ui.filter = None;
        }
        Action::Enter => model.ui.filtering = false,
        Action::Edit(edit) => {
            model.ui.filter.get_or_insert_default().edit(edit);
            model.ui.scroll = 0;
        }
        _ => {}
    }
}

/// One letter more searches only what was found.
pub(crate) fn narrow(model: &mut Model) {
    let words = model.ui.filter_words();
    let found = &model.live.found;
    if words == found.words {
        return;
    }
    let narrows = !found.words.is_empty()
        && words.len() >= found.words.len()
        && found
            .words
            .iter()
            .zip(&words)
            .all(|(before, after)| after.contains(before.as_str()));
    let within = narrows.then_some(found.positions.as_slice());
    let positions = search(model, &words, within);
    model.live.found = Found { words, positions };
}

pub(crate) fn again(model: &mut Model) {
    let words = model.ui.filter_words();
    let positions = search(model, &words, None);
    model.live.found = Found { words, positions };
}

fn search(model: &Model, words: &[String], within: Option<&[u32]>) -> Vec<u32> {
    match words {
        [] => Vec::new(),
        words => model.live.index.search(words, within),
    }
}
