//! `SHA256SUMS`: each file of a bundle once, in the one form that `sha256sum` writes.

use super::super::bundle::contents::{Contents, Member, is_name};
use super::super::grammar::is_hash;
use crate::text::{hex, sanitize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

/// The one file that the list does not name.
pub(super) const SUMS: &str = "SHA256SUMS";
/// In bytes.
const MAX_SUMS: u64 = 4 << 20;

/// Differences between a bundle and its list.
pub(super) fn wrong(contents: &Contents) -> Vec<String> {
    let Some(list) = contents.members.get(SUMS) else {
        return Vec::new();
    };
    let text = list.bytes(MAX_SUMS).and_then(|b| String::from_utf8(b).ok());
    let Some(text) = text else {
        return vec![format!("{SUMS} does not read as text of at most 4 MiB")];
    };
    let mut faults = Vec::new();
    let mut listed = BTreeSet::new();
    for line in text.split_inclusive('\n') {
        let Some((digest, name)) = parts(line) else {
            let shown = sanitize::bound(sanitize::line(line), 200);
            faults.push(format!(
                "{SUMS} has a line that is not in its form: \"{shown}\""
            ));
            continue;
        };
        if !listed.insert(name) {
            faults.push(format!("{SUMS} names {name} twice"));
        }
        let sum = |member: &Member| {
            let file = member.open();
            file.and_then(|file| digest_of(file, member.length))
        };
        match contents.members.get(name).map(sum) {
            None => faults.push(format!("{name} is listed and not there")),
            Some(Ok(found)) if found == digest => {}
            Some(_) => faults.push(format!("{name} is not what {SUMS} says")),
        }
    }
    for name in contents.members.keys() {
        if name != SUMS && !listed.contains(name.as_str()) {
            faults.push(format!("{name} is not listed in {SUMS}"));
        }
    }
    faults
}

/// Digest and name of a line; no other white space or carriage return, and a newline.
fn parts(line: &str) -> Option<(&str, &str)> {
    let (digest, name) = line.strip_suffix('\n')?.split_once("  ")?;
    (is_hash(digest) && is_name(name) && name != SUMS).then_some((digest, name))
}

fn digest_of(file: File, length: u64) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut reader = BufReader::with_capacity(1 << 18, file.take(length));
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(bytes);
        let count = bytes.len();
        reader.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::as_written("  a.txt\n", true)]
    #[case::no_newline("  a.txt", false)]
    #[case::carriage_return("  a.txt\r\n", false)]
    #[case::one_space(" a.txt\n", false)]
    #[case::three_spaces("   a.txt\n", false)]
    #[case::binary_mark(" *a.txt\n", false)]
    #[case::the_list_itself("  SHA256SUMS\n", false)]
    #[case::outside("  ../a.txt\n", false)]
    fn a_line_of_the_list_has_one_form(#[case] rest: &str, #[case] fits: bool) {
        let digest = "0a".repeat(32);
        assert_eq!(parts(&format!("{digest}{rest}")).is_some(), fits);
        let upper = format!("{}{rest}", digest.to_ascii_uppercase());
        assert_eq!(parts(&upper), None);
    }
}
