//! JSON in a line: no white space outside strings, bounded depth, no repeated key. It builds no tree.

use smallvec::SmallVec;

const MAX_DEPTH: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// The form of a name, without escapes, unique in each object.
    Names,
    /// A newer format may have keys of another form.
    Any,
}

type Check<T> = Result<T, &'static str>;

/// Exactly one object.
pub(super) fn check(text: &str, keys: Keys) -> Check<()> {
    let length = Scanner::new(text, keys).object()?;
    if length == text.len() {
        Ok(())
    } else {
        Err("something stands after the object")
    }
}

pub(super) fn object(text: &str) -> Check<usize> {
    Scanner::new(text, Keys::Names).object()
}

/// Quotation marks included.
pub(super) fn string(text: &str) -> Check<usize> {
    let mut scanner = Scanner::new(text, Keys::Any);
    if !scanner.eat(b'"') {
        return Err("a string is missing");
    }
    scanner.string()?;
    Ok(scanner.at)
}

/// Expects an object that `object` accepted; values as written in the text.
pub(super) fn members(object: &str) -> Vec<(&str, &str)> {
    let bytes = object.as_bytes();
    let (mut found, mut depth, mut quoted) = (Vec::new(), 0, false);
    let (mut start, mut colon, mut at) = (1, None, 0);
    while at < bytes.len() {
        match (quoted, bytes[at]) {
            (true, b'\\') => at += 1,
            (_, b'"') => quoted = !quoted,
            (true, _) => {}
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => depth -= 1,
            (false, b':') if depth == 1 => colon = Some(at),
            _ => {}
        }
        let ends = !quoted && (depth == 0 || (depth == 1 && bytes[at] == b','));
        if let Some(colon) = colon.filter(|_| ends) {
            found.push((&object[start + 1..colon - 1], &object[colon + 1..at]));
            start = at + 1;
        }
        at += 1;
    }
    found
}

pub(super) const fn is_slug_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-')
}

/// May reorder.
pub(super) fn repeats(keys: &mut [&str]) -> bool {
    // Most objects have a handful of keys; only a hostile one has thousands.
    if keys.len() <= 12 {
        return (1..keys.len()).any(|at| keys[..at].contains(&keys[at]));
    }
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

enum Frame {
    /// Index of its first key in the list of keys.
    Object(usize),
    Array,
}

/// Keys of open objects; nearly every line has fewer than 12, so nothing is allocated.
pub(super) type Seen<'t> = SmallVec<[&'t str; 12]>;

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    keys: Keys,
    seen: Seen<'t>,
    open: SmallVec<[Frame; 4]>,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str, keys: Keys) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            keys,
            seen: Seen::new(),
            open: SmallVec::new(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn object(mut self) -> Check<usize> {
        if self.peek() != Some(b'{') {
            return Err("`data` is not an object");
        }
        self.value()?;
        while !self.open.is_empty() {
            self.step()?;
        }
        Ok(self.at)
    }

    fn step(&mut self) -> Check<()> {
        let first_key = match self.open.last() {
            Some(Frame::Object(first)) => Some(*first),
            _ => None,
        };
        match first_key {
            Some(_) if self.eat(b',') => {
                self.key()?;
                self.value()
            }
            Some(first) if self.eat(b'}') => {
                let repeated = self.keys == Keys::Names && repeats(&mut self.seen[first..]);
                self.seen.truncate(first);
                self.open.pop();
                if repeated {
                    Err("a key occurs twice")
                } else {
                    Ok(())
                }
            }
            None if self.eat(b',') => self.value(),
            None if self.eat(b']') => {
                self.open.pop();
                Ok(())
            }
            _ => Err("not JSON as a line may have it"),
        }
    }

    fn key(&mut self) -> Check<()> {
        if !self.eat(b'"') {
            return Err("a key is missing");
        }
        let start = self.at;
        match self.keys {
            Keys::Any => self.string()?,
            Keys::Names => {
                let rest = self.bytes.get(start..).unwrap_or_default();
                self.at += rest.iter().take_while(|byte| is_slug_byte(**byte)).count();
                if !(1..=64).contains(&(self.at - start)) || !self.eat(b'"') {
                    return Err("a key is not a name");
                }
                self.seen.push(&self.text[start..self.at - 1]);
            }
        }
        if self.eat(b':') {
            Ok(())
        } else {
            Err("no value after a key")
        }
    }

    /// Reads only the beginning of an object or array.
    fn value(&mut self) -> Check<()> {
        let first = self.peek().ok_or("it ends too early")?;
        match first {
            b'{' | b'[' => {
                self.at += 1;
                if self.open.len() == MAX_DEPTH {
                    return Err("nested too deep");
                }
                self.begin(first)
            }
            b'"' => {
                self.at += 1;
                self.string()
            }
            b'-' | b'0'..=b'9' => self.number(),
            _ => {
                let rest = &self.text[self.at..];
                let word = ["true", "false", "null"]
                    .into_iter()
                    .find(|word| rest.starts_with(word));
                self.at += word.ok_or("not JSON as a line may have it")?.len();
                Ok(())
            }
        }
    }

    fn begin(&mut self, bracket: u8) -> Check<()> {
        if bracket == b'{' {
            if self.eat(b'}') {
                return Ok(());
            }
            self.open.push(Frame::Object(self.seen.len()));
            self.key()?;
        } else {
            if self.eat(b']') {
                return Ok(());
            }
            self.open.push(Frame::Array);
        }
        // Nesting goes on through here, at most `MAX_DEPTH` calls deep.
        self.value()
    }

    fn number(&mut self) -> Check<()> {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            if !self.eat(b'+') {
                self.eat(b'-');
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Check<()> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start {
            Ok(())
        } else {
            Err("a number is not one")
        }
    }

    fn string(&mut self) -> Check<()> {
        let plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..=0x1F);
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let length = rest.iter().take_while(|byte| plain(byte)).count();
            self.at += length + 1;
            match rest.get(length) {
                None => return Err("a string does not end"),
                Some(b'"') => return Ok(()),
                Some(b'\\') => self.escape()?,
                Some(_) => return Err("a control character in a string"),
            }
        }
    }

    fn escape(&mut self) -> Check<()> {
        let byte = self.peek().ok_or("a string does not end")?;
        self.at += 1;
        match byte {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => match self.code()? {
                0xD800..=0xDBFF => {
                    let low = self.eat(b'\\') && self.eat(b'u');
                    if low && (0xDC00..=0xDFFF).contains(&self.code()?) {
                        Ok(())
                    } else {
                        Err("half a surrogate pair")
                    }
                }
                0xDC00..=0xDFFF => Err("half a surrogate pair"),
                _ => Ok(()),
            },
            _ => Err("an escape that JSON does not know"),
        }
    }

    fn code(&mut self) -> Check<u16> {
        let digits = self
            .bytes
            .get(self.at..self.at + 4)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .ok_or("an escape that JSON does not know")?;
        self.at += 4;
        let value = digits.iter().fold(0u16, |value, digit| {
            let digit = match digit {
                b'0'..=b'9' => digit - b'0',
                _ => (digit | 0x20) - b'a' + 10,
            };
            value << 4 | u16::from(digit)
        });
        Ok(value)
    }
}
