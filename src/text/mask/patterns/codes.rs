//! One-time codes and their seeds, in the languages of their senders.

use super::looks::{like_code, like_secret};
use super::pattern::{Pattern, secret};

pub(super) const CODES: &[Pattern] = &[
    // A name, then a verb or a sign, then the code.
    secret(
        r"otp|codice|código|codigo|clave|tan\b|tan-?n|one[ -]?time|verification|verif|confirm|authenti|auth|security|login|log-in|sign-in|access|2fa|mfa|factor|sms|\btan\b|tan:|tan=|passcode|einmal|bestätigung|freigabe|sicherheit|anmelde|usage unique|vérif|único|unico|uso|acceso|accès|acesso|sécurité|seguridad|segurança|sicurezza|sms|monouso|eenmalig|verificat|verifica|bevestig|kod|код|验证码|驗證碼|認証|확인|人証",
        r#"(?:(?:\b|_)(?:[mt]?-?otp(?:[ _-]?(?:code|token|password|pin|value))?|[mp]?(?:sms|push|chip|photo|i)?-?tan(?:-?(?:nummer|number|code))?|(?:one[ -]?time|single[ -]?use|verification|confirmation|authentication|authenticator|authori[sz]ation|security|login|log-in|sign-?in|access|2fa|mfa|two[ -]factor|step[ -]up|3-?ds|sms|e-?mail|approval|unlock|reset|activation|pairing)[ _-]?(?:pass)?(?:code|password|pin|otp|token|number)|passcode|einmal-?(?:code|passwort|kennwort|pin|tan)|(?:bestätigungs|freigabe|sicherheits|verifizierungs|authentifizierungs|anmelde|zugangs|aktivierungs|sms|mfa|2fa|prüf)-?code|(?:mot de passe|code)(?: de passe)? (?:à|a) usage unique|code (?:de |d['’ ])(?:vérification|verification|confirmation|sécurité|validation|authentification|connexion|accès|activation)|code (?:otp|sms|2fa|mfa)|(?:código|codigo|clave|contraseña)(?: temporal)? (?:de (?:un solo uso|uso único|verificación|verificacion|confirmación|seguridad|acceso|autenticación|activación|verificação|confirmação|segurança|acesso|autenticação)|otp|sms|2fa|único)|codice (?:di (?:verifica|conferma|sicurezza|accesso|autenticazione|attivazione|autorizzazione)|monouso|usa e getta|temporaneo|otp|sms|2fa)|(?:password|pin) (?:monouso|usa e getta)|eenmalige? (?:code|wachtwoord|pincode)|(?:verificatie|bevestigings|beveiligings|inlog|toegangs)code)|(?:kod (?:jednorazowy|sms|weryfikacyjny)|код(?: подтверждения| доступа| из смс)?|验证码|驗證碼|動態密碼|认证码|認証コード|確認コード|인증번호))\\*["']?\s*(?:\([^)\n]{0,24}\)\s*)?(?:(?:for|für|pour|para|per|voor|to|zum|zur)\s[^\n0-9:=]{1,32}?\s?)?(?:(?:@IS@|:=|=>|->|→|[:=#-]|：)\s*){1,3}(?:now\s+|jetzt\s+)?\\*["'`<(\[]?(?P<s>(?:[a-z]{1,3}-)?[0-9]{3,4}[ -]?[0-9]{2,4}|[0-9]{4,10}|[0-9](?:[ ,.-]{1,2}[0-9]){3,7}|[0-9]{2}(?:[ -][0-9]{2}){2,3}|(?-i:[A-Z0-9]{3,5}-?[A-Z0-9]{3,5}))@END@"#,
    )
    .only_if(like_code),
    // A name directly before six digits or more, or three and three.
    secret(
        r"otp|one[ -]?time|verif|confirm|auth|passcode|2fa|mfa|tan\b|tan-?n|einmal|bestätigung|freigabe|usage unique|vérif|monouso|solo uso|sms|eenmalig",
        r#"\b(?:[mt]?otp(?:[ _-]?(?:code|token|password|pin|value))?|[m]?(?:sms|push|chip|photo)?-?tan(?:-?(?:nummer|number|code))?|(?:one[ -]?time|verification|confirmation|authentication|authenticator|login|2fa|mfa|sms|otp)[ _-]?(?:pass)?(?:code|password|pin|otp)|passcode|einmal-?(?:code|passwort|kennwort|pin)|(?:bestätigungs|freigabe|sicherheits|verifizierungs|sms)-?code|code (?:à|a) usage unique|code de (?:vérification|confirmation|sécurité)|(?:código|codigo|clave) de (?:un solo uso|verificación|verificacion|confirmación|verificação)|codice (?:di (?:verifica|conferma|sicurezza)|monouso|otp)|eenmalige code)\s+["'`(]?(?P<s>[0-9]{6,8}|[0-9]{3}[ -][0-9]{3})@END@"#,
    ),
    // The code first: "719305 is your verification code".
    secret(
        r"code|otp|\btan\b|\bpin\b|password|código|codigo|clave|codice|passwort|kennwort|mot de passe|contraseña|wachtwoord",
        r"(?:^|[^0-9A-Za-z.:-])(?P<s>(?:[a-z]{1,3}-)?[0-9]{3}[ -]?[0-9]{3,5}|[0-9]{4,8})\s+@IS@\s+(?:now\s+)?(?:your|the|ihr|dein|euer|der|das|votre|ton|le|tu|su|el|la|il tuo|il suo|il|tuo|suo|o seu|seu|o|uw|je|de)\b[^\n.;]{0,40}?(?:code|otp|tan|pin|password|passcode|código|codigo|clave|codice|passwort|kennwort|mot de passe|contraseña|wachtwoord)",
    ),
    secret(
        r"code [0-9]|otp [0-9]|tan [0-9]|passcode [0-9]|código [0-9]|codice [0-9]",
        r#"\b(?:enter|use|type|with|gib|geben sie|saisissez|entrez|introduzca|ingrese|usa|inserisci|utilice|digite)\s+(?:the\s+|den\s+|le\s+|el\s+|il\s+)?(?:code|otp|tan|passcode|código|codice|one[ -]time (?:code|password))\s+["'`]?(?P<s>[0-9]{6,8}|[0-9]{3}[ -][0-9]{3})@END@"#,
    ),
    // Recovery codes: the whole list.
    secret(
        r"recovery|backup|rescue|scratch|emergency|wiederherstellung|notfall|secours|récupération|recuperación|respaldo|recupero|herstel",
        r#"(?:(?:recovery|backup|rescue|scratch|emergency|single[ -]use|2fa|mfa)[ _-]?(?:pass)?(?:codes?|keys?)|(?:wiederherstellungs|backup-?|notfall)-?(?:codes?|schlüssel)|codes? de (?:secours|récupération)|códigos? de (?:recuperación|respaldo|recuperação)|codic[ei] di (?:recupero|backup|riserva)|herstelcodes?)\\*["']?[^\S\n]*(?:\([^)\n]{0,32}\)[^\S\n]*)?(?:for\s+\w+\s*)?(?:@IS@[ \t]+)?[:=\[-]*\s*(?P<s>(?:(?:[-*•]\s+|[0-9]{1,2}[.)]\s+)?["']?(?:[a-z0-9]{3,6}(?:-[a-z0-9]{3,6}){1,7}|[a-z0-9]{4,5} [a-z0-9]{4,5}\b|[0-9]{6,10}|[a-z0-9]{8,16})["']?(?:[\s,;|/]+|\b))+)"#,
    )
    .only_if(like_code),
    // The seed of the codes.
    secret(
        r"otp|2fa|mfa|authenticator|\bseed|base32|geheimnis|mnemonic|phrase",
        r#"\b(?:[ht]?otp|2fa|mfa|authenticator|base32|google authenticator)[ _-]?(?:shared[ _-]?)?(?:secret|seed|key|schlüssel|clé|clave|chiave|geheimnis)?(?:[ _-](?:secret|seed|key))?\\*["']?\s*(?:\([^)\n]{0,24}\)\s*)?(?:@IS@\s+)?(?::=|=>|->|→|[:=])?\s*\\*["'`]?(?P<s>(?-i:[A-Z2-7]{16,}|(?:[A-Z2-7]{4}[ -]){3,}[A-Z2-7]{4}|(?:[a-z2-7]{4}[ -]){3,}[a-z2-7]{4}|[a-z2-7]{16,}))\b"#,
    )
    .only_if(like_code),
    secret(
        "otpauth",
        r#"otpauth(?:-migration)?://[^\s"'<>]*?[?&](?:secret|data)=(?P<s>[^&\s"'<>]+)"#,
    ),
    // Twelve or more words that open a wallet.
    secret(
        "mnemonic|phrase",
        r#"\b(?:mnemonic|(?:seed|recovery|secret|wallet|backup)[ _-]phrase)\\*["']?\s*(?:@IS@\s+)?[:=]?\s*["']?(?P<s>[a-z]{3,8}(?: [a-z]{3,8}){11,23})\b"#,
    ),
    secret(
        r"magic|reset|invite|activation|confirm",
        r#"https?://[^\s"'<>]*?(?:magic|reset|invite|invitation|activat|confirm|verify)[^\s"'<>]*?[/=](?P<s>[A-Za-z0-9_.-]{24,})"#,
    )
    .only_if(like_secret),
    // Addressed to the reader: "your AcmePay code is 719305".
    secret(
        r"code|código|codigo|codice|otp|\btan\b",
        r#"\b(?:your|ihr|dein|votre|ton|tu|su|tuo|suo|seu|uw|je|my|mein)\s+(?:[\p{L}\p{N}-]{1,24}\s+){0,2}(?:code|código|codigo|codice|otp|tan)\s*(?:(?:@IS@|[:=→])\s*){1,2}["'`]?(?P<s>[0-9]{4,8}|[0-9]{3}[ -][0-9]{3}|[0-9]{2}(?:[ -][0-9]{2}){2})@END@"#,
    ),
    secret(
        r"code\s",
        r"\bcode\s+(?:from|in|on|of|sent (?:to|by)|by)\s+(?:the|my|his|her|their|your)?\s*(?:app|sms|text|e?mail|phone|authenticator|token|device)\b[^\n0-9]{0,12}(?P<s>[0-9]{6,8}|[0-9]{3} [0-9]{3})@END@",
    ),
    secret(
        r"code\s|código\s|codice\s",
        r#"\b(?:el|il|le|o|the|der|den|de|het)\s+(?:code|código|codice)\s+@IS@\s+["'`]?(?P<s>[0-9]{6}|[0-9]{3}[ -][0-9]{3})@END@"#,
    ),
    secret(
        r"code|otp|\btan\b|passcode|password",
        r"\b(?P<s>[0-9]{6,8}|[0-9]{3}[ -][0-9]{3})\s+(?:as|als|comme|como|come)\s+(?:your|the|an?|ihren?|den|code|votre|su|tu|il|el|uw)\b[^\n.;]{0,32}?(?:code|otp|tan|passcode|password|vérification|código|codice)\b",
    ),
];
