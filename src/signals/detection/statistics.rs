//! The statistic of the scan.

/// Log-likelihood ratio of `bad` failures where `expected` are normal, for a Poisson count; 0 if there are not more.
pub(super) fn excess(bad: f64, expected: f64) -> f64 {
    /// Lowest expected number: without it one failure among millions would be infinitely unlikely.
    const LEAST: f64 = 1e-3;
    let expected = expected.max(LEAST);
    if bad <= expected {
        return 0.0;
    }
    bad * (bad / expected).ln() - (bad - expected)
}

/// Log-likelihood ratio of a count that is too small.
pub(super) fn shortfall(count: f64, expected: f64) -> f64 {
    if count >= expected || expected <= 0.0 {
        return 0.0;
    }
    let log = if count > 0.0 {
        count * (count / expected).ln()
    } else {
        0.0
    };
    log + (expected - count)
}

/// `None` for an empty list.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    values.sort_by(f64::total_cmp);
    Some(if values.len().is_multiple_of(2) {
        f64::midpoint(values[middle - 1], values[middle])
    } else {
        values[middle]
    })
}

/// Without the largest share.
pub(super) fn trimmed_mean(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let keep = values.len() - (values.len() as f64 * share).ceil() as usize;
    let kept = values.get(..keep).filter(|kept| !kept.is_empty())?;
    Some(kept.iter().sum::<f64>() / kept.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0.0, 5.0, 0.0)]
    #[case(5.0, 5.0, 0.0)]
    // 20 ln 10 − 18.
    #[case(20.0, 2.0, 28.051_701_859_880_91)]
    fn more_failures_than_normal_are_evidence(
        #[case] bad: f64,
        #[case] normal: f64,
        #[case] g: f64,
    ) {
        assert!((excess(bad, normal) - g).abs() < 1e-9);
    }

    #[test]
    fn the_evidence_is_as_rare_as_the_poisson_tail_says() {
        // Chernoff bound: P(X ≥ b) ≤ exp(−G), for E = 2, b = 20.
        let mut term = (-2.0f64).exp();
        let mut below = 0.0;
        for k in 0..20 {
            below += term;
            term *= 2.0 / f64::from(k + 1);
        }
        let tail = 1.0 - below;
        assert!(tail <= (-excess(20.0, 2.0)).exp() + 1e-12);
    }

    #[test]
    fn no_payments_at_all_are_a_shortfall_of_all_that_were_expected() {
        assert!((shortfall(0.0, 100.0) - 100.0).abs() < 1e-9);
        assert!(shortfall(120.0, 100.0) <= 0.0);
    }

    #[test]
    fn one_bad_hour_does_not_move_what_is_normal() {
        assert_eq!(median(&mut [0.001, 0.9, 0.002]), Some(0.002));
        assert_eq!(trimmed_mean(&mut [1.0, 1.0, 1.0, 100.0], 0.25), Some(1.0));
        assert_eq!(median(&mut []), None);
    }
}
