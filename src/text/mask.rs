//! Masks cardholder data and secrets before anything is hashed or written (rules S1, S2).
//!
//! Each detector reports ranges of the original text; overlapping ranges merge, so that the order of
//! detectors does not matter and nothing is masked twice.

mod decode;
mod digits;
mod glued;
mod issuers;
mod pan;
mod patterns;
mod secrets;
mod shapes;

use std::ops::Range;

/// What kind of data was masked.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A card number: first six and last four digits stay.
    Pan,
    /// A card verification code.
    Cvv,
    /// A personal identification number.
    Pin,
    /// Magnetic-stripe data.
    Track,
    /// A PEM block.
    Pem,
    /// A JSON Web Token.
    Jwt,
    /// The credentials of an `Authorization` header.
    Bearer,
    /// A cloud or provider key with a recognizable form.
    CloudKey,
    /// A password, in a URL, a connection string or an assignment.
    Password,
    /// Another secret in an assignment.
    Secret,
}

impl Kind {
    /// The word shown in place of the data and recorded in the entry.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pan => "pan",
            Self::Cvv => "cvv",
            Self::Pin => "pin",
            Self::Track => "track",
            Self::Pem => "pem",
            Self::Jwt => "jwt",
            Self::Bearer => "bearer",
            Self::CloudKey => "cloud-key",
            Self::Password => "password",
            Self::Secret => "secret",
        }
    }
}

/// One masked place: its kind, and the byte offset in the masked text where the mask stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// What it was.
    pub kind: Kind,
    /// Byte offset in the masked text.
    pub at: usize,
}

/// Text after masking, with what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// The text that may be written.
    pub text: String,
    /// What was masked, in order.
    pub found: Vec<Found>,
}

/// A range to replace.
#[derive(Debug, Clone)]
struct Hit {
    range: Range<usize>,
    kind: Kind,
    instead: String,
}

impl Hit {
    fn new(range: Range<usize>, kind: Kind) -> Self {
        Self {
            range,
            kind,
            instead: format!("[masked {}]", kind.word()),
        }
    }
}

/// Masks every card number and secret that the detectors know.
pub fn mask(text: &str) -> Masked {
    let hits = find(text);
    if hits.is_empty() {
        return Masked {
            text: text.to_string(),
            found: Vec::new(),
        };
    }
    let mut out = String::with_capacity(text.len());
    let mut found = Vec::new();
    let mut done = 0;
    for hit in hits {
        let inside = hit.range.end <= done;
        if !inside {
            out.push_str(text.get(done..hit.range.start).unwrap_or_default());
        }
        // What goes with something that is masked already is still worth saying.
        found.push(Found {
            kind: hit.kind,
            at: out.len(),
        });
        if !inside {
            out.push_str(&hit.instead);
            done = hit.range.end;
        }
    }
    out.push_str(&text[done..]);
    Masked { text: out, found }
}

/// What every detector finds in every layer of the text, as ranges of the text as it is written, in order. Of
/// those that start together the longest comes first.
fn find(text: &str) -> Vec<Hit> {
    let mut hits = detect(text);
    let mut layers: Vec<decode::Layer> = Vec::new();
    while layers.len() < decode::MAX_LAYERS {
        let Some(layer) = decode::layer(layers.last().map_or(text, |last| &last.text)) else {
            break;
        };
        layers.push(layer);
        let deepest = layers.last().map_or(text, |last| &last.text);
        hits.extend(detect(deepest).into_iter().map(|hit| {
            Hit {
                range: layers
                    .iter()
                    .rev()
                    .fold(hit.range, |range, layer| layer.source(range)),
                ..hit
            }
        }));
    }
    hits.sort_by_key(|hit| (hit.range.start, std::cmp::Reverse(hit.range.end)));
    settle(hits)
}

fn detect(text: &str) -> Vec<Hit> {
    let mut hits = secrets::find(text);
    if digits::may_hold(text, *issuers::LENGTHS.start()) {
        hits.extend(pan::find(text));
    }
    hits
}

/// Leaves out what an earlier hit of the same kind says already. Two different numbers that overlap are shown as
/// one word: the digits that stay of one may be those that must go of the other.
fn settle(hits: Vec<Hit>) -> Vec<Hit> {
    let mut settled: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        let known = settled
            .iter_mut()
            .rev()
            .take(8)
            .find(|known| known.kind == hit.kind && hit.range.start < known.range.end);
        match known {
            Some(known) if known.range == hit.range && known.instead == hit.instead => {}
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
