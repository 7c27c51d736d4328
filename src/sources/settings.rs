//! The settings of an HTTP source: a short form of our own, and Prometheus's `http_config` as people have it already.
//! Credentials never stand in the file: each is a reference to an environment variable, a private file or a command.

use super::Offers;
use crate::text::secret::{Secret, SecretRef};
use crate::text::{PlainHttp, Slug};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What kind of server a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// Alertmanager, API version 2.
    Alertmanager,
    /// Prometheus, HTTP API version 1.
    Prometheus,
    /// Grafana's own alerting.
    Grafana,
}

impl SourceKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alertmanager => "alertmanager",
            Self::Prometheus => "prometheus",
            Self::Grafana => "grafana",
        }
    }

    /// What a source of this kind can answer.
    pub fn offers(self) -> Offers {
        Offers {
            alerts: matches!(self, Self::Alertmanager | Self::Grafana),
            metrics: self == Self::Prometheus,
            rules: matches!(self, Self::Prometheus | Self::Grafana),
        }
    }
}

/// One source as the configuration file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceSettings {
    /// What it is.
    pub kind: Option<SourceKind>,
    /// Its name on the screen; its kind by default.
    pub name: Option<Slug>,
    /// Address, path prefix included, without credentials.
    pub url: String,
    /// Bearer token: short for `authorization`.
    pub bearer: Option<SecretRef>,
    /// PEM file of the authority that signed the server's certificate: short for `tls_config`.
    pub ca_file: Option<PathBuf>,
    /// The `Authorization` header.
    pub authorization: Option<Authorization>,
    /// User and password.
    pub basic_auth: Option<BasicAuth>,
    /// A token from an `OAuth2` server, by client credentials.
    pub oauth2: Option<OAuth2>,
    /// Certificates.
    pub tls_config: Option<TlsConfig>,
    /// The proxy to go through.
    pub proxy_url: Option<String>,
    /// Hosts that are reached without it, separated by commas.
    pub no_proxy: Option<String>,
    /// Whether the proxy variables of the environment count where no proxy is named; they do by default.
    pub proxy_from_environment: Option<bool>,
    /// Headers of every request, such as `X-Scope-OrgID`.
    pub http_headers: BTreeMap<String, Header>,
    /// Labels that make no difference between two alerts, instead of `replica` and its kin: those that say which of
    /// several equal servers speaks.
    pub ignored_labels: Option<Vec<String>>,
    /// Redirects are never followed: one to another host would carry credentials there.
    pub follow_redirects: Option<bool>,
    /// Hosts to which its credentials may go over plain http.
    #[serde(skip)]
    pub plain_http: PlainHttp,
}

/// The `Authorization` header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorization {
    /// Its scheme.
    #[serde(rename = "type", default = "bearer")]
    pub scheme: String,
    /// Where the credentials come from.
    #[serde(default)]
    pub credentials: Option<SecretRef>,
    /// A private file with them.
    #[serde(default)]
    pub credentials_file: Option<PathBuf>,
}

fn bearer() -> String {
    "Bearer".into()
}

/// User and password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasicAuth {
    /// The user.
    pub username: String,
    /// Where the password comes from.
    #[serde(default)]
    pub password: Option<SecretRef>,
    /// A private file with it.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
}

/// Client credentials of `OAuth2` (RFC 6749, section 4.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth2 {
    /// The client's id.
    pub client_id: String,
    /// Where its secret comes from.
    #[serde(default)]
    pub client_secret: Option<SecretRef>,
    /// A private file with it.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// Where tokens are given out.
    pub token_url: String,
    /// What the token is for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// More parameters of the request.
    #[serde(default)]
    pub endpoint_params: BTreeMap<String, String>,
    /// Certificates for the token's server.
    #[serde(default)]
    pub tls_config: Option<TlsConfig>,
    /// The proxy to that server.
    #[serde(default)]
    pub proxy_url: Option<String>,
}

/// Certificates.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsConfig {
    /// PEM file of a private authority, beside the system's own.
    pub ca_file: Option<PathBuf>,
    /// PEM file of the client's certificate.
    pub cert_file: Option<PathBuf>,
    /// PEM file of its key; only its owner may read it.
    pub key_file: Option<PathBuf>,
    /// Lowest version: `TLS12` or `TLS13`.
    pub min_version: Option<TlsVersion>,
    /// Refused: give the authority's certificate instead.
    pub insecure_skip_verify: bool,
}

/// A version of TLS, as Prometheus writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TlsVersion {
    /// 1.2.
    #[serde(rename = "TLS12")]
    Tls12,
    /// 1.3.
    #[serde(rename = "TLS13")]
    Tls13,
}

/// A header: one value, or Prometheus's form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Header {
    /// A value that is no secret.
    Plain(String),
    /// Values, and values that are secret.
    Values(HeaderValues),
}

/// Values of a header.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HeaderValues {
    /// Values that are no secret.
    pub values: Vec<String>,
    /// Where secret ones come from.
    pub secrets: Vec<SecretRef>,
    /// Private files with secret ones.
    pub files: Vec<PathBuf>,
}

/// Parts of names of headers that carry credentials.
const SECRET_HEADERS: [&str; 6] = ["auth", "cookie", "token", "key", "secret", "password"];

/// Why a source's settings cannot be used: what is wrong, and what to do.
pub type Fault = (&'static str, &'static str);

impl SourceSettings {
    /// What is wrong with them, before anything is tried.
    pub fn fault(&self) -> Option<Fault> {
        let ways = [
            self.bearer.is_some(),
            self.authorization.is_some(),
            self.basic_auth.is_some(),
            self.oauth2.is_some(),
        ];
        if ways.into_iter().filter(|way| *way).count() > 1 {
            return Some((
                "more than one of bearer, authorization, basic_auth and oauth2 is set",
                "keep one of them",
            ));
        }
        let ignored = self.ignored_labels.iter().flatten();
        if ignored
            .into_iter()
            .any(|name| ["alertname", "severity"].contains(&name.as_str()))
        {
            return Some((
                "ignored_labels names alertname or severity",
                "leave these out: different alerts would be counted, and silenced, as one",
            ));
        }
        if self.follow_redirects == Some(true) {
            return Some((
                "follow_redirects is true",
                "leave it out: a redirect to another host would carry credentials there; name the last address as `url`",
            ));
        }
        if self.ca_file.is_some()
            && self
                .tls_config
                .as_ref()
                .is_some_and(|tls| tls.ca_file.is_some())
        {
            return Some(("ca_file stands in two places", "keep the one in tls_config"));
        }
        let of_token = self
            .oauth2
            .as_ref()
            .and_then(|oauth| oauth.tls_config.as_ref());
        for tls in self.tls_config.iter().chain(of_token) {
            if tls.insecure_skip_verify {
                return Some((
                    "insecure_skip_verify is true",
                    "name your authority's certificate as ca_file: whoever can answer for the server could show a false recovery",
                ));
            }
            if tls.cert_file.is_some() != tls.key_file.is_some() {
                return Some((
                    "a client certificate needs both cert_file and key_file",
                    "name the other one too",
                ));
            }
        }
        None
    }

    /// Whether its requests carry a credential. Values of headers that stand in the file are no secrets, but for those
    /// whose names say otherwise.
    pub fn sends_credentials(&self) -> bool {
        let named = |name: &str| {
            let name = name.to_ascii_lowercase();
            SECRET_HEADERS.iter().any(|word| name.contains(word))
        };
        let in_header = |(name, value): (&String, &Header)| match value {
            Header::Plain(_) => named(name),
            Header::Values(all) => named(name) || !all.secrets.is_empty() || !all.files.is_empty(),
        };
        self.bearer.is_some()
            || self.authorization.is_some()
            || self.basic_auth.is_some()
            || self.oauth2.is_some()
            || self.http_headers.iter().any(in_header)
    }

    /// With paths relative to the file that names them.
    pub fn at(mut self, base: &Path) -> Self {
        let file = |path: &mut Option<PathBuf>| {
            if let Some(path) = path {
                *path = base.join(&path);
            }
        };
        let secret = |reference: &mut Option<SecretRef>| {
            if let Some(SecretRef::File(path)) = reference {
                *path = base.join(&path);
            }
        };
        file(&mut self.ca_file);
        secret(&mut self.bearer);
        if let Some(authorization) = &mut self.authorization {
            secret(&mut authorization.credentials);
            file(&mut authorization.credentials_file);
        }
        if let Some(basic) = &mut self.basic_auth {
            secret(&mut basic.password);
            file(&mut basic.password_file);
        }
        if let Some(oauth) = &mut self.oauth2 {
            secret(&mut oauth.client_secret);
            file(&mut oauth.client_secret_file);
        }
        let of_token = self
            .oauth2
            .as_mut()
            .and_then(|oauth| oauth.tls_config.as_mut());
        for tls in self.tls_config.iter_mut().chain(of_token) {
            file(&mut tls.ca_file);
            file(&mut tls.cert_file);
            file(&mut tls.key_file);
        }
        for header in self.http_headers.values_mut() {
            if let Header::Values(values) = header {
                values
                    .files
                    .iter_mut()
                    .for_each(|path| *path = base.join(&path));
            }
        }
        self
    }
}

/// Credentials, resolved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ResolvedAuth {
    /// None.
    #[default]
    None,
    /// A bearer token.
    Bearer(Secret),
    /// Another scheme of the `Authorization` header.
    Scheme(String, Secret),
    /// User and password.
    Basic(String, Secret),
    /// A token that is fetched.
    OAuth2(Box<Tokens>),
}

impl ResolvedAuth {
    /// The credential, where it is fixed.
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Self::None => None,
            Self::Bearer(secret) | Self::Scheme(_, secret) | Self::Basic(_, secret) => Some(secret),
            Self::OAuth2(tokens) => Some(&tokens.secret),
        }
    }
}

/// How tokens are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// The settings.
    pub oauth2: OAuth2,
    /// The client's secret.
    pub secret: Secret,
    /// Its client certificate's key, where one is named.
    pub tls: Tls,
}

/// Certificates, with what is secret of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// PEM file of a private authority.
    pub ca_file: Option<PathBuf>,
    /// PEM file of the client's certificate.
    pub cert_file: Option<PathBuf>,
    /// Its key.
    pub key: Option<Secret>,
    /// Lowest version.
    pub min_version: Option<TlsVersion>,
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
    /// Certificates.
    pub tls: Tls,
    /// The proxy to go through.
    pub proxy_url: Option<String>,
    /// Hosts that are reached without it.
    pub no_proxy: Option<String>,
    /// Whether the proxy variables of the environment count.
    pub proxy_from_environment: Option<bool>,
    /// Headers of every request.
    pub headers: Vec<(String, Secret)>,
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
            tls: Tls::default(),
            proxy_url: None,
            no_proxy: None,
            proxy_from_environment: None,
            headers: Vec::new(),
            timeout: Duration::from_secs(10),
        }
    }
}
