//! Key material with its own form.

use super::pattern::{Pattern, jwt, password, pem, secret};

pub(super) const KEYS: &[Pattern] = &[
    // A block without its END line is cut text: everything after BEGIN is masked.
    pem(
        "-----BEGIN",
        r"(?s)-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|ENCRYPTED|PGP MESSAGE|PGP PRIVATE|SECRET KEY|ENCRYPTED FILE)[A-Z0-9 ]*-----.*?(?:-----END [A-Z0-9 ]+-----|\z)",
    ),
    jwt(
        r"eyJ[A-Za-z0-9_-]{5}",
        r"(?-i)eyJ[A-Za-z0-9_-]{5,}\.(?:[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){1,3}|eyJ[A-Za-z0-9_-]{4,})",
    ),
    // Hashes of passwords, as in htpasswd and shadow files.
    password(
        r":\$[a-z0-9]",
        r"(?-i):(?P<s>\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|argon2[a-z]*|scrypt|sha1)\$[^\s:]{8,})",
    ),
    // A prefix before each line of the block: the time of a log, a quotation mark.
    pem(
        "-----END",
        r"(?P<s>(?:[A-Za-z0-9+/]{16,}={0,2}\s+)+)-----END [A-Z0-9 ]*PRIVATE KEY",
    ),
    pem(
        "PRIVATE KEY",
        r"(?s)---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----.*?(?:---- END|\z)",
    ),
    pem(
        "Private-Lines",
        r"Private-Lines:[ \t]*[0-9]+\s+(?P<s>[A-Za-z0-9+/=]{8,76}(?:\s+[A-Za-z0-9+/=]{8,76})*)",
    ),
    secret(
        "AGE-(?:SECRET|PLUGIN)",
        r"AGE-(?:SECRET-KEY|PLUGIN-[A-Z0-9]+)-(?:[A-Z0-9]+-)?1[A-Z0-9]{16,}",
    ),
    // minisign and signify: algorithm `Ed`, then `SC` or `BK` for the derivation of the key that encrypts it.
    secret(
        "RWRTY0Iy|RWRCS",
        r"(?-i)RWR(?:TY0Iy|CSw?)[A-Za-z0-9+/]{40,}={0,2}",
    ),
    secret(
        r"encrypted secret key|signify secret key",
        r"(?:encrypted|signify) secret key\s+(?P<s>[A-Za-z0-9+/]{60,}={0,2})",
    ),
    // WireGuard: 32 bytes in base64.
    secret(
        r"private|preshared|pre-shared|genkey|genpsk|\bpsk|\bwg\b|wireguard",
        r#"(?:private|pre-?shared)[ _-]?key\\*["']?\s*(?:[:=]|<\(\s*echo|@IS@)?\s*\\*["']?(?P<s>[A-Za-z0-9+/]{42}[A-Za-z0-9+/=]{1,2})"#,
    ),
    secret(
        r"genkey|genpsk|wg pubkey",
        r"(?:genkey|genpsk)\b[^\n]{0,24}\s+(?P<s>[A-Za-z0-9+/]{43}=)|(?P<t>[A-Za-z0-9+/]{43}=)[^\n]{0,24}wg pubkey",
    ),
    // NKeys, extended private keys of wallets, Stellar seeds, SOPS and Nix, Bitcoin's export form.
    secret(
        "S[UOACNX][A-Z2-7]{56}|[xyz]prv|nsec1",
        r"(?-i)\b(?:S[UOACNX][A-Z2-7]{56}|[xyz]prv[A-Za-z0-9]{80,}|nsec1[a-z0-9]{50,})\b",
    ),
    // GnuPG's own form: `(private-key (rsa (n #…#) (d #…#)))`.
    pem(
        r"private-key\s*\(",
        r"\((?:protected-)?private-key\s*(?P<s>\((?:rsa|dsa|ecc|elg)[^\n]*(?:\n[ \t(][^\n]*)*)",
    ),
    pem(
        r"\((?:d|p|q|u)\s#",
        r"\((?:d|p|q|u)\s+#(?P<s>[0-9A-F\s]{16,})#",
    ),
    // OpenSSL's text form of a private key.
    pem(
        r"privateExponent|prime[12]:|exponent[12]:|coefficient:|priv:",
        r"(?:privateExponent|prime[12]|exponent[12]|coefficient|priv):\s*(?P<s>(?:[0-9a-f]{2}[:\s]*){8,})",
    ),
    // Private members of a key in JSON (RFC 7517, RFC 7518): the hint requires the other members.
    secret(
        r#"kty|\bcrv|jwks?\b|\boct\b|["']dq["']|secp256|ed25519|\bx5c"#,
        r#"(?-i)(?:^|[\s{,("'\\=])(?:d|p|q|dp|dq|qi|k|r|t)\\*["']?[ \t]*(?::=|=>|[:=])[ \t]*\\*["']?(?P<s>[A-Za-z0-9_+/-]{16,}={0,2})"#,
    ),
    secret(
        "RSAKeyValue|<Modulus>|<InverseQ>",
        r"<(?:D|P|Q|DP|DQ|InverseQ)>(?P<s>[A-Za-z0-9+/=\s]{8,})<",
    ),
    secret(
        "unseal|recovery key",
        r#"\b(?:unseal|recovery)[ _-]key(?:s|[ _-]?\(?[0-9]{1,2}\)?)?\\*["']?\s*[:=]\s*\\*["']?(?P<s>[A-Za-z0-9+/=]{16,})"#,
    ),
];
