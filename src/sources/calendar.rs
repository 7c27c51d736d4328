//! Fetching a calendar: one bounded GET. The address usually has a token in its path, so no error repeats more than
//! the host.

use super::error::{Kind, SourceError};
use super::http::{client, told};
use super::settings::HttpSettings;
use crate::incident::Slug;
use crate::text::Safe;
use crate::text::secret::Secret;
use reqwest::Url;

/// The text at an address, at most `limit` bytes.
pub async fn fetch_text(name: &Slug, url: &Secret, limit: usize) -> Result<String, SourceError> {
    let fail = |place: &str, kind| SourceError {
        source_name: name.clone(),
        place: place.to_string(),
        kind,
    };
    let wrong = || {
        fail(
            "?",
            Kind::Settings(Safe::line("its url is not an http:// or https:// address")),
        )
    };
    let url = Url::parse(url.reveal()).map_err(|_| wrong())?;
    let host = url.host_str().ok_or_else(wrong)?.to_string();
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong());
    }
    let client = client(&HttpSettings::plain(name.clone(), &host))?;
    let mut response = client
        .get(url)
        .send()
        .await
        .map_err(|error| fail(&host, Kind::Unreachable(Safe::line(&told(&error)))))?;
    if !response.status().is_success() {
        let status = response.status().as_u16();
        return Err(fail(&host, Kind::Status(status, Safe::default())));
    }
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => break,
            Ok(Some(chunk)) if bytes.len() + chunk.len() > limit => {
                return Err(fail(&host, Kind::TooLarge(limit)));
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Err(error) => return Err(fail(&host, Kind::CutOff(Safe::line(&told(&error))))),
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
