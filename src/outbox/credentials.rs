//! The credentials of channels, and why a channel cannot be used.

use crate::text::secret::{KnownSecrets, Secret, SecretRef};
use crate::text::{PlainHttp, PlainHttpProblem, Problem, Safe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// No error repeats an address or a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    #[error("its url is not an http:// or https:// address without credentials in it")]
    Address,
    /// No scheme, and a host other than this machine.
    #[error("its address has no scheme: write https:// before it")]
    Scheme,
    #[error(transparent)]
    Unprotected(#[from] PlainHttpProblem),
    #[error("\"{0}\" is no mail address")]
    Mailbox(Safe),
    #[error("`tls: none` is only for a relay on this machine, and without a password")]
    PlainMail,
    #[error("{0}")]
    Proxy(Problem),
    #[error("`components`: \"{0}\" is not the id of a component, which is of letters and digits")]
    Component(Safe),
    #[error("`title` is longer than 1,024 bytes")]
    Title,
    #[error("`page` is not the id of a status page")]
    Page,
    #[error("its secret is not of the form whsec_<base64>, at least 24 bytes")]
    Signing,
    #[error("its ca_file {0} cannot be used: {1}")]
    Certificates(PathBuf, String),
    #[error("its client cannot be built: {0}")]
    Client(String),
    #[error("{0}")]
    Credential(String),
}

pub struct Credentials<'f> {
    fetch: &'f (dyn Fn(&SecretRef) -> Result<Secret, String> + Sync + 'f),
    pub(super) known: Arc<Mutex<KnownSecrets>>,
    plain_http: PlainHttp,
}

impl<'f> Credentials<'f> {
    pub fn new(fetch: &'f (dyn Fn(&SecretRef) -> Result<Secret, String> + Sync + 'f)) -> Self {
        Self {
            fetch,
            known: Arc::default(),
            plain_http: PlainHttp::default(),
        }
    }

    /// Credentials may go to these hosts over plain http.
    pub fn allowing(self, plain_http: &PlainHttp) -> Self {
        let plain_http = plain_http.clone();
        Self { plain_http, ..self }
    }

    /// Every message over HTTP carries a credential, or shows by its signature that there is one.
    pub(super) fn may_go_to(&self, url: &reqwest::Url) -> Result<(), ChannelError> {
        let what = "its messages and their credential";
        self.plain_http.check(what, url.scheme(), url.host_str())?;
        Ok(())
    }

    pub(super) fn get(&self, reference: &SecretRef) -> Result<Secret, ChannelError> {
        let secret = (self.fetch)(reference).map_err(ChannelError::Credential)?;
        self.learn(&secret);
        Ok(secret)
    }

    /// For a credential that is part of the settings.
    pub(super) fn learn(&self, secret: &Secret) {
        if let Ok(mut known) = self.known.lock() {
            known.learn(secret);
        }
    }
}

/// The bytes of a `ca_file`, and `parse` over them.
pub(super) fn certificates<T, E>(
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<T, E>,
) -> Result<T, ChannelError> {
    let unusable = |why: String| ChannelError::Certificates(path.to_path_buf(), why);
    let pem = crate::files::trusted_bytes(path, crate::files::MAX_TEXT)
        .map_err(|error| unusable(error.to_string()))?;
    parse(&pem).map_err(|_| unusable("it is not PEM".into()))
}
