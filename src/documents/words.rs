//! Words of documents: citations, times, durations, numbers.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// `[#4]`, `[#4, #7]`; nothing cites nothing, and says so.
pub(super) fn cite(seqs: &[u64]) -> String {
    if seqs.is_empty() {
        return "[no entry]".to_string();
    }
    let list: Vec<String> = seqs.iter().map(|seq| format!("#{seq}")).collect();
    format!("[{}]", list.join(", "))
}

pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `4 min 12 s`, `2 h 3 min`, `35 s`.
pub(super) fn duration(delta: TimeDelta) -> String {
    let seconds = delta.num_seconds();
    let sign = if seconds < 0 { "−" } else { "" };
    let seconds = seconds.abs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{sign}{s} s"),
        (0, m, s) => format!("{sign}{m} min {s} s"),
        (h, m, _) => format!("{sign}{h} h {m} min"),
    }
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

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(duration(TimeDelta::seconds(35)), "35 s");
        assert_eq!(duration(TimeDelta::seconds(252)), "4 min 12 s");
        assert_eq!(duration(TimeDelta::seconds(7_400)), "2 h 3 min");
        assert_eq!(duration(TimeDelta::seconds(-35)), "−35 s");
    }

    #[test]
    fn what_rests_on_nothing_says_so() {
        assert_eq!(cite(&[]), "[no entry]");
        assert_eq!(cite(&[4, 7]), "[#4, #7]");
    }
}
