//! The form of a secret, where the words around it do not decide: "the secret is out" and "the secret is 9f3-Xy".

use super::super::issuers::is_card;
use regex::Regex;
use std::sync::LazyLock;

/// Texts with letters and digits that are no secrets: versions, times, amounts with a unit, names of machines, of
/// algorithms and of tickets.
static ORDINARY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?:
            v?[0-9]+(?:[.,:/-][0-9]+)*[a-z%µ]{0,5}
            | [0-9]{4}-[0-9]{2}-[0-9]{2}[tT_].*
            | [A-Z]{1,10}[-_]?[0-9]{1,7}
            | [a-z]+[-_.][0-9]{1,3}
            | (?i:1password|keepass[a-z0-9]*)
            | [a-z]{1,4}[0-9]{1,3}
            | [a-z]{1,4}[0-9]?(?:-[a-z0-9]{1,12})*-[0-9]{1,2}[a-z]?
            | (?i:rsa|dsa|ecdsa|ed|ec|aes|3?des|sha[0-9]?|hmac|p|x|rs|es|hs|ps|a|tls|pkcs|oauth|base|utf|tr|iso|fips)[-_]?[0-9]+(?:[-_/]?(?i:gcm|cbc|ecb|ctr|kw|sha[0-9]*|bit|bits|[0-9]+))*
            | [0-9]+[-_ ]?(?i:bits?|bytes?|chars?|days?|hours?|min|sec|ms|x|st|nd|rd|th|kb|mb|gb|tps)
        )$",
    )
    .ok()
});

/// Whether a value is a path, a host or an address.
fn is_place(value: &str) -> bool {
    let slashes = value.matches('/').count();
    value.contains("://")
        || value.starts_with(['/', '~', '#'])
        || (slashes > 0
            && value.split('/').all(|part| {
                part.bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'_' || b == b'.')
                    || part.len() < 4
            }))
        || (value.contains('.')
            && value.split('.').all(|part| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
            }))
        || (value.contains('@')
            && value.contains('.')
            && !value.bytes().any(|b| b.is_ascii_digit()))
}

/// Without the end of a sentence and without quotation marks.
pub(crate) fn bare(value: &str) -> &str {
    const MARKS: [char; 13] = [
        '"', '\'', '`', '“', '”', '„', '«', '»', '‘', '’', '(', ')', '*',
    ];
    let unquoted = value.trim_matches(MARKS);
    let unended = unquoted.trim_end_matches(['.', ',', ';', ':', '!', '?']);
    unended.trim_matches(MARKS)
}

pub(crate) fn like_anything(_: &str, _: &str) -> bool {
    true
}

/// A text that is no word of a sentence: digits and letters, special characters, or capitals inside.
pub(crate) fn like_secret(_: &str, value: &str) -> bool {
    let value = bare(value);
    let masked = ["***", "xxxx", "XXXX"]
        .iter()
        .any(|signs| value.contains(signs));
    if value.chars().count() < 5
        || masked
        || is_place(value)
        || ORDINARY
            .as_ref()
            .is_some_and(|ordinary| ordinary.is_match(value))
    {
        return false;
    }
    let has = |wanted: fn(&u8) -> bool| value.bytes().any(|b| wanted(&b));
    let (digit, letter) = (has(u8::is_ascii_digit), has(u8::is_ascii_alphabetic));
    let sign = value.get(1..).unwrap_or_default().contains([
        '!', '#', '$', '%', '^', '&', '*', '+', '=', '?', '@', '~', '_', '\\', '|',
    ]);
    let capital = value
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    // Words joined by hyphens with a capital in a later one are a made-up password.
    let capitalized = |part: &&str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part[1..].bytes().any(|b| b.is_ascii_lowercase())
    };
    let joined = value.split('-').filter(capitalized).count() >= 2;
    let mixed = digit && (letter || sign || value.len() >= 8);
    let odd = (sign && letter && !value.contains('_')) || (capital && value.len() >= 8);
    mixed || odd || joined
}

/// As [`like_secret`] without a verb between name and value: at least eight characters, with digits and letters.
pub(crate) fn like_token(before: &str, value: &str) -> bool {
    let plain = bare(value);
    plain.len() >= 8
        && plain.bytes().any(|b| b.is_ascii_digit())
        && plain.bytes().any(|b| b.is_ascii_alphabetic())
        && like_secret(before, value)
}

/// The value of an `Authorization` header, without the name of its scheme.
pub(crate) fn like_credentials(_: &str, value: &str) -> bool {
    const SCHEMES: &str = "oauth sharedkey signature ntlm hoba mac bearer basic digest token negotiate apikey geniekey hawk \
        hmac";
    let named = value.split_once('=').is_some_and(|(name, rest)| {
        !rest.is_empty()
            && !rest.starts_with('=')
            && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    });
    // `Digest username="…"`: its parameters have their own rows.
    let empty = value
        .strip_suffix('=')
        .is_some_and(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
    let parameter = empty || (named && !value.starts_with("token="));
    !parameter
        && !SCHEMES
            .split(' ')
            .any(|scheme| value.eq_ignore_ascii_case(scheme))
}

/// The proof in a parameter of a header: random, or base64 with padding.
pub(crate) fn like_proof(_: &str, value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    digits >= 1 && !value.contains([' ', '(', '<']) || value.ends_with('=')
}

/// The digits of a block: not one repeated digit.
pub(crate) fn like_block(_: &str, value: &str) -> bool {
    let mut signs = value.bytes().filter(u8::is_ascii_alphanumeric);
    let first = signs.next();
    signs.any(|sign| Some(sign) != first)
}

/// The value of a session: long, or random.
pub(crate) fn like_session(before: &str, value: &str) -> bool {
    value.len() >= 16 || like_token(before, value)
}

/// A token after `bearer`: not another setting.
pub(crate) fn like_bearer(_: &str, value: &str) -> bool {
    !value.trim_end_matches('=').contains('=')
}

/// A user's password: as [`like_secret`], but no path, and no date after a slash.
pub(crate) fn like_login(before: &str, value: &str) -> bool {
    let plain = bare(value);
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let numeric = plain
        .bytes()
        .all(|b| b.is_ascii_digit() || b.is_ascii_punctuation());
    !numeric && digits < plain.len() && !plain.contains('=') && like_secret(before, value)
}

/// A quoted word that does not describe a secret: `the password is "required"`.
pub(crate) fn like_quoted(_: &str, value: &str) -> bool {
    const SAID: &str = "required missing invalid expired wrong incorrect unknown empty null none true false valid optional \
        not set unset rotated revoked correct weak strong secret password";
    let plain = bare(value).to_ascii_lowercase();
    let first = plain.split(' ').next().unwrap_or_default();
    !SAID.split(' ').any(|word| word == first) && !is_place(&plain)
}

/// A random part of an address: at least twenty characters, with digits and letters.
pub(crate) fn like_random(_: &str, value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    // Words with hyphens and a year are the title of a page.
    let words = value
        .split(['-', '_'])
        .filter(|part| part.len() >= 4 && part.bytes().skip(1).all(|b| b.is_ascii_lowercase()))
        .count();
    digits >= 2 && letters >= 2 && words < 2
}

/// Digits and letters, or the digits of a code.
pub(crate) fn like_code(_: &str, value: &str) -> bool {
    value.bytes().any(|b| b.is_ascii_digit())
}

/// Hexadecimal digits of a key: the words before must not name a check value or a digest.
pub(crate) fn like_key(before: &str, value: &str) -> bool {
    const OTHERS: &str = " id |key id|kcv|check|ksn|hash|md5|sha1|sha2|sha-|digest|fingerprint|checksum|serial|mac=|trace\
        |request|commit";
    // The words directly before: `IPEK for KSN FFFF…: 6AC2…`.
    let from = before.char_indices().rev().nth(24).map_or(0, |(at, _)| at);
    let before = before[from..].to_ascii_lowercase();
    let same = value.bytes().all(|b| b == value.as_bytes()[0]);
    // A key serial number, which is sent with each transaction.
    let serial = value.len() == 20 && value.starts_with("FFFF");
    !same && !serial && !OTHERS.split('|').any(|other| before.contains(other))
}

/// A card number with the fields of a magnetic stripe.
pub(crate) fn like_track(_: &str, value: &str) -> bool {
    let digits: Vec<u8> = value
        .trim_start_matches(|c: char| !c.is_ascii_digit())
        .bytes()
        .filter(|b| !matches!(b, b' ' | b'-'))
        .take_while(u8::is_ascii_digit)
        .map(|b| b - b'0')
        .collect();
    is_card(digits.iter().copied())
}

/// Sixteen hexadecimal digits, letters among them: a block, and no time or reference number.
pub(crate) fn like_hex_block(before: &str, value: &str) -> bool {
    let has = |wanted: fn(&u8) -> bool| value.bytes().any(|b| wanted(&b));
    has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) && like_key(before, value)
}

/// A single-length key: letters and digits, and none of the public values of keys.
pub(crate) fn like_single(before: &str, value: &str) -> bool {
    let before_it = before.to_ascii_lowercase();
    let other = ["index", "slot", "label", "kcv", "block", "ksn", "cv "]
        .iter()
        .any(|other| before_it.contains(other));
    !other && like_hex_block(before, value)
}

/// A random value of a cookie, not the number of a visit.
pub(crate) fn like_cookie(before: &str, value: &str) -> bool {
    value.bytes().filter(u8::is_ascii_alphabetic).count() >= 5 && like_random(before, value)
}

/// A PIN: not a count, a measurement or an error around PINs.
pub(crate) fn like_pin(before: &str, _: &str) -> bool {
    const OTHERS: &str = "error|fail|timeout|timed out|length|len|limit|count|pad|retr|tries|attempt|verif|translat|latency\
        |port|total|request|fehler|eingabe|versuch|entry|entries|change at|decline|lane|till|terminal|store\
        |kasse|atm|incorrect|wrong|falsch|bypass|block|slot|version|mailer|operaci|erreur|errat|since";
    let before = before.to_lowercase();
    !OTHERS.split('|').any(|other| before.contains(other))
}

/// A random part of an address that gives access, and no page for readers.
pub(crate) fn like_address(before: &str, value: &str) -> bool {
    const PAGES: &str = "/alert/detail/ /alerts/ /incidents/ /incident/ /issues/ /monitors/ /dashboard /d/ /view/ /runs/ \
        /logs/ /traces/ /trace/ /explore /docs/ /browse/ /projects/ /jobs/ /schedules/ /postmortem /builds/ \
        /blob/ /tree/ /commit/ /merge_requests/ /errors/ /services/detail";
    like_random(before, value) && !PAGES.split(' ').any(|page| before.contains(page))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("hunter77", true)]
    #[case("Kiesel-42-fake", true)]
    #[case("bf31-fake-9c07", true)]
    #[case("correctHorse", true)]
    #[case("p@ssword", true)]
    #[case("Blaue-Kiste", true)]
    #[case("rotated", false)]
    #[case("web-03", false)]
    #[case("v4.21.7", false)]
    #[case("RSA-2048", false)]
    #[case("INC-4417", false)]
    #[case("kv/auth/gateway", false)]
    #[case("vault.acme.example", false)]
    #[case("2026-11-30T03:12:07Z", false)]
    #[case("read-only", false)]
    fn what_looks_like_a_secret(#[case] value: &str, #[case] secret: bool) {
        assert_eq!(like_secret("", value), secret);
    }
}
