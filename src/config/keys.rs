//! Keys of the user's own: for each context, actions with their keys.

use super::error::ConfigError;
use crate::keymap::{KeyMap, Rebinding};
use crate::text::sanitize;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_saphyr::Spanned;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeySettings(BTreeMap<String, BTreeMap<String, Spanned<Keys>>>);

/// One key, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeysVisitor)
    }
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key, or a list of keys")
    }

    fn visit_str<E>(self, key: &str) -> Result<Keys, E> {
        Ok(Keys(vec![key.to_string()]))
    }

    /// YAML reads `y` and `n` without quotes as yes and no.
    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Keys, E> {
        Err(E::custom("this key needs quotes: \"y\" or \"n\""))
    }

    /// A digit without quotes.
    fn visit_u64<E>(self, digit: u64) -> Result<Keys, E> {
        Ok(Keys(vec![digit.to_string()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut keys: A) -> Result<Keys, A::Error> {
        let mut all = Vec::new();
        while let Some(key) = keys.next_element::<String>()? {
            all.push(key);
        }
        Ok(Keys(all))
    }
}

impl KeySettings {
    /// The keys in force with these. What cannot be is refused with its line.
    pub(super) fn bound(&self, path: &Path) -> Result<KeyMap, ConfigError> {
        let rows = self.0.iter().flat_map(|(context, actions)| {
            let actions = actions.iter();
            actions.map(move |(action, keys)| (context, action, keys))
        });
        let rebindings = rows.clone().map(|(context, action, keys)| Rebinding {
            context,
            action,
            keys: &keys.value.0,
        });
        KeyMap::with(rebindings).map_err(|(at, problem)| {
            let line = rows.clone().nth(at);
            ConfigError::Line {
                path: path.to_path_buf(),
                line: line.map_or(1, |(_, _, keys)| keys.referenced.line()),
                what: sanitize::line(&format!("keys: {problem}")),
                remedy: problem.hint(),
            }
        })
    }
}
