//! Kinds of masked data, and the ranges that detectors report.

use std::ops::Range;

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum MaskKind {
    /// A card number: the first six and the last four digits stay.
    Pan,
    /// A card verification code.
    Cvv,
    Pin,
    /// Magnetic-stripe data.
    Track,
    Pem,
    Jwt,
    /// The credentials of an `Authorization` header.
    Bearer,
    /// A cloud or provider key of known form.
    CloudKey,
    /// In a URL, a connection string or an assignment.
    Password,
    Secret,
}

impl MaskKind {
    pub(super) const ALL: [Self; 10] = [
        Self::Pan,
        Self::Cvv,
        Self::Pin,
        Self::Track,
        Self::Pem,
        Self::Jwt,
        Self::Bearer,
        Self::CloudKey,
        Self::Password,
        Self::Secret,
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MaskedSpot {
    pub kind: MaskKind,
    /// Byte offset of the mask in the masked text.
    pub at: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) range: Range<usize>,
    pub(super) kind: MaskKind,
    pub(super) replacement: String,
}

impl Hit {
    pub(super) fn new(range: Range<usize>, kind: MaskKind) -> Self {
        Self {
            range,
            kind,
            replacement: format!("[masked {}]", kind.word()),
        }
    }
}
