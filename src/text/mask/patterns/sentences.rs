//! Secrets in what people write: "the password is …", "use token …", "creds: admin / …".

use super::looks::{like_secret, like_token};
use super::pattern::{Pattern, password, secret};

/// The form of the value decides: the words around it stand in many sentences.
pub(super) const SENTENCES: &[Pattern] = &[
    // A name, a verb or a sign, a value.
    password(
        r"pass|pwd|pw|secret|token|key|cred|login|psk|kennw|schlüssel|geheim|zugang|clé|jeton|contrase|clave|secreto|llave|senha|chave|segred|segret|chiave|wachtw|sleutel|парол|ключ|密|community|bearer|mdp|bearer",
        r#"(?:\b(?:(?:root|admin|db|database|user|client|bot|api|app|signing|shared|webhook|access|private|secret|license|service|vault|ssh|ssl|wifi|wpa2?|vpn|encryption|master|unseal|root|session|bearer|refresh|hmac|integration|routing)[ _-]?)*(?:passwords?|passwd|passphrase|passcode|pass|pwd|pw|pws|secrets?|tokens?|apikeys?|(?:api|app|secret|private|access|signing|service|license|shared|unseal|master|webhook|integration|routing|account|hmac|bot|deploy|encryption|ssh|vault|session|root|admin|prod|production|staging|live|test|sandbox|stripe|adyen|sentry|pagerduty|opsgenie|datadog|slack|client)[ _-]keys?|credentials?|creds?|login|psk|passwort|passwörter|kennwort|schlüssel|api-?schlüssel|geheimnis|zugangsdaten|zugangscode|mots? de passe|clé(?: api| secrète| privée| d['’]api)?|jeton|secret|mdp|contraseñas?|contrasena|clave(?: api| secreta| privada)?|secreto|llave|senha|chave(?: api| secreta| privada)?|segredo|chiave(?: api| segreta| privata)?|segreto|wachtwoord|sleutel|geheim|bearer|community(?: string)?)|пароль|ключ|секрет|密码|密碼|口令|パスワード)\b(?:\s+(?:neu|alt|nueva|nuevo|nouveau|nouvelle|nuova|nuovo|nova|novo|new|old|temporal|temporaire|provisional))?(?:\s+(?:for|of|on|to|with|at|für|von|auf|im|am|de|du|pour|para|per|di|do|da|del|della|voor|op)\s+(?:the\s+|den\s+|die\s+|das\s+|la\s+|le\s+|el\s+|il\s+)?[\w.@/-]{1,40}(?:\s+[\w.@/-]{1,24})?)?(?:\s+(?:root|admin|ops|db|prod|staging|test|vpn|wifi|ssh|sudo|web|host|jump|jumphost|bastion|vault|console|portal|user|service|backup))?(?:\s+(?:that\s+|which\s+|die\s+|das\s+|que\s+|che\s+)?(?:i|we|you|he|she|they|ops|ich|wir|sie|er|on|nous|ils)\s+[\p{L}'’]{1,12}(?:\s+[\p{L}'’]{1,12}){0,2})?\s*(?:\([^)\n]{0,32}\)\s*)?(?:(?:(?:has\s+been|was|is|wurde|a été|fue|foi|è stata?|got|were)\s+)?(?:(?:now|still|currently|temporarily|again|jetzt|nun|neu|maintenant|ahora|agora|adesso|ora|nu)\s+)*(?:changed|set|reset|rotated|updated|switched|geändert|gesetzt|zurückgesetzt|changée?|mise?|cambiad[ao]|alterad[ao]|cambiat[ao]|gewijzigd)\s+(?:from\s+\S{1,64}\s+)?(?:to|auf|in|à|en|a|para|naar)|@IS@|[:=→]|=>|->|-->|:=|：)\s*(?:(?:now|still|currently|temporarily|again|jetzt|nun|neu|maintenant|ahora|agora|adesso|ora|nu)\s+)*[:=]?\s*(?P<s>["'`“„«(‘]?[^\s"'`“”„«»<>()&;,]{5,200})"#,
    )
    .only_if(like_secret),
    // A quoted value after a verb: any word that does not describe a secret.
    password(
        r"pass|pwd|secret|token|key|kennw|contrase|senha|wachtw",
        r#"\b(?:passwords?|passwd|passphrase|passcode|pwd|secrets?|tokens?|api[ _-]?key|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord)\b(?:\s+(?:for|on|für|auf|pour|para|per|voor)\s+[\w.@/-]{1,40})?\s+(?:@IS@)\s+(?:now\s+|still\s+|jetzt\s+)?(?P<s>"[^"\s]{2,40}(?: [^"\s]{2,20}){0,3}"|'[^'\s]{2,40}(?: [^'\s]{2,20}){0,3}'|`[^`\s]{4,64}`|“[^”\n]{4,64}”|„[^“”\n]{4,64}[“”]|«\s?[^»\n]{4,64}\s?»)"#,
    )
    .only_if(super::looks::like_quoted),
    // A name directly before the value.
    secret(
        r"pass|pwd|secret|token|key|cred|psk|kennw|schlüssel|jeton|contrase|clave|senha|chave|chiave|wachtw|sleutel|clé|geheim",
        r#"(?:\b|_)(?:passwords?|passwd|passphrase|passcode|pwd|pw|secrets?|tokens?|api[ _-]?keys?|apikey|(?:secret|private|access|signing|service|license|shared|unseal|master|webhook|integration|routing|account)[ _-]keys?|credentials?|creds?|psk|passwort|kennwort|(?:api-?|geheim)?schlüssel|geheimnis|mot de passe|clé|jeton|contraseña|clave|senha|chave|chiave|wachtwoord|sleutel)[ \t]*(?:→|->|=>)?[ \t]+["'`“„«]?(?P<s>[^\s"'`“”„«»<>()=:]{8,200})"#,
    )
    .only_if(like_token),
    // The value first: "hunter77 is the new password".
    password(
        r"(?:pass|secret|token|key|login|cred|kennw|contrase|clave|senha|chiave|wachtw|mot de)",
        r#"(?:^|\s)["'`“„«]?(?P<s>[^\s"'`“”„«»<>()=:]{5,128})["'`”“»]?\s+@IS@\s+(?:now\s+|still\s+|jetzt\s+)?(?:the|our|your|my|his|her|das|der|unser|ihr|le|la|notre|votre|el|nuestra|tu|su|o|a|il|nostra|het|de)\s+(?:\w+\s+){0,2}?(?:password|passphrase|passcode|secret|token|login|creds|credentials|(?:api |secret |access |private )?key|passwort|kennwort|schlüssel|mot de passe|clé|jeton|contraseña|clave|senha|chave|chiave|wachtwoord)\b"#,
    )
    .only_if(like_token),
    // A user and a password.
    password(
        r"cred|login|log in|logon|zugang|anmeld|identifiant|accès|acces|user|account|benutzer|usuario|utente|konto",
        r#"\b(?:creds?|credentials?|logins?|log ?in|logon|sign ?in|zugangsdaten|zugang|anmeldedaten|anmeldung|identifiants?|accès|credenciales|acceso|credenziali|accesso|acesso|user|username|account|benutzer|usuario|utente)\b(?:\s+(?:for|to|on|für|auf|pour|para|per)\s+(?:the\s+)?[\w./-]{1,40})?\s*(?:@IS@|with|as|mit|als|avec|con|com|[:=→]|->)?\s*["'`]?[\w.+@-]{1,64}\s*(?:/|:|\||,?\s(?:and|und|et|y|e|en)\s|\s-\s|\s)\s*["'`]?(?P<s>[^\s"'`/<>()]{5,128})"#,
    )
    .only_if(super::looks::like_login),
    password(
        r"pass|pw|kennw|contrase|senha|mdp|wachtw",
        r#"\b(?:user|username|login|benutzer|usuario|utilisateur|utente)\b[^\n]{0,64}?\b(?:password|passwd|pass|pwd|pw|passwort|kennwort|mot de passe|mdp|contraseña|senha|wachtwoord)\s+["'`]?(?P<s>[^\s"'`<>()=:]{5,128})"#,
    )
    .only_if(like_secret),
    password(
        r"pass|pwd|secret|token|key|kennw|contrase|senha|wachtw|mot de",
        r#"\b(?:passwords?|passwd|passphrase|passcode|pwd|pw|secret|token|api[ _-]?key|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord)\s+(?P<s>"[^"\s]{5,64}"|'[^'\s]{5,64}'|`[^`\s]{5,64}`|“[^”\s]{5,64}”|„[^“”\s]{5,64}[“”])"#,
    )
    .only_if(like_secret),
    password(
        r"(?:re)?set\s|chang|rotat|updat|setz|änder|mett|cambi",
        r#"\b(?:reset|set|changed?|changing|rotated?|updated?|switch(?:ed)?)\s+(?:\w+\s+){0,3}?(?:password|passwd|passphrase|passcode|pwd|pw|secret|token|key|pin)\s+(?:(?:for|of|on)\s+\S+\s+)?(?:back\s+)?to\s+(?P<s>["'`“]?[^\s"'`“”<>()&;,]{5,200})"#,
    )
    .only_if(like_secret),
    secret(
        r"key\s",
        r"\b(?:with|using|use)\s+(?:the\s+|this\s+|new\s+)*key\s+(?P<s>[A-Za-z0-9_+/=-]{20,})",
    )
    .only_if(super::looks::like_random),
    secret(
        r"key\s",
        r"\b(?:the|our|new|your|my)\s+(?:(?:old|previous|current|right|correct|other|real|new|live|prod|leaked)\s+)?key\s+(?:(?:that\s+|which\s+)?(?:i|we|you|he|she|they)\s+[a-z]{1,12}(?:\s+[a-z]{1,12})?\s+)?@IS@\s+(?P<s>[A-Za-z0-9_+=-]{8,128})",
    )
    .only_if(like_token),
    // "token expired, new one …".
    secret(
        r"\bnew\b|\bneue[rsn]?\b|nouveau|nouvelle|nuev[oa]|nuov[oa]",
        r#"\b(?:passwords?|pass|pwd|pw|secret|token|key|passphrase|login|creds?|passwort|kennwort|schlüssel|mot de passe|jeton|contraseña|clave)\b[^\n]{0,48}?\b(?:new|neue[rsn]?|nouveau|nouvelle|nuev[oa]|nuov[oa])(?:\s+(?:one|value|token|key|password|secret))?(?:\s+@IS@)?\s*[:=→-]*>?\s*["'`“„«]?(?P<s>[^\s"'`“”„«»<>()=:,]{6,200})"#,
    )
    .only_if(like_token),
    // A value with its use: "use … for the admin login", "… (vpn password)".
    password(
        r"pass|pw|secret|token|key|login|kennw|contrase|senha|wachtw|mot de",
        r#"\b(?:try|tried|use|used|using|with|it to|it['’]s|it is|to|via|take|nimm|nutze?|mit|versuch|auf|prueba|usa|utilise|essaie|avec|con|com)\s+["'`“„«]?(?P<s>[^\s"'`“”„«»<>()=:,/]{6,128})["'`”“»]?,?\s+(?:\((?:the\s+)?(?:[a-z0-9-]+\s+){0,2}|(?:as|als|como|comme|come|for|für|pour|para|per)\s+(?:(?:the|a|an|our|your|my|das|den|die|le|la|el|il|o)\s+)?(?:[a-z0-9-]+\s+){0,2})(?:passwords?|passwd|passphrase|passcode|pw|pwd|secret|token|key|login|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord)\b"#,
    )
    .only_if(super::looks::like_login),
    secret(
        r"\bkey\s",
        r"\b(?:new|fresh|temp(?:orary)?|old|current|leaked|our)\s+key\s*(?:[:→-]+>?\s*)?(?P<s>[A-Za-z0-9_+/=-]{20,200})",
    )
    .only_if(super::looks::like_random),
    password(
        r"passphrase",
        r#"\bpassphrase\s+(?P<s>"[^"\n]{8,64}"|'[^'\n]{8,64}'|“[^”\n]{8,64}”)"#,
    )
    .only_if(super::looks::like_quoted),
    password(
        r"log|sign|anmeld|connect|ingres|acced",
        r#"\b(?:log(?:ged|ging)?[ -]?(?:in|on)|login|sign(?:ed)?[ -]?in|anmelden|einloggen|angemeldet|connecte[rz]?|ingresar?|acceder)\b[^\n]{0,32}?\b(?:with|using|mit|avec|con)\s+(?:password\s+|pw\s+)?["'`“„«]?(?P<s>[^\s"'`“”„«»<>()=:,/]{6,128})"#,
    )
    .only_if(super::looks::like_login),
];
