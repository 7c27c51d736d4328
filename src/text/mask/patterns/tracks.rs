//! Damaged magnetic-stripe data of readers, keyboards and logs: other separators, missing parts, lost characters.

use super::looks::like_track;
use super::pattern::{Pattern, track};

pub(super) const TRACKS: &[Pattern] = &[
    // A keyboard of another layout types other characters: `&` for `^`, `¿` or `'` for `=`.
    track(
        r"[0-9][ ]?[\^&~|'´`¨+*§/_][ ]?[a-z]",
        r"[%;]?B?[0-9](?:[ -]?[0-9]){12,18}[ ]?[\^&~|'´`¨+*§_][a-z][a-z/ .,'&_-]{1,30}?[\^&~|'´`¨+*§_][ ]?(?:2[0-9]|3[0-9])(?:0[1-9]|1[0-2])[^?\s\x22]*\??",
    )
    .only_if(like_track),
    track(
        r"[0-9](?:[¿´'~§+^*|>#:]|\\u003d|&#61;|=3D|0x3D)(?:2[0-9]|3[0-9])(?:0[1-9]|1[0-2])[0-9]{3}",
        r"[;ñ:ö+]?(?:\b|_)[0-9]{13,19}(?:[¿´'~§+^*|>#:]|\\u003d|&#61;|=3D|0x3D)(?:2[0-9]|3[0-9])(?:0[1-9]|1[0-2])[0-9]{3,}[^?\s\x22]*\??",
    )
    .only_if(like_track),
    // Without the fields after the name.
    track(
        r"B[0-9]{12,19}\^",
        r"%?\bB[0-9]{12,19}\^[a-z][a-z/ .'-]{1,30}",
    )
    .only_if(like_track),
    // The date alone, or the other fields with lost characters.
    track(
        r"[0-9]{4}[ ]?(?:=|D)[ ]?[0-9]{2}",
        r"(?-i);[0-9]{12,19}[ ]?[=D][ ]?(?:2[0-9]|3[0-9])(?:0[1-9]|1[0-2])[0-9*#._xX?-]*|(?:\b|_)[0-9]{12,19}[=D](?:2[0-9]|3[0-9])(?:0[1-9]|1[0-2])[0-9*#._-]*(?:[*#._-][0-9]|\?)[0-9*#._?-]*",
    )
    .only_if(like_track),
    // The other fields of a track of which only the number was masked.
    track(
        r"[0-9*x•][ ]?[=D^][ ]?[0-9]{7}",
        r"(?:[*x•]{4,}[0-9]{4}|\[masked pan\])[ ]?(?:[=D]|\^[^^\n]{2,30}\^)[ ]?(?P<s>(?:2[0-9]|3[0-9])(?:0[1-9]|1[0-2])[0-9]{3,})",
    ),
];
