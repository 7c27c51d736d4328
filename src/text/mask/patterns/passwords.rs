//! Passwords in URLs, connection strings, settings and sentences.

use super::pattern::{Pattern, cloud_key, password, secret};

pub(super) const PASSWORDS: &[Pattern] = &[
    // Everything between the user and the last @ before a host: people write characters that a URL parser requires
    // encoded. A port followed by a path is no password.
    password(
        "://[!-.0-9A-Z_a-z]*:",
        r#"\b[a-z][a-z0-9+.-]*://[^\s/@:?#"'<>]*:(?P<s>[0-9]{0,5}[^0-9\s/?#"'<>][^\s"'<>]*|[0-9]+)@[a-z0-9\[]"#,
    ),
    password(
        r"@(?:tcp|unix)6?\(",
        r#"\b[\w.-]+:(?P<s>[^\s"']+)@(?:tcp|unix)6?\("#,
    ),
    password(
        r"sqlplus|sqlldr|sqlcl|expdp|impdp|rman|jdbc:oracle|\bconn(?:ect)?\s",
        r#"(?:\b(?:sqlplus|sqlldr|sqlcl|expdp|impdp|rman)\b[^\n]*?\s|\bconn(?:ect)?\s+|jdbc:oracle:[a-z0-9]+:)["']?[\w$.-]+/(?P<s>"[^"]+"|[^\s"']+)@"#,
    ),
    password(
        "/[!-.0-~]+@",
        r"\b[\w$]+/(?P<s>[^\s/@]+)@(?://)?[\w.-]+:[0-9]{2,5}/\w",
    ),
    password(
        ":(?:[0-9]{3,5}|\\*):",
        r"(?m)^[a-z*][\w.-]*:(?:[0-9]{3,5}|\*):[a-z_*][\w.-]*:[\w.*-]+:(?P<s>[^\s:]\S*)$",
    ),
    password(
        "pass|kennwort|contrase|senha|wachtwoord|parola|пароль|密[码碼]|rediscli_auth",
        r"(?:password(?: di accesso)?|passwort|kennwort|passwd|passphrase|contraseña|contrasena|mots?[ _]de[ _]passe|senha|wachtwoord|\bparola|пароль|密码|密碼|_pass|\bpass|rediscli_auth)@TO@(?P<s>@VALUE@)",
    ),
    // `PWD=/home/…` is a shell's working directory.
    password(
        r"pwd|\bpw",
        r#"(?:\b|_)(?:pwd|pw)@TO@(?P<s>"(?:\\.|[^"\\])+"?|'(?:\\.|[^'\\])+'?|[^\s"',;&}\])\\/<][^\s"',;&}\])\\<]*)"#,
    ),
    // In a sentence a password is a word with a digit in it: "the password is unknown" names none.
    password(
        "(?:pass|kennw|contrase|senha)",
        r#"\b(?:password|passwort|kennwort|passphrase|contraseña|mot de passe|senha)\s+(?:is|was|es|est|ist|lautet|é)\s*:?\s*["'`]?(?P<s>[^\s"'`]*[0-9][^\s"'`]*)"#,
    ),
    password(
        "identified|password\\s+'",
        r#"\b(?:identified\s+by(?:\s+password)?|password)\s+(?P<s>'(?:''|[^'])+'|"[^"]+")"#,
    ),
    password(r"login\s", r"\blogin\s+\S+\s+password\s+(?P<s>\S+)"),
    password(
        r"(?:password|secret)\s+[0-9]\s",
        r"\b(?:enable|username\s+\S+[^\n]*?)\s+(?:password|secret)\s+[0-9]\s+(?P<s>\S{4,})",
    ),
    password(
        r"<(?:[a-z0-9_]+:)?(?:pass|secret|token|api)",
        r"<(?:[a-z0-9_]+:)?(?:password|passwd|passphrase|secret|token|api_?key)>(?P<s>[^<]+)<",
    ),
    secret(
        "community",
        r#"(?:\b(?:snmp-server\s+community|rocommunity6?|rwcommunity6?|community[ _-]?string)\s*(?:[:=]\s*)?|\bcommunity["']?\s*[:=]\s*)["']?(?P<s>[^\s"':=,;]{4,})"#,
    ),
    password(
        r"authpriv|\bsnmp|-[AX]\s",
        r"\bsnmp[a-z]*\b[^\n]*?\s-(?:c|A|X)\s+(?P<s>@ARG@)(?:[^\n]*?\s-X\s+(?P<t>@ARG@))?",
    )
    .only_if(super::looks::like_anything),
    password(
        r"\skey\s+[0-7]\s|password\s+[0-9]\s|secret\s+[0-9]\s|md5\s|ppp",
        r"\b(?:key|password|secret|key-string|passphrase|community|md5|auth-key|neighbor\s+\S+\s+password)\s+[0-9]\s+(?P<s>[^\s]{4,})",
    ),
    // A password in a base64 form: `requirepass`, `masterauth`, `AUTH`.
    password(
        "requirepass|masterauth",
        r#"\b(?:requirepass|masterauth)\s+["']?(?P<s>[^\s"']{3,})"#,
    ),
    password(
        r"\bauth\s",
        r#"(?-i)(?:^|[>\n])\s*(?:AUTH|auth)\s+(?:default\s+)?["']?(?P<s>[^\s"']{5,})"#,
    )
    .only_if(super::looks::like_secret),
    password(
        r"identified|login|role|user",
        r#"\b(?:identified\s+by|(?:create|alter)\s+(?:user|role|login)\s+\S+[^\n;]*?\bpassword)\s*=?\s*(?P<s>'(?:''|[^'])+'|"[^"]+"|[^\s'";]{4,})"#,
    ),
    password(
        r"machine\s",
        r"\bmachine\s+\S+[\s\S]{0,120}?\bpassword\s+(?P<s>[^\s]+)",
    ),
    cloud_key(
        r"shared(?:access|secret)|endpoint=",
        r"\bShared(?:AccessKey|SecretValue|Secret|Key)\s*=\s*(?P<s>[A-Za-z0-9+/=_-]{8,})",
    ),
    cloud_key(
        r"\bSig=|sig%3d|SharedAccessSignature",
        r"\bsig(?:=|%3D)(?P<s>[A-Za-z0-9%+/=_-]{16,})",
    ),
    password(
        r"\benv\s|\bsetx\s|setenv\s|\bset\s",
        r"(?m)(?:^|\s)(?:ENV|setx|setenv|set -gx)\s+[A-Za-z0-9_]*(?:PASS(?:WORD|WD)?|SECRET(?:_KEY)?|TOKEN|API_?KEY|PRIVATE_KEY|(?:SIGNING|ENCRYPTION|ACCESS|MASTER|AUTH)_KEY|CREDENTIALS?)\s+(?P<s>[^\s=]+)",
    ),
    password(
        "createuser",
        r#"\bcreateUser\s+\S+\s+(?:MD5|SHA[0-9-]*)\s+(?P<s>"[^"]+"|\S+)(?:\s+(?:DES|AES[0-9-]*)\s+(?P<t>"[^"]+"|\S+))?"#,
    ),
    password("auth-pass", r"\bauth-pass\s+\S+\s+(?P<s>\S+)"),
    password(
        "passworddigest",
        r#"PasswordDigest\\*["']?\s*[:=>]?\s*\\*["']?(?P<s>[A-Za-z0-9+/]{20,}=)"#,
    ),
];
