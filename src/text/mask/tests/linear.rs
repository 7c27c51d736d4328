//! The work grows with the text, not with its square: hostile text repeats what the detectors look for.

use super::*;

/// Beginnings of what is looked for, without its end.
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

/// Bytes of the text that were read for hits, before overlaps are settled: each is counted once for each hit over it.
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
