//! Masks cardholder data and secrets before anything is hashed or written (rules S1, S2).
//!
//! Each detector reports ranges of the original text. Overlapping ranges are merged: the order of detectors does not
//! matter, and nothing is masked twice.

mod beside;
mod decode;
mod digits;
mod emv;
mod fields;
mod glued;
mod hit;
mod issuers;
mod kubernetes;
mod material;
mod names;
mod pan;
mod patterns;
mod reference;
mod secrets;
mod shapes;
mod split;

pub use hit::{MaskKind, MaskedSpot};
pub use names::SensitiveNames;
pub(super) use reference::is_taken_out;

use hit::Hit;
use std::ops::Range;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedText {
    pub text: String,
    /// In the order of the text.
    pub found: Vec<MaskedSpot>,
}

/// Masks every card number and secret that the detectors know, with the sensitive names of this process.
pub fn mask(text: &str) -> MaskedText {
    mask_by(text, SensitiveNames::chosen())
}

/// Repeats until nothing changes.
pub fn mask_by(text: &str, names: &SensitiveNames) -> MaskedText {
    let mut masked = MaskedText {
        text: text.to_string(),
        found: Vec::new(),
    };
    for _ in 0..MAX_ROUNDS {
        let hits = find(&masked.text, names);
        if hits.is_empty() {
            break;
        }
        if !apply(&mut masked, hits) {
            break;
        }
    }
    masked
}

/// Each repetition masks what an earlier mask uncovered.
const MAX_ROUNDS: usize = 4;

/// Replaces the hits and moves the offsets of earlier masks. Returns whether the text changed.
fn apply(masked: &mut MaskedText, hits: Vec<Hit>) -> bool {
    let text = std::mem::take(&mut masked.text);
    let mut earlier = std::mem::take(&mut masked.found).into_iter().peekable();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for hit in hits {
        let inside = hit.range.end <= done;
        if !inside {
            while let Some(known) = earlier.next_if(|known| known.at < hit.range.start) {
                let at = out.len() + known.at.saturating_sub(done);
                masked.found.push(MaskedSpot { at, ..known });
            }
            out.push_str(text.get(done..hit.range.start).unwrap_or_default());
        }
        // A hit without text belongs to a mask that is there already; its kind is recorded.
        masked.found.push(MaskedSpot {
            kind: hit.kind,
            at: out.len(),
        });
        if !inside {
            // The new mask covers the earlier mask, or stands next to it.
            while let Some(known) = earlier.next_if(|known| known.at < hit.range.end) {
                let at = out.len();
                masked.found.push(MaskedSpot { at, ..known });
            }
            out.push_str(&hit.replacement);
            done = hit.range.end;
        }
    }
    for known in earlier {
        let at = out.len() + known.at.saturating_sub(done);
        masked.found.push(MaskedSpot { at, ..known });
    }
    out.push_str(&text[done..]);
    let changed = out != text;
    masked.text = out;
    changed
}

/// Of all detectors in all layers, as ranges of the original text, in order. Of hits with the same start the longest
/// comes first.
fn find(text: &str, names: &SensitiveNames) -> Vec<Hit> {
    let mut hits = detect(text, names);
    let mut layers: Vec<decode::Layer> = Vec::new();
    while layers.len() < decode::MAX_LAYERS {
        let Some(layer) = decode::layer(layers.last().map_or(text, |last| &last.text)) else {
            break;
        };
        layers.push(layer);
        let deepest = layers.last().map_or(text, |last| &last.text);
        hits.extend(detect(deepest, names).into_iter().map(|hit| {
            Hit {
                range: layers
                    .iter()
                    .rev()
                    .fold(hit.range, |range, layer| layer.source(range)),
                ..hit
            }
        }));
    }
    let mut hits = around_masks(text, hits);
    hits.sort_by_key(|hit| (hit.range.start, std::cmp::Reverse(hit.range.end)));
    settle(hits)
}

/// The parts of the hits outside of existing masks: masking twice changes nothing.
fn around_masks(text: &str, hits: Vec<Hit>) -> Vec<Hit> {
    let masks: Vec<Range<usize>> = text
        .match_indices("[masked ")
        .filter_map(|(at, _)| {
            let end = at + text[at..].bytes().take(20).position(|b| b == b']')? + 1;
            MaskKind::ALL
                .iter()
                .any(|kind| text[at..end] == Hit::new(at..end, *kind).replacement)
                .then_some(at..end)
        })
        .collect();
    if masks.is_empty() {
        return hits;
    }
    let mut parts = Vec::with_capacity(hits.len());
    for hit in hits {
        let first = masks.partition_point(|mask| mask.end <= hit.range.start);
        let over = masks[first..]
            .iter()
            .take_while(|mask| mask.start < hit.range.end);
        let mut from = hit.range.start;
        let mut touched = false;
        for mask in over {
            touched = true;
            parts.extend(part(text, from..mask.start.max(from), hit.kind));
            from = mask.end;
        }
        if touched {
            parts.extend(part(text, from..hit.range.end.max(from), hit.kind));
        } else {
            parts.push(hit);
        }
    }
    parts
}

/// The part of a hit next to a mask, if it contains data.
fn part(text: &str, range: Range<usize>, kind: MaskKind) -> Option<Hit> {
    let left = &text[range.clone()];
    let says = left.contains(char::is_alphanumeric) && !reference::is_reference(left);
    says.then(|| Hit::new(range, kind))
}

fn detect(text: &str, names: &SensitiveNames) -> Vec<Hit> {
    let mut hits = secrets::find(text);
    hits.extend(fields::find(text, names));
    hits.extend(material::find(text));
    hits.extend(kubernetes::find(text));
    hits.retain(|hit| {
        matches!(hit.kind, MaskKind::Cvv | MaskKind::Pin | MaskKind::Track)
            || fields::name_before(text, hit.range.start).is_none_or(|name| !names.may_stay(name))
    });
    if digits::may_hold(text, *issuers::LENGTHS.start()) {
        hits.extend(pan::find(text));
        hits.extend(emv::find(text));
        hits.extend(split::find(text));
    }
    let beside = beside::find(text, &hits);
    hits.extend(beside);
    hits
}

/// Removes hits that an earlier hit of the same kind covers. Two different numbers that overlap are masked
/// completely: the visible digits of one may be the hidden digits of the other.
fn settle(hits: Vec<Hit>) -> Vec<Hit> {
    let mut settled: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        let known = settled
            .iter_mut()
            .rev()
            .take(8)
            .find(|known| known.kind == hit.kind && hit.range.start < known.range.end);
        match known {
            Some(known) if known.range == hit.range && known.replacement == hit.replacement => {}
            Some(known) => {
                let end = known.range.end.max(hit.range.end);
                *known = Hit::new(known.range.start..end, hit.kind);
            }
            None => settled.push(hit),
        }
    }
    settled
}

#[cfg(test)]
mod tests;
