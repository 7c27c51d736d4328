//! Words of documents: citations, times, numbers.

use crate::incident::Slug;
use crate::times::{Grain, StatedTime};
use chrono::{DateTime, SecondsFormat, Utc};

/// `[#4]`, `[#4, #7]`; nothing cites nothing, and says so.
pub fn cite(seqs: &[u64]) -> String {
    if seqs.is_empty() {
        return "[no entry]".to_string();
    }
    let list: Vec<String> = seqs.iter().map(|seq| format!("#{seq}")).collect();
    format!("[{}]", list.join(", "))
}

pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The preposition of a time: `at 16:35Z`, `on 2021-12-25`, `in 2019-04`.
pub(super) fn at(time: &StatedTime) -> &'static str {
    match time.grain() {
        Grain::Second | Grain::Minute | Grain::Hour => "at",
        Grain::Day => "on",
        Grain::Month | Grain::Year => "in",
    }
}

/// The rules beside the deciding one.
pub(super) fn also_matched(rule: &Slug, matched: &[Slug]) -> String {
    let others: Vec<&Slug> = matched.iter().filter(|other| *other != rule).collect();
    match others.is_empty() {
        true => String::new(),
        false => format!(", also matched: {}", names(&others)),
    }
}

/// A due time, as it was stated where that is no moment.
pub(super) fn due_words(due: Option<DateTime<Utc>>, stated: Option<StatedTime>) -> Option<String> {
    stated.map(|stated| stated.shown()).or(due.map(time))
}

/// `1 check`, `3 checks`.
pub(super) fn count(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

/// `, repetition 2`; nothing for the first.
pub(super) fn repetition(number: u32) -> String {
    match number {
        0 => String::new(),
        number => format!(", repetition {number}"),
    }
}

pub(super) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

pub(super) fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

pub(super) fn names(ids: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = ids.iter().map(AsRef::as_ref).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::times::{after_start, read_time};

    #[test]
    fn durations_from_the_start_are_as_uncertain_as_its_ends() {
        let now = "2026-11-22T01:00:00Z".parse().unwrap();
        let read = |text: &str| read_time(text, None, now).unwrap();
        let rows = [
            (
                "2019-07-10T16:35Z",
                "2019-07-10T17:02Z",
                "27 min after the start",
            ),
            (
                "2019-07-10T16:35:10Z",
                "2019-07-10T16:39:22Z",
                "4 min 12 s after the start",
            ),
            (
                "2022-05-26T09:05Z",
                "2022-05-26T09:02Z",
                "3 min before the start",
            ),
            (
                "2021-12-25 UTC",
                "2021-12-25T09:00Z",
                "at most 9 h 1 min after the start",
            ),
            (
                "2021-12-25 UTC",
                "2021-12-30 UTC",
                "4 d 0 h to 6 d 0 h after the start",
            ),
            (
                "2024-02-26T10:00Z",
                "2024-02-29T14:05Z",
                "3 d 4 h after the start",
            ),
        ];
        for (start, time, wanted) in rows {
            assert_eq!(after_start(&read(start), &read(time)), wanted);
        }
    }

    #[test]
    fn the_preposition_fits_how_exactly_a_time_is_known() {
        let now = "2026-11-22T01:00:00Z".parse().unwrap();
        for (text, wanted) in [
            ("2019-04 UTC", "in"),
            ("2021-12-25 UTC", "on"),
            ("2021-12-25T09:00Z", "at"),
        ] {
            assert_eq!(at(&read_time(text, None, now).unwrap()), wanted);
        }
    }

    #[test]
    fn what_rests_on_nothing_says_so() {
        assert_eq!(cite(&[]), "[no entry]");
        assert_eq!(cite(&[4, 7]), "[#4, #7]");
    }
}
