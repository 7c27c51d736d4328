//! The alert filter: what its words find is kept, and narrowed while a person types.

use crate::app::model::{Found, Model};
use crate::keymap::Action;

pub(super) fn begin(model: &mut Model) {
    model.ui.filtering = true;
    model.ui.filter.get_or_insert_default();
}

/// While its words are typed.
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

/// Brings what the filter finds up to date with its words. One letter more looks only among what was found.
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

/// Looks anew: the list itself has changed.
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
