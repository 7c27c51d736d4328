//! One matcher of a silence: a condition on a label, by Alertmanager's rules.

use super::expression::Expression;
use super::grammar;
use crate::alerts::LabelSet;
use crate::text::Safe;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Regex,
    NotRegex,
}

impl Operator {
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
    pub fn new(name: String, operator: Operator, value: String) -> Self {
        Self {
            name,
            value,
            is_regex: operator.is_regex(),
            is_equal: matches!(operator, Operator::Equal | Operator::Regex),
            shown: None,
        }
    }

    pub fn shown_as(mut self, shown: Option<Safe>) -> Self {
        self.shown = shown;
        self
    }

    /// Reads `name=value`, `name!="value"`, `"service.name"=~"expression"`, as Alertmanager writes them.
    pub fn parse(text: &str) -> Result<Self, String> {
        grammar::read_one(text)
    }

    /// Several, separated by commas or spaces, with or without braces. `hidden` are matchers whose values are masked in
    /// the text: a masked form there means its value.
    pub fn parse_all(text: &str, hidden: &[Self]) -> Result<Vec<Self>, String> {
        let mut all = grammar::read_all(text)?;
        for matcher in &mut all {
            let mut hidden = hidden.iter().filter(|known| {
                known.shown_name() == matcher.name && known.operator() == matcher.operator()
            });
            let Some(known) = hidden.next() else {
                continue;
            };
            if known.masked().as_deref().unwrap_or(&known.value) == matcher.value {
                *matcher = known.clone();
            } else if matcher.value.contains("[masked") || matcher.value.contains("****") {
                return Err(format!(
                    "the value of {} is masked, and cannot be changed here: leave it as it was, or remove it",
                    Safe::line(&matcher.name)
                ));
            }
        }
        Ok(all)
    }

    fn operator(&self) -> Operator {
        Operator::of(self.is_regex, self.is_equal)
    }

    /// The masked value, if it must be masked.
    fn masked(&self) -> Option<String> {
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

    fn shown_name(&self) -> String {
        let name = Safe::line(&self.name);
        match name.found().is_empty() {
            true => self.name.clone(),
            false => name.to_string(),
        }
    }

    pub fn is_masked(&self) -> bool {
        self.masked().is_some() || self.shown_name() != self.name
    }

    /// As JSON, for the source alone.
    pub fn body(&self) -> serde_json::Value {
        serde_json::json!({
            "name": self.name, "value": self.value, "isRegex": self.is_regex, "isEqual": self.is_equal,
        })
    }

    pub(super) fn test(&self) -> Test<'_> {
        let expression = self.is_regex.then(|| Expression::new(&self.value));
        Test {
            matcher: self,
            expression,
        }
    }

    /// The parts that are sent.
    pub fn sent(&self) -> (&str, &str, bool, bool) {
        (&self.name, &self.value, self.is_regex, self.is_equal)
    }
}

impl std::fmt::Display for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = grammar::written(&self.shown_name());
        let masked = self.masked();
        let value = grammar::written(masked.as_deref().unwrap_or(&self.value));
        write!(f, "{name}{}{value}", self.operator().sign())
    }
}

impl std::fmt::Debug for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// A matcher prepared for comparison with many alerts.
pub(super) struct Test<'m> {
    matcher: &'m Matcher,
    expression: Option<Expression>,
}

impl Test<'_> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("alertname=Down", "alertname=Down")]
    #[case("job!=\"a b\"", "job!=\"a b\"")]
    #[case("job!=a b", "job!=\"a b\"")]
    #[case("pod=~api-.*", "pod=~api-.*")]
    #[case("pod!~api-.*", "pod!~api-.*")]
    #[case("pod=~a{1,3}", "pod=~\"a{1,3}\"")]
    #[case("service.name=payments", "service.name=payments")]
    #[case("\"service.name\"=\"payments\"", "service.name=payments")]
    #[case("\"a b\" = \"x\"", "\"a b\"=x")]
    #[case("a=\"va\\\"l\\nue\"", "a=\"va\\\"l\\nue\"")]
    #[case("a=\"\\u00a0\\x41\\101\"", "a=\"\\u00a0AA\"")]
    #[case("a=\"\\xc3\\xa9\"", "a=\"é\"")]
    #[case::an_escape_of_the_expression("a=~\"\\d+\"", "a=~\"\\\\d+\"")]
    #[case("a=\"\"", "a=\"\"")]
    #[case("a=🔥", "a=\"🔥\"")]
    #[case("{a=b}", "a=b")]
    fn a_matcher_is_read_as_alertmanager_reads_it(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(Matcher::parse(text).unwrap().to_string(), shown);
    }

    #[rstest]
    #[case("Down", "write name=value")]
    #[case("=x", "name is missing")]
    #[case("a b=c", "belongs behind the name")]
    #[case("a=\"b", "not closed")]
    #[case("a=\"\\ud800\"", "no character")]
    #[case("a=\"\\xff\"", "not UTF-8")]
    #[case("a=\"\\u12\"", "4 digits")]
    #[case("a=~\"\\bx\\b\"", "backspace")]
    #[case("a=", "has no value")]
    #[case("a='b'", "double quotation marks")]
    #[case("a=b,c=d", "2 matchers and not one")]
    #[case("", "name is missing")]
    fn what_is_no_matcher_is_refused_with_what_is_wrong(#[case] text: &str, #[case] says: &str) {
        let error = Matcher::parse(text).err();
        let error = error.unwrap_or_else(|| "read".into());
        assert!(error.contains(says), "{error}");
    }

    #[rstest]
    #[case("{a=\"b\",c=~\"d\"}", "a=b c=~d")]
    #[case("{ a=\"b\" , c=~\"d\", }", "a=b c=~d")]
    #[case("a=b  c=\"x y\" ", "a=b c=\"x y\"")]
    #[case("a=b,c!=d", "a=b c!=d")]
    #[case("\"a\"=\"b\" \"c.d\"=\"e,f}\"", "a=b c.d=\"e,f}\"")]
    #[case("{}", "")]
    fn several_matchers_are_read_as_people_write_them(#[case] text: &str, #[case] shown: &str) {
        let all = Matcher::parse_all(text, &[]).unwrap();
        let all: Vec<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(all.join(" "), shown);
    }

    #[rstest]
    #[case("{a=b", "} is missing")]
    #[case("{a=b} c=d", "nothing may follow")]
    #[case("a=\"b\"c=d", "comma or a space")]
    #[case("a=b}", "name is missing")]
    fn a_list_that_is_no_list_is_refused(#[case] text: &str, #[case] says: &str) {
        let error = Matcher::parse_all(text, &[]).unwrap_err();
        assert!(error.contains(says), "{error}");
    }

    proptest! {
        #[test]
        fn text_comes_back_as_the_same_matchers(
            all in proptest::collection::vec((any::<String>(), any::<String>(), any::<bool>(), any::<bool>()), 1..5)
        ) {
            let matchers: Vec<Matcher> = all.into_iter().filter(|(name, ..)| !name.is_empty()).map(
                |(name, value, is_regex, is_equal)| Matcher::new(name, Operator::of(is_regex, is_equal), value),
            ).collect();
            prop_assume!(matchers.iter().all(|it| !it.is_masked() && Safe::line(&it.name).found().is_empty()));
            for separator in [" ", ","] {
                let text: Vec<String> = matchers.iter().map(ToString::to_string).collect();
                let text = text.join(separator);
                prop_assert!(!text.chars().any(char::is_control), "{text}");
                prop_assert_eq!(&Matcher::parse_all(&text, &[]).unwrap(), &matchers);
            }
        }
    }

    #[test]
    fn a_masked_value_is_sent_as_it_is_and_never_shown() {
        let card = Matcher::parse("pan=4111111111111111").unwrap();
        let shown = card.to_string();
        assert!(!shown.contains("411111111") && !format!("{card:?}").contains("411111111"));
        let again = Matcher::parse_all(&shown, std::slice::from_ref(&card)).unwrap();
        assert_eq!(again, std::slice::from_ref(&card));
        assert_eq!(again[0].body()["value"], "4111111111111111");
        let changed = shown.replace("pan=", "pan=9").replace("pan=9\"", "pan=\"9");
        let refused = Matcher::parse_all(&changed, &[card]).unwrap_err();
        assert!(refused.contains("masked"), "{changed}: {refused}");
    }
}
