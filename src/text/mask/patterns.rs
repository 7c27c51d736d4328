//! The table of secrets: what each looks like, and a hint that is cheap to look for before.
//!
//! Four words stand for parts that many rows share, see [`WORDS`]. The group `s` is what gets masked; without it,
//! the whole match. A hint is a short expression that every text with a match of its row has in it, too;
//! most texts have no hint in them and no row is tried. Both are read without regard to case unless a row says
//! otherwise.

use super::Kind;

/// One kind of secret.
pub(super) struct Row {
    /// What is reported.
    pub(super) kind: Kind,
    /// What a text has in it where this row may match.
    pub(super) hint: &'static str,
    /// The expression.
    pub(super) find: &'static str,
}

const fn row(kind: Kind, hint: &'static str, find: &'static str) -> Row {
    Row { kind, hint, find }
}

/// What the words in the expressions stand for.
pub(super) const WORDS: &[(&str, &str)] = &[
    // Between a name and its value, on one line: an empty setting must not take the next one's name.
    ("@TO@", r#"\\*["']?[ \t]*(?::=|=>|[:=])[ \t]*"#),
    // A value in a setting, in quotes or bare.
    (
        "@VALUE@",
        r#"(?:"(?:\\.|[^"\\])+"?|'(?:\\.|[^'\\])+'?|[^\s"',;&}\])\\<]+)"#,
    ),
    // An argument on a command line.
    ("@ARG@", r#"(?:"(?:\\.|[^"\\])+"?|'[^']+'?|[^\s"'-]\S*)"#),
    // Behind a short number that ends there: no decimal point, no unit, no time of day.
    ("@END@", r"(?:[^0-9A-Za-z.:%-]|[.:,-](?:\D|$)|$)"),
];

/// Every row; overlaps are settled by the caller.
pub(super) const ROWS: &[&[Row]] = &[CARD_DATA, KEYS, HEADERS, PROVIDERS, PASSWORDS, COMMANDS];

/// What a card carries besides its number.
const CARD_DATA: &[Row] = &[
    // Track 1: %B<pan>^<name>^<expiry…>?; track 2: ;<pan>=<expiry…>?, or D for the equals sign (ISO/IEC 7813).
    row(
        Kind::Track,
        r"[0-9]{12}\^",
        r"%?B[0-9]{12,19}\^[^^\n]{2,26}\^[0-9]{4,}[^?\n\x22\s]*\??",
    ),
    row(
        Kind::Track,
        r"[0-9]{12}[=D][0-9]{7}",
        r"(?-i);?(?:\b|_)[0-9]{12,19}[=Dd][0-9]{7,}[0-9Ff]*\??",
    ),
    row(
        Kind::Cvv,
        r"cvv|cvc|cav2|cvn|(?:\b|_|card)(?:csc|cid)|security|verification",
        r#"(?:\b|_)(?:card[ _-]?)?(?:cvv2?|cvc2?|cav2?|cvn2?|csc|cid|(?:card[ _-]?)?(?:security|verification)[ _-]?(?:code|value|number))\\*["']?\s*(?:\(?\s*(?:is|was|code|number|no\.?)\s*\)?\s*)?(?:[:=#]|=>|\s)\s*\\*["']?(?P<s>[0-9\x{FF10}-\x{FF19}]{3,4})@END@"#,
    ),
    row(
        Kind::Cvv,
        "cvv|cvc|csc|security",
        r"(?:\b|_)(?:cvv2?|cvc2?|csc|security code)(?:[ _-]?code)?\s*(?:[:=]\s*)?[(\[-]\s*(?P<s>[0-9]{3,4})\b",
    ),
    row(
        Kind::Cvv,
        "cvv|cvc",
        r"\b(?:cvv2?|cvc2?)[ _-]code\s*[:= ]\s*(?P<s>[0-9]{3,4})\b",
    ),
    row(
        Kind::Cvv,
        "seguridad|seguran|sicurezza|nummer|ziffer|cryptogramme",
        r#"(?:c[oó]digo de seguridad|código de segurança|codice di sicurezza|pr(?:ü|ue)f(?:nummer|ziffer)|cryptogramme(?: visuel)?)["']?\s*(?:es|è|é|est|ist|lautet)?\s*[:=]?\s*["']?(?P<s>[0-9]{3,4})@END@"#,
    ),
    row(
        Kind::Cvv,
        "<(?:[a-z0-9_]+:)?(?:cvv|cvc|cid|csc)",
        r"<(?:[a-z0-9_]+:)?(?:cvv2?|cvc2?|cid|csc)>\s*(?P<s>[0-9]{3,4})\s*<",
    ),
    row(
        Kind::Pin,
        r"pin(?:[^a-z]|code|number|block)|epb",
        r#"(?:\b|_)(?:pin|pin[ _-]?(?:code|number|block)|epb)\\*["']?\s*(?:is|was)?\s*(?:[:=#]|=>|\bis\b|\bwas\b)\s*\\*["']?(?P<s>[0-9]{4,12}|[0-9A-F]{16})(?:[^0-9A-Za-z.:]|[.:](?:\D|$)|$)"#,
    ),
    row(
        Kind::Pin,
        r"pin\s",
        r"\bpin\s+(?:is\s+|was\s+|code\s+|number\s+)?(?P<s>[0-9]{4,6})@END@",
    ),
    row(
        Kind::Pin,
        r"block|\b(?:DE|F|field)[ _-]?0?52",
        r#"(?:\bpin[ _-]?block|\b(?:DE|F|field)[ _-]?0?52)\b["']?\s*[:=]?\s*["']?(?P<s>[0-9A-F]{2}(?: ?[0-9A-F]{2}){7})\b"#,
    ),
    row(
        Kind::Pin,
        "[a-z]Pin",
        r#"(?-i)[a-z]Pin["']?\s*[:=]\s*["']?(?P<s>[0-9]{4,12})\b"#,
    ),
    row(
        Kind::Pin,
        r"pin\s*\(",
        r"\bpin\s*\(\s*(?P<s>[0-9]{4,12})\s*\)",
    ),
    row(
        Kind::Pin,
        "<(?:[a-z0-9_]+:)?pin>",
        r"<(?:[a-z0-9_]+:)?pin>\s*(?P<s>[0-9]{4,12})\s*<",
    ),
    row(
        Kind::Pin,
        "geheimzahl|code secret|clave secreta",
        r"(?:geheimzahl|code secret|clave secreta)\s*(?:ist|lautet|est|es)?\s*[:=]?\s*(?P<s>[0-9]{4,6})@END@",
    ),
];

/// Key material and tokens with a form of their own.
const KEYS: &[Row] = &[
    // A block without its END line is cut text: everything after BEGIN is taken.
    row(
        Kind::Pem,
        "-----BEGIN",
        r"(?s)-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|ENCRYPTED|PGP)[A-Z0-9 ]*-----.*?(?:-----END [A-Z0-9 ]+-----|\z)",
    ),
    row(
        Kind::Jwt,
        r"eyJ[A-Za-z0-9_-]{5}",
        r"(?-i)eyJ[A-Za-z0-9_-]{5,}\.(?:[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){1,3}|eyJ[A-Za-z0-9_-]{4,})",
    ),
    // Hashes of passwords, as in htpasswd and shadow files.
    row(
        Kind::Password,
        r":\$[a-z0-9]",
        r"(?-i):(?P<s>\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|argon2[a-z]*|scrypt|sha1)\$[^\s:]{8,})",
    ),
];

/// Credentials in headers, and settings that name a key, a token or a secret.
const HEADERS: &[Row] = &[
    row(
        Kind::Bearer,
        "authorization",
        r#"\bauthorization["']?\s*[:=]\s*["'\[]*(?:[a-z][a-z0-9-]*\s+)?(?P<s>[^\s"',;&\\\]]{4,})"#,
    ),
    // Case matters less than form: "bearer of bad news" has no token after it.
    row(
        Kind::Bearer,
        "bearer",
        r"\bbearer(?:\s+|%20|\+)(?P<s>[A-Za-z0-9._~+/=-]{12,})",
    ),
    row(
        Kind::Bearer,
        "bearer",
        r"\bbearer(?:\s+|%20|\+)(?P<s>[A-Za-z._~+/=-]*[0-9][A-Za-z0-9._~+/=-]{5,})",
    ),
    row(
        Kind::Bearer,
        "bearer",
        r#"\bbearer\s*(?:[:=]\s*)?\\?["'](?P<s>[A-Za-z0-9._~+/=-]{8,})"#,
    ),
    row(
        Kind::Bearer,
        "bearer",
        r"\bbearer\s*[:=]\s*(?P<s>[A-Za-z0-9._~+/=-]{12,})",
    ),
    row(
        Kind::Bearer,
        r"basic\s",
        r"\bbasic\s+(?P<s>[a-z0-9+/]{6,}={1,2}|(?-i:[A-Za-z0-9+/]{4,}(?:[0-9]|[a-z][A-Z])[A-Za-z0-9+/]{6,}))",
    ),
    row(
        Kind::Secret,
        "key|secret|token",
        r#"(?:(?:api|app|application|client|secret|routing|integration|service|shared|private|signing|encryption|hmac|webhook|session|auth|access|refresh|id|vault|security)[_-]?(?:key|secret|token)|key[_-]?secret|geniekey|(?:\b|_)secret|(?:\b|_)token)@TO@(?:GenieKey\s+)?(?P<s>"(?:\\.|[^"\\])+"?|'(?:\\.|[^'\\])+'?|[^\s"',;&}\])\\<@]{4,})"#,
    ),
    row(
        Kind::Secret,
        "geniekey",
        r"\bGenieKey\s+(?P<s>[A-Za-z0-9-]{8,})",
    ),
    row(
        Kind::Secret,
        "sid=|sess=|sessid=|sess_id=|session=|session_?id=|auth=|jwt=|remember",
        r#"\b[\w.-]*(?:sid|sess(?:ion)?(?:_?id)?|auth|jwt|remember\w*)=(?P<s>[^;\s"'&]{16,})"#,
    ),
    row(
        Kind::CloudKey,
        "(?:account|access)key",
        r"\b(?:Shared)?(?:Account|Access)Key\s*=\s*(?P<s>[A-Za-z0-9+/=_-]{8,})",
    ),
    row(
        Kind::CloudKey,
        "access_?key",
        r#"\b(?:aws_?)?secret_?access_?key["']?\s*[:=]\s*["']?(?P<s>[^\s"',;&]{6,})"#,
    ),
    row(
        Kind::CloudKey,
        "sig=|signature=",
        r"(?:[?&]sig|X-Amz-Signature)=(?P<s>[A-Za-z0-9%+/=_-]{20,})",
    ),
];

/// Keys that a provider marks with a prefix. Sources: the providers' documentation, and the public rule sets of
/// secret scanners.
const PROVIDERS: &[Row] = &[
    row(
        Kind::CloudKey,
        "AKIA|ASIA|AROA|AIDA",
        r"(?-i)(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b",
    ),
    row(
        Kind::CloudKey,
        "AIza|ya29|GOCSPX",
        r"(?-i)\b(?:AIza[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_-]{10,}|GOCSPX-[A-Za-z0-9_-]{20,})",
    ),
    row(
        Kind::CloudKey,
        "gh[pousr]_|github_pat|glpat",
        r"(?-i)\b(?:gh[pousr]_[A-Za-z0-9]{10,}|github_pat_[A-Za-z0-9_]{10,}|glpat-[A-Za-z0-9_-]{10,})",
    ),
    row(
        Kind::CloudKey,
        r"xox|xapp|hooks\.slack",
        r"(?-i)\bxox[abeoprs]-[A-Za-z0-9-]{8,}|\bxapp-[A-Za-z0-9-]{8,}|https://hooks\.slack\.com/(?P<s>[A-Za-z0-9/_-]+)",
    ),
    row(
        Kind::CloudKey,
        r"\b[srp]k_|whsec|rzp_|klarna_|\bshp",
        r"(?-i)\b(?:(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{6,}|sk_(?:sbox_)?[a-z0-9]{20,}|whsec_[A-Za-z0-9+/=_-]{6,}|rzp_(?:live|test)_[A-Za-z0-9]{10,}|klarna_(?:live|test|playground)_api_[A-Za-z0-9+/=_-]{16,}|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32})",
    ),
    row(
        Kind::CloudKey,
        r"hv[sbr]\.|s\.[a-z0-9]{24}",
        r"(?-i)\b(?:hv[sbr]\.[A-Za-z0-9_-]{8,}|s\.[A-Za-z0-9]{24}\b)",
    ),
    row(
        Kind::CloudKey,
        r"\bsk-|nvapi-|dop_v1|npm_|pypi-|hf_|dapi|glsa_|dckr_",
        r"(?-i)\b(?:sk-[A-Za-z0-9_-]{20,}|nvapi-[A-Za-z0-9_-]{20,}|dop_v1_[a-f0-9]{20,}|npm_[A-Za-z0-9]{20,}|pypi-[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{20,}|dapi[a-f0-9]{32}|glsa_[A-Za-z0-9_]{20,}|dckr_pat_[A-Za-z0-9_-]{20,})",
    ),
    row(
        Kind::CloudKey,
        r"SK[0-9a-f]{32}|SG\.",
        r"(?-i)\b(?:SK[0-9a-f]{32}\b|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
    ),
    row(
        Kind::CloudKey,
        r"AQE|EAAA|A21AA|sq0|access_token\$|access-(?:pro|sand|dev)|(?:live|test)_",
        r"(?-i)\b(?:AQE[a-z][A-Za-z0-9+/=_-]{40,}|EAAA[A-Za-z0-9_-]{50,}|A21AA[A-Za-z0-9_-]{50,}|sq0[a-z]{3}-[A-Za-z0-9_-]{20,}|access_token\$(?:production|sandbox)\$[a-z0-9]+\$[a-f0-9]{32}|access-(?:production|sandbox|development)-[0-9a-f-]{36}|(?:live|test)_[A-Za-z0-9-][A-Za-z0-9_-]{23,})",
    ),
    row(
        Kind::CloudKey,
        "/bot[0-9]",
        r"/bot(?P<s>[0-9]{6,}:[A-Za-z0-9_-]{30,})",
    ),
];

/// Passwords in URLs, connection strings, settings and sentences.
const PASSWORDS: &[Row] = &[
    // Everything between the user and the last @ before a host: a password may hold any sign that the parser of
    // the URL would have wanted encoded. A port with a path behind it is none.
    row(
        Kind::Password,
        "://[!-.0-9A-Z_a-z]*:",
        r#"\b[a-z][a-z0-9+.-]*://[^\s/@:?#"'<>]*:(?P<s>[0-9]{0,5}[^0-9\s/?#"'<>][^\s"'<>]*|[0-9]+)@[a-z0-9\[]"#,
    ),
    row(
        Kind::Password,
        r"@(?:tcp|unix)6?\(",
        r#"\b[\w.-]+:(?P<s>[^\s"']+)@(?:tcp|unix)6?\("#,
    ),
    row(
        Kind::Password,
        r"sqlplus|sqlldr|sqlcl|expdp|impdp|rman|jdbc:oracle|\bconn(?:ect)?\s",
        r#"(?:\b(?:sqlplus|sqlldr|sqlcl|expdp|impdp|rman)\b[^\n]*?\s|\bconn(?:ect)?\s+|jdbc:oracle:[a-z0-9]+:)["']?[\w$.-]+/(?P<s>"[^"]+"|[^\s"']+)@"#,
    ),
    row(
        Kind::Password,
        "/[!-.0-~]+@",
        r"\b[\w$]+/(?P<s>[^\s/@]+)@(?://)?[\w.-]+:[0-9]{2,5}/\w",
    ),
    row(
        Kind::Password,
        ":(?:[0-9]{3,5}|\\*):",
        r"(?m)^[a-z*][\w.-]*:(?:[0-9]{3,5}|\*):[a-z_*][\w.-]*:[\w.*-]+:(?P<s>[^\s:]\S*)$",
    ),
    row(
        Kind::Password,
        "pass|kennwort|contrase|senha|wachtwoord|parola|пароль|密[码碼]|rediscli_auth",
        r"(?:password(?: di accesso)?|passwort|kennwort|passwd|passphrase|contraseña|contrasena|mots?[ _]de[ _]passe|senha|wachtwoord|\bparola|пароль|密码|密碼|_pass|\bpass|rediscli_auth)@TO@(?P<s>@VALUE@)",
    ),
    // `PWD=/home/…` is a shell's working directory.
    row(
        Kind::Password,
        r"pwd|\bpw",
        r#"(?:\b|_)(?:pwd|pw)@TO@(?P<s>"(?:\\.|[^"\\])+"?|'(?:\\.|[^'\\])+'?|[^\s"',;&}\])\\/<][^\s"',;&}\])\\<]*)"#,
    ),
    // In a sentence a password is a word with a digit in it: "the password is unknown".
    row(
        Kind::Password,
        "(?:pass|kennw|contrase|senha)",
        r#"\b(?:password|passwort|kennwort|passphrase|contraseña|mot de passe|senha)\s+(?:is|was|es|est|ist|lautet|é)\s*:?\s*["'`]?(?P<s>[^\s"'`]*[0-9][^\s"'`]*)"#,
    ),
    row(
        Kind::Password,
        "identified|password\\s+'",
        r#"\b(?:identified\s+by(?:\s+password)?|password)\s+(?P<s>'(?:''|[^'])+'|"[^"]+")"#,
    ),
    row(
        Kind::Password,
        r"login\s",
        r"\blogin\s+\S+\s+password\s+(?P<s>\S+)",
    ),
    row(
        Kind::Password,
        r"(?:password|secret)\s+[0-9]\s",
        r"\b(?:enable|username\s+\S+[^\n]*?)\s+(?:password|secret)\s+[0-9]\s+(?P<s>\S{4,})",
    ),
    row(
        Kind::Password,
        r"<(?:[a-z0-9_]+:)?(?:pass|secret|token|api)",
        r"<(?:[a-z0-9_]+:)?(?:password|passwd|passphrase|secret|token|api_?key)>(?P<s>[^<]+)<",
    ),
];

/// Passwords on command lines.
const COMMANDS: &[Row] = &[
    row(
        Kind::Password,
        "curl",
        r#"\bcurl\b[^\n]*?\s(?:-u|--user)[ =]*(?:"[^\s:"]+:(?P<s>[^"]+)"?|'[^\s:']+:(?P<t>[^']+)'?|[^\s:"']+:(?P<u>\S+))"#,
    ),
    row(
        Kind::Password,
        "mysql",
        r"\bmysql(?:dump|admin)?\b[^\n]*?\s-p(?P<s>[^\s]+)",
    ),
    row(
        Kind::Password,
        "redis-cli",
        r"\bredis-cli\b[^\n]*?\s-a\s*(?P<s>@ARG@)",
    ),
    row(Kind::Password, "sshpass", r"\bsshpass\s+-p\s*(?P<s>@ARG@)"),
    row(
        Kind::Password,
        r"\slogin\s",
        r"\b(?:docker|podman|helm|az|oc)\b[^\n]*?\slogin\b[^\n]*?\s-p\s*(?P<s>@ARG@)",
    ),
    row(
        Kind::Password,
        "ldap",
        r"\bldap[a-z]+\b[^\n]*?\s-w\s*(?P<s>@ARG@)",
    ),
    row(
        Kind::Password,
        "-pass",
        r"--?(?:password|passwd|pass)(?:\s+|=)(?P<s>@ARG@)",
    ),
    row(
        Kind::Secret,
        "--(?:token|secret|api|client)",
        r"--(?:token|secret|api-key|client-secret)(?:\s+|=)(?P<s>@ARG@)",
    ),
];
