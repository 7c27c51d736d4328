//! Secrets and card authentication data, each recognized by its form or by the word before it.

use super::{Hit, Kind};
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// A detector: the kind it reports and its pattern. The group `s` is what gets masked; without it, the match.
struct Detector {
    kind: Kind,
    pattern: Regex,
}

/// Patterns in the order of their kinds; overlaps are settled by the caller.
const PATTERNS: &[(Kind, &str)] = &[
    (
        Kind::Bearer,
        r#"\b(?i:bearer)\s*(?:[:=]\s*)?\\?["'](?P<s>[A-Za-z0-9._~+/=-]{8,})"#,
    ),
    (
        Kind::Bearer,
        r"\b(?i:bearer)\s*[:=]\s*(?P<s>[A-Za-z0-9._~+/=-]{12,})",
    ),
    (
        Kind::Bearer,
        r"\b(?i:basic)\s+(?P<s>[A-Za-z0-9+/]{6,}={1,2})",
    ),
    // XML elements, and JSON inside JSON: the name tells enough.
    (
        Kind::Password,
        r"(?i)<(?:[a-z0-9_]+:)?(?:password|passwd|passphrase|secret|token|api_?key)>(?P<s>[^<]+)<",
    ),
    (
        Kind::Cvv,
        r"(?i)<(?:[a-z0-9_]+:)?(?:cvv2?|cvc2?|cid|csc)>\s*(?P<s>[0-9]{3,4})\s*<",
    ),
    (
        Kind::Pin,
        r"(?i)<(?:[a-z0-9_]+:)?pin>\s*(?P<s>[0-9]{4,12})\s*<",
    ),
    (
        Kind::Password,
        r#"(?i)(?:password|passwd|passphrase|secret|token|api_?key)\\+"\s*:\s*\\+"(?P<s>[^"\\]+)"#,
    ),
    (
        Kind::Cvv,
        r#"(?i)(?:cvv2?|cvc2?)\\+"\s*:\s*(?:\\+")?(?P<s>[0-9]{3,4})\b"#,
    ),
    (
        Kind::Pin,
        r#"(?i)pin\\+"\s*:\s*(?:\\+")?(?P<s>[0-9]{4,12})\b"#,
    ),
    (
        Kind::Pin,
        r#"[a-z]Pin["']?\s*[:=]\s*["']?(?P<s>[0-9]{4,12})\b"#,
    ),
    (Kind::Pin, r"(?i)\bpin\s*\(\s*(?P<s>[0-9]{4,12})\s*\)"),
    (
        Kind::Cvv,
        r"(?i)\b(?:cvv2?|cvc2?|csc)(?:[ _-]?code)?\s*(?:[:=]\s*)?[(\[-]\s*(?P<s>[0-9]{3,4})\b",
    ),
    (
        Kind::Cvv,
        r"(?i)\b(?:cvv2?|cvc2?)[ _-]code\s*[:= ]\s*(?P<s>[0-9]{3,4})\b",
    ),
    (
        Kind::Password,
        r"\bcurl\b[^\n]*?\s(?:-u|--user)\s*[^\s:]+:(?P<s>\S+)",
    ),
    (
        Kind::Password,
        r"\bmysql(?:dump)?\b[^\n]*?\s-p(?P<s>[^\s]+)",
    ),
    // A block without its END line is cut text: everything after BEGIN is taken.
    (
        Kind::Pem,
        r"(?s)-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|ENCRYPTED|PGP)[A-Z0-9 ]*-----.*?(?:-----END [A-Z0-9 ]+-----|\z)",
    ),
    (
        Kind::Jwt,
        r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){1,3}",
    ),
    (
        Kind::Bearer,
        r#"(?i)\bauthorization["']?\s*[:=]\s*["']?(?:[a-z][a-z0-9-]*\s+)?(?P<s>[^\s"',;\\]{4,})"#,
    ),
    // Case matters less than form: "bearer of bad news" has no token after it.
    (
        Kind::Bearer,
        r"\b(?i:bearer)(?:\s+|%20|\+)(?P<s>[A-Za-z0-9._~+/=-]{12,})",
    ),
    (
        Kind::Bearer,
        r"\b(?i:bearer)(?:\s+|%20|\+)(?P<s>[A-Za-z._~+/=-]*[0-9][A-Za-z0-9._~+/=-]{5,})",
    ),
    (
        Kind::Bearer,
        r"\b(?i:basic)\s+(?P<s>[A-Za-z0-9+/]{14,}={0,2})",
    ),
    (Kind::CloudKey, r"(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b"),
    (Kind::CloudKey, r"\bAIza[A-Za-z0-9_-]{20,}"),
    (Kind::CloudKey, r"\bya29\.[A-Za-z0-9_-]{10,}"),
    (
        Kind::CloudKey,
        r"\bgh[pousr]_[A-Za-z0-9]{10,}|\bgithub_pat_[A-Za-z0-9_]{10,}|\bglpat-[A-Za-z0-9_-]{10,}",
    ),
    (
        Kind::CloudKey,
        r"\bxox[abeoprs]-[A-Za-z0-9-]{8,}|\bxapp-[A-Za-z0-9-]{8,}",
    ),
    (
        Kind::CloudKey,
        r"https://hooks\.slack\.com/(?P<s>[A-Za-z0-9/_-]+)",
    ),
    (
        Kind::CloudKey,
        r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{6,}|\bwhsec_[A-Za-z0-9+/=_-]{6,}",
    ),
    (
        Kind::CloudKey,
        r"\bhv[sbr]\.[A-Za-z0-9_-]{8,}|\bs\.[A-Za-z0-9]{24}\b",
    ),
    (
        Kind::CloudKey,
        r"\bsk-[A-Za-z0-9_-]{20,}|\bnvapi-[A-Za-z0-9_-]{20,}|\bdop_v1_[a-f0-9]{20,}|\bnpm_[A-Za-z0-9]{20,}",
    ),
    (
        Kind::CloudKey,
        r"(?i)\b(?:Shared)?(?:Account|Access)Key\s*=\s*(?P<s>[A-Za-z0-9+/=_-]{8,})",
    ),
    (
        Kind::CloudKey,
        r#"(?i)\b(?:aws_?)?secret_?access_?key["']?\s*[:=]\s*["']?(?P<s>[^\s"',;&]{6,})"#,
    ),
    // Credentials in a URL: everything between the scheme and the last @ before the host.
    (
        Kind::Password,
        r"(?i)\b[a-z][a-z0-9+.-]*://[^\s/@:?#\x22']*:(?P<s>[^\s/\x22']+)@",
    ),
    (
        Kind::Password,
        r"(?i)\b[a-z][a-z0-9+.-]*://[^\s/?#\x22']*:(?P<s>[^\s\x22'?#]+)@[a-z0-9\[]",
    ),
    (
        Kind::Password,
        r#"(?i)(?:password|passwort|passwd|passphrase|pgpassword|_pass|\bpass)["']?\s*(?::=|=>|[:=])\s*(?P<s>"(?:\\.|[^"\\])+"?|'[^']+'?|[^\s"',;&}\])\\]+)"#,
    ),
    // `PWD=/home/…` is a shell's working directory.
    (
        Kind::Password,
        r#"(?i)\bpwd["']?\s*(?::=|=>|[:=])\s*(?P<s>"(?:\\.|[^"\\])+"?|'[^']+'?|[^\s"',;&}\])\\/][^\s"',;&}\])\\]*)"#,
    ),
    (
        Kind::Password,
        r"(?i)--?(?:password|passwd|pass)(?:\s+|=)(?P<s>[^\s-][^\s]*)",
    ),
    (
        Kind::Secret,
        r#"(?i)(?:api[_-]?key|apikey|client[_-]?secret|secret[_-]?key|routing[_-]?key|integration[_-]?key|service[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|id[_-]?token|private[_-]?key|signing[_-]?(?:key|secret)|webhook[_-]?secret|session[_-]?(?:token|key)|x-api-key|x-vault-token|x-auth-token|geniekey|\bsecret|\btoken)["']?\s*(?::=|=>|[:=])\s*(?:GenieKey\s+)?(?P<s>"(?:\\.|[^"\\])+"?|'[^']+'?|[^\s"',;&}\])\\]{4,})"#,
    ),
    (Kind::Secret, r"(?i)\bGenieKey\s+(?P<s>[A-Za-z0-9-]{8,})"),
    (
        Kind::Secret,
        r"(?i)--(?:token|secret|api-key|client-secret)(?:\s+|=)(?P<s>[^\s-][^\s]*)",
    ),
    // Track 1: %B<pan>^<name>^<expiry…>?; track 2: ;<pan>=<expiry…>?
    (
        Kind::Track,
        r"%?[Bb]\d{12,19}\^[^^\n]{2,26}\^\d{4,}[^?\n]*\??",
    ),
    (Kind::Track, r";?\b\d{12,19}[=D]\d{7,}[0-9F]*\??"),
    (
        Kind::Cvv,
        r#"(?i)\b(?:card[ _-]?)?(?:cvv2?|cvc2?|cav2?|cvn2?|csc|cid|(?:card[ _-]?)?(?:security|verification)[ _-]?(?:code|value|number))["']?\s*(?:\(?\s*(?:is|was|code|number|no\.?)\s*\)?\s*)?(?:[:=#]|=>|\s)\s*["']?(?P<s>[0-9\u{FF10}-\u{FF19}]{3,4})(?:[^0-9A-Za-z.:%-]|[.:,-](?:\D|$)|$)"#,
    ),
    (
        Kind::Pin,
        r#"(?i)(?:\b|_)(?:pin|pin[ _-]?(?:code|number|block)|epb)["']?\s*(?:is|was)?\s*(?:[:=#]|=>|\bis\b|\bwas\b)\s*["']?(?P<s>[0-9]{4,12}|[0-9A-Fa-f]{16})(?:[^0-9A-Za-z.:]|[.:](?:\D|$)|$)"#,
    ),
    (
        Kind::Pin,
        r"(?i)\bpin\s+(?:is\s+|was\s+|code\s+|number\s+)?(?P<s>[0-9]{4,6})(?:[^0-9A-Za-z.:%-]|[.:,-](?:\D|$)|$)",
    ),
];

static DETECTORS: LazyLock<Vec<Detector>> = LazyLock::new(|| {
    PATTERNS
        .iter()
        .filter_map(|(kind, pattern)| {
            Some(Detector {
                kind: *kind,
                pattern: Regex::new(pattern).ok()?,
            })
        })
        .collect()
});

/// All patterns at once: most texts match none, and one pass says so.
static ANY: LazyLock<Option<RegexSet>> =
    LazyLock::new(|| RegexSet::new(PATTERNS.iter().map(|(_, pattern)| pattern)).ok());

/// Every secret in `text`.
pub(super) fn find(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let matched = ANY.as_ref().map(|any| any.matches(text));
    for (at, detector) in DETECTORS.iter().enumerate() {
        if matched.as_ref().is_some_and(|matched| !matched.matched(at)) {
            continue;
        }
        for found in detector.pattern.captures_iter(text) {
            let Some(whole) = found.name("s").or_else(|| found.get(0)) else {
                continue;
            };
            if !already_masked(whole.as_str()) && !is_reference(whole.as_str()) {
                hits.push(Hit::new(whole.range(), detector.kind));
            }
        }
    }
    hits
}

/// A mask is not a secret: masking twice must change nothing.
fn already_masked(value: &str) -> bool {
    value.trim_start_matches(['"', '\'']).starts_with("[masked")
}

/// `$TOKEN`, `${TOKEN}`, `<token>` and `{{ token }}` name a secret without giving it.
fn is_reference(value: &str) -> bool {
    let bare = value.trim_matches(['"', '\'']);
    bare.starts_with('$') && bare.len() > 1 && !bare[1..].starts_with(|c: char| c.is_ascii_digit())
        || (bare.starts_with('<') && bare.ends_with('>'))
        || bare.starts_with("{{")
        || bare.eq_ignore_ascii_case("null")
        || bare.eq_ignore_ascii_case("none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(DETECTORS.len(), PATTERNS.len());
    }
}
