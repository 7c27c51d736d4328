//! Private keys in base64 without a header: their first bytes distinguish a key from a certificate.

use super::hit::{Hit, MaskKind};
use regex::Regex;
use std::sync::LazyLock;

/// The start of a key in base64: DER, OpenSSH's own form, and PEM that was encoded again.
static HEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:M[A-Za-z0-9+/_-]{15,}|b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/_-]*|LS0tLS1CRUdJTi[A-Za-z0-9+/_-]*|lQ[A-Za-z0-9+/_-]{15,})").ok()
});

/// Characters of base64 that are decoded from the start of a key.
const LOOKED_AT: usize = 64;
/// Shortest line that continues a key; only the last line may be shorter.
const LINE: usize = 16;

pub(super) fn find(text: &str) -> Vec<Hit> {
    let Some(head) = HEAD.as_ref().filter(|_| may_hold(text)) else {
        return Vec::new();
    };
    let mut hits = Vec::new();
    let mut done = 0;
    for found in head.find_iter(text) {
        let before = text[..found.start()].bytes().next_back();
        let inside = before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
        if found.start() < done || inside || !is_private(found.as_str()) {
            continue;
        }
        done = end_of(text, found.end());
        hits.push(Hit::new(found.start()..done, MaskKind::Pem));
    }
    hits
}

fn may_hold(text: &str) -> bool {
    const HINTS: [&str; 5] = ["MI", "MC", "MH", "b3BlbnNzaC1rZXkt", "LS0tLS1CRUdJTi"];
    text.len() >= LINE
        && (HINTS.iter().any(|hint| text.contains(hint))
            || text.contains("lQ")
            || text.contains("MF")
            || text.contains("ME")
            || text.contains("MG"))
}

/// Checks the first bytes: a sequence that begins with a version (PKCS #1, #8 and #12, SEC 1), or with a
/// password-based encryption; OpenSSH's private form; a PEM header of a private key. A certificate, a public key and
/// a request begin with a sequence in a sequence.
fn is_private(base64: &str) -> bool {
    let bytes = decoded(base64);
    if bytes.starts_with(b"openssh-key-v1") {
        return true;
    }
    if bytes.starts_with(b"-----BEGIN") {
        let says = |word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
        return says(b"PRIV") || says(b"ENCR") || says(b"PGP");
    }
    // OpenPGP: the packet of a secret key (tag 5, old form with a length of two bytes), version 4.
    if matches!(bytes.as_slice(), [0x95, _, _, 0x04, ..]) {
        return bytes.len() >= 12;
    }
    let Some((0x30, rest)) = bytes.split_first().map(|(first, rest)| (*first, rest)) else {
        return false;
    };
    let skip = match rest.first() {
        Some(length @ 0x81..=0x83) => usize::from(length & 0x0F) + 1,
        Some(0..=0x7F) => 1,
        _ => return false,
    };
    let body = rest.get(skip..).unwrap_or_default();
    let is_versioned =
        matches!(body, [0x02, 0x01, 0..=3, next, ..] if matches!(next, 0x02 | 0x04 | 0x30));
    // 1.2.840.113549.1.5 and .1.12: password-based encryption.
    let by_password = |body: &[u8]| {
        body.windows(8)
            .any(|part| part == [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05])
            || body
                .windows(9)
                .any(|part| part == [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01])
    };
    is_versioned || (body.first() == Some(&0x30) && by_password(&body[..body.len().min(20)]))
}

/// Ignores an incomplete group at the end.
fn decoded(base64: &str) -> Vec<u8> {
    let value = |byte: u8| {
        Some(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        })
    };
    let sixes: Vec<u8> = base64.bytes().take(LOOKED_AT).map_while(value).collect();
    let mut bytes = Vec::with_capacity(LOOKED_AT);
    for four in sixes.chunks_exact(4) {
        bytes.push(four[0] << 2 | four[1] >> 4);
        bytes.push(four[1] << 4 | four[2] >> 2);
        bytes.push(four[2] << 6 | four[3]);
    }
    bytes
}

/// The end of the lines that continue the key: lines of base64, each after the same prefix (the time of a log, a
/// quotation mark).
fn end_of(text: &str, from: usize) -> usize {
    let of_base64 =
        |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_');
    let bytes = text.as_bytes();
    let mut end = from + bytes[from..].iter().take_while(|b| of_base64(b)).count();
    loop {
        let gap = bytes[end..]
            .iter()
            .take(12)
            .take_while(|b| {
                b.is_ascii_whitespace()
                    || matches!(b, b'"' | b'\'' | b'\\' | b'>' | b'|' | b'+' | b',')
            })
            .count();
        let broken = bytes[end..end + gap]
            .iter()
            .any(|b| matches!(b, b'\n' | b'\\'));
        let start = end + gap;
        // A line break written as an escape in a string.
        let start = start
            + usize::from(broken && bytes.get(start) == Some(&b'n') && bytes[start - 1] == b'\\');
        let length = bytes[start..].iter().take_while(|b| of_base64(b)).count();
        let line = &text[start..start + length];
        let goes_on = length >= LINE || (length > 1 && line.ends_with('='));
        if !broken
            || !goes_on
            || line.starts_with("-----")
            || line.bytes().all(|b| b.is_ascii_lowercase())
        {
            return end;
        }
        end = start + length;
    }
}

#[cfg(test)]
mod tests {
    use super::super::mask;
    use rstest::rstest;

    #[rstest]
    #[case::pkcs1("MIIEowIBAAKCAQEADHjHFAKErJZ2YaTLJGZEdO4sNsNV33qs")]
    #[case::pkcs8("MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIB")]
    #[case::ed25519("MC4CAQAwBQYDK2VwBCIEIqcGlBFAKEchJQO2V6glKIxxN749")]
    #[case::sec1("MHcCAQEEIDMXZwFAKEGjaU5SpXHj5RkyVSo8moYxtYsAvDWk")]
    #[case::encrypted("MIIFHDBOBgkqhkiG9w0BBQ0wQTApBgkqhkiG9w0BBQwwHAQI")]
    #[case::pkcs12("MIIKWwIBAzCCCiEGCSqGSIb3DQEHAaCCChIEggoOMIIKCjCC")]
    #[case::openssh("b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNy")]
    #[case::pem_once_more("LS0tLS1CRUdJTiBPUEVOU1NIIFBSSVZBVEUgS0VZLS0tLS0K")]
    fn a_private_key_is_known_by_its_first_bytes(#[case] key: &str) {
        let text = format!("ref {key}\nQUJDREVGR0hJSktMTU5PUA==\nend of it");
        assert_eq!(mask(&text).text, "ref [masked pem]\nend of it");
    }

    #[rstest]
    #[case::certificate("MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa")]
    #[case::public_key("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU")]
    #[case::public_ed25519("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbL")]
    #[case::public_ec("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTj")]
    #[case::certificate_once_more("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJJ")]
    #[case::word("MICROSERVICES AND MONITORING OF PAYMENTS IN ONE")]
    fn what_is_public_stays(#[case] text: &str) {
        assert_eq!(mask(text).text, text);
    }
}
