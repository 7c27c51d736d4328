//! Names of fields whose values are always masked, and the comparison of names.
//!
//! The whole process has one table of names, set before anything is read. Text becomes `Safe` through pure functions
//! in about a hundred places; a table passed to each of them would be forgotten in one. The meaning of a name must
//! not change while the process runs: the same alert would get two keys. Therefore the table is set once. Tests pass
//! their own table to [`super::mask_by`].

use super::hit::MaskKind;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

/// Last words of names, without separators, and the kind of their values. Only the last words of a name are compared:
/// an `api_key` of any owner is a key, and a `password_policy` is no password.
const LAST_WORDS: &[(MaskKind, &str)] = &[
    (
        MaskKind::Password,
        "password passwords passwd passphrase passcode passwort kennwort contrasena contraseña senha \
        wachtwoord motdepasse mdp pwd pw bindpw pass psk passwordhash requirepass connectionstring pswd \
        passw psw pwrd parola",
    ),
    (
        MaskKind::Secret,
        "secret secrets token apikey appkey applicationkey privatekey secretkey accesskey accountkey \
        storagekey sharedkey presharedkey masterkey signingkey encryptionkey decryptionkey sessionkey \
        integrationkey routingkey servicekey subscriptionkey licensekey webhookkey hmackey aeskey deskey \
        mackey unsealkey recoverykey geniekey secretkeybase signaturekey keymaterial sessionid jsessionid \
        phpsessid samlresponse securitytoken binarysecret onetimepassword otpsecret seedphrase mnemonic \
        dockerconfigjson webhookurl honeycombteam pepper secretid clientassertion sastoken \
        sharedaccesssignature",
    ),
    (MaskKind::Pem, "clientkeydata"),
    (MaskKind::CloudKey, "accesskeyid secretaccesskey"),
    (MaskKind::Jwt, "jwt"),
];

/// Names whose labels are masked completely, and which free text uses for other things too: `authorization: Bearer …`
/// and `creds: admin / …` have their own rows.
const LABEL_WORDS: &[(MaskKind, &str)] = &[
    (MaskKind::Password, "credential credentials creds"),
    (MaskKind::Bearer, "authorization bearer"),
    (
        MaskKind::Secret,
        "cookie otp totp tan onetimecode verificationcode setcookie",
    ),
];

/// Names of card data. In free text the forms of the data are searched instead, since `pin` and `pan` are common
/// words; a label of such a name is masked completely.
const CARD_WORDS: &[(MaskKind, &str)] = &[
    (
        MaskKind::Pan,
        "pan cardnumber cardno ccnumber ccnum creditcard primaryaccountnumber",
    ),
    (MaskKind::Cvv, "cvv cvv2 cvc cvc2 cav2 csc securitycode"),
    (MaskKind::Pin, "pin pinblock pinnumber"),
    (
        MaskKind::Track,
        "track1 track2 trackdata track1data track2data",
    ),
];

/// Ends of a last word without separator: `dbpassword`.
const ENDS: &[(MaskKind, &str)] = &[
    (
        MaskKind::Password,
        "password passwd passphrase passwort dbpass userpass rootpass adminpass smtppass mailpass ftppass \
        sshpass keypass storepass ldappass dbpwd userpwd",
    ),
    (
        MaskKind::Secret,
        "apikey privatekey secretkey accesstoken authtoken identitytoken registrytoken sessiontoken \
        bearertoken apitoken bottoken idtoken refreshtoken clientsecret sharedsecret sessionid apisecret \
        appsecret consumersecret webhooksecret jwtsecret hmacsecret",
    ),
];

/// Words after the name that do not change its meaning.
const FILLERS: &str = "value val plain plaintext cleartext raw b64 base64 hex old new current previous prev prod production \
    staging dev live test pem enc encoded primary secondary";

/// Words before `key` that make it a secret: `merchant_key`.
const KEYS_OF: &str = "merchant partner terminal deploy user write ingest ingestion insert auth pass access crypt \
    crypto cipher wrapping wrap otp totp seed bot hook device push agent relay tenant root \
    transport working pin dukpt payment gateway acquirer processor portal console vault jwt cookie csrf";

/// Names of pages and steps that are called tokens and give no access.
const HARMLESS: &str = "pagetoken nextpagetoken nexttoken continuationtoken synctoken canceltoken cancellationtoken csrftoken \
    designtoken pushtoken idempotencytoken";

/// Of a name, that are compared.
const MAX_WORDS: usize = 4;
/// Longer names are not compared.
const MAX_NAME: usize = 96;

/// Besides the known ones, and known names that are not sensitive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SensitiveNames {
    sensitive: Vec<String>,
    not_sensitive: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    #[error("\"{0}\" has no letter or digit")]
    Empty(String),
    #[error("\"{0}\" contains a character that names do not have")]
    Sign(String),
    #[error("\"{0}\" would mask \"{1}\", which decides what becomes of an alert")]
    Deciding(String, String),
    #[error("\"{0}\" would leave \"{1}\" unmasked, but card data is never kept")]
    CardData(String, &'static str),
    #[error("\"{0}\" is both sensitive and not sensitive")]
    Both(String),
}

static TEXT_NAMES: LazyLock<HashMap<&str, MaskKind>> =
    LazyLock::new(|| each_word(LAST_WORDS).collect());
static FIELD_NAMES: LazyLock<HashMap<&str, MaskKind>> = LazyLock::new(|| {
    each_word(LABEL_WORDS)
        .chain(each_word(CARD_WORDS))
        .chain(each_word(LAST_WORDS))
        .collect()
});
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
        for (word, _) in each_word(CARD_WORDS) {
            let mut allowed = names.not_sensitive.iter();
            if let Some(pattern) = allowed.find(|known| matches(known, word)) {
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

    pub(crate) fn chosen() -> &'static Self {
        CHOSEN.get().unwrap_or(&KNOWN)
    }

    pub(super) fn are_chosen(&self) -> bool {
        !self.sensitive.is_empty()
    }

    /// `None` if the name is not sensitive.
    pub(crate) fn kind_of_field(&self, name: &str) -> Option<MaskKind> {
        self.kind(name, |words| FIELD_NAMES.get(words).copied())
    }

    pub(super) fn kind_in_text(&self, name: &str) -> Option<MaskKind> {
        self.kind(name, |words| TEXT_NAMES.get(words).copied())
    }

    /// The configuration allows the value of that name.
    pub(super) fn may_stay(&self, name: &str) -> bool {
        !self.not_sensitive.is_empty() && any_matches(&self.not_sensitive, &normal(name))
    }

    fn kind(&self, name: &str, known: impl Fn(&str) -> Option<MaskKind>) -> Option<MaskKind> {
        if name.is_empty() || name.len() > MAX_NAME {
            return None;
        }
        if !(self.sensitive.is_empty() && self.not_sensitive.is_empty()) {
            let plain = normal(name);
            if any_matches(&self.not_sensitive, &plain) {
                return None;
            }
            if any_matches(&self.sensitive, &plain) {
                return Some(MaskKind::Secret);
            }
        }
        let tails = tails(name);
        if tails.iter().any(|tail| is_one_of(HARMLESS, tail)) {
            return None;
        }
        let last = tails.first()?;
        let without_number =
            |tail: &str| known(tail.trim_end_matches(|c: char| c.is_ascii_digit()));
        let mut longest_first = tails.iter().rev();
        let by_word = longest_first.find_map(|tail| known(tail).or_else(|| without_number(tail)));
        let mut of_keys = tails
            .iter()
            .take(2)
            .filter_map(|tail| tail.strip_suffix("key"));
        let mut by_end = each_word(ENDS).filter(|(end, _)| last.ends_with(end));
        by_word
            .or_else(|| (of_keys.any(|of| is_one_of(KEYS_OF, of))).then_some(MaskKind::Secret))
            .or_else(|| by_end.next().map(|(_, kind)| kind))
    }
}

/// The last word of a name, the last two words, and so on, written together and without fillers.
fn tails(name: &str) -> Vec<String> {
    let words = words(name);
    let mut words = words.as_slice();
    while let [rest @ .., last] = words
        && !rest.is_empty()
        && (is_one_of(FILLERS, last) || last.bytes().all(|b| b.is_ascii_digit()))
    {
        words = rest;
    }
    (1..=words.len().min(MAX_WORDS))
        .map(|count| words[words.len() - count..].concat())
        .collect()
}

fn is_one_of(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

fn any_matches(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, name))
}

fn each_word(
    rows: &'static [(MaskKind, &'static str)],
) -> impl Iterator<Item = (&'static str, MaskKind)> {
    rows.iter()
        .flat_map(|(kind, words)| words.split(' ').map(|word| (word, *kind)))
}

/// A name of the configuration in its compared form.
fn pattern(raw: &str) -> Result<String, NameProblem> {
    let plain = normal(raw);
    if !plain.chars().any(char::is_alphanumeric) {
        return Err(NameProblem::Empty(raw.to_string()));
    }
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '*');
    if !plain.chars().all(allowed) || plain.len() > MAX_NAME {
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
