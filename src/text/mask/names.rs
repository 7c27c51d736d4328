//! Names of fields whose values are masked whatever they look like, and how a name is compared.
//!
//! The names are one table for the whole process, set before anything is read: text becomes `Safe` through pure
//! functions in some hundred places, and a table passed to each of them would be left out in one. What a name means
//! must not change while the process runs, or the same alert would get two keys; so the table is set once and never
//! again. Tests pass a table of their own to [`super::mask_by`].

use super::Kind;
use std::sync::OnceLock;

/// Last words of names, written together, and what their values are. A name is compared by its last words: an
/// `api_key` is one for every owner, and a `password_policy` is none.
const LAST_WORDS: &[(&str, Kind)] = &[
    ("password", Kind::Password),
    ("passwords", Kind::Password),
    ("passwd", Kind::Password),
    ("passphrase", Kind::Password),
    ("passcode", Kind::Password),
    ("passwort", Kind::Password),
    ("kennwort", Kind::Password),
    ("contrasena", Kind::Password),
    ("contraseña", Kind::Password),
    ("senha", Kind::Password),
    ("wachtwoord", Kind::Password),
    ("motdepasse", Kind::Password),
    ("mdp", Kind::Password),
    ("pwd", Kind::Password),
    ("pw", Kind::Password),
    ("bindpw", Kind::Password),
    ("pass", Kind::Password),
    ("psk", Kind::Password),
    ("passwordhash", Kind::Password),
    ("requirepass", Kind::Password),
    ("secret", Kind::Secret),
    ("secrets", Kind::Secret),
    ("token", Kind::Secret),
    ("apikey", Kind::Secret),
    ("appkey", Kind::Secret),
    ("applicationkey", Kind::Secret),
    ("privatekey", Kind::Secret),
    ("secretkey", Kind::Secret),
    ("accesskey", Kind::Secret),
    ("accountkey", Kind::Secret),
    ("storagekey", Kind::Secret),
    ("sharedkey", Kind::Secret),
    ("presharedkey", Kind::Secret),
    ("masterkey", Kind::Secret),
    ("signingkey", Kind::Secret),
    ("encryptionkey", Kind::Secret),
    ("decryptionkey", Kind::Secret),
    ("sessionkey", Kind::Secret),
    ("integrationkey", Kind::Secret),
    ("routingkey", Kind::Secret),
    ("servicekey", Kind::Secret),
    ("subscriptionkey", Kind::Secret),
    ("licensekey", Kind::Secret),
    ("webhookkey", Kind::Secret),
    ("hmackey", Kind::Secret),
    ("aeskey", Kind::Secret),
    ("deskey", Kind::Secret),
    ("mackey", Kind::Secret),
    ("unsealkey", Kind::Secret),
    ("recoverykey", Kind::Secret),
    ("geniekey", Kind::Secret),
    ("secretkeybase", Kind::Secret),
    ("signaturekey", Kind::Secret),
    ("clientkeydata", Kind::Pem),
    ("keymaterial", Kind::Secret),
    ("accesskeyid", Kind::CloudKey),
    ("secretaccesskey", Kind::CloudKey),
    ("connectionstring", Kind::Password),
    ("jwt", Kind::Jwt),
    ("sessionid", Kind::Secret),
    ("jsessionid", Kind::Secret),
    ("phpsessid", Kind::Secret),
    ("samlresponse", Kind::Secret),
    ("securitytoken", Kind::Secret),
    ("binarysecret", Kind::Secret),
    ("onetimepassword", Kind::Secret),
    ("otpsecret", Kind::Secret),
    ("seedphrase", Kind::Secret),
    ("mnemonic", Kind::Secret),
    ("dockerconfigjson", Kind::Secret),
    ("webhookurl", Kind::Secret),
    ("honeycombteam", Kind::Secret),
    ("pepper", Kind::Secret),
    ("secretid", Kind::Secret),
    ("clientassertion", Kind::Secret),
    ("sastoken", Kind::Secret),
    ("sharedaccesssignature", Kind::Secret),
    ("pswd", Kind::Password),
    ("passw", Kind::Password),
    ("psw", Kind::Password),
    ("pwrd", Kind::Password),
    ("parola", Kind::Password),
];

/// Names of labels that are masked whole, and that free text uses for more than the data: `authorization: Bearer …` has
/// a form of its own, and so has `creds: admin / …`.
const LABEL_WORDS: &[(&str, Kind)] = &[
    ("credential", Kind::Password),
    ("credentials", Kind::Password),
    ("creds", Kind::Password),
    ("authorization", Kind::Bearer),
    ("bearer", Kind::Bearer),
    ("cookie", Kind::Secret),
    ("otp", Kind::Secret),
    ("totp", Kind::Secret),
    ("tan", Kind::Secret),
    ("onetimecode", Kind::Secret),
    ("verificationcode", Kind::Secret),
    ("setcookie", Kind::Secret),
];

/// Names of card data. In free text the forms of the data themselves are looked for, since `pin` and `pan` are words
/// of other trades too; a label of that name is masked whole.
const CARD_WORDS: &[(&str, Kind)] = &[
    ("pan", Kind::Pan),
    ("cardnumber", Kind::Pan),
    ("cardno", Kind::Pan),
    ("ccnumber", Kind::Pan),
    ("ccnum", Kind::Pan),
    ("creditcard", Kind::Pan),
    ("primaryaccountnumber", Kind::Pan),
    ("cvv", Kind::Cvv),
    ("cvv2", Kind::Cvv),
    ("cvc", Kind::Cvv),
    ("cvc2", Kind::Cvv),
    ("cav2", Kind::Cvv),
    ("csc", Kind::Cvv),
    ("securitycode", Kind::Cvv),
    ("pin", Kind::Pin),
    ("pinblock", Kind::Pin),
    ("pinnumber", Kind::Pin),
    ("track1", Kind::Track),
    ("track2", Kind::Track),
    ("trackdata", Kind::Track),
    ("track1data", Kind::Track),
    ("track2data", Kind::Track),
];

/// Ends of a last word that has no border before them: `dbpassword`.
const ENDS: &[(&str, Kind)] = &[
    ("password", Kind::Password),
    ("passwd", Kind::Password),
    ("passphrase", Kind::Password),
    ("passwort", Kind::Password),
    ("apikey", Kind::Secret),
    ("privatekey", Kind::Secret),
    ("secretkey", Kind::Secret),
    ("accesstoken", Kind::Secret),
    ("authtoken", Kind::Secret),
    ("identitytoken", Kind::Secret),
    ("registrytoken", Kind::Secret),
    ("sessiontoken", Kind::Secret),
    ("bearertoken", Kind::Secret),
    ("apitoken", Kind::Secret),
    ("bottoken", Kind::Secret),
    ("idtoken", Kind::Secret),
    ("refreshtoken", Kind::Secret),
    ("clientsecret", Kind::Secret),
    ("sharedsecret", Kind::Secret),
    ("sessionid", Kind::Secret),
    ("apisecret", Kind::Secret),
    ("appsecret", Kind::Secret),
    ("consumersecret", Kind::Secret),
    ("webhooksecret", Kind::Secret),
    ("jwtsecret", Kind::Secret),
    ("hmacsecret", Kind::Secret),
    ("dbpass", Kind::Password),
    ("userpass", Kind::Password),
    ("rootpass", Kind::Password),
    ("adminpass", Kind::Password),
    ("smtppass", Kind::Password),
    ("mailpass", Kind::Password),
    ("ftppass", Kind::Password),
    ("sshpass", Kind::Password),
    ("keypass", Kind::Password),
    ("storepass", Kind::Password),
    ("ldappass", Kind::Password),
    ("dbpwd", Kind::Password),
    ("userpwd", Kind::Password),
];

/// Words behind the name that leave it what it is.
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

/// Whose or what for a key is that is a secret: `merchant_key`.
const KEYS_OF: &str = "merchant partner terminal deploy user write ingest ingestion insert auth pass access crypt \
    crypto cipher wrapping wrap otp totp seed bot hook device push agent relay tenant root \
    transport working pin dukpt payment gateway acquirer processor portal console vault jwt cookie csrf";

/// Names of pages and steps that are called tokens and open nothing.
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
/// Longest name that is looked at.
const LONGEST: usize = 96;

/// Which names are sensitive besides the known ones, and which of the known ones are not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    sensitive: Vec<String>,
    not_sensitive: Vec<String>,
}

/// Why a name cannot be honoured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Nothing to compare.
    #[error("\"{0}\" has no letter or digit")]
    Empty(String),
    /// Signs that no name of a field has.
    #[error("\"{0}\" has a sign that names do not have")]
    Sign(String),
    /// It matches a name that decides what becomes of an alert.
    #[error("\"{0}\" would mask \"{1}\", which decides what becomes of an alert")]
    Deciding(String, String),
    /// It would leave card data in clear.
    #[error("\"{0}\" would leave \"{1}\" in clear, and card data is never kept")]
    CardData(String, &'static str),
    /// It stands in both lists.
    #[error("\"{0}\" is both sensitive and not sensitive")]
    Both(String),
}

static CHOSEN: OnceLock<Names> = OnceLock::new();
static KNOWN: Names = Names {
    sensitive: Vec::new(),
    not_sensitive: Vec::new(),
};

impl Names {
    /// The known names, with those of the configuration. `*` stands for any part of a name.
    pub fn new<'d>(
        sensitive: &[String],
        not_sensitive: &[String],
        deciding: impl IntoIterator<Item = &'d str>,
    ) -> Result<Self, BadName> {
        let read = |names: &[String]| names.iter().map(|name| pattern(name)).collect();
        let names = Self {
            sensitive: Result::from_iter::<Vec<_>>(read(sensitive))?,
            not_sensitive: Result::from_iter::<Vec<_>>(read(not_sensitive))?,
        };
        for pattern in &names.sensitive {
            if names.not_sensitive.contains(pattern) {
                return Err(BadName::Both(pattern.clone()));
            }
        }
        for name in deciding {
            let plain = normal(name);
            if let Some(pattern) = names.sensitive.iter().find(|known| matches(known, &plain)) {
                return Err(BadName::Deciding(pattern.clone(), name.to_string()));
            }
        }
        for (word, _) in CARD_WORDS {
            if let Some(pattern) = names
                .not_sensitive
                .iter()
                .find(|known| matches(known, word))
            {
                return Err(BadName::CardData(pattern.clone(), word));
            }
        }
        Ok(names)
    }

    /// Sets the table of this process. Called once, before anything is read; a later call changes nothing and returns
    /// whether the table is the one that is in use.
    pub fn choose(self) -> bool {
        CHOSEN.get_or_init(|| self.clone()) == &self
    }

    /// The table of this process.
    pub(in crate::text) fn chosen() -> &'static Self {
        CHOSEN.get().unwrap_or(&KNOWN)
    }

    /// Whether the configuration names any.
    pub(super) fn are_chosen(&self) -> bool {
        !self.sensitive.is_empty()
    }

    /// What the value of a label or field of that name is, where the name is sensitive.
    pub(in crate::text) fn kind_of_field(&self, name: &str) -> Option<Kind> {
        self.kind(name, |words| {
            [LAST_WORDS, CARD_WORDS, LABEL_WORDS]
                .iter()
                .find_map(|table| known(table, words))
        })
    }

    /// The same in free text.
    pub(super) fn kind_in_text(&self, name: &str) -> Option<Kind> {
        self.kind(name, |words| known(LAST_WORDS, words))
    }

    /// Whether the configuration says that the value of that name may stay.
    pub(super) fn may_stay(&self, name: &str) -> bool {
        !self.not_sensitive.is_empty() && {
            let plain = normal(name);
            self.not_sensitive
                .iter()
                .any(|known| matches(known, &plain))
        }
    }

    fn kind(&self, name: &str, known: impl Fn(&str) -> Option<Kind>) -> Option<Kind> {
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
                return Some(Kind::Secret);
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
                    .then_some(Kind::Secret)
            })
            .or_else(|| {
                ENDS.iter()
                    .find(|(end, _)| last.ends_with(end))
                    .map(|(_, kind)| *kind)
            })
    }
}

fn known(table: &[(&str, Kind)], words: &str) -> Option<Kind> {
    table
        .iter()
        .find(|(word, _)| *word == words)
        .map(|(_, kind)| *kind)
}

/// A name of the configuration as it is compared.
fn pattern(raw: &str) -> Result<String, BadName> {
    let plain = normal(raw);
    if !plain.chars().any(char::is_alphanumeric) {
        return Err(BadName::Empty(raw.to_string()));
    }
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '*');
    if !plain.chars().all(allowed) || plain.len() > LONGEST {
        return Err(BadName::Sign(raw.to_string()));
    }
    Ok(plain)
}

/// In small letters, with one sign between words.
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

/// Whether the pattern fits the name, or its last words.
fn matches(pattern: &str, name: &str) -> bool {
    let borders = name.match_indices('_').map(|(at, _)| at + 1);
    std::iter::once(0)
        .chain(borders)
        .any(|from| fits(pattern, &name[from..]))
}

/// `*` fits any part. The parts between the stars are looked for from left to right, which takes time in proportion
/// to the name.
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

/// The words of a name, in small letters: `dbApiKey` and `DB_API-KEY` have the same.
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
