//! The work grows linearly with the text: hostile text repeats the starts of patterns.

use super::*;

/// Starts of patterns without their ends.
pub(super) const HOSTILE: [&str; 34] = [
    "password=",
    "password: ",
    "token:{{",
    "token=$(",
    "secret=<",
    "<password>",
    "<password x",
    "<password><![CDATA[",
    "--password ",
    "\u{1b}]",
    "\u{1b}[",
    "^[[",
    "\\x1b[",
    "%3",
    "&#",
    "\\\"",
    "4",
    "4 ",
    "4111111111111111 12/27 ",
    "411111******1111 ",
    "**",
    "5A08",
    "9F",
    "57114111111111111111D",
    "M",
    "MIIE",
    "MIIEowIBAAKCAQEA\n",
    "-----BEGIN PRIVATE KEY",
    "zmk ",
    "the password is ",
    "recovery codes: ab12-",
    "kind: Secret\ndata:\n",
    "name: password\n",
    "https://hooks.x/",
];
const SMALL: usize = 8 * 1024;

/// Bytes read for hits, before overlaps are merged: a byte counts once for each hit that covers it.
fn covered(text: &str) -> usize {
    let hits = detect(text, &SensitiveNames::default());
    hits.iter().map(|hit| hit.range.len()).sum::<usize>() + hits.len()
}

#[test]
fn four_times_the_text_gives_at_most_five_times_the_hits() {
    for part in HOSTILE {
        let small = part.repeat(SMALL / part.len());
        let large = part.repeat(4 * SMALL / part.len());
        let (few, many) = (covered(&small), covered(&large));
        assert!(many <= 5 * few.max(SMALL), "{part:?}: {few} and {many}");
    }
}
