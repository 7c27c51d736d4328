//! The settings of an HTTP source: a short form, and Prometheus's `http_config`. The file contains no credentials: each
//! is a reference to an environment variable, a private file or a command.
use crate::http::Proxy;
use crate::text::secret::{Secret, SecretRef};
use crate::text::{PlainHttp, Problem, SourceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    Alertmanager,
    Prometheus,
    Grafana,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offers {
    pub alerts: bool,
    pub metrics: bool,
    /// Without rules the absence of an alert proves nothing.
    pub rules: bool,
}

impl SourceKind {
    pub fn offers(self) -> Offers {
        Offers {
            alerts: matches!(self, Self::Alertmanager | Self::Grafana),
            metrics: self == Self::Prometheus,
            rules: matches!(self, Self::Prometheus | Self::Grafana),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceSettings {
    pub kind: Option<SourceKind>,
    /// Its kind by default.
    pub name: Option<SourceId>,
    /// With its path prefix, without credentials.
    pub url: String,
    /// Short for `authorization`.
    pub bearer: Option<SecretRef>,
    /// PEM file of the authority that signed the server's certificate. Short for `tls_config`.
    pub ca_file: Option<PathBuf>,
    pub authorization: Option<Authorization>,
    pub basic_auth: Option<BasicAuth>,
    /// By client credentials.
    pub oauth2: Option<OAuth2>,
    pub tls_config: Option<TlsConfig>,
    pub proxy_url: Option<String>,
    pub no_proxy: Option<String>,
    pub proxy_from_environment: Option<bool>,
    /// Of every request, such as `X-Scope-OrgID`.
    pub http_headers: BTreeMap<String, Header>,
    /// Labels that make no difference between two alerts. By default `replica` and others that name one of several
    /// equal servers.
    pub ignored_labels: Option<Vec<String>>,
    /// Refused: a redirect to another host would disclose credentials.
    pub follow_redirects: Option<bool>,
    /// Hosts to which its credentials may go over plain http.
    #[serde(skip)]
    pub plain_http: PlainHttp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorization {
    #[serde(rename = "type", default = "bearer")]
    pub scheme: String,
    pub credentials: Option<SecretRef>,
    pub credentials_file: Option<PathBuf>,
}

fn bearer() -> String {
    "Bearer".into()
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasicAuth {
    pub username: String,
    pub password: Option<SecretRef>,
    pub password_file: Option<PathBuf>,
}

/// Client credentials of `OAuth2` (RFC 6749, section 4.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth2 {
    pub client_id: String,
    pub client_secret: Option<SecretRef>,
    pub client_secret_file: Option<PathBuf>,
    pub token_url: String,
    #[serde(default)]
    pub scopes: Vec<String>,
    #[serde(default)]
    pub endpoint_params: BTreeMap<String, String>,
    pub tls_config: Option<TlsConfig>,
    pub proxy_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsConfig {
    /// PEM file of authorities that are trusted in addition to the system's.
    pub ca_file: Option<PathBuf>,
    pub cert_file: Option<PathBuf>,
    /// PEM file; only its owner may read it.
    pub key_file: Option<PathBuf>,
    pub min_version: Option<TlsVersion>,
    /// Refused: name the authority's certificate instead.
    pub insecure_skip_verify: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TlsVersion {
    #[serde(rename = "TLS12")]
    Tls12,
    #[serde(rename = "TLS13")]
    Tls13,
}

/// Prometheus's form, or one value that is not secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Header {
    Plain(String),
    Values(HeaderValues),
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HeaderValues {
    pub values: Vec<String>,
    pub secrets: Vec<SecretRef>,
    pub files: Vec<PathBuf>,
}

/// Parts of names of headers that carry credentials.
const SECRET_HEADERS: [&str; 6] = ["auth", "cookie", "token", "key", "secret", "password"];

impl SourceSettings {
    /// Before anything is tried.
    pub fn problem(&self) -> Option<Problem> {
        let problem = |what, hint| Some(Problem::new(what, hint));
        let credentials = [
            self.bearer.is_some(),
            self.authorization.is_some(),
            self.basic_auth.is_some(),
            self.oauth2.is_some(),
        ];
        if credentials.into_iter().filter(|is_set| *is_set).count() > 1 {
            return problem(
                "more than one of bearer, authorization, basic_auth and oauth2 is set",
                "keep one of them",
            );
        }
        let mut ignored = self.ignored_labels.iter().flatten();
        if ignored.any(|name| ["alertname", "severity"].contains(&name.as_str())) {
            return problem(
                "ignored_labels names alertname or severity",
                "leave these out: different alerts would be counted, and silenced, as one",
            );
        }
        if self.follow_redirects == Some(true) {
            return problem(
                "follow_redirects is true",
                "leave it out: a redirect to another host would carry credentials there; name the last address as `url`",
            );
        }
        let of_server = self.tls_config.as_ref();
        if self.ca_file.is_some() && of_server.is_some_and(|tls| tls.ca_file.is_some()) {
            return problem("ca_file stands in two places", "keep the one in tls_config");
        }
        let of_token = self.oauth2.as_ref();
        let of_token = of_token.and_then(|oauth| oauth.tls_config.as_ref());
        for tls in of_server.into_iter().chain(of_token) {
            if tls.insecure_skip_verify {
                return problem(
                    "insecure_skip_verify is true",
                    "name your authority's certificate as ca_file: a forged server could show a false recovery",
                );
            }
            if tls.cert_file.is_some() != tls.key_file.is_some() {
                return problem(
                    "a client certificate needs both cert_file and key_file",
                    "name the other one too",
                );
            }
        }
        None
    }

    pub fn proxy(&self) -> Proxy {
        Proxy {
            url: self.proxy_url.clone(),
            no_proxy: self.no_proxy.clone(),
            from_environment: self.proxy_from_environment,
        }
    }

    /// A header value in the file is no secret, unless the header's name says otherwise.
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

    /// Paths become relative to this directory.
    pub fn at(mut self, base: &Path) -> Self {
        let file = |path: &mut Option<PathBuf>| {
            path.iter_mut().for_each(|path| *path = base.join(&*path));
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

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ResolvedAuth {
    #[default]
    None,
    Bearer(Secret),
    /// Another scheme of the `Authorization` header.
    Scheme(String, Secret),
    Basic(String, Secret),
    OAuth2(Box<Tokens>),
}

impl ResolvedAuth {
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Self::None => None,
            Self::Bearer(secret) | Self::Scheme(_, secret) | Self::Basic(_, secret) => Some(secret),
            Self::OAuth2(tokens) => Some(&tokens.secret),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    pub oauth2: OAuth2,
    pub secret: Secret,
    pub tls: Tls,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    pub ca_file: Option<PathBuf>,
    pub cert_file: Option<PathBuf>,
    pub key: Option<Secret>,
    pub min_version: Option<TlsVersion>,
}

#[derive(Debug, Clone)]
pub struct HttpSettings {
    pub name: SourceId,
    pub url: String,
    pub auth: ResolvedAuth,
    pub tls: Tls,
    pub proxy: Proxy,
    pub headers: Vec<(String, Secret)>,
    /// For a whole answer.
    pub timeout: Duration,
}

impl HttpSettings {
    pub fn plain(name: SourceId, url: &str) -> Self {
        Self {
            name,
            url: url.to_string(),
            auth: ResolvedAuth::None,
            tls: Tls::default(),
            proxy: Proxy::default(),
            headers: Vec::new(),
            timeout: Duration::from_secs(10),
        }
    }
}
