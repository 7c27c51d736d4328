//! Credentials: their source, and a value that never prints itself (rule D7).

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::path::PathBuf;

/// Its debug form and the missing `Display` keep it out of logs and errors.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Removes the line break at the end of files and of command output.
    pub fn new(value: &str) -> Self {
        // Windows writes a byte order mark into files; no credential contains one.
        let value = value.trim_start_matches('\u{FEFF}');
        Self(value.trim_end_matches(['\n', '\r']).to_string())
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for KnownSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{} secrets]", self.0.len())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

/// Credentials in use. They are removed from answers, because a receiver may repeat what it was sent.
#[derive(Clone, Default)]
pub struct KnownSecrets(Vec<String>);

const HIDDEN: &str = "[credential]";
/// Parts of addresses that are words and no credentials.
const WORDS: &str = "services incidents webhook webhooks workflows triggers manual invoke enqueue alerts events status \
    powerautomate automations";
/// Shorter texts are not searched for: they are part of many words.
const SHORTEST: usize = 6;

impl KnownSecrets {
    /// The path of an address, the parts of the path and the values of the query are credentials too.
    pub fn learn(&mut self, secret: &Secret) {
        let value = secret.reveal();
        self.add(value);
        let Some((_, place)) = value.split_once("://") else {
            // `token=…`, `user:password`.
            value.split(['=', ':']).for_each(|part| self.add(part));
            return;
        };
        let path = place.find(['/', '?']).map_or("", |at| &place[at..]);
        self.add(path);
        path.split(['/', '?', '&', '=', '#'])
            .for_each(|part| self.add(part));
        if let Some((user, _)) = place
            .split('/')
            .next()
            .and_then(|host| host.split_once('@'))
        {
            user.split(':').for_each(|part| self.add(part));
        }
        // The longest first: hiding a part must not prevent the match of the whole.
        self.0.sort_by_key(|text| std::cmp::Reverse(text.len()));
        self.0.dedup();
    }

    fn add(&mut self, text: &str) {
        if text.chars().count() >= SHORTEST && !WORDS.split(' ').any(|word| word == text) {
            self.0.push(text.to_string());
        }
    }

    pub fn hide(&self, text: &str) -> String {
        let mut text = text.to_string();
        for known in &self.0 {
            if text.contains(known.as_str()) {
                text = text.replace(known.as_str(), HIDDEN);
            }
        }
        text
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretRef {
    Env(String),
    /// A file that only its owner may read.
    File(PathBuf),
    /// A command that prints it: program and arguments, no shell.
    Command(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Form {
    Env(String),
    File(PathBuf),
    Command(Vec<String>),
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FormVisitor)
    }
}

/// Refuses a credential in place of a reference, without repeating it in the error.
struct FormVisitor;

impl<'de> Visitor<'de> for FormVisitor {
    type Value = SecretRef;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            "where a credential comes from: {env: NAME}, {file: PATH} or {command: [PROGRAM]}",
        )
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<SecretRef, E> {
        Err(E::custom(
            "do not write a credential here, but {env: NAME}, {file: PATH} or {command: [PROGRAM]}",
        ))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SecretRef, A::Error> {
        Ok(match Form::deserialize(MapAccessDeserializer::new(map))? {
            Form::Env(name) => SecretRef::Env(name),
            Form::File(path) => SecretRef::File(path),
            Form::Command(words) => SecretRef::Command(words),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_receiver_repeats_of_a_credential_is_hidden() {
        let mut known = KnownSecrets::default();
        known.learn(&Secret::new(
            "https://hooks.example/slack/T000/B000/sekrettoken?key=abc123",
        ));
        known.learn(&Secret::new("whsec_MfKQ9r8GKYqrTwjU"));
        known.learn(&Secret::new("dana:hunter22"));
        for said in [
            "Cannot POST /slack/T000/B000/sekrettoken",
            "no such token: sekrettoken",
            "bad key abc123",
            "whsec_MfKQ9r8GKYqrTwjU is unknown",
            "user dana, password hunter22",
        ] {
            let hidden = known.hide(said);
            assert!(hidden.contains("[credential]"), "{hidden}");
            for secret in ["sekret", "abc123", "MfKQ", "hunter"] {
                assert!(!hidden.contains(secret), "{hidden}");
            }
        }
        assert_eq!(
            known.hide("hooks.example answered 404"),
            "hooks.example answered 404"
        );
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2\n")), "[secret]");
        assert_eq!(Secret::new("hunter2\r\n").reveal(), "hunter2");
    }
}
