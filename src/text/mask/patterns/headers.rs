//! Credentials in headers, and settings that name a key, a token or a secret.

use super::looks::like_proof;
use super::pattern::{Pattern, bearer, cloud_key, password, pem, secret};

pub(super) const HEADERS: &[Pattern] = &[
    bearer(
        "authorization",
        r#"\bauthorization\\*["']?\s*[:=]\s*\\*["'\[]*(?:[a-z][a-z0-9-]*\s+)?(?P<s>[^\s"',;&\\\]]{4,})"#,
    )
    .only_if(super::looks::like_credentials),
    // The form of the token decides: "bearer of bad news" contains none.
    bearer(
        "bearer",
        r"\bbearer(?:\s+|%20|\+)(?P<s>[A-Za-z0-9._~+/=-]{12,})",
    )
    .only_if(super::looks::like_bearer),
    bearer(
        "bearer",
        r"\bbearer(?:\s+|%20|\+)(?P<s>[A-Za-z._~+/=-]*[0-9][A-Za-z0-9._~+/=-]{5,})",
    )
    .only_if(super::looks::like_bearer),
    bearer(
        "bearer",
        r#"\bbearer\s*(?:[:=]\s*)?\\?["'](?P<s>[A-Za-z0-9._~+/=-]{8,})"#,
    ),
    bearer(
        "bearer",
        r"\bbearer\s*[:=]\s*(?P<s>[A-Za-z0-9._~+/=-]{12,})",
    ),
    bearer(
        r"basic\s",
        r"\bbasic\s+(?P<s>[a-z0-9+/]{6,}={1,2}|(?-i:[A-Za-z0-9+/]{4,}(?:[0-9]|[a-z][A-Z])[A-Za-z0-9+/]{6,}))",
    ),
    secret(
        "key|secret|token",
        r#"(?:(?:api|app|application|client|secret|routing|integration|service|shared|private|signing|encryption|hmac|webhook|session|auth|access|refresh|id|vault|security)[_-]?(?:key|secret|token)|key[_-]?secret|geniekey|(?:\b|_)secret|(?:\b|_)token)@TO@(?:GenieKey\s+)?(?P<s>"(?:\\.|[^"\\])+"?|'(?:\\.|[^'\\])+'?|[^\s"',;&}\])\\<@]{4,})"#,
    ),
    secret(
        "geniekey",
        r"\bGenieKey\s+(?P<s>[A-Za-z0-9-]{8,})",
    ),
    secret(
        "sid=|sess=|sessid=|sess_id=|session=|session_?id=|auth=|jwt=|remember",
        r#"\b[\w.-]*(?:sid|sess(?:ion)?(?:_?id)?|auth|jwt|remember\w*)=(?P<s>[^;\s"'&]{8,})"#,
    )
    .only_if(super::looks::like_session),
    cloud_key(
        "(?:account|access)key",
        r"\b(?:Shared)?(?:Account|Access)Key\s*=\s*(?P<s>[A-Za-z0-9+/=_-]{8,})",
    ),
    cloud_key(
        "access_?key",
        r#"\b(?:aws_?)?secret_?access_?key["']?\s*[:=]\s*["']?(?P<s>[^\s"',;&]{6,})"#,
    ),
    cloud_key(
        "sig=|signature=",
        r"(?:[?&]sig|X-Amz-Signature)=(?P<s>[A-Za-z0-9%+/=_-]{20,})",
    ),
    // Schemes with several parameters: those that prove the identity.
    bearer(
        r"mac|nonce|response|signature|oauth_|token|opaque|sig|credential",
        r#"\b(?:mac|c?nonce|response|signature|oauth_(?:token|signature|nonce|verifier|consumer_secret)|opaque|sig|result|a)\\*["']?=\\*"(?P<s>[^"\\\n]{6,})"#,
    )
    .only_if(like_proof),
    cloud_key(
        "signature|x-[a-z-]*(?:sign|hmac|sig)",
        r#"(?:signature|\bx-[a-z-]*(?:sign|hmac|sig))[a-z0-9-]*\\*["']?[^\n]{0,48}?\b(?:v[0-9]|sha1|sha256|sha512|h1|s|sig|hmac)=(?P<s>[A-Za-z0-9+/_-]{32,}={0,2})"#,
    )
    .only_if(super::looks::like_random),
    bearer(
        "digest|response",
        r#"\bresponse="(?P<s>[0-9a-f]{32,})""#,
    ),
    bearer(
        r"token token|token\s+token=",
        r#"\btoken\s+token=["']?(?P<s>[A-Za-z0-9._~+/=-]{8,})"#,
    ),
    // `"auth": "…"` of a registry login: user and password in base64.
    password(
        r#"auth\\*["']\s*:"#,
        r#"\\*["']_?auth\\*["']\s*:\s*\\*["'](?P<s>[A-Za-z0-9+/_-]{8,}={0,2})\\*["']"#,
    ),
    password(
        r"_auth",
        r#"\b_?_(?:auth|authToken|password)\s*=\s*["']?(?P<s>[^\s"'$]{6,})"#,
    ),
    secret(
        "dockerconfigjson|dockercfg|eyJhdXRocyI6",
        r#"\.?docker(?:configjson|cfg)\\*["']?\s*:\s*\\*["']?(?P<s>[A-Za-z0-9+/]{12,}={0,2})|(?P<t>eyJhdXRocyI6[A-Za-z0-9+/]+={0,2})"#,
    ),
    pem(
        "key-data",
        r#"client-key-data\\*["']?\s*:\s*\\*["']?(?P<s>[A-Za-z0-9+/]{12,}={0,2})"#,
    ),
    secret(
        r"(?:sid|sess|session|auth|token|remember|jwt|csrf|xsrf|login|logged|connect|ticket|persist|serverpool|bigip)[a-z0-9_.-]*=",
        r#"cookie2?\\*["']?\s*[:=][^\n]*?[\s:;"'][\w.-]*(?:sid|sess|session|auth|token|remember|jwt|csrf|xsrf|login|logged|ticket|persist|serverpool|bigip)[\w.-]*=(?P<s>[^;\s"'&\[][^;\s"'&]{5,})"#,
    ),
    password(
        r"\bauth:\s",
        r"\bauth:[ \t]+(?P<s>[A-Za-z0-9+/]{16,}={0,2})",
    )
    .only_if(super::looks::like_random),
    // A cookie of any name with a random value.
    secret(
        "cookie|-b ",
        r#"(?:cookie2?\\*["']?\s*[:=]|\s-b[ =]|--cookie[ =])[^\n]*?[\s:;"'][\w.-]+=(?P<s>[A-Za-z0-9%._+/|:-]{18,}=*)"#,
    )
    .only_if(super::looks::like_cookie),
    secret(
        "-b |--cookie",
        r#"\s(?:-b|--cookie)[ =]["']?[^\n]*?[\w.-]*(?:sid|sess|session|auth|token|remember|jwt|csrf|xsrf|login|logged|ticket|serverpool|bigip)[\w.-]*=(?P<s>[^;\s"'&\[][^;\s"'&]{5,})"#,
    ),
    // Name and value of a cookie in a record or a call.
    secret(
        "(?:sid|sess|session|auth|remember|jwt|csrf|xsrf|logged|ticket)",
        r#"["']?name\\*["']?\s*[:=]\s*\\*["']?[\w.-]*(?:sid|sess|session|auth|remember|jwt|csrf|xsrf|logged|ticket)[\w.-]*\\*["']?\s*[,;]\s*\\*["']?value\\*["']?\s*[:=]\s*\\*["']?(?P<s>[^\s"'\\,;&}]{6,})"#,
    )
    .only_if(super::looks::like_secret),
    secret(
        "(?:sid|sess|session|auth|remember|jwt|csrf|xsrf|logged|ticket|key|token|secret|password|passwd|pwd)",
        r#"["'][\w.-]*(?:sid|sess|session|sessionid|auth|remember|jwt|csrf|xsrf|ticket|key|token|secret|password|passwd|pwd|authorization)["']\s*,\s*\[?\s*["'](?:(?:bearer|basic|token|apikey)\s+)?(?P<s>[^\s"'\\,;&{}]{6,})["']"#,
    )
    .only_if(super::looks::like_secret),
    secret(
        "x-[a-z-]*(?:auth|secret|session|credential|apikey|jwt)",
        r#"\bx-(?:[a-z]+-)*(?:auth|secret|session|credential|apikey|jwt)\\*["']?\s*[:=]\s*\\*["']?(?P<s>[^\s"'\\,;&]{6,})"#,
    )
    .only_if(super::looks::like_secret),
];
