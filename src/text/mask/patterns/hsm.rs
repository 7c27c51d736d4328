//! Keys of hardware security modules: by the name of the key (ANSI X9.24, Thales payShield and Atalla manuals), by the
//! scheme letter before it, and key blocks (ANSI X9.143, before TR-31).

use super::looks::{like_key, like_single};
use super::pattern::{Pattern, secret};

pub(super) const KEYS: &[Pattern] = &[
    // The name of a key, words that specify it, then the digits.
    secret(
        r"(?:\b|_)(?:[zt][mpae]k|ktk|zcmk|[npw]mk|tdk|mak|[kp]pk|[bmdu]dk|ddk|ipek|ik|pvk|cvk|csck|kek|kbpk|lmk|mfk|imk|mk|[aipkw]?wk|wwk|pek|dek|kpe|hmk|smk|rmk)",
        r#"(?:\b|_)(?:zmk|zpk|zak|zek|ktk|zcmk|nmk|pmk|tdk|mak|wmk|kpk|ppk|tmk|tpk|tak|tek|bdk|mdk|ddk|udk|ipek|ik|pvk|cvk|csck|kek[rs]?|kbpk|lmk|mfk|imk|mk|awk|iwk|pwk|kwk|wwk|wk|pek|dek|kpe|hmk|smk|rmk)(?:[ _-]?(?:ac|smi|smc|idn|dac|cvc3?))?(?:[ _-]?[0-9a-c]\b)?(?:\[[0-9a-z]\])?(?:[ _.,-]*(?:key|component|comp|cryptogram|clear|plain|under|lmk|zmk|tmk|value|pair|left|right|half|part|hex|encrypted|enc|new|old|current|block|double|single|triple|length|for|of|in|the|from|terminal|[0-9a-c]|i{1,3}))*\s*(?:\([^)\n]{0,24}\))?\\*["']?[ \t]*(?:@IS@[ \t]+)?(?::=|=>|->|→|[:=#>|-])?[ \t]*b?\\*["'\[<{]?(?:0x)?(?P<s>(?:\b[usxtyhr] ?)?(?:[0-9a-f]{2}[ :-]?){7,}[0-9a-f]{2})(?:[ \t]*(?:[/,|+]|and|und|et|y)[ \t]*(?P<t>[0-9a-f]{16,48})\b)?"#,
    )
    .only_if(like_key),
    // A component of a key.
    secret(
        r"comp|part|share|custodian|teil|komponente|composante|componente|half",
        r#"(?:\b(?:component|comp|komponente|composante|componente|key[ _-]?(?:part|share|half)|custodian|teilschlüssel|schlüsselhälfte|schlüsselteil|schlüsselkomponente)|(?:\b|_)keys?(?:\b|_)[^\n]{0,40}?(?:part|share|half|teil))(?:[ _-]*(?:[0-9]|[a-c]|i{1,3}|one|two|three)\b)?[^\n]{0,24}?[ \t:=#>"'(→-](?P<s>(?:[0-9a-f]{2}[ -]?){15,}[0-9a-f]{2})\b"#,
    )
    .only_if(like_key),
    // A key named by its use: `aes_key=…`, `session key (hex): …`.
    secret(
        r"key|schl|clé|clave|chiave",
        r#"(?:\b|_)(?:3?des|tdes|tdea|aes(?:[ _-]?[0-9]{3})?|hmac|mac|cmac|gcm|enc(?:ryption|r)?|dec(?:ryption)?|master|session|secret|private|working|wrapping|wrap|zone|terminal|transport|exchange|pin|data|signing|sign|shared|symmetric|storage|derivation|issuer|verification|dukpt|future|initial|root|hsm|crypto|cipher|clear|plain(?:text)?|unwrapped|combined|composite|resulting|final|test|production|live|host|switch|network|seed|length|blowfish|chacha20|xts|raw|hex)(?:[ _-]?(?:[0-9]{1,3}|hex|mac|pin|enc|data|key))*[ _-]?(?:keys?|schlüssel)(?:[ _-]?(?:[0-9]{1,2}|hex|value|bytes|material|[a-c]))*\b\\*["']?(?:[ \t]*\([^)\n]{0,24}\))?(?:[ \t]+[a-z0-9.-]{1,12}[ \t]*[:=])?[ \t]*(?:@IS@[ \t]+)?(?::=|=>|->|→|[:=#>])?[ \t]*\\*["'\[<{]?(?:0x)?(?P<s>[usxtyhr]?(?:[0-9a-f]{2}[ :-]?){7,}[0-9a-f]{2})\b"#,
    )
    .only_if(like_key),
    secret(
        r"\bkey|schlüssel",
        r#"(?-i)(?:^|[\n{,;(|]|\b[Cc]lear|[Pp]lain|\b[Hh]ex)[ \t]*["']?(?:[Kk]ey|KEY|[Ss]chlüssel)["']?[ \t]*[:=][ \t]*["']?(?:0x)?(?P<s>[UXTSYHR]?(?:[0-9A-F]{16} ?){1,4})\b"#,
    )
    .only_if(like_key),
    // `[0xde, 0xad, …]` after a name that contains "key".
    secret(
        r"key",
        r"(?:\b|_)key\b[^\n]{0,16}?[\[{(]\s*(?P<s>(?:0x[0-9a-f]{2}[,\s]+){7,}0x[0-9a-f]{2})",
    ),
    // The scheme letter of a variant key: U and X double, T and Y triple length.
    secret(
        "(?-i:[UX][0-9A-F]{32}|[TY][0-9A-F]{48})",
        r"(?-i)(?P<s>[UX][0-9A-F]{32}|[TY][0-9A-F]{48})",
    ),
    // Version, length, usage, algorithm, mode, version of the key, exportability, number of optional blocks, reserved.
    secret(
        "(?-i:[A-E01][0-9]{4}[A-Z][0-9A-Z][A-Z]{2}[0-9A-Z]{2}[A-Z][0-9]{2})",
        r"(?-i)(?P<s>[SR]?[A-E01][0-9]{4}[A-Z][0-9A-Z][A-Z][A-Z][0-9A-Z]{2}[A-Z][0-9]{2}[0-9A-Z]{2}[0-9A-Z]{24,})",
    ),
    secret(
        "(?-i:[A-E01][0-9]{4}[A-Z][0-9A-Z][A-Z]{2}[0-9A-Z]{2}[A-Z][0-9]{2})",
        r"(?-i)(?P<s>[SR]?[A-E01][0-9]{4}[A-Z][0-9A-Z][A-Z][A-Z][0-9A-Z]{2}[A-Z][0-9]{2}[0-9A-Z]{2}(?:[ \n]?[0-9A-F]{4,64}){3,})",
    ),
    secret(
        "key[ _-]?block|tr-?31|cryptogram",
        r#"(?:key[ _-]?block|tr-?31)(?:[ _-]?(?:key|value|hex|data))?\\*["']?\s*(?:@IS@\s+)?[:=>→-]?\s*\\*["']?(?P<s>[A-Z0-9]?[0-9]{4}[A-Z0-9]{16,}|(?:[0-9a-f]{2} ?){16,})"#,
    )
    .only_if(like_key),
    // Other words between the name and the digits.
    secret(
        r"(?:\b|_)(?:[zt][mpae]k|[bm]dk|ipek|pvk|cvk|csck|kek|kbpk|lmk|mfk|imk)",
        r#"\b(?:zmk|zpk|zak|zek|tmk|tpk|tak|tek|bdk|mdk|ipek|pvk|cvk|csck|kek|kbpk|lmk|mfk|imk)\b[^\n]{0,48}?(?:@IS@|[:=#>→])[ \t]*["']?(?:0x)?(?P<s>[usxtyhr]?(?:[0-9a-f]{2}[ :-]?){15,}[0-9a-f]{2})\b"#,
    )
    .only_if(like_key),
    secret(
        r"key[_-]?(?:hex|bytes|material)",
        r#"(?:\b|_)key[_-]?(?:hex|bytes|material)\\*["']?\s*[:=]\s*\\*["']?(?:0x)?(?P<s>[0-9a-f]{16,})\b"#,
    )
    .only_if(like_key),
    secret(
        "(?-i:S[01][0-9]{4}[A-Z0-9]{2}[A-Z]{2})",
        r"(?-i)(?P<s>S[01][0-9]{4}[A-Z0-9]{2}[A-Z]{2}[0-9A-Z]{2}[A-Z][0-9]{2}[0-9A-Z]{2}[0-9A-Z]{24,})",
    ),
    // A key with its check value, or a text that names of keys precede.
    secret(
        r"kcv|check[ _-]?(?:value|digit)|\bcv\b|prüfwert",
        r#"(?-i)(?:^|[\s"'=:|,;>(\[])(?P<s>[UXTYSHR]?(?:(?:[0-9A-F]{2}[ :-]?){15,31}|(?:[0-9a-f]{2}[ :-]?){15,31})[0-9A-Fa-f]{2})\b[^\n0-9]{0,24}?(?i:\bkcv|check[ _-]?(?:value|digit)|\bcv\b|prüfwert)"#,
    )
    .only_if(like_key),
    secret(
        r"\b(?:[zt][mpae]k|[bm]dk|ipek|pvk|cvk|kek|kbpk|lmk|mfk|imk|dek|awk|ktk)",
        r#"\b(?:zmk|zpk|zak|zek|tmk|tpk|tak|tek|bdk|mdk|ipek|pvk|cvk|kek|kbpk|lmk|mfk|imk|dek|awk|ktk)[s0-9]?\b[^\n]{0,64}?[ \t"'|(>\[=:](?:0x)?(?P<s>[usxty]?(?:[0-9a-f]{2}[ :-]?){15,31}[0-9a-f]{2})\b"#,
    )
    .only_if(like_key),
    secret(
        r"\b(?:[zt][mpae]k|[bm]dk|ipek|pvk|cvk|kek|kbpk|lmk|mfk|imk|ktk)\b",
        r#"(?:^|[\s"'=:|,;>(\[])(?P<s>[usxty]?(?:[0-9a-f]{2}[ :-]?){15,31}[0-9a-f]{2})["')\]]?[ \t]*(?:[|,(<-]+[ \t]*|@IS@[ \t]+|as[ \t]+|for[ \t]+)?(?:(?:the|our|clear|new|old|plain|loaded|a|an|under|terminal|zone|test|prod)[ \t]+){0,3}(?:zmk|zpk|zak|zek|tmk|tpk|tak|tek|bdk|mdk|ipek|pvk|cvk|kek|kbpk|lmk|mfk|imk|ktk)\b"#,
    )
    .only_if(like_key),
    // Key blocks of Atalla: a header of eight characters, the key, its authentication code.
    secret(
        r"(?-i:[0-9][A-Z0-9]{7}[,; ][0-9A-Z]{32})",
        r"(?-i)\b[0-9][A-Z][A-Z0-9]{6}[,; ](?P<s>[0-9A-Z]{32,64}(?:[,; ][0-9A-F]{16})?)\b",
    ),
    // Excrypt and other command languages put one or two letters and a sign before a key.
    secret(
        r"(?-i:\^|[A-Z]{2}[0-9A-F]{32})",
        r"(?-i)(?:\^|\b[A-Z]{2})(?P<s>[UXTY]?(?:[0-9A-F]{48}|[0-9A-F]{32}))(?:[#;,\]>^\s]|$)",
    )
    .only_if(like_key),
    secret(
        r"\b(?:[zt][mpae]k|[bm]dk|ipek|[pc]vk|kek|kbpk|[aip]wk|imk)",
        r#"\b(?:zmk|zpk|zak|zek|tmk|tpk|tak|tek|bdk|mdk|ipek|pvk|cvk|kek|kbpk|awk|iwk|pwk|imk)\b[^\n]{0,40}?[ \t"'|(>\[=:](?:0x)?(?P<s>(?-i:[0-9A-F]{16}))\b(?:[ \t]*(?:[/,|+]|and|und|et|y)[ \t]*(?P<t>(?-i:[0-9A-F]{16}))\b)?"#,
    )
    .only_if(like_single),
    secret(
        r"key[ _-]?[0-9a-c]",
        r#"\bkey[ _-]?[0-9a-c]\\*["']?[ \t]*[:=][ \t]*\\*["']?(?P<s>(?:[0-9a-f]{16} ?){1,3})\b"#,
    )
    .only_if(like_single),
];
