//! Card data other than the number.

use super::pattern::{Pattern, cvv, pin, track};

pub(super) const CARD_DATA: &[Pattern] = &[
    // Track 1: %B<pan>^<name>^<expiry…>?; track 2: ;<pan>=<expiry…>?, or D for the equals sign (ISO/IEC 7813).
    track(
        r"[0-9]{12}\^",
        r"%?B[0-9]{12,19}\^[^^\n]{2,26}\^[0-9]{4,}[^?\n\x22\s]*\??",
    ),
    track(
        r"[0-9]{12}[=D][0-9]{7}",
        r"(?-i);?(?:\b|_)[0-9]{12,19}[=Dd][0-9]{7,}[0-9Ff]*\??",
    ),
    cvv(
        r"cvv|cvc|cav2|cvn|cvd|(?:\b|_|card)(?:csc|cid)|security|verification|validation",
        r#"(?:\b|_)(?:card[ _-]?)?(?:i?cvv[12]?|cvc[12]?|cav2?|cvn2?|cvd|csc|cid|(?:card[ _-]?)?(?:security|verification|validation)[ _-]?(?:code|value|number))\\*["']?\s*(?:\(?\s*(?:@IS@|code|number|no\.?)\s*\)?\s*){0,2}(?:[:=#→-]|=>|->|\s|\b)\s*\\*["'`]?(?P<s>@CODE@)@END@"#,
    ),
    cvv(
        "cvv|cvc|csc|security",
        r"(?:\b|_)(?:cvv2?|cvc2?|csc|security code)(?:[ _-]?code)?\s*(?:[:=]\s*)?[(\[-]\s*(?P<s>[0-9]{3,4})\b",
    ),
    cvv(
        "cvv|cvc",
        r"\b(?:cvv2?|cvc2?)[ _-]code\s*[:= ]\s*(?P<s>[0-9]{3,4})\b",
    ),
    cvv(
        "seguridad|seguran|sicurezza|nummer|ziffer|cryptogramme|beveiliging|sécurité|安全码|セキュリティ|prüfcode|kartencode|(?:three|four|3|4) digits|rückseite",
        r#"(?:c[oó]digo de seguridad|código de segurança|codice di sicurezza|(?:karten)?pr(?:ü|ue)f(?:nummer|ziffer|code|zahl)|kartencode|sicherheitscode der karte|cryptogramme(?: visuel)?|code de sécurité(?: de la carte)?|beveiligingscode|安全码|セキュリティコード|(?:the )?(?:three|four|3|4) digits(?: on the back(?: of the card)?)?)["']?\s*(?:@IS@)?\s*[:=]?\s*["']?(?P<s>@CODE@)@END@"#,
    ),
    cvv(
        "<(?:[a-z0-9_]+:)?(?:cvv|cvc|cid|csc)",
        r"<(?:[a-z0-9_]+:)?(?:cvv2?|cvc2?|cid|csc)>\s*(?P<s>[0-9]{3,4})\s*<",
    ),
    pin(
        r"pin(?:[^a-z]|code|number|block)|epb",
        r#"(?:\b|_)(?:pin|pin[ _-]?(?:code|number|block)|epb)\\*["']?\s*(?:@IS@)?\s*(?:[:=#→]|=>|->|-\s|\b@IS@\b)\s*\\*["'`]?(?P<s>[0-9A-F]{16}|@PIN@)(?:[^0-9A-Za-z.:]|[.:](?:\D|$)|$)"#,
    ),
    pin(
        r"pin\s",
        r#"\bpin(?:-?(?:nummer|code|number))?\s+(?:\([^)\n]{0,16}\)\s*)?(?:(?:code|number|@IS@|jetzt|now|alt|neu|old|new|nuevo|nouveau|vecchio)\s+){0,3}["'`]?(?P<s>[0-9]{4,6}|[0-9](?:(?: ?[.,/_-] ?| {1,2})[0-9]){3,5})@END@"#,
    ),
    pin(
        r"block|(?:DE|F|P|field|bit|fld|element)[ _\[-]?0?52|[\[(]0?52[\])]|[\x220]52\x22|52=\x22",
        r#"(?:\bpin[ _-]?block(?:[ _-]?(?:data|value|hex|iso-?[0-4]|format[ _-]?[0-4]|under zpk|under tpk|enc(?:rypted)?))*|\b(?:DE|F|P|field|bit|fld|element|data element)[ _.\[-]?0?52|[\[(]0?52[\])]|(?:id|name|number|num|field)=["']0?52["']\s+value|["']0?52["'])\\*["']?(?:\s*\([^)\n]{0,24}\))?\s*(?:@IS@\s+)?(?:[:=>→-]|=>|\]\s*:?)?\s*\\*["'\[(]?(?:0x)?(?P<s>@BLOCK@)\b"#,
    )
    .only_if(super::looks::like_block),
    pin(
        "[a-z]Pin",
        r#"(?-i)[a-z]Pin["']?\s*[:=]\s*["']?(?P<s>[0-9]{4,12})\b"#,
    ),
    pin(
        r"pin\s*\(",
        r"\bpin\s*\(\s*(?P<s>[0-9]{4,12})\s*\)",
    ),
    pin(
        "<(?:[a-z0-9_]+:)?pin>",
        r"<(?:[a-z0-9_]+:)?pin>\s*(?P<s>[0-9]{4,12})\s*<",
    ),
    pin(
        "geheimzahl|geheimnummer|code secret|code confidentiel|clave secreta|numero segreto|código secreto|codice segreto|pincode|pin-code|senha do cart|pvv|offset|persönliche|nip|暗証番号|пин",
        r#"(?:geheim(?:zahl|nummer)|code secret|code confidentiel|clave secreta|numero segreto|código secreto|codice segreto|pin-?code|senha do cartão|\bnip|暗証番号|пин-?код|\bpvv|(?:pin|ibm)[ _-]offset)\\*["']?\s*(?:@IS@)?\s*[:=→]?\s*\\*["'`]?(?P<s>[0-9]{4,6}|[0-9](?:(?: ?[.,/_-] ?| {1,2})[0-9]){3,5})@END@"#,
    ),
    // "changed from 1847 to 6350".
    pin(
        "pin",
        r"\b(?:pin|geheimzahl)\b[^\n0-9]{0,32}?\b(?:from|von|de|da|old|alt)\s+(?P<s>[0-9]{4,6})\s*(?:to|auf|a|à|para|→|->|new|neu)\s*(?:pin\s+)?(?P<t>[0-9]{4,6})@END@",
    ),
    pin(
        r"pin",
        r"\b(?:pin|geheimzahl)\s*[:=]?\s*[0-9*]{4,6}\s*(?:→|->|to|auf|=>)\s*(?P<s>[0-9]{4,6})@END@",
    ),
    pin(
        r"pin|geheimzahl",
        r#"(?:^|\s)["'`]?(?P<s>[0-9]{4,6})["'`]?\s+@IS@\s+(?:my|his|her|their|the|your|seine?|ihre?|meine?|die|son|sa|mon|le|su|mi|el|il suo|il mio|o)\s+(?:\w+\s+)?(?:pin|geheimzahl)(?:\s*(?:[.,;!?\n]|$)|\s(?:for|für|pour|of|von|para|per)\b)"#,
    ),
    // Track data with a grouped number, or broken over lines; the date distinguishes it from a sum.
    track(
        r"[0-9]\s*\^",
        r"%?\s?B\s?[0-9](?:[ \n-]?[0-9]){11,18}\s?\^[^^\n]{0,40}\^\s?[0-9](?:[ \n]?[0-9]){3,}[^?\n\x22\s]*\??",
    ),
    track(
        r"[0-9]{2}[ \n]{0,3}(?:=|(?-i:[Dd] ))[ \n]{0,3}[0-9]{2}|[0-9]{4}(?-i:[Dd])[0-9]{6}|[0-9]{2} (?-i:[Dd])[0-9][ 0-9][0-9]",
        r"(?-i)(?:;\s?)?(?:\b|[_x])[2-6](?:[ -]?[0-9]){11,18}[ \n]{0,3}[=Dd][ \n]{0,3}[0-9][ ]?[0-9][ -]?(?:0[ ]?[1-9]|1[ ]?[0-2])(?:[ \n-]?[0-9]){3,}[0-9Ff]*\??",
    ),
    // Any value under the name of a track.
    track(
        "track|t[123]d|magstripe|stripe|spur",
        r#"\b(?:track|spur|piste|pista)[ _-]?[123]?(?:[ _-]?(?:data|equivalent|equiv|daten))*\\*["']?\s*[:=]\s*\\*["']?(?P<s>[%;]?B?[0-9]{12,19}[\^=D][^\s"'<&]{6,})"#,
    ),
    cvv(
        "cv[vc]2?[0-9]{3}",
        r"(?:\b|[0-9_])(?:cv[vc]2|cv[vc])(?P<s>[0-9]{3})\b",
    ),
    pin(
        r"pin",
        r#"\b(?:enc(?:rypted|iphered)?[ _-]?)?pin(?:[ _-]?(?:data|value|enc(?:rypted)?|hex))?\\*["']?[ :=>]{1,4}\\*["']?(?P<s>[0-9A-F]{16})\b"#,
    ),
    pin(
        "pin-?data",
        r#"\bpin[_-]?data\\*["']?\s*[:=]\s*\\*["']?(?P<s>[0-9A-F]{4,32})\b"#,
    ),
    cvv(
        "cv[vc]",
        r"\bcv[vc]2?\s+(?:that\s+)?(?:he|she|they|customer|caller|the customer|the caller)\s+[a-z]+(?:\s+(?:me|us))?\s*[:=]?\s*(?P<s>@CODE@)@END@",
    ),
    pin(
        "pin",
        r"\b(?P<s>[0-9]{4,6})\s+(?:as|als|como|comme|come)\s+(?:the\s+|his\s+|her\s+|their\s+|ihre\s+|seine\s+)?pin(?:\s*(?:[.,;!?\n]|$)|\s(?:and|und|et|y|e|for|but)\b)",
    ),
];
