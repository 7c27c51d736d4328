//! The meaning of an answer. Receivers in the form of Slack's webhook (Mattermost, Rocket.Chat, Zulip, gateways) say
//! yes in many ways, and some report a failure with a success status: one set of rules for all of them.

use super::answer::ChannelAnswer;
use super::retry::DeliveryVerdict;
use serde_json::{Map, Value};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyMeaning {
    Accepted,
    /// Permanently.
    Refused,
    /// It did not accept the message now.
    RetryLater,
    /// A server behind it did not answer: the message may have arrived.
    Uncertain,
    /// There is no body.
    Empty,
    /// Text that is neither yes nor no.
    Unclear,
}

/// The verdicts on successes whose body does not decide.
#[derive(Debug, Clone)]
pub(super) struct ReplyFallback {
    /// There is no body.
    pub(super) empty: DeliveryVerdict,
    /// It is neither yes nor no.
    pub(super) unclear: DeliveryVerdict,
}

impl ReplyFallback {
    pub(super) fn both(verdict: DeliveryVerdict) -> Self {
        let (empty, unclear) = (verdict.clone(), verdict);
        Self { empty, unclear }
    }
}

const YES: [&str; 6] = ["ok", "success", "accepted", "sent", "true", "1"];
const LATER: [&str; 9] = [
    "rate limit",
    "rate_limit",
    "ratelimit",
    "too many",
    "throttl",
    "try again",
    "temporar",
    "unavailable",
    "overload",
];
const DOUBT: [&str; 2] = ["timeout", "timed out"];
const NO: [&str; 17] = [
    "error",
    "fail",
    "invalid",
    "no_service",
    "no_team",
    "no_active_hooks",
    "not_found",
    "not found",
    "denied",
    "forbidden",
    "unauthori",
    "disabled",
    "archived",
    "missing",
    "prohibited",
    "expired",
    "revoked",
];
/// Fields of JSON that describe a failure.
const DESCRIPTIONS: [&str; 9] = [
    "error",
    "errors",
    "message",
    "msg",
    "errmsg",
    "errormessage",
    "description",
    "detail",
    "reason",
];

pub(super) fn judge(answer: &ChannelAnswer, fallback: &ReplyFallback) -> DeliveryVerdict {
    let verdict = DeliveryVerdict::of_status(answer.status, answer.pause);
    if verdict != DeliveryVerdict::Accepted {
        return verdict;
    }
    match meaning(&answer.body, answer.is_html) {
        ReplyMeaning::Accepted => DeliveryVerdict::Accepted,
        ReplyMeaning::Refused => DeliveryVerdict::Refused,
        ReplyMeaning::RetryLater => DeliveryVerdict::NotAccepted(answer.pause),
        ReplyMeaning::Uncertain => DeliveryVerdict::Ambiguous,
        ReplyMeaning::Empty => fallback.empty.clone(),
        ReplyMeaning::Unclear => fallback.unclear.clone(),
    }
}

pub(super) fn meaning(body: &str, html: bool) -> ReplyMeaning {
    let body = body.trim_start_matches('\u{FEFF}').trim();
    if html || is_page(body) {
        // A login page or portal in the way: the receiver has not seen the message.
        return ReplyMeaning::Refused;
    }
    match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(members)) => meaning_of_object(&members),
        Ok(Value::String(text)) => meaning_of_text(&text),
        Ok(Value::Bool(true)) => ReplyMeaning::Accepted,
        Ok(Value::Bool(false)) => ReplyMeaning::Refused,
        Ok(_) | Err(_) => meaning_of_text(body),
    }
}

fn is_page(body: &str) -> bool {
    let head: String = body.chars().take(200).collect::<String>().to_lowercase();
    head.starts_with("<!doctype html") || head.starts_with("<html") || head.contains("<head")
}

fn meaning_of_text(text: &str) -> ReplyMeaning {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return ReplyMeaning::Empty;
    }
    if YES.contains(&text.trim_end_matches(['.', '!'])) {
        return ReplyMeaning::Accepted;
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let failed = has(&NO) || is_code(&text);
    // A status in the text of a failure has precedence.
    if let Some(status) = status_in(&text).filter(|_| failed) {
        return meaning_of_status(status);
    }
    match (has(&LATER), has(&DOUBT), failed) {
        (true, _, _) => ReplyMeaning::RetryLater,
        (false, true, _) => ReplyMeaning::Uncertain,
        (false, false, true) => ReplyMeaning::Refused,
        (false, false, false) => ReplyMeaning::Unclear,
    }
}

/// Slack's errors are such words: `channel_is_archived`.
fn is_code(text: &str) -> bool {
    let letters =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    text.contains('_') && text.split('_').all(letters)
}

/// An HTTP error status that is a word of a text.
fn status_in(text: &str) -> Option<u64> {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.find_map(|word| {
        let number: u64 = word.parse().ok().filter(|_| word.len() == 3)?;
        (400..600).contains(&number).then_some(number)
    })
}

fn meaning_of_status(status: u64) -> ReplyMeaning {
    match u16::try_from(status).map(|status| DeliveryVerdict::of_status(status, None)) {
        Ok(DeliveryVerdict::NotAccepted(_)) => ReplyMeaning::RetryLater,
        Ok(DeliveryVerdict::Ambiguous) => ReplyMeaning::Uncertain,
        _ => ReplyMeaning::Refused,
    }
}

fn meaning_of_object(members: &Map<String, Value>) -> ReplyMeaning {
    let members_lower = || {
        let each = members.iter();
        each.map(|(name, value)| (name.to_lowercase(), value))
    };
    let all: Vec<ReplyMeaning> = members_lower()
        .map(|(name, value)| meaning_of_member(&name, value))
        .collect();
    let any = |meaning| all.contains(&meaning);
    if any(ReplyMeaning::Refused) || any(ReplyMeaning::RetryLater) {
        // The description of the failure decides whether it is worth another try.
        let described = members_lower().filter(|(name, _)| DESCRIPTIONS.contains(&name.as_str()));
        let described: Vec<String> = described.map(|(_, value)| value.to_string()).collect();
        let waits = pause_in(members).is_some() || any(ReplyMeaning::RetryLater);
        return match (waits, meaning_of_text(&described.join(" "))) {
            (true, _) | (_, ReplyMeaning::RetryLater) => ReplyMeaning::RetryLater,
            (_, ReplyMeaning::Uncertain) => ReplyMeaning::Uncertain,
            _ => ReplyMeaning::Refused,
        };
    }
    match any(ReplyMeaning::Accepted) {
        true => ReplyMeaning::Accepted,
        false => ReplyMeaning::Unclear,
    }
}

/// `name` is in lower case.
fn meaning_of_member(name: &str, value: &Value) -> ReplyMeaning {
    use ReplyMeaning::{Accepted, Refused, RetryLater, Unclear};
    let text = match value {
        Value::String(text) => text.trim().to_lowercase(),
        other => other.to_string(),
    };
    match name {
        "ok" | "success" | "successful" => match text.as_str() {
            "true" | "ok" | "success" | "1" => Accepted,
            "false" | "0" | "null" => Refused,
            _ => Unclear,
        },
        "result" | "status" if YES.contains(&text.as_str()) => Accepted,
        "result" | "status" if NO.iter().any(|word| text.contains(word)) => Refused,
        "status" | "statuscode" | "status_code" | "code" => match value.as_u64() {
            // Some chats mean "no error" by it.
            Some(0) if name != "status" => Accepted,
            Some(200..=299) => Accepted,
            Some(status @ 400..=599) if meaning_of_status(status) == RetryLater => RetryLater,
            Some(400..) => Refused,
            _ => Unclear,
        },
        "errcode" => match value.as_i64() {
            Some(0) => Accepted,
            Some(_) => Refused,
            None => Unclear,
        },
        "error" | "errors" => match value {
            Value::Null | Value::Bool(false) => Unclear,
            Value::String(text) if text.is_empty() => Unclear,
            Value::Array(all) if all.is_empty() => Unclear,
            Value::Object(all) if all.is_empty() => Unclear,
            Value::Number(number) if number.as_i64() == Some(0) => Unclear,
            _ => Refused,
        },
        _ => Unclear,
    }
}

/// The pause that a body asks for: seconds in `retry_after` or `retryAfter`, also inside `parameters` or `error`.
pub(super) fn pause(body: &str) -> Option<Duration> {
    match serde_json::from_str::<Value>(body.trim()) {
        Ok(Value::Object(members)) => pause_in(&members),
        _ => None,
    }
}

fn pause_in(members: &Map<String, Value>) -> Option<Duration> {
    let seconds = |value: &Value| match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    let named = |members: &Map<String, Value>| {
        members.iter().find_map(|(name, value)| {
            let name = name.to_lowercase().replace(['_', '-'], "");
            let seconds = match name.as_str() {
                "retryafter" | "retryafterseconds" => seconds(value)?,
                "retryafterms" => seconds(value)? / 1_000.0,
                _ => return None,
            };
            crate::text::pause(seconds)
        })
    };
    let inner = ["parameters", "error"].into_iter();
    let inner = inner.filter_map(|name| members.get(name)?.as_object());
    named(members).or_else(|| inner.into_iter().find_map(named))
}

#[cfg(test)]
mod tests {
    use super::ReplyMeaning::{Accepted, Empty, Refused, RetryLater, Uncertain, Unclear};
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("ok", Accepted)]
    #[case("ok\n", Accepted)]
    #[case("\"ok\"", Accepted)]
    #[case("OK", Accepted)]
    #[case("1", Accepted)]
    #[case("true", Accepted)]
    #[case("\u{FEFF}ok", Accepted)]
    #[case(r#"{"ok":true}"#, Accepted)]
    #[case(r#"{"ok":"true"}"#, Accepted)]
    #[case(r#"{"success":true}"#, Accepted)]
    #[case(r#"{"Success":true,"error":null}"#, Accepted)]
    #[case(
        r#"{"result":"success","msg":"","ignored_parameters_unsupported":["blocks"]}"#,
        Accepted
    )]
    #[case(r#"{"status":"ok"}"#, Accepted)]
    #[case(r#"{"status":200}"#, Accepted)]
    #[case(r#"{"StatusCode":0,"StatusMessage":"success"}"#, Accepted)]
    #[case(r#"{"errcode":0,"errmsg":"ok"}"#, Accepted)]
    #[case("", Empty)]
    #[case(" \n", Empty)]
    #[case("invalid_payload", Refused)]
    #[case("no_service", Refused)]
    #[case("channel_is_archived", Refused)]
    #[case("posting_to_general_channel_denied", Refused)]
    #[case("false", Refused)]
    #[case(r#"{"ok":false,"error":"channel_not_found"}"#, Refused)]
    #[case(r#"{"ok":"false"}"#, Refused)]
    #[case(r#"{"success":false}"#, Refused)]
    #[case(r#"{"status":"error"}"#, Refused)]
    #[case(r#"{"status":"failed"}"#, Refused)]
    #[case(r#"{"success":true,"error":"no such room"}"#, Refused)]
    #[case(r#"{"errcode":310000,"errmsg":"sign not match"}"#, Refused)]
    #[case(r#"{"error":{"code":"WorkflowTriggerIsNotEnabled"}}"#, Refused)]
    #[case(r#"{"statusCode":401}"#, Refused)]
    #[case("<!DOCTYPE html><html><title>Sign in</title>", Refused)]
    #[case("<html><body>ok</body></html>", Refused)]
    #[case("Webhook Bad Request - Null or empty event. Error 400", Refused)]
    #[case(
        "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x",
        RetryLater
    )]
    #[case(
        "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413 with ContextId x",
        Refused
    )]
    #[case(
        "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 504 with ContextId x",
        Uncertain
    )]
    #[case(r#"{"ok":false,"error":"rate_limited"}"#, RetryLater)]
    #[case(r#"{"ok":false,"retry_after":1.5}"#, RetryLater)]
    #[case(r#"{"success":false,"message":"temporarily unavailable"}"#, RetryLater)]
    #[case(r#"{"status":429}"#, RetryLater)]
    #[case(r#"{"success":false,"message":"upstream timed out"}"#, Uncertain)]
    #[case("Hello, world", Unclear)]
    #[case("{}", Unclear)]
    #[case("[]", Unclear)]
    #[case(r#"{"id":"123","channel_id":"4"}"#, Unclear)]
    #[case(r#"{"ok":tru"#, Unclear)]
    fn a_body_says(#[case] body: &str, #[case] want: ReplyMeaning) {
        assert_eq!(meaning(body, false), want, "{body}");
    }

    #[rstest]
    #[case(r#"{"retry_after": 1.5}"#, Some(1_500))]
    #[case(r#"{"retryAfter": 30}"#, Some(30_000))]
    #[case(r#"{"retry_after": "7"}"#, Some(7_000))]
    #[case(r#"{"retry_after_ms": 250}"#, Some(250))]
    #[case(r#"{"ok":false,"parameters":{"retry_after":5}}"#, Some(5_000))]
    #[case(r#"{"error":{"retryAfter":5}}"#, Some(5_000))]
    #[case(r#"{"retry_after": -1}"#, None)]
    #[case(r#"{"retry_after": "soon"}"#, None)]
    #[case("retry_after: 5", None)]
    fn a_body_may_ask_for_a_wait(#[case] body: &str, #[case] want: Option<u64>) {
        assert_eq!(pause(body), want.map(Duration::from_millis));
    }
}
