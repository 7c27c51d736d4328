//! Invisible characters that belong to a text: joiners between letters that join, joiners in emoji, and the tags of a
//! flag. Anywhere else they hide something and are replaced.

use icu_properties::props::{CanonicalCombiningClass, ExtendedPictographic, JoiningType};
use icu_properties::{CodePointMapData, CodePointSetData};

const ZWJ: char = '\u{200D}';
const ZWNJ: char = '\u{200C}';
/// The base of a flag that tags spell out (UTS #51, 5.1: England, Scotland, Wales).
const FLAG: char = '\u{1F3F4}';
const END_OF_TAGS: char = '\u{E007F}';
/// How many characters are searched for a neighbour: longer sequences of marks are an attack.
const REACH: usize = 8;

/// A cheap check of a whole text: few texts contain such a character.
pub(super) fn may_belong(c: char) -> bool {
    matches!(c, ZWJ | ZWNJ | '\u{E0030}'..='\u{E007F}')
}

/// Whether the character at this place belongs to its neighbours.
pub(super) fn belongs(chars: &[char], at: usize) -> bool {
    let before = &chars[at.saturating_sub(REACH)..at];
    let after = &chars[at + 1..chars.len().min(at + 1 + REACH)];
    match chars[at] {
        ZWNJ => follows_virama(before) || joins(before, after),
        ZWJ => follows_virama(before) || joins(before, after) || within_emoji(before, after),
        _ => within_flag(chars[at], before, after),
    }
}

/// After a virama, which joins two consonants of an Indic script (RFC 5892, A.1 and A.2).
fn follows_virama(before: &[char]) -> bool {
    let class = CodePointMapData::<CanonicalCombiningClass>::new();
    before
        .last()
        .is_some_and(|c| class.get(*c) == CanonicalCombiningClass::Virama)
}

/// Between two letters of a cursive script that join (RFC 5892, A.1); their marks are part of them.
fn joins(before: &[char], after: &[char]) -> bool {
    let types = CodePointMapData::<JoiningType>::new();
    let letter = |c: &char| types.get(*c);
    let solid = |kind: &JoiningType| *kind != JoiningType::Transparent;
    let left = before.iter().rev().map(letter).find(solid);
    let right = after.iter().map(letter).find(solid);
    let opens = [JoiningType::LeftJoining, JoiningType::DualJoining];
    let closes = [JoiningType::RightJoining, JoiningType::DualJoining];
    left.is_some_and(|kind| opens.contains(&kind))
        && right.is_some_and(|kind| closes.contains(&kind))
}

/// Between two pictures (UAX #29, GB11); a skin tone or a presentation selector belongs to the first.
fn within_emoji(before: &[char], after: &[char]) -> bool {
    let pictures = CodePointSetData::new::<ExtendedPictographic>();
    let extends = |c: &&char| matches!(c, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}');
    let first = before.iter().rev().find(|c| !extends(c));
    first.is_some_and(|c| pictures.contains(*c))
        && after.first().is_some_and(|c| pictures.contains(*c))
}

fn within_flag(tag: char, before: &[char], after: &[char]) -> bool {
    let spells = |c: &char| matches!(c, '\u{E0030}'..='\u{E0039}' | '\u{E0061}'..='\u{E007A}');
    let base = before.iter().rposition(|c| !spells(c));
    let based = base.is_some_and(|at| before[at] == FLAG);
    let spelled = base.map_or(0, |at| before.len() - at - 1);
    let ended = after.iter().find(|c| !spells(c)) == Some(&END_OF_TAGS);
    match tag {
        END_OF_TAGS => based && spelled > 0,
        _ => based && ended && spells(&tag),
    }
}

#[cfg(test)]
mod tests {
    use crate::text::sanitize::line;
    use rstest::rstest;

    #[rstest]
    #[case::persian("نمی\u{200c}تواند")]
    #[case::persian_with_marks("مَ\u{200c}ت")]
    #[case::hindi("क\u{94d}\u{200d}ष")]
    #[case::hindi_non_joiner("क\u{94d}\u{200c}ष")]
    #[case::malayalam_at_the_end("അവന\u{d4d}\u{200d}")]
    #[case::emoji("\u{1F469}\u{200d}\u{1F680}")]
    #[case::family("\u{1F468}\u{200d}\u{1F469}\u{200d}\u{1F467}")]
    #[case::skin_tone("\u{1F469}\u{1F3FD}\u{200d}\u{1F680}")]
    #[case::selector("\u{2764}\u{FE0F}\u{200d}\u{1F525}")]
    #[case::flag_of_scotland("\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}")]
    fn what_belongs_to_a_word_or_a_picture_is_kept(#[case] text: &str) {
        assert_eq!(line(text), text);
        let within = format!("at 03:00 {text} (dana)");
        assert_eq!(line(&within), within);
    }

    #[rstest]
    #[case::latin("pass\u{200d}word")]
    #[case::digits("4111\u{200c}1111")]
    #[case::start("\u{200d}\u{1F680}")]
    #[case::end("\u{1F469}\u{200d}")]
    #[case::picture_and_letter("\u{1F469}\u{200d}a")]
    #[case::persian_and_latin("نمی\u{200c}a")]
    #[case::two_in_a_row("نمی\u{200c}\u{200c}تواند")]
    #[case::after_a_letter_that_joins_to_nothing("د\u{200c}ت")]
    #[case::tag_alone("a\u{E0067}b")]
    #[case::tags_without_end("\u{1F3F4}\u{E0067}\u{E0062}")]
    #[case::hidden_words(
        "\u{1F3F4}\u{E0069}\u{E0067}\u{E006E}\u{E006F}\u{E0072}\u{E0065}\u{E0061}\u{E006C}\u{E006C}\u{E007F}"
    )]
    fn what_hides_something_is_marked(#[case] text: &str) {
        assert!(line(text).contains('\u{FFFD}'), "{:?}", line(text));
    }
}
