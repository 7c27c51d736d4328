//! Labels as their source has them, where they differ from the kept ones: a silence must match the source's own bytes.
//! They are never shown, written or logged.

use crate::text::Safe;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Most alerts of a source remembered behind one row, such as the replicas of a server.
const MAX_VARIANTS: usize = 64;
/// Most bytes of one alert's labels remembered beside the kept ones.
const MAX_BYTES: usize = 256 * 1024;

/// Differences from the kept labels: a name with its raw value, or with `None` if the alert has no such label.
type Differing = Box<[(Arc<str>, Option<Arc<str>>)]>;

/// The raw labels of the alerts behind one row. If they equal the kept labels, this is empty.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct RawLabels {
    variants: Option<Arc<Vec<Differing>>>,
    incomplete: bool,
}

impl std::fmt::Debug for RawLabels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RawLabels(..)")
    }
}

#[derive(Clone, Copy)]
pub struct LabelSet<'a> {
    kept: &'a BTreeMap<String, Safe>,
    differing: &'a [(Arc<str>, Option<Arc<str>>)],
}

impl<'a> LabelSet<'a> {
    /// A label's value; an empty text without the label, as in Alertmanager.
    pub fn get(&self, name: &str) -> &'a str {
        let found = self
            .differing
            .binary_search_by(|(known, _)| (**known).cmp(name));
        match found {
            Ok(at) => self.differing[at].1.as_deref().unwrap_or_default(),
            Err(_) => self.kept.get(name).map_or("", Safe::as_str),
        }
    }

    /// The names of its labels. A name may appear twice.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        let set = *self;
        let kept = self.kept.keys().map(String::as_str);
        let raw = self.differing.iter().map(|(name, _)| &**name);
        kept.chain(raw)
            .filter(move |name| !set.get(name).is_empty())
    }
}

impl RawLabels {
    pub fn of(raw: &BTreeMap<String, String>, kept: &BTreeMap<String, Safe>) -> Self {
        let mut differing: Vec<(Arc<str>, Option<Arc<str>>)> = Vec::new();
        for (name, value) in raw {
            if kept.get(name).is_none_or(|kept| kept.as_str() != value) {
                differing.push((name.as_str().into(), Some(value.as_str().into())));
            }
        }
        for name in kept.keys().filter(|name| !raw.contains_key(*name)) {
            differing.push((name.as_str().into(), None));
        }
        if differing.is_empty() {
            return Self::default();
        }
        let bytes = |(name, value): &(Arc<str>, Option<Arc<str>>)| {
            name.len() + value.as_ref().map_or(0, |value| value.len())
        };
        if differing.iter().map(bytes).sum::<usize>() > MAX_BYTES {
            return Self::unknown();
        }
        differing.sort();
        Self {
            variants: Some(Arc::new(vec![differing.into()])),
            incomplete: false,
        }
    }

    pub fn unknown() -> Self {
        Self {
            variants: None,
            incomplete: true,
        }
    }

    pub fn set_incomplete(&mut self) {
        self.incomplete = true;
    }

    pub fn is_complete(&self) -> bool {
        !self.incomplete
    }

    pub fn sets<'a>(
        &'a self,
        kept: &'a BTreeMap<String, Safe>,
    ) -> impl Iterator<Item = LabelSet<'a>> {
        let all = self.variants.as_deref().into_iter().flatten();
        let plain = self.variants.is_none().then_some(&[][..]);
        let all = all.map(|differing| &**differing).chain(plain);
        all.map(move |differing| LabelSet { kept, differing })
    }

    /// `kept` are the labels that stay.
    pub fn join(
        &mut self,
        kept: &BTreeMap<String, Safe>,
        other: &Self,
        kept_of_other: &BTreeMap<String, Safe>,
    ) {
        self.incomplete |= other.incomplete;
        let mut variants: Vec<Differing> = match &self.variants {
            Some(variants) => variants.to_vec(),
            None => vec![Box::default()],
        };
        for set in other.sets(kept_of_other) {
            let differing = differing(set, kept);
            if variants.contains(&differing) {
                continue;
            }
            if variants.len() >= MAX_VARIANTS {
                self.incomplete = true;
                break;
            }
            variants.push(differing);
        }
        let plain = variants.len() == 1 && variants[0].is_empty();
        self.variants = (!plain).then(|| Arc::new(variants));
    }
}

fn differing(set: LabelSet<'_>, kept: &BTreeMap<String, Safe>) -> Differing {
    let mut all: BTreeSet<&str> = set.names().collect();
    all.extend(kept.keys().map(String::as_str));
    let each = all.into_iter().filter_map(|name| {
        let value = set.get(name);
        let known = kept.get(name).map_or("", Safe::as_str);
        (value != known).then(|| (name.into(), (!value.is_empty()).then(|| value.into())))
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kept(raw: &BTreeMap<String, String>) -> BTreeMap<String, Safe> {
        raw.iter()
            .take(3)
            .map(|(name, value)| (Safe::line(name).to_string(), Safe::line(value)))
            .collect()
    }

    fn read(raw: &RawLabels, kept: &BTreeMap<String, Safe>) -> Vec<BTreeMap<String, String>> {
        let owned = |set: LabelSet<'_>| {
            set.names()
                .map(|name| (name.to_string(), set.get(name).to_string()))
                .collect()
        };
        raw.sets(kept).map(owned).collect()
    }

    fn labels() -> impl Strategy<Value = BTreeMap<String, String>> {
        let name = prop_oneof!["[a-d]", "[a-c]\n", Just("a\u{200B}".to_string())];
        let value = prop_oneof!["[x-z]{1,2}", "x\n", "4111111111111111", "\u{a0}"];
        proptest::collection::btree_map(name, value, 0..6)
    }

    proptest! {
        #[test]
        fn raw_labels_come_back_as_they_were(one in labels(), two in labels()) {
            let (kept_one, kept_two) = (kept(&one), kept(&two));
            let mut raw = RawLabels::of(&one, &kept_one);
            prop_assert_eq!(read(&raw, &kept_one), vec![one.clone()]);
            raw.join(&kept_one, &RawLabels::of(&two, &kept_two), &kept_two);
            let mut both = vec![one.clone(), two.clone()];
            both.dedup();
            prop_assert_eq!(read(&raw, &kept_one), both);
        }
    }

    #[test]
    fn an_alert_that_is_kept_as_it_is_takes_no_space_and_nothing_raw_is_shown() {
        let plain = BTreeMap::from([("a".to_string(), "x".to_string())]);
        assert_eq!(RawLabels::of(&plain, &kept(&plain)), RawLabels::default());
        let card = BTreeMap::from([("pan".to_string(), "4111111111111111".to_string())]);
        let raw = RawLabels::of(&card, &kept(&card));
        assert_ne!(raw, RawLabels::default());
        assert!(!format!("{raw:?}").contains("4111"));
    }

    #[test]
    fn what_is_too_much_to_remember_is_said() {
        let long = BTreeMap::from([("a".to_string(), "\n".repeat(MAX_BYTES + 1))]);
        assert!(!RawLabels::of(&long, &kept(&long)).is_complete());
        let mut raw = RawLabels::default();
        for at in 0..=MAX_VARIANTS {
            let one = BTreeMap::from([("a".to_string(), at.to_string())]);
            raw.join(&BTreeMap::new(), &RawLabels::default(), &kept(&one));
        }
        assert!(!raw.is_complete());
    }
}
