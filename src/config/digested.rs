//! A part of the configuration, with the digest that the journal records.

use std::ops::Deref;

/// What a file makes, with the digest of its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Digested<P> {
    pub value: P,
    pub digest: String,
}

impl<P> Digested<P> {
    pub fn new(value: P, digest: impl Into<String>) -> Self {
        let digest = digest.into();
        Self { value, digest }
    }
}

impl<P> Deref for Digested<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.value
    }
}
