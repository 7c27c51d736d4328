//! Masks cardholder data and secrets before anything is hashed or written (rules S1, S2).
//!
//! Each detector reports ranges of the original text; overlapping ranges merge, so that the order of
//! detectors does not matter and nothing is masked twice.

mod pan;
mod secrets;

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
    let mut hits = secrets::find(text);
    hits.extend(pan::find(text));
    if hits.is_empty() {
        return Masked {
            text: text.to_string(),
            found: Vec::new(),
        };
    }
    // The longest of those that start together wins; anything inside an earlier hit goes with it.
    hits.sort_by_key(|hit| (hit.range.start, std::cmp::Reverse(hit.range.end)));
    let mut out = String::with_capacity(text.len());
    let mut found = Vec::new();
    let mut done = 0;
    for hit in hits {
        if hit.range.end <= done {
            // It goes with what is masked already; what kind it was is still worth saying.
            found.push(Found {
                kind: hit.kind,
                at: out.len(),
            });
            continue;
        }
        if hit.range.start >= done {
            out.push_str(&text[done..hit.range.start]);
        }
        found.push(Found {
            kind: hit.kind,
            at: out.len(),
        });
        out.push_str(&hit.instead);
        done = hit.range.end;
    }
    out.push_str(&text[done..]);
    Masked { text: out, found }
}

#[cfg(test)]
mod tests;
