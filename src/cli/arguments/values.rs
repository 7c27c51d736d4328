//! Values of the journal as the command line writes them.

use crate::incident::Role;

/// A role by its name, or by its abbreviation on screens.
pub(super) fn role(word: &str) -> Result<Role, String> {
    let short = Role::ALL.into_iter().find(|role| {
        let title = role.title().split(' ').next_back().unwrap_or_default();
        [role.short(), role.title(), title]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word))
    });
    short.map_or_else(|| declared(word), Ok)
}

/// As the journal writes it.
pub(super) fn declared<T: serde::de::DeserializeOwned>(word: &str) -> Result<T, String> {
    serde_json::from_value(word.into()).map_err(|error| error.to_string())
}
