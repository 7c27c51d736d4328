//! Translates regular expressions of Alertmanager (Go's RE2) for the `regex` crate. An expression that the two may read
//! differently stays uncomputed: a preview must not differ from the server.

use regex::{Error, Regex};

/// An anchored expression.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    /// Both engines read it alike.
    Known(Regex),
    /// It may mean something else here, or nothing.
    Uncomputed,
    /// No engine reads it.
    Broken,
}

impl Expression {
    pub(super) fn new(pattern: &str) -> Self {
        let Some(same) = translated(pattern) else {
            return Self::Uncomputed;
        };
        match Regex::new(&format!("^(?:{same})$")) {
            Ok(regex) => Self::Known(regex),
            Err(Error::CompiledTooBig(_)) => Self::Uncomputed,
            Err(_) => Self::Broken,
        }
    }

    /// `None` if it cannot be computed.
    pub(super) fn is_match(&self, value: &str) -> Option<bool> {
        match self {
            Self::Known(regex) => Some(regex.is_match(value)),
            Self::Uncomputed | Self::Broken => None,
        }
    }
}

/// An expression that matches exactly these texts.
pub(super) fn any_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut all = String::new();
    for (at, text) in texts.into_iter().enumerate() {
        if at > 0 {
            all.push('|');
        }
        for c in text.chars() {
            if r"\.+*?()|[]{}^$".contains(c) {
                all.push('\\');
            }
            all.push(c);
        }
    }
    all
}

/// Perl's classes hold only ASCII in RE2, and its `\s` has no vertical tab.
fn perl_class(c: char) -> Option<&'static str> {
    Some(match c {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => r"\t\n\x0C\r\x20",
        _ => return None,
    })
}

/// The same expression for the `regex` crate; `None` if that is not certain.
fn translated(pattern: &str) -> Option<String> {
    let mut chars = pattern.chars().peekable();
    let mut out = String::with_capacity(pattern.len());
    // Whether the previous item is a repetition, which RE2 does not repeat.
    let mut repeated = false;
    while let Some(c) = chars.next() {
        let was_repeated = std::mem::take(&mut repeated);
        match c {
            '\\' => escape(chars.next(), &mut out)?,
            '[' => class(&mut chars, &mut out)?,
            '(' if chars.peek() == Some(&'?') => {
                chars.next();
                out.push_str("(?");
                flags(&mut chars, &mut out)?;
            }
            '*' | '+' | '{' if was_repeated => return None,
            '{' => {
                out.push('{');
                bounds(&mut chars, &mut out)?;
                repeated = lazy(&mut chars, &mut out);
            }
            '*' | '+' | '?' if !was_repeated => {
                out.push(c);
                repeated = lazy(&mut chars, &mut out);
            }
            '?' => return None,
            // A brace that closes nothing is literal in both.
            '}' => out.push_str("\\}"),
            c => out.push(c),
        }
    }
    Some(out)
}

type Chars<'p> = std::iter::Peekable<std::str::Chars<'p>>;

/// Takes the mark of a lazy repetition.
fn lazy(chars: &mut Chars<'_>, out: &mut String) -> bool {
    if chars.peek() == Some(&'?') {
        chars.next();
        out.push('?');
    }
    true
}

/// `{2}`, `{2,}` or `{2,5}` within RE2's limit. Anything else is text to RE2 and an error here.
fn bounds(chars: &mut Chars<'_>, out: &mut String) -> Option<()> {
    const LIMIT: u32 = 1000;
    let mut inside = String::new();
    loop {
        match chars.next()? {
            '}' => break,
            c if c.is_ascii_digit() || c == ',' => inside.push(c),
            _ => return None,
        }
    }
    let (low, high) = inside.split_once(',').unwrap_or((&inside, &inside));
    let low: u32 = low.parse().ok()?;
    let high = match high {
        "" => low,
        high => high.parse().ok()?,
    };
    if low > high || high > LIMIT {
        return None;
    }
    out.push_str(&inside);
    out.push('}');
    Some(())
}

/// After `(?`: a group without a number, flags of both engines, or a name in the form of both.
fn flags(chars: &mut Chars<'_>, out: &mut String) -> Option<()> {
    let mut first = true;
    loop {
        let c = chars.next()?;
        out.push(c);
        match c {
            ':' | ')' => return Some(()),
            'i' | 's' | 'm' | 'U' | '-' => {}
            'P' if first && chars.peek() == Some(&'<') => loop {
                let c = chars.next()?;
                out.push(c);
                if c == '>' {
                    return Some(());
                }
                if c != '<' && !c.is_ascii_alphanumeric() && c != '_' {
                    return None;
                }
            },
            _ => return None,
        }
        first = false;
    }
}

fn escape(c: Option<char>, out: &mut String) -> Option<()> {
    match c? {
        'A' => out.push_str("\\A"),
        'z' => out.push_str("\\z"),
        'b' => out.push_str("(?-u:\\b)"),
        c => match (perl_class(c), perl_class(c.to_ascii_lowercase())) {
            (Some(set), _) => *out += &format!("[{set}]"),
            (None, Some(set)) => *out += &format!("[^{set}]"),
            (None, None) => literal(c, out)?,
        },
    }
    Some(())
}

/// An escaped letter that stands for one character in both.
fn literal(c: char, out: &mut String) -> Option<()> {
    match c {
        't' | 'n' | 'r' | 'f' | 'v' | 'a' => {
            out.push('\\');
            out.push(c);
        }
        c if c.is_ascii_punctuation() => *out += &format!("\\x{:02X}", u32::from(c)),
        _ => return None,
    }
    Some(())
}

/// A class, after its bracket.
fn class(chars: &mut Chars<'_>, out: &mut String) -> Option<()> {
    out.push('[');
    if chars.peek() == Some(&'^') {
        chars.next();
        out.push('^');
    }
    let mut empty = true;
    loop {
        let c = chars.next()?;
        match c {
            ']' if !empty => {
                out.push(']');
                return Some(());
            }
            '[' if chars.peek() == Some(&':') => return None,
            '\\' => {
                let c = chars.next()?;
                match perl_class(c) {
                    Some(set) => out.push_str(set),
                    None => literal(c, out)?,
                }
            }
            '-' => out.push('-'),
            // These mean nested sets here, and themselves in RE2.
            c if c.is_ascii_punctuation() || c == ' ' => {
                *out += &format!("\\x{:02X}", u32::from(c));
            }
            c => out.push(c),
        }
        // `--` is set difference here.
        if c == '-' && chars.peek() == Some(&'-') {
            return None;
        }
        empty = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("api-.*", "api-7", true)]
    #[case("api-.*", "api-7\n", false)]
    #[case("a|b", "ab", false)]
    #[case(r"\d+", "12", true)]
    #[case::only_ascii(r"\d", "\u{0663}", false)]
    #[case::only_ascii(r"\w", "ä", false)]
    #[case(r"[\d.]+", "1.2", true)]
    #[case::no_sets_of_sets("[a&&b]+", "a&b", true)]
    #[case("[[]", "[", true)]
    #[case("[]x]", "]", true)]
    #[case(r"a\<b", "a<b", true)]
    #[case("a}", "a}", true)]
    #[case("(?i)down", "DOWN", true)]
    #[case("x{2,3}?", "xxx", true)]
    #[case("", "", true)]
    fn what_both_engines_read_alike_is_computed(
        #[case] pattern: &str,
        #[case] value: &str,
        #[case] matches: bool,
    ) {
        let found = Expression::new(pattern).is_match(value);
        assert_eq!(found, Some(matches), "{pattern}");
    }

    #[rstest]
    #[case("a{,2}")]
    #[case("a{")]
    #[case("a**")]
    #[case("a{1001}")]
    #[case(r"\Qa.b\E")]
    #[case(r"\101")]
    #[case(r"\u00e9")]
    #[case(r"\pL")]
    #[case("(?x)a b")]
    #[case("(?<n>a)")]
    #[case("[[:alpha:]]")]
    #[case("[a--b]")]
    fn what_they_may_read_differently_is_not_computed(#[case] pattern: &str) {
        let expression = Expression::new(pattern);
        assert!(matches!(expression, Expression::Uncomputed), "{pattern}");
    }

    #[rstest]
    #[case("(")]
    #[case("a)")]
    #[case("*a")]
    fn what_no_engine_reads_is_broken(#[case] pattern: &str) {
        let expression = Expression::new(pattern);
        assert!(matches!(expression, Expression::Broken), "{pattern}");
    }

    #[test]
    fn an_expression_of_texts_matches_these_and_no_other() {
        let texts = ["a.b", "", "x|y", "$^\n", "[\u{a0}]"];
        let regex = Expression::new(&any_of(texts));
        for text in texts {
            assert_eq!(regex.is_match(text), Some(true), "{text:?}");
        }
        assert_eq!(regex.is_match("axb"), Some(false));
    }
}
