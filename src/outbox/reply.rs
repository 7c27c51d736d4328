//! The meaning of an answer. Receivers in the form of Slack's webhook (Mattermost, Rocket.Chat, Zulip, gateways) say
//! yes in many ways, and some report a failure with a success status: one set of rules for all of them.

use super::answer::ChannelAnswer;
use super::retry::DeliveryVerdict;
use serde_json::{Map, Value};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyMeaning {
    /// It accepted the message.
    Yes,
    /// It refused the message permanently.
    No,
    /// It did not accept the message now.
    Later,
    /// A server behind it did not answer: the message may have arrived.
    Doubt,
    /// There is no body.
    Nothing,
    /// Text that is neither yes nor no.
    Unclear,
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
/// Fields of a JSON answer that describe a failure.
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

/// The verdict on an answer. `nothing`: the verdict on a success without a body; `unclear`: on one whose body meaning
/// neither yes nor no.
pub(super) fn judge(
    answer: &ChannelAnswer,
    nothing: &DeliveryVerdict,
    unclear: &DeliveryVerdict,
) -> DeliveryVerdict {
    let verdict = DeliveryVerdict::of_status(answer.status, answer.pause);
    if verdict != DeliveryVerdict::Accepted {
        return verdict;
    }
    match meaning(&answer.body, answer.html) {
        ReplyMeaning::Yes => DeliveryVerdict::Accepted,
        ReplyMeaning::No => DeliveryVerdict::Refused,
        ReplyMeaning::Later => DeliveryVerdict::NotTaken(answer.pause),
        ReplyMeaning::Doubt => DeliveryVerdict::Ambiguous,
        ReplyMeaning::Nothing => nothing.clone(),
        ReplyMeaning::Unclear => unclear.clone(),
    }
}

pub(super) fn meaning(body: &str, html: bool) -> ReplyMeaning {
    let body = body.trim_start_matches('\u{FEFF}').trim();
    if html || is_page(body) {
        // A login page or portal in the way: the receiver has not seen the message.
        return ReplyMeaning::No;
    }
    match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(members)) => object(&members),
        Ok(Value::String(text)) => words(&text),
        Ok(Value::Bool(yes)) => {
            if yes {
                ReplyMeaning::Yes
            } else {
                ReplyMeaning::No
            }
        }
        Ok(_) | Err(_) => words(body),
    }
}

fn is_page(body: &str) -> bool {
    let head: String = body.chars().take(200).collect::<String>().to_lowercase();
    head.starts_with("<!doctype html") || head.starts_with("<html") || head.contains("<head")
}

fn words(text: &str) -> ReplyMeaning {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return ReplyMeaning::Nothing;
    }
    if YES.contains(&text.trim_end_matches(['.', '!'])) {
        return ReplyMeaning::Yes;
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let failed = has(&NO) || is_code(&text);
    // A status in the text of a failure has precedence.
    if let Some(status) = status_in(&text).filter(|_| failed) {
        return of_status(status);
    }
    match (has(&LATER), has(&DOUBT), failed) {
        (true, _, _) => ReplyMeaning::Later,
        (false, true, _) => ReplyMeaning::Doubt,
        (false, false, true) => ReplyMeaning::No,
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

fn of_status(status: u64) -> ReplyMeaning {
    match u16::try_from(status).map(|status| DeliveryVerdict::of_status(status, None)) {
        Ok(DeliveryVerdict::NotTaken(_)) => ReplyMeaning::Later,
        Ok(DeliveryVerdict::Ambiguous) => ReplyMeaning::Doubt,
        _ => ReplyMeaning::No,
    }
}

fn object(members: &Map<String, Value>) -> ReplyMeaning {
    let lower: Vec<(String, &Value)> = members
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect();
    let all: Vec<ReplyMeaning> = lower
        .iter()
        .map(|(name, value)| member(name, value))
        .collect();
    let any = |meaning| all.contains(&meaning);
    if any(ReplyMeaning::No) || any(ReplyMeaning::Later) {
        // The description of the failure decides whether it is worth another try.
        let said = lower
            .iter()
            .filter(|(name, _)| DESCRIPTIONS.contains(&name.as_str()));
        let said: Vec<String> = said.map(|(_, value)| value.to_string()).collect();
        let waits = pause_in(members).is_some() || any(ReplyMeaning::Later);
        return match (waits, words(&said.join(" "))) {
            (true, _) | (_, ReplyMeaning::Later) => ReplyMeaning::Later,
            (_, ReplyMeaning::Doubt) => ReplyMeaning::Doubt,
            _ => ReplyMeaning::No,
        };
    }
    match any(ReplyMeaning::Yes) {
        true => ReplyMeaning::Yes,
        false => ReplyMeaning::Unclear,
    }
}

/// The meaning of one field; `name` is in lower case.
fn member(name: &str, value: &Value) -> ReplyMeaning {
    let text = match value {
        Value::String(text) => text.trim().to_lowercase(),
        other => other.to_string(),
    };
    match name {
        "ok" | "success" | "successful" => match text.as_str() {
            "true" | "ok" | "success" | "1" => ReplyMeaning::Yes,
            "false" | "0" | "null" => ReplyMeaning::No,
            _ => ReplyMeaning::Unclear,
        },
        "result" | "status" if YES.contains(&text.as_str()) => ReplyMeaning::Yes,
        "result" | "status" if NO.iter().any(|word| text.contains(word)) => ReplyMeaning::No,
        "status" | "statuscode" | "status_code" | "code" => match value.as_u64() {
            // Some chats mean "no error" by it.
            Some(0) if name != "status" => ReplyMeaning::Yes,
            Some(200..=299) => ReplyMeaning::Yes,
            Some(status @ 400..=599) if of_status(status) == ReplyMeaning::Later => {
                ReplyMeaning::Later
            }
            Some(400..) => ReplyMeaning::No,
            _ => ReplyMeaning::Unclear,
        },
        "errcode" => match value.as_i64() {
            Some(0) => ReplyMeaning::Yes,
            Some(_) => ReplyMeaning::No,
            None => ReplyMeaning::Unclear,
        },
        "error" | "errors" => match value {
            Value::Null | Value::Bool(false) => ReplyMeaning::Unclear,
            Value::String(text) if text.is_empty() => ReplyMeaning::Unclear,
            Value::Array(all) if all.is_empty() => ReplyMeaning::Unclear,
            Value::Object(all) if all.is_empty() => ReplyMeaning::Unclear,
            Value::Number(number) if number.as_i64() == Some(0) => ReplyMeaning::Unclear,
            _ => ReplyMeaning::No,
        },
        _ => ReplyMeaning::Unclear,
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
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("ok", ReplyMeaning::Yes)]
    #[case("ok\n", ReplyMeaning::Yes)]
    #[case("\"ok\"", ReplyMeaning::Yes)]
    #[case("OK", ReplyMeaning::Yes)]
    #[case("1", ReplyMeaning::Yes)]
    #[case("true", ReplyMeaning::Yes)]
    #[case("\u{FEFF}ok", ReplyMeaning::Yes)]
    #[case(r#"{"ok":true}"#, ReplyMeaning::Yes)]
    #[case(r#"{"ok":"true"}"#, ReplyMeaning::Yes)]
    #[case(r#"{"success":true}"#, ReplyMeaning::Yes)]
    #[case(r#"{"Success":true,"error":null}"#, ReplyMeaning::Yes)]
    #[case(
        r#"{"result":"success","msg":"","ignored_parameters_unsupported":["blocks"]}"#,
        ReplyMeaning::Yes
    )]
    #[case(r#"{"status":"ok"}"#, ReplyMeaning::Yes)]
    #[case(r#"{"status":200}"#, ReplyMeaning::Yes)]
    #[case(r#"{"StatusCode":0,"StatusMessage":"success"}"#, ReplyMeaning::Yes)]
    #[case(r#"{"errcode":0,"errmsg":"ok"}"#, ReplyMeaning::Yes)]
    #[case("", ReplyMeaning::Nothing)]
    #[case(" \n", ReplyMeaning::Nothing)]
    #[case("invalid_payload", ReplyMeaning::No)]
    #[case("no_service", ReplyMeaning::No)]
    #[case("channel_is_archived", ReplyMeaning::No)]
    #[case("posting_to_general_channel_denied", ReplyMeaning::No)]
    #[case("false", ReplyMeaning::No)]
    #[case(r#"{"ok":false,"error":"channel_not_found"}"#, ReplyMeaning::No)]
    #[case(r#"{"ok":"false"}"#, ReplyMeaning::No)]
    #[case(r#"{"success":false}"#, ReplyMeaning::No)]
    #[case(r#"{"status":"error"}"#, ReplyMeaning::No)]
    #[case(r#"{"status":"failed"}"#, ReplyMeaning::No)]
    #[case(r#"{"success":true,"error":"no such room"}"#, ReplyMeaning::No)]
    #[case(r#"{"errcode":310000,"errmsg":"sign not match"}"#, ReplyMeaning::No)]
    #[case(
        r#"{"error":{"code":"WorkflowTriggerIsNotEnabled"}}"#,
        ReplyMeaning::No
    )]
    #[case(r#"{"statusCode":401}"#, ReplyMeaning::No)]
    #[case("<!DOCTYPE html><html><title>Sign in</title>", ReplyMeaning::No)]
    #[case("<html><body>ok</body></html>", ReplyMeaning::No)]
    #[case(
        "Webhook Bad Request - Null or empty event. Error 400",
        ReplyMeaning::No
    )]
    #[case(
        "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x",
        ReplyMeaning::Later
    )]
    #[case(
        "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413 with ContextId x",
        ReplyMeaning::No
    )]
    #[case(
        "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 504 with ContextId x",
        ReplyMeaning::Doubt
    )]
    #[case(r#"{"ok":false,"error":"rate_limited"}"#, ReplyMeaning::Later)]
    #[case(r#"{"ok":false,"retry_after":1.5}"#, ReplyMeaning::Later)]
    #[case(
        r#"{"success":false,"message":"temporarily unavailable"}"#,
        ReplyMeaning::Later
    )]
    #[case(r#"{"status":429}"#, ReplyMeaning::Later)]
    #[case(
        r#"{"success":false,"message":"upstream timed out"}"#,
        ReplyMeaning::Doubt
    )]
    #[case("Hello, world", ReplyMeaning::Unclear)]
    #[case("{}", ReplyMeaning::Unclear)]
    #[case("[]", ReplyMeaning::Unclear)]
    #[case(r#"{"id":"123","channel_id":"4"}"#, ReplyMeaning::Unclear)]
    #[case(r#"{"ok":tru"#, ReplyMeaning::Unclear)]
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
