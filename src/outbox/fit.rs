//! Texts that are longer than a receiver accepts: split into several parts if it accepts several. What still does not
//! fit is counted, in the message and in its record.

use super::words::more;
use crate::incident::IncidentId;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fitted {
    pub(super) parts: Vec<String>,
    /// Characters that do not fit.
    pub(super) missing: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct SizeLimit {
    /// In the receiver's unit.
    pub(super) each: usize,
    pub(super) parts: usize,
    /// Units of one character, in the receiver's count.
    pub(super) width: fn(char) -> usize,
}

impl SizeLimit {
    pub(super) fn one(each: usize) -> Self {
        Self {
            each,
            parts: 1,
            width: |_| 1,
        }
    }

    /// Breaks between words where possible.
    pub(super) fn fit(self, text: &str, incident: &IncidentId) -> Fitted {
        let mut parts = Vec::new();
        let mut rest = text;
        while parts.len() < self.parts {
            let last = parts.len() + 1 == self.parts;
            let end = self.end(rest, 0);
            if end == rest.len() {
                parts.push(rest.to_string());
                return Fitted { parts, missing: 0 };
            }
            // Reserves space for the words that state how much is missing, for any number.
            let spared = match last {
                true => more(rest.len(), incident).chars().map(self.width).sum(),
                false => 0,
            };
            let end = self.end(rest, spared);
            let broken = rest[..end]
                .char_indices()
                .rfind(|(_, c)| c.is_whitespace())
                .map_or(end, |(at, c)| at + c.len_utf8());
            let end = if broken * 2 > end { broken } else { end };
            if end == 0 {
                break;
            }
            parts.push(rest[..end].to_string());
            rest = &rest[end..];
        }
        let missing = rest.chars().count();
        if let Some(part) = parts.last_mut() {
            *part = format!("{}{}", part.trim_end(), more(missing, incident));
        }
        Fitted { parts, missing }
    }

    /// The end of the longest beginning that leaves `spared` units free.
    fn end(self, text: &str, spared: usize) -> usize {
        let space = self.each.saturating_sub(spared);
        let mut used = 0;
        for (at, c) in text.char_indices() {
            used += (self.width)(c);
            if used > space {
                return at;
            }
        }
        text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sanitize::grouped;
    use proptest::prelude::*;

    fn id() -> IncidentId {
        IncidentId::new("INC-20261126-0001").unwrap()
    }

    #[test]
    fn what_fits_is_one_part_and_whole() {
        let fitted = SizeLimit::one(10).fit("ten chars.", &id());
        assert_eq!(fitted.parts, ["ten chars."]);
        assert_eq!(fitted.missing, 0);
    }

    #[test]
    fn what_does_not_fit_is_counted_where_it_is_cut() {
        let fitted = SizeLimit::one(100).fit(&"word ".repeat(100), &id());
        let part = &fitted.parts[0];
        assert!(part.chars().count() <= 100);
        let said = format!(
            "word… ({} characters more in the journal of INC-20261126-0001)",
            fitted.missing
        );
        assert!(part.ends_with(&said), "{part}");
    }

    proptest! {
        #[test]
        fn parts_stay_within_their_space_and_lose_nothing_unsaid(text in "[a-z&< é]{0,600}", each in 120_usize..200, parts in 1_usize..4) {
            let width = |c: char| if matches!(c, '&' | '<') { 5 } else { 1 };
            let fitted = SizeLimit { each, parts, width }.fit(&text, &id());
            prop_assert!(fitted.parts.len() <= parts);
            for part in &fitted.parts {
                prop_assert!(part.chars().map(width).sum::<usize>() <= each, "{}", part);
            }
            if fitted.missing == 0 {
                prop_assert_eq!(fitted.parts.concat(), text);
            } else {
                let said = fitted.parts.last().unwrap();
                let mark = format!("… ({} characters more", grouped(fitted.missing));
                prop_assert!(said.contains(&mark), "{}", said);
            }
        }
    }
}
