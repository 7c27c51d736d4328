//! Suggestions for mistyped names.

/// Jaro-Winkler, 0 to 1.
const ALIKE: f64 = 0.8;

/// In any case; `None` if no candidate is similar.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = word.trim().to_lowercase();
    let alike = |candidate: &'c str| {
        let alike = strsim::jaro_winkler(&word, &candidate.to_lowercase());
        (alike >= ALIKE).then_some((alike, candidate))
    };
    let alike = candidates.into_iter().filter_map(alike);
    let best = alike.max_by(|one, other| one.0.total_cmp(&other.0));
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::letter_left_out("dan", Some("dana"))]
    #[case::letters_swapped("daan", Some("dana"))]
    #[case::case_and_spaces(" LEE", Some("lee"))]
    #[case::target("oncall", Some("on-call"))]
    #[case::somebody_else("priya", None)]
    #[case::nothing("", None)]
    fn a_slip_finds_the_name_that_was_meant(#[case] word: &str, #[case] meant: Option<&str>) {
        assert_eq!(nearest(word, ["dana", "lee", "on-call"]), meant);
    }
}
