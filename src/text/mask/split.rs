//! Card numbers in parts: in the cells of a table, under numbered names, with words between them.

use super::hit::{Hit, MaskKind};
use super::issuers::{LENGTHS, is_card};
use regex::Regex;
use std::sync::LazyLock;

/// Parts of a number, and separators between two of them.
static PARTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    const GAP: &str = r#"(?:\s*(?:</?(?:[a-z]{1,8}:)?(?:td|th|tr|li|div|p|dd|dt|label|input|g|q|part|group|segment|seg|block|field|val|value|s|n|num|digits|string|item|e|[a-z][1-5])[1-5]?(?:\s[^<>\n]{0,32})?>\s*){1,4}|["')\]}]{0,2}[\s,;&|{]{1,4}["'(\[]?[a-z_]{1,12}[_ .\[-]?[1-5]\]?["']?\s*(?::=|=>|[:=])\s*["'(\[]{0,2}|[\s,;]+(?:(?:and|then|next|followed by|space|dash|blank|und|dann|weiter|et|puis|ensuite|y|luego|después|e|poi|middle|mid|rest|remaining|last|last[ _-]?(?:4|four)|suffix|tail|second|2nd|(?:second|2nd|other) (?:half|part)|zweite (?:Hälfte|Teil)|Ende|endet auf|ending(?: in| with)?|ends(?: in| with)?|fin|part|group)[\s:=,]+){1,3})"#;
    Regex::new(&format!(
        r"(?i)(?-u:\b)[0-9]{{2,8}}(?:{GAP}[0-9]{{2,10}}){{1,5}}(?-u:\b)"
    ))
    .ok()
});
static DIGITS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[0-9]{2,}").ok());

/// The middle digits of each number become stars.
pub(super) fn find(text: &str) -> Vec<Hit> {
    let (Some(parts), Some(digits)) = (PARTS.as_ref(), DIGITS.as_ref()) else {
        return Vec::new();
    };
    parts
        .find_iter(text)
        .filter_map(|found| {
            let places: Vec<usize> = digits
                .find_iter(found.as_str())
                .flat_map(|part| part.range())
                .collect();
            let mut shown = found.as_str().as_bytes().to_vec();
            let values = places.iter().map(|at| shown[*at] - b'0');
            if !LENGTHS.contains(&places.len()) || !is_card(values.collect::<Vec<_>>().into_iter())
            {
                return None;
            }
            for at in &places[6..places.len() - 4] {
                shown[*at] = b'*';
            }
            Some(Hit {
                range: found.range(),
                kind: MaskKind::Pan,
                replacement: String::from_utf8(shown).ok()?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::mask;
    use rstest::rstest;

    #[rstest]
    #[case::cells(
        "<td>5331</td><td>5799</td><td>7267</td><td>6227</td>",
        "<td>5331</td><td>57**</td><td>****</td><td>6227</td>"
    )]
    #[case::names(
        "part1=5331 part2=5799 part3=7267 part4=6227",
        "part1=5331 part2=57** part3=**** part4=6227"
    )]
    #[case::words(
        "bin 533157 middle 997267 last4 6227",
        "bin 533157 middle ****** last4 6227"
    )]
    #[case::halves(
        "first half 53315799 second half 72676227",
        "first half 533157** second half ****6227"
    )]
    #[case::no_card(
        "part1=5331 part2=5799 part3=7267 part4=6228",
        "part1=5331 part2=5799 part3=7267 part4=6228"
    )]
    fn a_number_in_parts_loses_its_middle(#[case] text: &str, #[case] masked: &str) {
        assert_eq!(mask(text).text, masked);
    }
}
