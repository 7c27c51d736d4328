//! One row of the table of secrets.

use super::super::hit::MaskKind;
use super::looks::like_anything;

pub(crate) struct Pattern {
    pub(crate) kind: MaskKind,
    /// Every text with a match of this row contains it.
    pub(crate) hint: &'static str,
    pub(crate) find: &'static str,
    /// Whether the match has the form of a secret; its first argument is the text before the match.
    pub(crate) looks: fn(&str, &str) -> bool,
}

pub(super) const fn row(kind: MaskKind, hint: &'static str, find: &'static str) -> Pattern {
    row_if(kind, hint, find, like_anything)
}

pub(super) const fn row_if(
    kind: MaskKind,
    hint: &'static str,
    find: &'static str,
    looks: fn(&str, &str) -> bool,
) -> Pattern {
    Pattern {
        kind,
        hint,
        find,
        looks,
    }
}
