//! Credentials in headers, and settings that name a key, a token or a secret.

use super::super::Kind;

use super::{Row, row, row_if};

/// By the name before them.
pub(super) const HEADERS: &[Row] = &[
    row_if(
        Kind::Bearer,
        "authorization",
        r#"\bauthorization["']?\s*[:=]\s*["'\[]*(?:[a-z][a-z0-9-]*\s+)?(?P<s>[^\s"',;&\\\]]{4,})"#,
        super::looks::like_credentials,
    ),
    // Case matters less than form: "bearer of bad news" has no token after it.
    row_if(
        Kind::Bearer,
        "bearer",
        r"\bbearer(?:\s+|%20|\+)(?P<s>[A-Za-z0-9._~+/=-]{12,})",
        super::looks::like_bearer,
    ),
    row_if(
        Kind::Bearer,
        "bearer",
        r"\bbearer(?:\s+|%20|\+)(?P<s>[A-Za-z._~+/=-]*[0-9][A-Za-z0-9._~+/=-]{5,})",
        super::looks::like_bearer,
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
    row_if(
        Kind::Secret,
        "sid=|sess=|sessid=|sess_id=|session=|session_?id=|auth=|jwt=|remember",
        r#"\b[\w.-]*(?:sid|sess(?:ion)?(?:_?id)?|auth|jwt|remember\w*)=(?P<s>[^;\s"'&]{8,})"#,
        super::looks::like_session,
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
    row(
        Kind::Bearer,
        "digest",
        r"\bauthorization\\*[\x22']?\s*[:=]\s*[\x22']?digest\s+(?P<s>[^\n]+)",
    ),
    row(
        Kind::Bearer,
        "digest|response",
        r#"\bresponse="(?P<s>[0-9a-f]{32,})""#,
    ),
    row(
        Kind::Bearer,
        r"token token|token\s+token=",
        r#"\btoken\s+token=["']?(?P<s>[A-Za-z0-9._~+/=-]{8,})"#,
    ),
    // `"auth": "…"` of a registry's login: user and password in base64.
    row(
        Kind::Password,
        r#"auth\\*["']\s*:"#,
        r#"\\*["']_?auth\\*["']\s*:\s*\\*["'](?P<s>[A-Za-z0-9+/_-]{8,}={0,2})\\*["']"#,
    ),
    row(
        Kind::Password,
        r"_auth",
        r#"\b_?_(?:auth|authToken|password)\s*=\s*["']?(?P<s>[^\s"'$]{6,})"#,
    ),
    row(
        Kind::Secret,
        "dockerconfigjson|dockercfg|eyJhdXRocyI6",
        r#"\.?docker(?:configjson|cfg)\\*["']?\s*:\s*\\*["']?(?P<s>[A-Za-z0-9+/]{12,}={0,2})|(?P<t>eyJhdXRocyI6[A-Za-z0-9+/]+={0,2})"#,
    ),
    row(
        Kind::Pem,
        "key-data",
        r#"client-key-data\\*["']?\s*:\s*\\*["']?(?P<s>[A-Za-z0-9+/]{12,}={0,2})"#,
    ),
    row(
        Kind::Secret,
        r"(?:sid|sess|session|auth|token|remember|jwt|csrf|xsrf|login|connect|ticket)[a-z0-9_.-]*=",
        r#"cookie2?\\*["']?\s*[:=][^\n]*?[\s:;"'][\w.-]*(?:sid|sess|session|auth|token|remember|jwt|csrf|xsrf|login|ticket)[\w.-]*=(?P<s>[^;\s"'&]{6,})"#,
    ),
    row_if(
        Kind::Password,
        r"\bauth:\s",
        r"\bauth:[ \t]+(?P<s>[A-Za-z0-9+/]{16,}={0,2})",
        super::looks::like_random,
    ),
];
