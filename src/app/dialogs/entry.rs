//! Shows one entry of the journal in full.

use crate::app::dialog::{Content, Outcome};
use crate::app::model::Model;
use crate::app::selectors::timeline::selected_entry;

pub(crate) fn open(model: &mut Model) -> Outcome {
    match selected_entry(model) {
        Some(seq) => model.open(Content::Entry(seq)),
        None => Ok(Vec::new()),
    }
}
