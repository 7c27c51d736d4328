//! How a receiver is reached over HTTP, as the settings of its channel give it.

use crate::http::Proxy;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HttpAccess {
    /// PEM file of authorities that are trusted in addition to the system's.
    pub ca_file: Option<PathBuf>,
    pub proxy_url: Option<String>,
    /// Separated by commas.
    pub no_proxy: Option<String>,
    /// Whether the proxy variables of the environment count if no proxy is named; they do by default.
    pub proxy_from_environment: Option<bool>,
}

impl HttpAccess {
    pub(super) fn proxy(&self) -> Proxy {
        Proxy {
            url: self.proxy_url.clone(),
            no_proxy: self.no_proxy.clone(),
            from_environment: self.proxy_from_environment,
        }
    }
}
