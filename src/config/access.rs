//! Settings of a source, as its HTTP client needs them: credentials fetched, private files checked.

use super::error::ConfigError;
use super::secrets::resolve;
use crate::sources::{
    BasicAuth, Header, HttpSettings, OAuth2, ResolvedAuth, SourceSettings, Tls, TlsConfig, Tokens,
};
use crate::text::SourceId;
use crate::text::secret::{Secret, SecretRef};
use reqwest::Url;
use std::path::PathBuf;

pub fn http(settings: &SourceSettings, name: &SourceId) -> Result<HttpSettings, ConfigError> {
    protected(settings)?;
    let mut http = HttpSettings::plain(name.clone(), &settings.url);
    http.auth = auth(settings)?;
    http.tls = tls(settings.tls_config.as_ref(), settings.ca_file.as_ref())?;
    http.proxy = settings.proxy();
    for (header, value) in &settings.http_headers {
        for value in values(value)? {
            http.headers.push((header.clone(), value));
        }
    }
    Ok(http)
}

/// Refuses credentials over plain HTTP, before any of them is fetched. An invalid address is refused at its use.
fn protected(settings: &SourceSettings) -> Result<(), ConfigError> {
    let own = settings.sends_credentials().then_some(&settings.url);
    let token = settings.oauth2.as_ref().map(|oauth2| &oauth2.token_url);
    let of_token = settings.oauth2.as_ref();
    let of_token = of_token.and_then(|oauth2| oauth2.proxy_url.as_ref());
    let proxies = settings.proxy_url.iter().chain(of_token);
    let with_login = proxies.filter(|url| {
        Url::parse(url).is_ok_and(|url| !url.username().is_empty() || url.password().is_some())
    });
    let own = own.into_iter().map(|url| ("its credentials", url));
    let token = token.map(|url| ("the client's secret", url));
    let with_login = with_login.map(|url| ("the proxy's password", url));
    let allowed = &settings.plain_http;
    for (what, url) in own.clone().chain(token).chain(with_login) {
        if let Ok(url) = Url::parse(url) {
            allowed.check(what, url.scheme(), url.host_str())?;
        }
    }
    // A request to a proxy on another machine leaves this machine, even if its target is local.
    let proxy = settings.proxy_url.as_deref().map(Url::parse);
    let plain = own.chain(token).find(|(_, url)| url.starts_with("http://"));
    if let (Some(Ok(proxy)), Some((what, _))) = (proxy, plain) {
        allowed.check(what, "http", proxy.host_str())?;
    }
    Ok(())
}

fn values(header: &Header) -> Result<Vec<Secret>, ConfigError> {
    match header {
        Header::Plain(value) => Ok(vec![Secret::new(value)]),
        Header::Values(all) => {
            let plain = all.values.iter().map(|value| Ok(Secret::new(value)));
            let secret = all.secrets.iter().map(resolve);
            let files = all
                .files
                .iter()
                .map(|path| resolve(&SecretRef::File(path.clone())));
            plain.chain(secret).chain(files).collect()
        }
    }
}

/// A secret that two keys can name.
fn one_of(
    what: &str,
    reference: Option<&SecretRef>,
    file: Option<&PathBuf>,
) -> Result<Secret, ConfigError> {
    match (reference, file) {
        (Some(reference), None) => resolve(reference),
        (None, Some(path)) => resolve(&SecretRef::File(path.clone())),
        _ => Err(ConfigError::Secret {
            what: format!("{what} is named twice"),
            remedy:
                "write it as {env: NAME}, {file: PATH} or {command: [PROGRAM]}, or name its file"
                    .into(),
        }),
    }
}

fn auth(settings: &SourceSettings) -> Result<ResolvedAuth, ConfigError> {
    if let Some(token) = &settings.bearer {
        return Ok(ResolvedAuth::Bearer(resolve(token)?));
    }
    if let Some(given) = &settings.authorization {
        let secret = one_of(
            "authorization.credentials",
            given.credentials.as_ref(),
            given.credentials_file.as_ref(),
        )?;
        return Ok(match given.scheme.eq_ignore_ascii_case("bearer") {
            true => ResolvedAuth::Bearer(secret),
            false => ResolvedAuth::Scheme(given.scheme.clone(), secret),
        });
    }
    if let Some(BasicAuth {
        username,
        password,
        password_file,
    }) = &settings.basic_auth
    {
        let secret = one_of(
            "basic_auth.password",
            password.as_ref(),
            password_file.as_ref(),
        )?;
        return Ok(ResolvedAuth::Basic(username.clone(), secret));
    }
    match &settings.oauth2 {
        None => Ok(ResolvedAuth::None),
        Some(oauth2) => Ok(ResolvedAuth::OAuth2(Box::new(tokens(oauth2)?))),
    }
}

fn tokens(oauth2: &OAuth2) -> Result<Tokens, ConfigError> {
    let (reference, file) = (
        oauth2.client_secret.as_ref(),
        oauth2.client_secret_file.as_ref(),
    );
    Ok(Tokens {
        secret: one_of("oauth2.client_secret", reference, file)?,
        tls: tls(oauth2.tls_config.as_ref(), None)?,
        oauth2: oauth2.clone(),
    })
}

fn tls(config: Option<&TlsConfig>, ca_file: Option<&PathBuf>) -> Result<Tls, ConfigError> {
    let Some(config) = config else {
        return Ok(Tls {
            ca_file: ca_file.cloned(),
            ..Tls::default()
        });
    };
    let key = config
        .key_file
        .as_ref()
        .map(|path| resolve(&SecretRef::File(path.clone())));
    Ok(Tls {
        ca_file: config.ca_file.clone().or(ca_file.cloned()),
        cert_file: config.cert_file.clone(),
        key: key.transpose()?,
        min_version: config.min_version,
    })
}
