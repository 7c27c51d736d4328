//! The settings of an HTTP source.

use crate::incident::Slug;
use crate::text::secret::{Secret, SecretRef};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// One source as the configuration file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// Address, path prefix included, without credentials.
    pub url: String,
    /// Bearer token.
    #[serde(default)]
    pub bearer: Option<SecretRef>,
    /// User and password.
    #[serde(default)]
    pub basic_auth: Option<BasicAuth>,
    /// PEM file of the authority that signed the server's certificate, beside the system's own.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

/// User and password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasicAuth {
    /// The user.
    pub username: String,
    /// Where the password comes from.
    pub password: SecretRef,
}

/// Credentials, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolvedAuth {
    /// None.
    None,
    /// A bearer token.
    Bearer(Secret),
    /// User and password.
    Basic(String, Secret),
}

/// Everything an HTTP client needs.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The source's name.
    pub name: Slug,
    /// Address.
    pub url: String,
    /// Credentials.
    pub auth: ResolvedAuth,
    /// PEM file of a private authority.
    pub ca_file: Option<PathBuf>,
    /// Longest wait for a whole answer.
    pub timeout: Duration,
}

impl HttpSettings {
    /// An address without credentials, with the usual patience.
    pub fn plain(name: Slug, url: &str) -> Self {
        Self {
            name,
            url: url.to_string(),
            auth: ResolvedAuth::None,
            ca_file: None,
            timeout: Duration::from_secs(10),
        }
    }
}
