//! Answers that cannot be read as they should be: kept for the screen and the paging service until they can.

use crate::app::model::Model;
use crate::incident::SourceId;

pub(crate) fn note(model: &mut Model, source: &SourceId, part: &'static str, what: Option<String>) {
    let place = (source.clone(), part);
    match what {
        Some(what) => model.live.odd.insert(place, what),
        None => model.live.odd.remove(&place),
    };
}
