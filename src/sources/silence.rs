//! Silences: who keeps which alerts quiet, until when, and why.

use super::items::{self, Broken, TooLarge};
use super::lenient::{Flag, Item, List, Text, salvage};
use super::time::read_time;
use crate::incident::alerts::Unread;
use crate::incident::observation::Alert;
use crate::text::{Safe, Slug};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use regex::Regex;
use serde::{Deserialize, Serialize};

/// Longest silence that is made here: a quiet month hides an outage from everybody who joins later.
const LONGEST: TimeDelta = TimeDelta::days(30);

/// What an alert's label must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Matcher {
    /// The label.
    pub name: String,
    /// Its value, or an anchored regular expression.
    pub value: String,
    /// Whether it is an expression.
    #[serde(default)]
    pub is_regex: bool,
    /// Whether it must match, or must not.
    #[serde(default = "yes")]
    pub is_equal: bool,
}

fn yes() -> bool {
    true
}

impl Matcher {
    /// From text: `name=value`, `name!=value`, `name=~expression`, `name!~expression`.
    pub fn parse(text: &str) -> Option<Self> {
        const SIGNS: [(&str, bool, bool); 4] = [
            ("!=", false, false),
            ("=~", true, true),
            ("!~", true, false),
            ("=", false, true),
        ];
        // A name in quotation marks may hold anything; OpenTelemetry's have dots.
        let quoted = text.strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let (name, rest) = match quoted {
            Some((name, rest)) => (name, rest.trim_start()),
            None => text.split_at(text.find(['=', '!'])?),
        };
        let (sign, is_regex, is_equal) = SIGNS
            .into_iter()
            .find(|(sign, ..)| rest.starts_with(sign))?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_:.-/".contains(&b);
        let named = !name.is_empty() && (quoted.is_some() || name.bytes().all(plain));
        named.then(|| Self {
            name: name.to_string(),
            value: rest[sign.len()..].trim_matches('"').to_string(),
            is_regex,
            is_equal,
        })
    }

    /// Whether every alert matches it, so that it narrows nothing.
    fn matches_all(&self) -> bool {
        match (self.is_regex, self.is_equal) {
            (true, true) => {
                Regex::new(&format!("^(?:{})$", self.value)).is_ok_and(|regex| regex.is_match(""))
            }
            (false, true) => self.value.is_empty(),
            (_, false) => true,
        }
    }

    fn matches(&self, alert: &Alert) -> bool {
        let value = alert.label(&self.name);
        let same = match self.is_regex {
            true => Regex::new(&format!("^(?:{})$", self.value))
                .is_ok_and(|regex| regex.is_match(value)),
            false => value == self.value,
        };
        same == self.is_equal
    }
}

impl std::fmt::Display for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = match (self.is_regex, self.is_equal) {
            (false, true) => "=",
            (false, false) => "!=",
            (true, true) => "=~",
            (true, false) => "!~",
        };
        write!(f, "{}{sign}{}", self.name, self.value)
    }
}

/// A silence to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSilence {
    /// What it keeps quiet: all must match.
    pub matchers: Vec<Matcher>,
    /// From when.
    #[serde(serialize_with = "time")]
    pub starts_at: DateTime<Utc>,
    /// Until when.
    #[serde(serialize_with = "time")]
    pub ends_at: DateTime<Utc>,
    /// Who makes it.
    pub created_by: Safe,
    /// Why.
    pub comment: Safe,
}

fn time<S: serde::Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

impl NewSilence {
    /// What is wrong with it, and what to do; checked before anything is sent.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let broken = |matcher: &Matcher| matcher.is_regex && Regex::new(&matcher.value).is_err();
        if self.matchers.iter().all(Matcher::matches_all) {
            return Some((
                "that would silence every alert",
                "name at least one label with a value, such as alertname=PaymentSuccessRateLow",
            ));
        }
        if self.matchers.iter().any(broken) {
            return Some((
                "one matcher is no regular expression",
                "write name=~expression",
            ));
        }
        if self.comment.missing() > 0 {
            return Some((
                "the comment is longer than 1,024 bytes",
                "say the reason in a line, and record the rest as a note of the incident",
            ));
        }
        if self.comment.is_empty() {
            return Some((
                "a silence needs a comment",
                "say why these alerts may be quiet",
            ));
        }
        if self.ends_at <= self.starts_at {
            return Some(("a silence needs an end in the future", "for example 2h"));
        }
        (self.ends_at - self.starts_at > LONGEST).then_some((
            "a silence lasts 30 days at most",
            "mend or remove the alert instead",
        ))
    }

    /// Whether an alert would be quiet.
    pub fn covers(&self, alert: &Alert) -> bool {
        self.matchers.iter().all(|matcher| matcher.matches(alert))
    }

    /// Its matchers as people write them.
    pub fn what(&self) -> String {
        let all: Vec<String> = self.matchers.iter().map(ToString::to_string).collect();
        all.join(" ")
    }
}

/// A silence as its source has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Its id.
    pub id: Slug,
    /// What it keeps quiet.
    pub what: Safe,
    /// Until when, where that can be read.
    pub ends_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub by: Safe,
    /// Why.
    pub comment: Safe,
    /// `active`, `pending` or `expired`.
    pub state: Safe,
    /// What could not be read of it as it should be, for people.
    pub odd: Vec<Safe>,
}

impl Silence {
    /// As said beside an alert: by whom, until when, and why.
    pub fn words(&self, now: DateTime<Utc>) -> String {
        let until = self.ends_at.map_or("an unknown time".to_string(), |at| {
            let format = match at - now < TimeDelta::hours(20) {
                true => "%H:%M UTC",
                false => "%m-%d %H:%M UTC",
            };
            at.format(format).to_string()
        });
        format!("silenced by {} until {until}: {}", self.by, self.comment)
    }
}

/// The silences of one answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Silences {
    /// The silences.
    pub silences: Vec<Silence>,
    /// Those beyond the limit; expired ones are not among them.
    pub dropped: usize,
    /// Those that could not be read.
    pub unread: Unread,
}

impl Silences {
    /// What is missing, for people.
    pub fn gaps(&self) -> Vec<String> {
        let mut all: Vec<String> = self
            .unread
            .words("silence", "silences")
            .into_iter()
            .collect();
        if self.dropped > 0 {
            all.push(format!(
                "{} silences beyond the limit are not shown",
                self.dropped
            ));
        }
        all
    }
}

/// Most silences kept of one answer. Expired ones, which a server keeps for days, count last.
const MAX_SILENCES: usize = if cfg!(test) { 200 } else { 5_000 };

/// Reads a list of silences, each by itself.
pub(super) fn silences_of(mut body: &[u8]) -> (Silences, Option<Broken>) {
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
    let room = MAX_SILENCES - found.silences.len();
    found.silences.extend(expired.into_iter().take(room));
    (found, broken)
}

fn made(item: Result<&[u8], TooLarge>) -> Result<Silence, String> {
    let bytes = item.map_err(|_| "it is larger than 4 MB")?;
    let wire: Item<WireSilence> = salvage(bytes).map_err(|error| error.to_string())?;
    let wire = wire
        .0
        .map_err(|kind| format!("{} instead of a silence", kind.words()))?;
    if !wire.id.has_text() || wire.id.text.is_empty() {
        return Err("it has no id".into());
    }
    Ok(wire.into_silence())
}

/// A silence as Alertmanager writes it.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WireSilence {
    id: Text,
    matchers: List<Item<WireMatcher>>,
    ends_at: Text,
    created_by: Text,
    comment: Text,
    status: Item<WireState>,
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
        let mut what = Vec::new();
        for matcher in self.matchers.items {
            match matcher.0 {
                Ok(wire) => {
                    odd.extend(wire.name.fault("a matcher's name"));
                    odd.extend(wire.value.fault("a matcher's value"));
                    what.push(wire.into_matcher().to_string());
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
            what: Safe::line(&what.join(" ")),
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
        Matcher {
            name: self.name.text,
            value: self.value.text,
            is_regex: self.is_regex.0.unwrap_or(false),
            is_equal: self.is_equal.0.unwrap_or(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn silence(matchers: &[&str], minutes: i64, comment: &str) -> NewSilence {
        let now: DateTime<Utc> = "2026-11-22T01:00:00Z".parse().unwrap();
        NewSilence {
            matchers: matchers
                .iter()
                .map(|text| Matcher::parse(text).unwrap())
                .collect(),
            starts_at: now,
            ends_at: now + TimeDelta::minutes(minutes),
            created_by: Safe::line("lee"),
            comment: Safe::line(comment),
        }
    }

    #[rstest]
    #[case("alertname=Down", "alertname=Down")]
    #[case("job!=\"a b\"", "job!=a b")]
    #[case("pod=~api-.*", "pod=~api-.*")]
    #[case("pod!~api-.*", "pod!~api-.*")]
    #[case("service.name=payments", "service.name=payments")]
    #[case("\"service.name\"=\"payments\"", "service.name=payments")]
    fn a_matcher_is_read_as_people_write_it(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(Matcher::parse(text).unwrap().to_string(), shown);
    }

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
    fn expired_silences_leave_room_for_those_that_hold() {
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

    #[rstest]
    #[case("Down")]
    #[case("=x")]
    #[case("a b=c")]
    fn what_is_no_matcher_is_refused(#[case] text: &str) {
        assert_eq!(Matcher::parse(text), None);
    }

    #[rstest]
    #[case(&["alertname=Down"], 60, "known", None)]
    #[case(&["alertname=~.*"], 60, "known", Some("every alert"))]
    #[case(&["alertname=~(Down)?"], 60, "known", Some("every alert"))]
    #[case(&["severity!=critical"], 60, "known", Some("every alert"))]
    #[case(&[], 60, "known", Some("every alert"))]
    #[case(&["alertname=Down"], 0, "known", Some("end in the future"))]
    #[case(&["alertname=Down"], 60, " ", Some("comment"))]
    #[case(&["alertname=Down"], 60 * 24 * 40, "known", Some("30 days"))]
    fn a_silence_is_checked_before_it_is_sent(
        #[case] matchers: &[&str],
        #[case] minutes: i64,
        #[case] comment: &str,
        #[case] says: Option<&str>,
    ) {
        let fault = silence(matchers, minutes, comment).fault();
        match says {
            None => assert_eq!(fault, None),
            Some(says) => assert!(fault.unwrap().0.contains(says), "{fault:?}"),
        }
    }
}
