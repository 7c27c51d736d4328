//! Credentials: where one comes from, and a value that never prints itself (rule D7).

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::path::PathBuf;

/// A secret value. Its debug form and its absence of `Display` keep it out of logs and errors.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value, without the line break that files and commands end with.
    pub fn new(value: &str) -> Self {
        Self(value.trim_end_matches(['\n', '\r']).to_string())
    }

    /// The value, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

/// Where a secret comes from; never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretRef {
    /// An environment variable.
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

/// Reads a reference. A credential itself is refused without being repeated in the error.
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
            "a credential must not stand here: write {env: NAME}, {file: PATH} or {command: [PROGRAM]}",
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
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2\n")), "[secret]");
        assert_eq!(Secret::new("hunter2\r\n").reveal(), "hunter2");
    }
}
