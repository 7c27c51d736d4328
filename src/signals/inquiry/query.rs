//! The text of a query: what is certainly malformed, and which series it selects.

use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{self, Expr, VectorSelector};
use promql_parser::util::{ExprVisitor, walk_expr};

/// In bytes; longer texts are left to the server.
const MAX_TEXT: usize = 10_000;
/// Operators and brackets of a text that is parsed: its tree is walked by recursion.
const MAX_SIGNS: usize = 500;

/// Place holder for the length of a range.
const WINDOW: &str = "window";

/// A query with it is refused by every server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryFault {
    Empty,
    NotClosed(char),
    NotOpened(char),
    /// A variable of a dashboard or of another tool.
    Variable(String),
    /// `$window`, where the query is not of a counter.
    Window,
}

/// Looks for faults that no version of `PromQL` accepts.
pub(super) fn fault(query: &str, has_window: bool) -> Option<QueryFault> {
    if query.trim().is_empty() {
        return Some(QueryFault::Empty);
    }
    let mut open: Vec<char> = Vec::new();
    let mut rest = query;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '"' | '\'' | '`' => match after_text(after, c) {
                Some(behind) => behind,
                None => return Some(QueryFault::NotClosed(c)),
            },
            '#' => after.split_once('\n').map_or("", |(_, behind)| behind),
            '$' => {
                let name = variable(after);
                match name {
                    WINDOW if has_window => after,
                    WINDOW => return Some(QueryFault::Window),
                    name => return Some(QueryFault::Variable(format!("${name}"))),
                }
            }
            '{' if after.starts_with('{') => return Some(QueryFault::Variable(upto(rest, "}}"))),
            '[' if after.starts_with('[') => {
                let name = upto(rest.trim_start_matches('['), "]]");
                return Some(QueryFault::Variable(format!("[[{name}")));
            }
            '(' | '[' | '{' => {
                open.push(c);
                after
            }
            ')' | ']' | '}' if open.last() != Some(&opening(c)) => {
                return Some(open.last().map_or(QueryFault::NotOpened(c), |last| {
                    QueryFault::NotClosed(*last)
                }));
            }
            ')' | ']' | '}' => {
                open.pop();
                after
            }
            _ => after,
        };
    }
    open.pop().map(QueryFault::NotClosed)
}

fn opening(closing: char) -> char {
    match closing {
        ')' => '(',
        ']' => '[',
        _ => '{',
    }
}

fn after_text(text: &str, mark: char) -> Option<&str> {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            // A text in grave accents has no escapes.
            '\\' if mark != '`' => drop(chars.next()),
            c if c == mark => return Some(&text[at + c.len_utf8()..]),
            _ => {}
        }
    }
    None
}

fn variable(text: &str) -> &str {
    if text.starts_with('{') {
        let end = text.find('}').map_or(text.len(), |at| at + 1);
        return &text[..end];
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    &text[..end.unwrap_or(text.len())]
}

fn upto(text: &str, end: &str) -> String {
    let at = text.find(end).map_or(text.len(), |at| at + end.len());
    text[..at].chars().take(40).collect()
}

/// A dashboard's variable inside a quoted text is valid, and finds nothing.
pub(super) fn quoted_variable(query: &str) -> Option<String> {
    let (mut rest, mut found) = (query, None);
    while let Some(at) = rest.find(['"', '\'', '`']) {
        let mark = rest[at..].chars().next()?;
        let behind = after_text(&rest[at + 1..], mark)?;
        let inside = &rest[at + 1..rest.len() - behind.len() - 1];
        let variable_in = |text: &str| {
            let after = &text[text.find('$')? + 1..];
            let name = variable(after);
            let is_name = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '{'));
            is_name.then(|| format!("${name}"))
        };
        found = found.or_else(|| variable_in(inside));
        rest = behind;
    }
    found
}

/// What a counter of the service map may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueryShape {
    Selector,
    /// A selector with a range, an offset or a fixed time.
    Modified,
    Expression,
}

#[derive(Debug, Clone)]
pub(super) struct ParsedQuery {
    pub(super) shape: QueryShape,
    /// In the order of the text; each once.
    pub(super) selectors: Vec<Selector>,
}

/// Series by name and labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    pub(super) name: Option<String>,
    pub matchers: Vec<LabelMatcher>,
}

/// A condition on one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelMatcher(Matcher);

impl LabelMatcher {
    pub fn label(&self) -> &str {
        &self.0.name
    }

    pub fn value(&self) -> &str {
        &self.0.value
    }

    pub fn accepts(&self, value: &str) -> bool {
        self.0.is_match(value)
    }

    /// As in the query.
    pub fn words(&self) -> String {
        format!("{}{}\"{}\"", self.0.name, self.0.op, self.0.value)
    }
}

impl Selector {
    fn of(found: &VectorSelector) -> Self {
        let mut matchers = found.matchers.matchers.clone();
        let mut name = found.name.clone();
        matchers.retain(|one| {
            let is_name = one.name == "__name__" && one.op == MatchOp::Equal;
            if is_name {
                name.get_or_insert_with(|| one.value.clone());
            }
            !is_name
        });
        Self {
            name,
            matchers: matchers.into_iter().map(LabelMatcher).collect(),
        }
    }

    /// The name is a matcher: every version reads names with dots so.
    pub fn text(&self) -> String {
        let mut all: Vec<String> = Vec::new();
        all.extend(self.name.as_deref().map(by_name));
        let matchers = self.matchers.iter();
        all.extend(matchers.map(|LabelMatcher(one)| {
            let name = crate::signals::map::label_name(&one.name);
            format!("{name}{}{}", one.op, quoted(&one.value))
        }));
        format!("{{{}}}", all.join(","))
    }

    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The metric, with any labels.
    pub fn metric(&self) -> Option<String> {
        self.name.as_deref().map(metric)
    }
}

/// A selector of every series of a metric.
pub(super) fn metric(name: &str) -> String {
    format!("{{{}}}", by_name(name))
}

fn by_name(name: &str) -> String {
    format!("__name__={}", quoted(name))
}

fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    )
}

struct SelectorList(Vec<Selector>);

impl ExprVisitor for SelectorList {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, expr: &Expr) -> Result<bool, Self::Error> {
        let found = match expr {
            Expr::VectorSelector(found) => Some(found),
            Expr::MatrixSelector(range) => Some(&range.vs),
            _ => None,
        };
        // `or` between labels is an extension of one server: such a selector is left to it.
        let found = found.filter(|found| found.matchers.or_matchers.is_empty());
        if let Some(found) = found.map(Selector::of)
            && !self.0.contains(&found)
        {
            self.0.push(found);
        }
        Ok(true)
    }
}

/// The error is that of this program's parser: newer servers accept more.
pub(super) fn parse(query: &str) -> Result<ParsedQuery, String> {
    let signs = query
        .bytes()
        .filter(|byte| b"()[]{}+-*/%^<>=!".contains(byte));
    if query.len() > MAX_TEXT || signs.count() > MAX_SIGNS {
        return Err("it is too long to be checked here".into());
    }
    let expr = parser::parse(query)?;
    let shape = match &expr {
        Expr::VectorSelector(found) if found.offset.is_none() && found.at.is_none() => {
            QueryShape::Selector
        }
        Expr::VectorSelector(_) | Expr::MatrixSelector(_) => QueryShape::Modified,
        _ => QueryShape::Expression,
    };
    let mut list = SelectorList(Vec::new());
    // Its error type has no values.
    let Ok(_) = walk_expr(&mut list, &expr);
    Ok(ParsedQuery {
        shape,
        selectors: list.0,
    })
}

/// By the convention `level:metric:operations`: a rule has made a rate or a ratio of it already.
pub(super) fn is_recorded_rate(name: &str) -> bool {
    let Some((_, operations)) = name.rsplit_once(':') else {
        return false;
    };
    operations.split('_').any(|word| {
        let made = ["rate", "irate", "increase", "ratio", "availability"];
        let is_span =
            |rest: &str| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit());
        let rest = made.iter().filter_map(|made| word.strip_prefix(made));
        rest.into_iter().any(is_span)
    })
}

#[cfg(test)]
mod tests;
