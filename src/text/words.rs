//! The words of masked data.

use super::mask::MaskKind;

impl MaskKind {
    /// Shown in place of the data, and recorded in the entry.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pan => "pan",
            Self::Cvv => "cvv",
            Self::Pin => "pin",
            Self::Track => "track",
            Self::Pem => "pem",
            Self::Jwt => "jwt",
            Self::Bearer => "bearer",
            Self::CloudKey => "cloud-key",
            Self::Password => "password",
            Self::Secret => "secret",
        }
    }
}
