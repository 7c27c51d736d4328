//! Silences: who keeps which alerts quiet, until when, and why.

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
        let at = text.find(['=', '!'])?;
        let (name, rest) = text.split_at(at);
        let (sign, is_regex, is_equal) = SIGNS
            .into_iter()
            .find(|(sign, ..)| rest.starts_with(sign))?;
        let named = !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b':');
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
    /// Until when.
    pub ends_at: DateTime<Utc>,
    /// Who made it.
    pub by: Safe,
    /// Why.
    pub comment: Safe,
    /// `active`, `pending` or `expired`.
    pub state: Safe,
}

impl Silence {
    /// As said beside an alert: by whom, until when, and why.
    pub fn words(&self, now: DateTime<Utc>) -> String {
        let format = if self.ends_at - now < TimeDelta::hours(20) {
            "%H:%M UTC"
        } else {
            "%m-%d %H:%M UTC"
        };
        format!(
            "silenced by {} until {}: {}",
            self.by,
            self.ends_at.format(format),
            self.comment
        )
    }
}

/// A silence as Alertmanager writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireSilence {
    id: String,
    #[serde(default)]
    matchers: Vec<Matcher>,
    ends_at: DateTime<Utc>,
    #[serde(default)]
    created_by: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    status: WireState,
}

#[derive(Deserialize, Default)]
struct WireState {
    #[serde(default)]
    state: String,
}

impl WireSilence {
    pub(super) fn into_silence(self) -> Silence {
        let what: Vec<String> = self.matchers.iter().map(ToString::to_string).collect();
        Silence {
            id: Slug::nearest(&self.id),
            what: Safe::line(&what.join(" ")),
            ends_at: self.ends_at,
            by: Safe::line(&self.created_by),
            comment: Safe::line(&self.comment),
            state: Safe::line(&self.status.state),
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
    fn a_matcher_is_read_as_people_write_it(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(Matcher::parse(text).unwrap().to_string(), shown);
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
