//! Commanding in sentences: updates, messages, hand-overs, work, clocks that ran out.

use crate::documents::citations::{count, time};
use crate::documents::people::People;
use crate::incident::Event;
use crate::incident::entry::{
    MessageIntended, MessageKind, MessageResulted, Updated, WorkOpened, field,
};

/// The sentence of an event of commanding. `text` gives the entry's texts by field.
pub(super) fn sentence(
    event: &Event,
    people: &People,
    text: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let with = |head: String, name: &str| match text(name) {
        Some(text) => format!("{head}: {text}"),
        None => head,
    };
    Some(match event {
        Event::Acknowledged(data) => match &data.elsewhere {
            Some(there) => {
                let who = text(field::WHO).unwrap_or_else(|| "somebody".into());
                format!("acknowledged by {who} in another system ({there})")
            }
            None if data.targets.is_empty() => "acknowledged".to_string(),
            None => {
                let targets: Vec<&str> = data
                    .targets
                    .iter()
                    .map(crate::incident::Slug::as_str)
                    .collect();
                format!("acknowledged for {}", targets.join(", "))
            }
        },
        Event::Adopted(data) => with(
            format!(
                "taken over from {}, its incident {} of {}",
                data.system,
                data.incident,
                time(data.created)
            ),
            field::TITLE,
        ),
        Event::Updated(data) => with(updated(data), field::TEXT),
        Event::MessageIntended(data) => intended(data),
        Event::MessageResulted(data) => resulted(data, text(field::DETAIL).as_deref()),
        Event::HandedOver(data) => {
            let from = data.from.as_ref().map_or(String::new(), |from| {
                format!(" from {}", people.label(from))
            });
            with(
                format!(
                    "{} handed over{from} to {}",
                    data.role.title(),
                    people.label(&data.to)
                ),
                field::TEXT,
            )
        }
        Event::WorkOpened(data) => opened(data, people, &text),
        Event::WorkChanged(data) => {
            let mut head = format!("{} is {}", people.work(data.item), data.state.word());
            if let Some(owner) = &data.owner {
                head += &format!(", {} sees to it", people.label(owner));
            }
            if let Some(due) = data.due {
                head += &format!(", due {}", time(due));
            }
            with(head, field::TEXT)
        }
        Event::Overdue(data) => {
            let what = match data.clock.as_str() {
                "update" => "the update".to_string(),
                "check-in" => "the commander's check-in".to_string(),
                "scribe" => "the next entry of a person".to_string(),
                "answer" => "an acknowledgement".to_string(),
                _ => data
                    .item
                    .map_or("work".to_string(), |item| people.work(item)),
            };
            format!("{what} was due at {} and has not come", time(data.due))
        }
        Event::PeerLost(data) => format!(
            "the {} {} does not show itself any more, last at {}: calls may have been late",
            data.peer,
            data.process,
            time(data.last)
        ),
        Event::Proposed(data) => {
            let answers: Vec<String> = data
                .answers
                .iter()
                .map(|answer| {
                    format!(
                        "{} = {} ({})",
                        answer.question,
                        answer.answer,
                        answer.basis.word()
                    )
                })
                .collect();
            format!(
                "what is measured now would give {} by rule {}: {}; a person decides",
                data.severity,
                data.rule,
                answers.join(", ")
            )
        }
        _ => return None,
    })
}

fn updated(data: &Updated) -> String {
    let elsewhere = match data.elsewhere {
        true => ", sent elsewhere",
        false => "",
    };
    format!("update for {}{elsewhere}", data.audience.word())
}

fn intended(data: &MessageIntended) -> String {
    let again = match data.repeat {
        0 => String::new(),
        repeat => format!(", repetition {repeat}"),
    };
    match data.what {
        MessageKind::Update => {
            format!("update #{} goes out by {}{again}", data.tells, data.channel)
        }
        MessageKind::Settle(how) => {
            format!(
                "{} is told that the page is settled: {}, #{}{again}",
                data.channel,
                how.word(),
                data.tells
            )
        }
    }
}

fn resulted(data: &MessageResulted, detail: Option<&str>) -> String {
    let http = data
        .http
        .map_or(String::new(), |status| format!(", HTTP {status}"));
    let detail = detail.map_or(String::new(), |detail| format!("; {detail}"));
    format!(
        "message by {}: {}{http}, {}{detail}",
        data.channel,
        data.outcome.words(),
        count(u64::from(data.attempts), "try", "tries")
    )
}

fn opened(data: &WorkOpened, people: &People, text: impl Fn(&str) -> Option<String>) -> String {
    let mut sentence = data.kind.word().to_string();
    for (word, name) in [
        ("", field::TEXT),
        (" number", field::REFERENCE),
        (" contact", field::CONTACT),
        (" at", field::LINK),
    ] {
        if let Some(text) = text(name) {
            sentence += &format!("{word}: {text}");
        }
    }
    if let Some(owner) = &data.owner {
        sentence += &format!("; {} sees to it", people.label(owner));
    }
    if let Some(due) = data.due {
        sentence += &format!("; due {}", time(due));
    }
    sentence
}
