//! A client for one server: the system's trust store, and additions by the settings.

use super::error::{SourceError, SourceErrorKind};
use super::settings::{HttpSettings, TlsVersion};
use crate::http::{client_builder, error_causes};
use crate::text::{Safe, is_loopback, with_scheme};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, ClientBuilder, Identity, Url};
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(5);

pub(super) fn client(settings: &HttpSettings) -> Result<Client, SourceError> {
    let built = || {
        let connect_timeout = settings.timeout.min(CONNECT);
        let builder = client_builder(settings.timeout, connect_timeout);
        let builder = with_tls(builder, settings)?;
        let builder = with_proxy(builder, settings)?;
        let builder = builder.default_headers(headers(settings)?);
        builder.build().map_err(|error| error_causes(&error))
    };
    built().map_err(|what| {
        let kind = SourceErrorKind::Settings(Safe::line(&what));
        SourceError::new(&settings.name, Safe::line(&settings.url), kind)
    })
}

fn with_tls(mut builder: ClientBuilder, settings: &HttpSettings) -> Result<ClientBuilder, String> {
    let read = |path: &std::path::Path, what: &str| {
        crate::files::trusted_bytes(path, crate::files::MAX_TEXT)
            .map_err(|error| format!("cannot read {what} {}: {error}", path.display()))
    };
    if let Some(path) = &settings.tls.ca_file {
        let certificates = Certificate::from_pem_bundle(&read(path, "ca_file")?)
            .map_err(|error| format!("ca_file {} is not PEM: {error}", path.display()))?;
        builder = builder.tls_certs_merge(certificates);
    }
    if let (Some(path), Some(key)) = (&settings.tls.cert_file, &settings.tls.key) {
        let mut pem = read(path, "cert_file")?;
        pem.push(b'\n');
        pem.extend_from_slice(key.reveal().as_bytes());
        pem.push(b'\n');
        // The error of a broken key may quote it: it is described without it.
        let identity = Identity::from_pem(&pem).map_err(|_| {
            let path = path.display();
            format!("cert_file {path} and its key_file are no PEM pair")
        })?;
        builder = builder.identity(identity);
    }
    Ok(match settings.tls.min_version {
        None => builder,
        Some(TlsVersion::Tls12) => builder.tls_version_min(reqwest::tls::Version::TLS_1_2),
        Some(TlsVersion::Tls13) => builder.tls_version_min(reqwest::tls::Version::TLS_1_3),
    })
}

/// Requests to this machine use no proxy of the environment.
fn with_proxy(builder: ClientBuilder, settings: &HttpSettings) -> Result<ClientBuilder, String> {
    let mut proxy = settings.proxy.clone();
    if proxy.url.is_none() && is_here(&settings.url) {
        proxy.from_environment = Some(false);
    }
    if let Some(problem) = proxy.problem() {
        return Err(problem.to_string());
    }
    let applied = proxy.apply(builder);
    applied.map_err(|error| format!("proxy_url is no address: {}", error_causes(&error)))
}

fn is_here(url: &str) -> bool {
    let url = with_scheme(url).ok().and_then(|url| Url::parse(&url).ok());
    url.is_some_and(|url| url.host_str().is_some_and(is_loopback))
}

fn headers(settings: &HttpSettings) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in &settings.headers {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("\"{name}\" is no name of a header"))?;
        let mut value = HeaderValue::from_str(value.reveal()).map_err(|_| {
            format!("the value of the header {name} has characters that no header may have")
        })?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}
