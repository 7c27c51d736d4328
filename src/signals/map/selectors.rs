//! The selectors of a query, and which series they have in common.

use super::promql::{WINDOW, selector};
use promql_parser::label::{MatchOp, Matcher, Matchers};
use promql_parser::parser::{self, Expr, VectorSelector, token};

/// Longer texts are not parsed: deep nesting takes too long.
const MAX_TEXT: usize = 10_000;
const NAME: &str = "__name__";

/// Which series a query needs. `S` is a selector, or what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Needed<S> {
    One(S),
    /// The oldest decides.
    All(Vec<Needed<S>>),
    /// The operands of `or`: the newest decides.
    Any(Vec<Needed<S>>),
}

impl Needed<String> {
    /// `None` if the query cannot be parsed, or has no selector. Series that are expected to be absent (`absent()`) are
    /// left out.
    pub(crate) fn of(query: &str) -> Option<Self> {
        needed(&parse(query)?)
    }

    pub(crate) fn selectors(&self) -> Vec<&str> {
        let mut all = Vec::new();
        self.collect(&mut all);
        all
    }

    fn collect<'s>(&'s self, all: &mut Vec<&'s str>) {
        match self {
            Self::One(selector) if all.contains(&selector.as_str()) => {}
            Self::One(selector) => all.push(selector),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.collect(all));
            }
        }
    }

    /// `None` if a series that is needed has no value.
    pub(crate) fn oldest<T: Ord>(&self, of: &impl Fn(&str) -> Option<T>) -> Option<T> {
        match self {
            Self::One(selector) => of(selector),
            Self::All(parts) => {
                let each: Option<Vec<T>> = parts.iter().map(|part| part.oldest(of)).collect();
                each?.into_iter().min()
            }
            Self::Any(parts) => parts.iter().filter_map(|part| part.oldest(of)).max(),
        }
    }
}

fn parse(query: &str) -> Option<Expr> {
    let text = query.replace(WINDOW, "5m");
    (text.len() <= MAX_TEXT).then(|| parser::parse(&text).ok())?
}

fn needed(expr: &Expr) -> Option<Needed<String>> {
    match expr {
        Expr::VectorSelector(found) => Some(Needed::One(text_of(found))),
        Expr::MatrixSelector(found) => Some(Needed::One(text_of(&found.vs))),
        Expr::Aggregate(found) => needed(&found.expr),
        Expr::Unary(found) => needed(&found.expr),
        Expr::Paren(found) => needed(&found.expr),
        Expr::Subquery(found) => needed(&found.expr),
        Expr::Binary(found) => {
            let parts = [needed(&found.lhs), needed(&found.rhs)];
            let is_or = found.op.id() == token::T_LOR;
            join(parts.into_iter().flatten().collect(), is_or)
        }
        Expr::Call(found) if found.func.name.starts_with("absent") => None,
        Expr::Call(found) => {
            let parts = found.args.args.iter().filter_map(|part| needed(part));
            join(parts.collect(), false)
        }
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => None,
    }
}

fn join(mut parts: Vec<Needed<String>>, is_or: bool) -> Option<Needed<String>> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ if is_or => Some(Needed::Any(parts)),
        _ => Some(Needed::All(parts)),
    }
}

/// Without `offset` and `@`.
fn text_of(found: &VectorSelector) -> String {
    let matchers = found.matchers.to_string();
    match &found.name {
        Some(name) => selector(name, &matchers),
        None => format!("{{{matchers}}}"),
    }
}

/// Whether the series of one selector are among those of another: all, none, or not decided by the selectors alone.
pub(crate) fn is_among(part: &str, whole: &str) -> Option<bool> {
    let (part, whole) = (plain(part)?, plain(whole)?);
    let mut all_inside = true;
    for (one, other, is_whole) in [(&part, &whole, true), (&whole, &part, false)] {
        for matcher in other {
            let decided = decided(one, matcher);
            if decided == Some(false) {
                return Some(false);
            }
            // Only the matchers of the whole decide whether the part is inside.
            all_inside &= decided == Some(true) || !is_whole;
        }
    }
    all_inside.then_some(true)
}

/// Whether the series that match all of `these` match that one too: all, none, or unknown.
fn decided(these: &[Matcher], that: &Matcher) -> Option<bool> {
    if these.contains(that) {
        return Some(true);
    }
    let values = these
        .iter()
        .filter(|matcher| matcher.name == that.name)
        .find_map(values_of)?;
    let matching = values.iter().filter(|value| that.is_match(value)).count();
    match matching {
        0 => Some(false),
        _ if matching == values.len() => Some(true),
        _ => None,
    }
}

/// If the matcher names them.
fn values_of(matcher: &Matcher) -> Option<Vec<&str>> {
    let literal = |text: &&str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || "_- /:".contains(c))
    };
    match matcher.op {
        MatchOp::Equal => Some(vec![&matcher.value]),
        MatchOp::Re(_) => {
            let all: Vec<&str> = matcher.value.split('|').collect();
            all.iter().all(literal).then_some(all)
        }
        MatchOp::NotEqual | MatchOp::NotRe(_) => None,
    }
}

/// The matchers of a query that is a selector and nothing else. The name of the metric is one of them.
fn plain(query: &str) -> Option<Vec<Matcher>> {
    let Expr::VectorSelector(found) = parse(query)? else {
        return None;
    };
    let Matchers {
        mut matchers,
        or_matchers,
    } = found.matchers;
    let name = found
        .name
        .map(|name| Matcher::new(MatchOp::Equal, NAME, &name));
    matchers.extend(name);
    or_matchers.is_empty().then_some(matchers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("sum(increase(dup_total[1h]))", &["dup_total{}"])]
    #[case("sum(a{x=\"1\"} offset 1d) - sum(b)", &["a{x=\"1\"}", "b{}"])]
    #[case("max_over_time(rate(a[5m])[1h:1m])", &["a{}"])]
    #[case("sum(rate(a[$window])) / sum(rate(a[$window]))", &["a{}"])]
    #[case("absent(up{job=\"x\"}) or vector(0)", &[])]
    #[case("vector(1)", &[])]
    #[case("sum(", &[])]
    #[case("{\"http.requests\", path=\"/\"}", &["{__name__=\"http.requests\",path=\"/\"}"])]
    fn selectors_are_found_in_a_query(#[case] query: &str, #[case] selectors: &[&str]) {
        let found = Needed::of(query);
        let found = found.as_ref().map(Needed::selectors).unwrap_or_default();
        assert_eq!(found, selectors, "{query}");
    }

    #[rstest]
    #[case("a - b", &[("a{}", 5), ("b{}", 3)], Some(3))]
    #[case("a - b", &[("a{}", 5)], None)]
    #[case("a or b", &[("a{}", 5)], Some(5))]
    #[case("a or vector(0)", &[], None)]
    #[case("(a or b) + c", &[("b{}", 7), ("c{}", 9)], Some(7))]
    fn the_oldest_series_that_is_needed_decides(
        #[case] query: &str,
        #[case] known: &[(&str, i64)],
        #[case] oldest: Option<i64>,
    ) {
        let of = |selector: &str| {
            let mut known = known.iter();
            known.find(|(name, _)| *name == selector).map(|(_, at)| *at)
        };
        assert_eq!(Needed::of(query).unwrap().oldest(&of), oldest);
    }

    #[rstest]
    #[case(
        r#"p{outcome="timeout"}"#,
        r#"p{outcome=~"success|failed|timeout"}"#,
        Some(true)
    )]
    #[case(r#"p{outcome=~"timeout|late"}"#, "p", Some(true))]
    #[case(
        r#"p{path="x",outcome="timeout"}"#,
        r#"p{path="x",outcome!="declined"}"#,
        Some(true)
    )]
    #[case(
        r#"p{outcome="timeout"}"#,
        r#"p{outcome=~"success|failed"}"#,
        Some(false)
    )]
    #[case(r#"p{outcome="timeout"}"#, r#"p{outcome="success"}"#, Some(false))]
    #[case(r#"p{outcome!="success"}"#, r#"p{outcome="success"}"#, Some(false))]
    #[case("q", "p", Some(false))]
    #[case(r#"p{outcome="timeout"}"#, r#"p{path="x"}"#, None)]
    #[case(r#"p{outcome=~"time.*"}"#, r#"p{outcome!="declined"}"#, None)]
    #[case("sum(p)", "p", None)]
    fn a_selector_is_compared_with_another(
        #[case] part: &str,
        #[case] whole: &str,
        #[case] among: Option<bool>,
    ) {
        assert_eq!(is_among(part, whole), among, "{part} among {whole}");
    }
}
