//! One matcher of a silence: a condition on a label, by Alertmanager's rules.

use super::expression::Expression;
use crate::alerts::LabelSet;
use crate::text::Safe;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatcherOperator {
    Equal,
    NotEqual,
    Regex,
    NotRegex,
}

impl MatcherOperator {
    /// A sign that is the beginning of another comes after it.
    pub(super) const ALL: [Self; 4] = [Self::Regex, Self::NotRegex, Self::NotEqual, Self::Equal];

    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }

    pub(super) fn is_regex(self) -> bool {
        matches!(self, Self::Regex | Self::NotRegex)
    }

    pub fn of(is_regex: bool, is_equal: bool) -> Self {
        match (is_regex, is_equal) {
            (false, true) => Self::Equal,
            (false, false) => Self::NotEqual,
            (true, true) => Self::Regex,
            (true, false) => Self::NotRegex,
        }
    }
}

/// It holds what is sent; as text it is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Matcher {
    pub name: String,
    /// The value, or an anchored regular expression.
    pub value: String,
    pub is_regex: bool,
    pub is_equal: bool,
    /// Replaces a value on the screen that was masked in the alert.
    shown: Option<Safe>,
}

impl Matcher {
    pub fn new(name: String, operator: MatcherOperator, value: String) -> Self {
        Self {
            name,
            value,
            is_regex: operator.is_regex(),
            is_equal: matches!(operator, MatcherOperator::Equal | MatcherOperator::Regex),
            shown: None,
        }
    }

    pub fn shown_as(mut self, shown: Option<Safe>) -> Self {
        self.shown = shown;
        self
    }

    pub(super) fn operator(&self) -> MatcherOperator {
        MatcherOperator::of(self.is_regex, self.is_equal)
    }

    /// The masked value, if it must be masked.
    pub(super) fn masked(&self) -> Option<String> {
        if let Some(shown) = &self.shown {
            return Some(shown.to_string());
        }
        let bare = self.value.replace('\\', "");
        for text in [&self.value, &bare] {
            let safe = Safe::block(text);
            if !safe.found().is_empty() {
                return Some(safe.to_string());
            }
        }
        // A name may classify its value: password, cvv.
        let whole = Safe::block(&format!("{}={}", self.name, self.value));
        (!whole.found().is_empty()).then(|| "[masked]".to_string())
    }

    pub(super) fn shown_name(&self) -> String {
        let name = Safe::line(&self.name);
        match name.found().is_empty() {
            true => self.name.clone(),
            false => name.to_string(),
        }
    }

    pub fn is_masked(&self) -> bool {
        self.masked().is_some() || self.shown_name() != self.name
    }

    pub fn body(&self) -> serde_json::Value {
        serde_json::json!({
            "name": self.name, "value": self.value, "isRegex": self.is_regex, "isEqual": self.is_equal,
        })
    }

    pub(super) fn prepared(&self) -> PreparedMatcher<'_> {
        let expression = self.is_regex.then(|| Expression::new(&self.value));
        PreparedMatcher {
            matcher: self,
            expression,
        }
    }
}

/// A matcher prepared for comparison with many alerts.
pub(super) struct PreparedMatcher<'m> {
    matcher: &'m Matcher,
    expression: Option<Expression>,
}

impl PreparedMatcher<'_> {
    /// Whether a value passes; `None` if that cannot be computed.
    pub(super) fn passes(&self, value: &str) -> Option<bool> {
        let same = match &self.expression {
            Some(expression) => expression.is_match(value)?,
            None => self.matcher.value == value,
        };
        Some(same == self.matcher.is_equal)
    }

    pub(super) fn is_broken(&self) -> bool {
        matches!(self.expression, Some(Expression::Broken))
    }

    pub(super) fn is_uncomputed(&self) -> bool {
        matches!(self.expression, Some(Expression::Uncomputed))
    }

    pub(super) fn passes_set(&self, labels: &LabelSet<'_>) -> Option<bool> {
        self.passes(labels.get(&self.matcher.name))
    }

    pub(super) fn matcher(&self) -> &Matcher {
        self.matcher
    }
}
