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

impl Pattern {
    pub(super) const fn only_if(self, looks: fn(&str, &str) -> bool) -> Self {
        Self { looks, ..self }
    }
}

macro_rules! rows {
    ($($name:ident: $kind:ident,)*) => {$(
        pub(super) const fn $name(hint: &'static str, find: &'static str) -> Pattern {
            Pattern { kind: MaskKind::$kind, hint, find, looks: like_anything }
        }
    )*};
}

rows! {
    bearer: Bearer,
    cloud_key: CloudKey,
    cvv: Cvv,
    jwt: Jwt,
    password: Password,
    pem: Pem,
    pin: Pin,
    secret: Secret,
    track: Track,
}
