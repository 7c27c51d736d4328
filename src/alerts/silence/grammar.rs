//! Matchers as text, in Alertmanager's grammar (its package `matcher/parse`): names and values with or without
//! quotation marks, Go's escapes within them, commas or spaces between matchers, with or without braces.

use super::matcher::{Matcher, MatcherOperator};
use crate::text::{Safe, sanitize};
use std::fmt;

const MAX_MATCHERS: usize = 200;

impl Matcher {
    /// Reads `name=value`, `name!="value"`, `"service.name"=~"expression"`, as Alertmanager writes them.
    ///
    /// Without quotation marks its value goes to the end of the text, as in Alertmanager's classic grammar.
    pub fn parse(text: &str) -> Result<Self, String> {
        let strict = read_all(text);
        if let Ok([_]) = strict.as_deref() {
            return strict.map(|mut all| all.remove(0));
        }
        let mut reader = Reader::new(text);
        reader.spaces();
        let name = reader.name()?;
        reader.spaces();
        let operator = reader.operator(&name)?;
        let value = reader.rest().trim();
        match strict {
            Ok(all) => Err(format!(
                "{} is {} matchers and not one",
                shown(text),
                all.len()
            )),
            Err(_) if !value.starts_with(['"', '\'', '`']) && !value.is_empty() => {
                Ok(Self::new(name, operator, value.to_string()))
            }
            Err(why) => Err(why),
        }
    }

    /// Several, separated by commas or spaces, with or without braces. `hidden` are matchers whose values are masked in
    /// the text: a masked form there means its value.
    pub fn parse_all(text: &str, hidden: &[Self]) -> Result<Vec<Self>, String> {
        let mut all = read_all(text)?;
        for matcher in &mut all {
            let same = |known: &&Self| {
                known.shown_name() == matcher.name && known.operator() == matcher.operator()
            };
            let Some(known) = hidden.iter().find(same) else {
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
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = written(&self.shown_name());
        let masked = self.masked();
        let value = written(masked.as_deref().unwrap_or(&self.value));
        write!(f, "{name}{}{value}", self.operator().sign())
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Characters that must be within quotation marks.
fn is_reserved(c: char) -> bool {
    c.is_whitespace() || "{}!=~,\\\"'`".contains(c)
}

fn written(text: &str) -> String {
    let plain = |c: char| c.is_ascii_graphic() && !is_reserved(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_string(),
        false => quoted(text),
    }
}

/// In quotation marks, as Go reads it: an invisible character becomes an escape, so that everybody sees it.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if has_picture(c) => out.push(c),
            c if u32::from(c) > 0xFFFF => out += &format!("\\U{:08x}", u32::from(c)),
            c => out += &format!("\\u{:04x}", u32::from(c)),
        }
    }
    out.push('"');
    out
}

fn has_picture(c: char) -> bool {
    let alone = sanitize::line(c.encode_utf8(&mut [0; 4]));
    let cells = unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
    alone.chars().eq([c]) && cells > 0 && (c == ' ' || !c.is_whitespace())
}

fn read_all(text: &str) -> Result<Vec<Matcher>, String> {
    let mut reader = Reader::new(text);
    reader.spaces();
    let braced = reader.takes('{');
    let mut all = Vec::new();
    loop {
        reader.spaces();
        match reader.peek() {
            None if braced => return Err("} is missing at the end".into()),
            None => break,
            Some('}') if braced => {
                reader.next();
                reader.spaces();
                match reader.peek() {
                    None => break,
                    Some(_) => return Err(reader.unexpected("nothing may follow the }")),
                }
            }
            Some(_) => {}
        }
        if all.len() >= MAX_MATCHERS {
            return Err(format!("these are more than {MAX_MATCHERS} matchers"));
        }
        all.push(reader.matcher()?);
        // Alertmanager requires commas; people separate by spaces.
        let spaced = reader.spaces();
        let comma = reader.takes(',');
        let ends = matches!(reader.peek(), None | Some('}'));
        if !(spaced || comma || ends) {
            return Err(reader.unexpected("a comma or a space belongs between matchers"));
        }
    }
    Ok(all)
}

fn shown(text: &str) -> String {
    sanitize::bound(Safe::line(text).to_string(), 60)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn takes(&mut self, wanted: char) -> bool {
        let here = self.peek() == Some(wanted);
        if here {
            self.next();
        }
        here
    }

    fn spaces(&mut self) -> bool {
        let rest = self.rest().trim_start();
        let skipped = self.rest().len() - rest.len();
        self.at += skipped;
        skipped > 0
    }

    fn unexpected(&self, what: &str) -> String {
        let place = self.text[..self.at].chars().count() + 1;
        format!("{what}: at character {place}, {}", shown(self.rest()))
    }

    fn matcher(&mut self) -> Result<Matcher, String> {
        let name = self.name()?;
        self.spaces();
        let operator = self.operator(&name)?;
        self.spaces();
        let value = match self.peek() {
            Some('"') => self.quoted(operator)?,
            _ => self.word(),
        };
        if value.is_empty() && !self.text[..self.at].ends_with('"') {
            let name = shown(&name);
            let what = format!("{name}{} has no value", operator.sign());
            return Err(match self.peek() {
                Some(c) if !c.is_whitespace() && c != ',' => {
                    self.unexpected(&format!("{what}; write it in double quotation marks"))
                }
                _ => format!("{what}; write {name}{}\"\" for none", operator.sign()),
            });
        }
        if self
            .peek()
            .is_some_and(|c| is_reserved(c) && !c.is_whitespace() && c != ',' && c != '}')
        {
            return Err(self.unexpected("this needs double quotation marks"));
        }
        Ok(Matcher::new(name, operator, value))
    }

    fn name(&mut self) -> Result<String, String> {
        let name = match self.peek() {
            Some('"') => self.quoted(MatcherOperator::Equal)?,
            _ => self.word(),
        };
        if name.is_empty() {
            return Err(self.unexpected("a label's name is missing"));
        }
        Ok(name)
    }

    fn word(&mut self) -> String {
        let rest = self.rest();
        let end = rest.find(is_reserved).unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_string()
    }

    fn operator(&mut self, name: &str) -> Result<MatcherOperator, String> {
        let found = MatcherOperator::ALL
            .into_iter()
            .find(|operator| self.rest().starts_with(operator.sign()));
        let Some(operator) = found else {
            return Err(match self.rest().is_empty() {
                true => format!("{} is no matcher: write name=value", shown(name)),
                false => self.unexpected("one of = != =~ !~ is expected after the name"),
            });
        };
        self.at += operator.sign().len();
        Ok(operator)
    }

    fn quoted(&mut self, operator: MatcherOperator) -> Result<String, String> {
        let begin = self.at;
        self.next();
        let mut out = String::new();
        let mut bytes: Vec<u8> = Vec::new();
        loop {
            let Some(c) = self.next() else {
                self.at = begin;
                return Err(self.unexpected("the quotation mark is not closed"));
            };
            match c {
                '"' => break,
                '\\' => self.escaped(operator, &mut out, &mut bytes)?,
                c => out.push(c),
            }
            if !bytes.is_empty() {
                match std::str::from_utf8(&bytes) {
                    Ok(text) => {
                        out.push_str(text);
                        bytes.clear();
                    }
                    // More bytes of the same character may follow.
                    Err(error) if error.error_len().is_none() && self.rest().starts_with('\\') => {}
                    Err(_) => return Err(self.unexpected("these bytes are not UTF-8")),
                }
            }
        }
        Ok(out)
    }

    /// One escape: a character goes to `out`, a byte to `bytes`.
    fn escaped(
        &mut self,
        operator: MatcherOperator,
        out: &mut String,
        bytes: &mut Vec<u8>,
    ) -> Result<(), String> {
        let c = self.next().unwrap_or('\\');
        // Alertmanager's classic grammar leaves `\b` to the expression, its newer one makes it a backspace.
        if c == 'b' && operator.is_regex() {
            return Err(self.unexpected(
                "\\b in quotation marks is a backspace; write \\\\b for the end of a word",
            ));
        }
        let plain = match c {
            '"' | '\\' => c,
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'u' => self.coded(4)?,
            'U' => self.coded(8)?,
            'x' => {
                let code = self.number(2, 16)?;
                bytes.push(u8::try_from(code).unwrap_or_default());
                return Ok(());
            }
            '0'..='7' => {
                self.at -= 1;
                let code = self.number(3, 8)?;
                let Ok(byte) = u8::try_from(code) else {
                    return Err(self.unexpected("this is no byte"));
                };
                bytes.push(byte);
                return Ok(());
            }
            // The classic grammar keeps an unknown escape, such as \d of an expression.
            c => {
                out.push('\\');
                c
            }
        };
        if !bytes.is_empty() {
            return Err(self.unexpected("these bytes are not UTF-8"));
        }
        out.push(plain);
        Ok(())
    }

    fn coded(&mut self, digits: usize) -> Result<char, String> {
        let code = self.number(digits, 16)?;
        char::from_u32(code).ok_or_else(|| self.unexpected("this is no character of Unicode"))
    }

    fn number(&mut self, digits: usize, radix: u32) -> Result<u32, String> {
        let code = self.rest().get(..digits).filter(|code| {
            let mut all = code.chars();
            all.all(|c| c.is_digit(radix))
        });
        let code = code.and_then(|code| u32::from_str_radix(code, radix).ok());
        let Some(code) = code else {
            return Err(self.unexpected(&format!("{digits} digits belong to this escape")));
        };
        self.at += digits;
        Ok(code)
    }
}

#[cfg(test)]
mod tests;
