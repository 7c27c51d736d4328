//! The pair of label values that explains a drop: card payments at acquirer north, while all else is normal.

use super::drop::{Culprit, SuccessDrop};
use super::statistics::excess;

/// In the window of the drop.
#[derive(Debug, Clone, PartialEq)]
pub struct PairCounts {
    /// Two labels, each with its value.
    pub labels: [(String, String); 2],
    pub good: f64,
    pub total: f64,
}

impl PairCounts {
    fn bad(&self) -> f64 {
        (self.total - self.good).max(0.0)
    }

    /// The other label, if one of the two is this value.
    fn beside(&self, label: &str, value: &str) -> Option<&(String, String)> {
        let is = |(known, has): &(String, String)| known == label && has == value;
        match &self.labels {
            [one, other] if is(one) => Some(other),
            [other, one] if is(one) => Some(other),
            _ => None,
        }
    }
}

/// Of the failures of the single value beyond the normal number.
const MIN_SHARE: f64 = 0.9;
/// Failures that the other payments of the value would have at the rate of the pair: with fewer, their absence says
/// nothing.
const COMPARABLE: f64 = 5.0;
/// Evidence against normal that they may have, and multiple of the normal failures: chance gives more once in 20 times.
const NORMAL_EVIDENCE: f64 = 3.0;
const NORMAL_FACTOR: f64 = 1.5;

/// The drop's culprit, narrowed to a pair if one explains it and the other payments of the value are normal. `None` if
/// no value explains the drop.
pub fn explain_pair(drop: &SuccessDrop, pairs: &[PairCounts]) -> Option<Culprit> {
    let single = drop.culprit.as_ref()?;
    let normal = 1.0 - drop.normal;
    let beyond = |pair: &PairCounts| pair.bad() - pair.total * normal;
    let of_value: Vec<(&PairCounts, &(String, String))> = pairs
        .iter()
        .filter_map(|pair| Some((pair, pair.beside(&single.label, &single.value)?)))
        .collect();
    let narrowed = of_value.iter().filter_map(|(pair, other)| {
        let mut rest = PairCounts {
            good: 0.0,
            total: 0.0,
            ..(*pair).clone()
        };
        let same_label = of_value.iter().filter(|(_, beside)| beside.0 == other.0);
        for (more, _) in same_label.filter(|(_, beside)| beside.1 != other.1) {
            rest.good += more.good;
            rest.total += more.total;
        }
        let all = beyond(pair) + beyond(&rest).max(0.0);
        let share = beyond(pair) / all.max(f64::MIN_POSITIVE);
        let rate = pair.bad() / pair.total.max(f64::MIN_POSITIVE);
        let expected = rest.total * normal;
        let rest_is_normal = rest.bad() <= expected * NORMAL_FACTOR
            || excess(rest.bad(), expected) < NORMAL_EVIDENCE;
        let explains = share >= MIN_SHARE && rest_is_normal && rest.total * rate >= COMPARABLE;
        explains.then(|| Culprit {
            and: Some((*other).clone()),
            share: single.share * share,
            now: 1.0 - rate,
            ..single.clone()
        })
    });
    // Of several the one that fails most.
    let clearest = narrowed.min_by(|a, b| a.now.total_cmp(&b.now));
    Some(clearest.unwrap_or_else(|| single.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::detection::NormalSource;
    use crate::testing::start;

    fn drop(culprit: Option<(&str, &str)>) -> SuccessDrop {
        SuccessDrop {
            since: start(),
            or_before: false,
            now: 0.9,
            normal: 0.998,
            from: NormalSource::EarlierWeeks,
            excess: 500.0,
            evidence: 100.0,
            culprit: culprit.map(|(label, value)| Culprit {
                label: label.into(),
                value: value.into(),
                and: None,
                share: 0.98,
                now: 0.9,
            }),
        }
    }

    fn pair(provider: &str, other: (&str, &str), bad: f64, total: f64) -> PairCounts {
        let text = |(label, value): (&str, &str)| (label.to_string(), value.to_string());
        PairCounts {
            labels: [text(("provider", provider)), text(other)],
            good: total - bad,
            total,
        }
    }

    fn explained(pairs: &[PairCounts]) -> String {
        explain_pair(&drop(Some(("provider", "north"))), pairs)
            .unwrap()
            .words()
    }

    #[test]
    fn a_pair_that_alone_fails_is_named_with_both_labels() {
        let mut pairs = vec![
            pair("north", ("method", "card"), 500.0, 3000.0),
            pair("north", ("method", "wallet"), 3.0, 2000.0),
            pair("south", ("method", "card"), 5.0, 3000.0),
            pair("north", ("region", "eu"), 300.0, 3000.0),
            pair("north", ("region", "us"), 203.0, 2000.0),
        ];
        assert_eq!(explained(&pairs), "all of it provider north, method card");
        // In whatever order a pair has its labels.
        pairs.iter_mut().for_each(|pair| pair.labels.reverse());
        assert_eq!(explained(&pairs), "all of it provider north, method card");
    }

    #[test]
    fn if_all_payments_of_a_value_fail_it_is_named_alone() {
        let pairs = [
            pair("north", ("method", "card"), 500.0, 3000.0),
            pair("north", ("method", "wallet"), 60.0, 400.0),
        ];
        assert_eq!(explained(&pairs), "all of it provider north");
        // Nine in ten failures, but the others fail more than normally, too.
        let pairs = [
            pair("north", ("method", "card"), 950.0, 5000.0),
            pair("north", ("method", "wallet"), 50.0, 5000.0),
        ];
        assert_eq!(explained(&pairs), "all of it provider north");
    }

    #[test]
    fn a_value_with_one_pair_or_with_hardly_any_other_payments_is_named_alone() {
        let card = pair("north", ("method", "card"), 500.0, 3000.0);
        assert_eq!(
            explained(std::slice::from_ref(&card)),
            "all of it provider north"
        );
        let few = pair("north", ("method", "wallet"), 0.0, 10.0);
        assert_eq!(explained(&[card.clone(), few]), "all of it provider north");
        assert_eq!(explained(&[]), "all of it provider north");
        assert_eq!(explain_pair(&drop(None), &[card]), None);
    }
}
