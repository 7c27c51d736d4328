//! Names of fields whose values are always masked, and the comparison of names.
//!
//! The whole process has one table of names, set before anything is read. Text becomes `Safe` through pure functions
//! in about a hundred places; a table passed to each of them would be forgotten in one. The meaning of a name must
//! not change while the process runs: the same alert would get two keys. Therefore the table is set once. Tests pass
//! their own table to [`super::mask_by`].

use super::hit::MaskKind;
use std::sync::OnceLock;

/// Last words of names, without separators, and the kind of their values. Only the last words of a name are compared:
/// an `api_key` of any owner is a key, and a `password_policy` is no password.
const LAST_WORDS: &[(&str, MaskKind)] = &[
    ("password", MaskKind::Password),
    ("passwords", MaskKind::Password),
    ("passwd", MaskKind::Password),
    ("passphrase", MaskKind::Password),
    ("passcode", MaskKind::Password),
    ("passwort", MaskKind::Password),
    ("kennwort", MaskKind::Password),
    ("contrasena", MaskKind::Password),
    ("contraseña", MaskKind::Password),
    ("senha", MaskKind::Password),
    ("wachtwoord", MaskKind::Password),
    ("motdepasse", MaskKind::Password),
    ("mdp", MaskKind::Password),
    ("pwd", MaskKind::Password),
    ("pw", MaskKind::Password),
    ("bindpw", MaskKind::Password),
    ("pass", MaskKind::Password),
    ("psk", MaskKind::Password),
    ("passwordhash", MaskKind::Password),
    ("requirepass", MaskKind::Password),
    ("secret", MaskKind::Secret),
    ("secrets", MaskKind::Secret),
    ("token", MaskKind::Secret),
    ("apikey", MaskKind::Secret),
    ("appkey", MaskKind::Secret),
    ("applicationkey", MaskKind::Secret),
    ("privatekey", MaskKind::Secret),
    ("secretkey", MaskKind::Secret),
    ("accesskey", MaskKind::Secret),
    ("accountkey", MaskKind::Secret),
    ("storagekey", MaskKind::Secret),
    ("sharedkey", MaskKind::Secret),
    ("presharedkey", MaskKind::Secret),
    ("masterkey", MaskKind::Secret),
    ("signingkey", MaskKind::Secret),
    ("encryptionkey", MaskKind::Secret),
    ("decryptionkey", MaskKind::Secret),
    ("sessionkey", MaskKind::Secret),
    ("integrationkey", MaskKind::Secret),
    ("routingkey", MaskKind::Secret),
    ("servicekey", MaskKind::Secret),
    ("subscriptionkey", MaskKind::Secret),
    ("licensekey", MaskKind::Secret),
    ("webhookkey", MaskKind::Secret),
    ("hmackey", MaskKind::Secret),
    ("aeskey", MaskKind::Secret),
    ("deskey", MaskKind::Secret),
    ("mackey", MaskKind::Secret),
    ("unsealkey", MaskKind::Secret),
    ("recoverykey", MaskKind::Secret),
    ("geniekey", MaskKind::Secret),
    ("secretkeybase", MaskKind::Secret),
    ("signaturekey", MaskKind::Secret),
    ("clientkeydata", MaskKind::Pem),
    ("keymaterial", MaskKind::Secret),
    ("accesskeyid", MaskKind::CloudKey),
    ("secretaccesskey", MaskKind::CloudKey),
    ("connectionstring", MaskKind::Password),
    ("jwt", MaskKind::Jwt),
    ("sessionid", MaskKind::Secret),
    ("jsessionid", MaskKind::Secret),
    ("phpsessid", MaskKind::Secret),
    ("samlresponse", MaskKind::Secret),
    ("securitytoken", MaskKind::Secret),
    ("binarysecret", MaskKind::Secret),
    ("onetimepassword", MaskKind::Secret),
    ("otpsecret", MaskKind::Secret),
    ("seedphrase", MaskKind::Secret),
    ("mnemonic", MaskKind::Secret),
    ("dockerconfigjson", MaskKind::Secret),
    ("webhookurl", MaskKind::Secret),
    ("honeycombteam", MaskKind::Secret),
    ("pepper", MaskKind::Secret),
    ("secretid", MaskKind::Secret),
    ("clientassertion", MaskKind::Secret),
    ("sastoken", MaskKind::Secret),
    ("sharedaccesssignature", MaskKind::Secret),
    ("pswd", MaskKind::Password),
    ("passw", MaskKind::Password),
    ("psw", MaskKind::Password),
    ("pwrd", MaskKind::Password),
    ("parola", MaskKind::Password),
];

/// Names whose labels are masked completely, and which free text uses for other things too: `authorization: Bearer …`
/// and `creds: admin / …` have their own rows.
const LABEL_WORDS: &[(&str, MaskKind)] = &[
    ("credential", MaskKind::Password),
    ("credentials", MaskKind::Password),
    ("creds", MaskKind::Password),
    ("authorization", MaskKind::Bearer),
    ("bearer", MaskKind::Bearer),
    ("cookie", MaskKind::Secret),
    ("otp", MaskKind::Secret),
    ("totp", MaskKind::Secret),
    ("tan", MaskKind::Secret),
    ("onetimecode", MaskKind::Secret),
    ("verificationcode", MaskKind::Secret),
    ("setcookie", MaskKind::Secret),
];

/// Names of card data. In free text the forms of the data are searched instead, since `pin` and `pan` are common
/// words; a label of such a name is masked completely.
const CARD_WORDS: &[(&str, MaskKind)] = &[
    ("pan", MaskKind::Pan),
    ("cardnumber", MaskKind::Pan),
    ("cardno", MaskKind::Pan),
    ("ccnumber", MaskKind::Pan),
    ("ccnum", MaskKind::Pan),
    ("creditcard", MaskKind::Pan),
    ("primaryaccountnumber", MaskKind::Pan),
    ("cvv", MaskKind::Cvv),
    ("cvv2", MaskKind::Cvv),
    ("cvc", MaskKind::Cvv),
    ("cvc2", MaskKind::Cvv),
    ("cav2", MaskKind::Cvv),
    ("csc", MaskKind::Cvv),
    ("securitycode", MaskKind::Cvv),
    ("pin", MaskKind::Pin),
    ("pinblock", MaskKind::Pin),
    ("pinnumber", MaskKind::Pin),
    ("track1", MaskKind::Track),
    ("track2", MaskKind::Track),
    ("trackdata", MaskKind::Track),
    ("track1data", MaskKind::Track),
    ("track2data", MaskKind::Track),
];

/// Ends of a last word without separator: `dbpassword`.
const ENDS: &[(&str, MaskKind)] = &[
    ("password", MaskKind::Password),
    ("passwd", MaskKind::Password),
    ("passphrase", MaskKind::Password),
    ("passwort", MaskKind::Password),
    ("apikey", MaskKind::Secret),
    ("privatekey", MaskKind::Secret),
    ("secretkey", MaskKind::Secret),
    ("accesstoken", MaskKind::Secret),
    ("authtoken", MaskKind::Secret),
    ("identitytoken", MaskKind::Secret),
    ("registrytoken", MaskKind::Secret),
    ("sessiontoken", MaskKind::Secret),
    ("bearertoken", MaskKind::Secret),
    ("apitoken", MaskKind::Secret),
    ("bottoken", MaskKind::Secret),
    ("idtoken", MaskKind::Secret),
    ("refreshtoken", MaskKind::Secret),
    ("clientsecret", MaskKind::Secret),
    ("sharedsecret", MaskKind::Secret),
    ("sessionid", MaskKind::Secret),
    ("apisecret", MaskKind::Secret),
    ("appsecret", MaskKind::Secret),
    ("consumersecret", MaskKind::Secret),
    ("webhooksecret", MaskKind::Secret),
    ("jwtsecret", MaskKind::Secret),
    ("hmacsecret", MaskKind::Secret),
    ("dbpass", MaskKind::Password),
    ("userpass", MaskKind::Password),
    ("rootpass", MaskKind::Password),
    ("adminpass", MaskKind::Password),
    ("smtppass", MaskKind::Password),
    ("mailpass", MaskKind::Password),
    ("ftppass", MaskKind::Password),
    ("sshpass", MaskKind::Password),
    ("keypass", MaskKind::Password),
    ("storepass", MaskKind::Password),
    ("ldappass", MaskKind::Password),
    ("dbpwd", MaskKind::Password),
    ("userpwd", MaskKind::Password),
];

/// Words after the name that do not change its meaning.
const FILLERS: &[&str] = &[
    "value",
    "val",
    "plain",
    "plaintext",
    "cleartext",
    "raw",
    "b64",
    "base64",
    "hex",
    "old",
    "new",
    "current",
    "previous",
    "prev",
    "prod",
    "production",
    "staging",
    "dev",
    "live",
    "test",
    "pem",
    "enc",
    "encoded",
    "primary",
    "secondary",
];

/// Words before `key` that make it a secret: `merchant_key`.
const KEYS_OF: &str = "merchant partner terminal deploy user write ingest ingestion insert auth pass access crypt \
    crypto cipher wrapping wrap otp totp seed bot hook device push agent relay tenant root \
    transport working pin dukpt payment gateway acquirer processor portal console vault jwt cookie csrf";

/// Names of pages and steps that are called tokens and give no access.
const HARMLESS: &[&str] = &[
    "pagetoken",
    "nextpagetoken",
    "nexttoken",
    "continuationtoken",
    "synctoken",
    "canceltoken",
    "cancellationtoken",
    "csrftoken",
    "designtoken",
    "pushtoken",
    "idempotencytoken",
];

/// Most words of a name that are compared.
const MOST_WORDS: usize = 4;
/// Longest name that is compared.
const LONGEST: usize = 96;

/// Sensitive names besides the known ones, and known names that are not sensitive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SensitiveNames {
    sensitive: Vec<String>,
    not_sensitive: Vec<String>,
}

/// Why a name cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// Nothing to compare.
    #[error("\"{0}\" has no letter or digit")]
    Empty(String),
    /// It contains a character that no field name has.
    #[error("\"{0}\" has a sign that names do not have")]
    Sign(String),
    /// It matches a name that decides about an alert.
    #[error("\"{0}\" would mask \"{1}\", which decides what becomes of an alert")]
    Deciding(String, String),
    /// It would leave card data unmasked.
    #[error("\"{0}\" would leave \"{1}\" in clear, and card data is never kept")]
    CardData(String, &'static str),
    /// It is in both lists.
    #[error("\"{0}\" is both sensitive and not sensitive")]
    Both(String),
}

static CHOSEN: OnceLock<SensitiveNames> = OnceLock::new();
static KNOWN: SensitiveNames = SensitiveNames {
    sensitive: Vec::new(),
    not_sensitive: Vec::new(),
};

impl SensitiveNames {
    /// The known names and those of the configuration. `*` stands for any part of a name.
    pub fn new<'d>(
        sensitive: &[String],
        not_sensitive: &[String],
        deciding: impl IntoIterator<Item = &'d str>,
    ) -> Result<Self, NameProblem> {
        let read = |names: &[String]| names.iter().map(|name| pattern(name)).collect();
        let names = Self {
            sensitive: Result::from_iter::<Vec<_>>(read(sensitive))?,
            not_sensitive: Result::from_iter::<Vec<_>>(read(not_sensitive))?,
        };
        for pattern in &names.sensitive {
            if names.not_sensitive.contains(pattern) {
                return Err(NameProblem::Both(pattern.clone()));
            }
        }
        for name in deciding {
            let plain = normal(name);
            if let Some(pattern) = names.sensitive.iter().find(|known| matches(known, &plain)) {
                return Err(NameProblem::Deciding(pattern.clone(), name.to_string()));
            }
        }
        for (word, _) in CARD_WORDS {
            if let Some(pattern) = names
                .not_sensitive
                .iter()
                .find(|known| matches(known, word))
            {
                return Err(NameProblem::CardData(pattern.clone(), word));
            }
        }
        Ok(names)
    }

    /// Sets the table of this process, before anything is read. A later call changes nothing; it returns whether the
    /// table equals the one in use.
    pub fn choose(self) -> bool {
        CHOSEN.get_or_init(|| self.clone()) == &self
    }

    pub(in crate::text) fn chosen() -> &'static Self {
        CHOSEN.get().unwrap_or(&KNOWN)
    }

    /// Whether the configuration names any.
    pub(super) fn are_chosen(&self) -> bool {
        !self.sensitive.is_empty()
    }

    /// The kind of the value of that label or field; `None` if the name is not sensitive.
    pub(in crate::text) fn kind_of_field(&self, name: &str) -> Option<MaskKind> {
        self.kind(name, |words| {
            [LAST_WORDS, CARD_WORDS, LABEL_WORDS]
                .iter()
                .find_map(|table| known(table, words))
        })
    }

    /// As [`Self::kind_of_field`], in free text.
    pub(super) fn kind_in_text(&self, name: &str) -> Option<MaskKind> {
        self.kind(name, |words| known(LAST_WORDS, words))
    }

    /// Whether the configuration allows the value of that name.
    pub(super) fn may_stay(&self, name: &str) -> bool {
        !self.not_sensitive.is_empty() && {
            let plain = normal(name);
            self.not_sensitive
                .iter()
                .any(|known| matches(known, &plain))
        }
    }

    fn kind(&self, name: &str, known: impl Fn(&str) -> Option<MaskKind>) -> Option<MaskKind> {
        if name.is_empty() || name.len() > LONGEST {
            return None;
        }
        if !(self.sensitive.is_empty() && self.not_sensitive.is_empty()) {
            let plain = normal(name);
            if self
                .not_sensitive
                .iter()
                .any(|known| matches(known, &plain))
            {
                return None;
            }
            if self.sensitive.iter().any(|known| matches(known, &plain)) {
                return Some(MaskKind::Secret);
            }
        }
        let words = words(name);
        let mut words = words.as_slice();
        while let [rest @ .., last] = words
            && !rest.is_empty()
            && (FILLERS.contains(&last.as_str()) || last.bytes().all(|b| b.is_ascii_digit()))
        {
            words = rest;
        }
        let tails =
            (1..=words.len().min(MOST_WORDS)).map(|count| words[words.len() - count..].concat());
        let tails: Vec<String> = tails.collect();
        if tails.iter().any(|tail| HARMLESS.contains(&tail.as_str())) {
            return None;
        }
        let last = tails.first()?;
        tails
            .iter()
            .rev()
            .find_map(|tail| {
                known(tail).or_else(|| known(tail.trim_end_matches(|c: char| c.is_ascii_digit())))
            })
            .or_else(|| {
                let mut of = tails
                    .iter()
                    .take(2)
                    .filter_map(|tail| tail.strip_suffix("key"));
                of.any(|of| KEYS_OF.split_whitespace().any(|known| known == of))
                    .then_some(MaskKind::Secret)
            })
            .or_else(|| {
                ENDS.iter()
                    .find(|(end, _)| last.ends_with(end))
                    .map(|(_, kind)| *kind)
            })
    }
}

fn known(table: &[(&str, MaskKind)], words: &str) -> Option<MaskKind> {
    table
        .iter()
        .find(|(word, _)| *word == words)
        .map(|(_, kind)| *kind)
}

/// A name of the configuration in its compared form.
fn pattern(raw: &str) -> Result<String, NameProblem> {
    let plain = normal(raw);
    if !plain.chars().any(char::is_alphanumeric) {
        return Err(NameProblem::Empty(raw.to_string()));
    }
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '*');
    if !plain.chars().all(allowed) || plain.len() > LONGEST {
        return Err(NameProblem::Sign(raw.to_string()));
    }
    Ok(plain)
}

/// Lower case, with one separator between words.
fn normal(name: &str) -> String {
    let signs = |c: char| {
        if matches!(c, '-' | '.' | ' ' | '/') {
            '_'
        } else {
            c
        }
    };
    name.trim().to_lowercase().chars().map(signs).collect()
}

/// Whether the pattern matches the name, or its last words.
fn matches(pattern: &str, name: &str) -> bool {
    let borders = name.match_indices('_').map(|(at, _)| at + 1);
    std::iter::once(0)
        .chain(borders)
        .any(|from| fits(pattern, &name[from..]))
}

/// `*` matches any part. The parts between the stars are searched from left to right, in linear time.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// The words of a name in lower case: `dbApiKey` and `DB_API-KEY` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| chars.get(before));
        let border = !c.is_alphanumeric()
            || before.is_some_and(|before| {
                (before.is_lowercase() && c.is_uppercase())
                    || (before.is_uppercase()
                        && c.is_uppercase()
                        && chars.get(at + 1).is_some_and(|next| next.is_lowercase()))
            });
        if border && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

#[cfg(test)]
mod tests;
