//! Silences as Alertmanager and Grafana write them, each read by itself.

use super::super::items::{self, ItemTooLarge, ListError};
use super::super::lenient::{Fields, Flag, List, Text, salvage};
use super::super::time::read_time;
use crate::alerts::{Matcher, MatcherOperator, Silence, Silences, written_matchers};
use crate::text::{Safe, Slug};
use serde::Deserialize;

/// Of one answer. Expired ones, which a server keeps for days, count last.
const MAX_SILENCES: usize = if cfg!(test) { 200 } else { 5_000 };

pub(in crate::sources) fn silences_of(mut body: &[u8]) -> (Silences, Option<ListError>) {
    let mut found = Silences::default();
    let mut expired = Vec::new();
    let broken = items::each(&mut body, &mut |item| match made(item) {
        Err(why) => found.unread.add(&why),
        Ok(silence) if silence.state.as_str() == "expired" => {
            if expired.len() < MAX_SILENCES {
                expired.push(silence);
            }
        }
        Ok(silence) if found.silences.len() < MAX_SILENCES => found.silences.push(silence),
        Ok(_) => found.dropped += 1,
    });
    if broken.is_some() {
        found
            .unread
            .add("the answer was cut off; what followed is not known");
    }
    let space = MAX_SILENCES - found.silences.len();
    found.silences.extend(expired.into_iter().take(space));
    (found, broken)
}

pub(crate) fn silence_of(body: &[u8]) -> Result<Silence, String> {
    made(Ok(body))
}

fn made(item: Result<&[u8], ItemTooLarge>) -> Result<Silence, String> {
    let bytes = item.map_err(|_| "it is larger than 4 MB")?;
    let wire: Fields<WireSilence> = salvage(bytes).map_err(|error| error.to_string())?;
    let wire = wire
        .0
        .map_err(|kind| format!("{} instead of a silence", kind.words()))?;
    if !wire.id.has_text() || wire.id.text.is_empty() {
        return Err("it has no id".into());
    }
    Ok(wire.into_silence())
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WireSilence {
    id: Text,
    matchers: List<Fields<WireMatcher>>,
    starts_at: Text,
    ends_at: Text,
    created_by: Text,
    comment: Text,
    status: Fields<WireState>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WireMatcher {
    name: Text,
    value: Text,
    is_regex: Flag,
    is_equal: Flag,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireState {
    state: Text,
}

impl WireSilence {
    fn into_silence(self) -> Silence {
        let mut odd: Vec<String> = Vec::new();
        let ends_at = match self.ends_at.odd {
            Some(kind) => Err(format!("its end is {}", kind.words())),
            None => read_time(&self.ends_at.text)
                .map_err(|why| format!("its end {} {}", self.ends_at.text, why.words())),
        };
        odd.extend(ends_at.clone().err());
        let named = [("createdBy", &self.created_by), ("comment", &self.comment)];
        odd.extend(named.iter().filter_map(|(name, text)| text.fault(name)));
        odd.extend(
            self.matchers
                .odd
                .map(|kind| format!("matchers: {}", kind.words())),
        );
        let mut matchers = Vec::new();
        let whole = self.matchers.odd.is_none();
        let count = self.matchers.items.len();
        for matcher in self.matchers.items {
            match matcher.0 {
                Ok(wire) => {
                    odd.extend(wire.name.fault("a matcher's name"));
                    odd.extend(wire.value.fault("a matcher's value"));
                    matchers.push(wire.into_matcher());
                }
                Err(kind) => odd.push(format!("a matcher is {}", kind.words())),
            }
        }
        let state = self
            .status
            .0
            .map_or(String::new(), |status| status.state.text);
        Silence {
            id: Slug::nearest(&self.id.text),
            what: Safe::block(&written_matchers(&matchers)),
            matchers: (whole && count == matchers.len()).then_some(matchers),
            starts_at: read_time(&self.starts_at.text).ok(),
            ends_at: ends_at.ok(),
            by: Safe::line(&self.created_by.text),
            comment: Safe::line(&self.comment.text),
            state: Safe::line(&state),
            odd: odd.iter().take(8).map(|what| Safe::line(what)).collect(),
        }
    }
}

impl WireMatcher {
    fn into_matcher(self) -> Matcher {
        let (is_regex, is_equal) = (self.is_regex.0, self.is_equal.0);
        let operator = MatcherOperator::of(is_regex.unwrap_or(false), is_equal.unwrap_or(true));
        Matcher::new(self.name.text, operator, self.value.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::comment(r#"{"id":"s2","comment":null,"endsAt":"2026-12-01T00:00:00Z","createdBy":"me","status":{"state":"active"}}"#, "comment is null")]
    #[case::matchers(
        r#"{"id":"s2","matchers":null,"endsAt":"2026-12-01T00:00:00Z"}"#,
        "matchers: null"
    )]
    #[case::a_matcher(
        r#"{"id":"s2","matchers":[null,{"name":3,"value":"x"}],"endsAt":"2026-12-01T00:00:00Z"}"#,
        "a matcher is null"
    )]
    #[case::no_end(r#"{"id":"s2","endsAt":""}"#, "its end")]
    #[case::status(
        r#"{"id":"s2","endsAt":"soon","status":null,"createdBy":4}"#,
        "its end soon is not a time"
    )]
    fn an_odd_silence_is_listed_and_hides_no_other(#[case] odd: &str, #[case] says: &str) {
        let good = r#"{"id":"s1","comment":"c","createdBy":"me","endsAt":"2026-12-01T00:00:00Z","status":{"state":"active"},"matchers":[]}"#;
        let (read, broken) = silences_of(format!("[{odd},null,{good}]").as_bytes());
        assert_eq!(
            (read.silences.len(), read.unread.count, broken),
            (2, 1, None)
        );
        let faults: Vec<&str> = read.silences[0].odd.iter().map(Safe::as_str).collect();
        assert!(faults.join("; ").contains(says), "{faults:?}");
        assert!(read.silences[1].odd.is_empty());
        assert!(
            !read.silences[0]
                .words("2026-11-30T00:00:00Z".parse().unwrap())
                .is_empty()
        );
    }

    #[test]
    fn expired_silences_leave_space_for_those_that_hold() {
        let one = |id: usize, state: &str| {
            format!(
                "{{\"id\":\"s{id}\",\"endsAt\":\"2026-12-01T00:00:00Z\",\"status\":{{\"state\":\"{state}\"}}}}"
            )
        };
        let mut all: Vec<String> = (0..MAX_SILENCES).map(|id| one(id, "expired")).collect();
        all.extend((0..3).map(|id| one(MAX_SILENCES + id, "active")));
        let (read, _) = silences_of(format!("[{}]", all.join(",")).as_bytes());
        assert_eq!((read.silences.len(), read.dropped), (MAX_SILENCES, 0));
        assert_eq!(read.silences[2].state.as_str(), "active");
    }
}
