//! Splits a JSON list into items while it arrives: the content of one item does not affect where the next begins.

use memchr::memchr2;
use std::io::{ErrorKind, Read};

/// A thousand times a usual alert.
const MAX_ITEM: usize = 4_000_000;
/// Bytes.
const CHUNK: usize = 1 << 16;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The items before were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ListError {
    NotAList,
    /// It ends in the middle.
    CutOff(String),
    /// The rest cannot be split.
    Syntax(String),
}

/// An item beyond the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ItemTooLarge;

type OnItem<'t> = &'t mut dyn FnMut(Result<&[u8], ItemTooLarge>);

/// Hands on the bytes of each item. `null` is an empty list.
pub(super) fn each(body: &mut dyn Read, on_item: OnItem<'_>) -> Option<ListError> {
    let mut chunk = vec![0; CHUNK];
    let mut splitter = Splitter {
        position: ListPosition::Before(Vec::new()),
        carried: Vec::new(),
        too_large: false,
        on_item,
    };
    loop {
        match body.read(&mut chunk) {
            Ok(0) => return splitter.end(),
            Ok(count) => {
                if let Some(broken) = splitter.feed(&chunk[..count]) {
                    return Some(broken);
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Some(ListError::CutOff(error.to_string())),
        }
    }
}

/// Of the next byte.
enum ListPosition {
    /// Before the list, after these bytes.
    Before(Vec<u8>),
    Between,
    Within {
        depth: usize,
        quoted: bool,
        escaped: bool,
    },
    After,
}

struct Splitter<'t> {
    position: ListPosition,
    /// Bytes of the current item from earlier chunks.
    carried: Vec<u8>,
    too_large: bool,
    on_item: OnItem<'t>,
}

impl Splitter<'_> {
    fn feed(&mut self, chunk: &[u8]) -> Option<ListError> {
        let mut at = 0;
        while at < chunk.len() {
            let byte = chunk[at];
            match &mut self.position {
                ListPosition::Before(seen) => {
                    if byte == b'[' && is_blank(seen) {
                        self.position = ListPosition::Between;
                    } else if seen.len() < 16 {
                        seen.push(byte);
                    } else if !byte.is_ascii_whitespace() {
                        return Some(ListError::NotAList);
                    }
                    at += 1;
                }
                ListPosition::Between => match byte {
                    b']' => {
                        self.position = ListPosition::After;
                        at += 1;
                    }
                    byte if byte == b',' || byte.is_ascii_whitespace() => at += 1,
                    _ => {
                        self.position = ListPosition::Within {
                            depth: 0,
                            quoted: false,
                            escaped: false,
                        };
                    }
                },
                ListPosition::Within { .. } => match self.within(&chunk[at..]) {
                    Ok(count) => at += count,
                    Err(broken) => return Some(broken),
                },
                ListPosition::After if byte.is_ascii_whitespace() => at += 1,
                ListPosition::After => {
                    return Some(ListError::Syntax("something follows the list".into()));
                }
            }
        }
        None
    }

    /// Returns how many bytes belong to the current item.
    fn within(&mut self, bytes: &[u8]) -> Result<usize, ListError> {
        let ListPosition::Within {
            depth,
            quoted,
            escaped,
        } = &mut self.position
        else {
            return Ok(0);
        };
        let mut at = 0;
        let ended = loop {
            let Some(byte) = bytes.get(at) else {
                break None;
            };
            if *escaped {
                *escaped = false;
            } else if *quoted {
                match memchr2(b'"', b'\\', &bytes[at..]) {
                    None => {
                        at = bytes.len();
                        continue;
                    }
                    Some(count) => at += count,
                }
                match bytes[at] {
                    b'"' => *quoted = false,
                    _ => *escaped = true,
                }
            } else {
                match byte {
                    b'"' => *quoted = true,
                    b'{' | b'[' => *depth += 1,
                    b',' | b']' if *depth == 0 => break Some(ListPosition::Between),
                    b'}' if *depth == 0 => {
                        return Err(ListError::Syntax("a bracket closes nothing".into()));
                    }
                    b'}' | b']' => *depth -= 1,
                    _ => {}
                }
            }
            at += 1;
        };
        match ended {
            Some(position) => {
                self.position = position;
                self.hand_on(&bytes[..at]);
            }
            None => self.carry(bytes),
        }
        Ok(at)
    }

    fn carry(&mut self, bytes: &[u8]) {
        self.too_large |= self.carried.len() + bytes.len() > MAX_ITEM;
        if self.too_large {
            self.carried = Vec::new();
        } else {
            self.carried.extend_from_slice(bytes);
        }
    }

    fn hand_on(&mut self, bytes: &[u8]) {
        if self.carried.is_empty() && !self.too_large {
            return (self.on_item)(Ok(bytes.trim_ascii()));
        }
        self.carry(bytes);
        match self.too_large {
            true => (self.on_item)(Err(ItemTooLarge)),
            false => (self.on_item)(Ok(self.carried.trim_ascii())),
        }
        self.carried.clear();
        self.too_large = false;
    }

    fn end(self) -> Option<ListError> {
        match self.position {
            ListPosition::After => None,
            ListPosition::Before(seen) if without_mark(&seen) == b"null" => None,
            ListPosition::Before(seen) if is_blank(&seen) => {
                Some(ListError::CutOff("nothing came".into()))
            }
            ListPosition::Before(_) => Some(ListError::NotAList),
            ListPosition::Between | ListPosition::Within { .. } => {
                Some(ListError::CutOff("the list does not end".into()))
            }
        }
    }
}

fn without_mark(seen: &[u8]) -> &[u8] {
    seen.strip_prefix(BYTE_ORDER_MARK)
        .unwrap_or(seen)
        .trim_ascii()
}

fn is_blank(seen: &[u8]) -> bool {
    without_mark(seen).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    /// Bytes that arrive this many at a time.
    struct Slow<'b>(&'b [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn split(body: &[u8], step: usize) -> (Vec<Result<String, ItemTooLarge>>, Option<ListError>) {
        let mut items = Vec::new();
        let mut take = |item: Result<&[u8], ItemTooLarge>| {
            items.push(item.map(|bytes| String::from_utf8_lossy(bytes).into_owned()));
        };
        let broken = each(&mut Slow(body, step), &mut take);
        (items, broken)
    }

    #[rstest]
    #[case::plain(r#"[{"a":1},{"b":2}]"#, &[r#"{"a":1}"#, r#"{"b":2}"#])]
    #[case::brackets_in_a_text(r#"[{"a":"]},\"["},[1,[2]]]"#, &[r#"{"a":"]},\"["}"#, "[1,[2]]"])]
    #[case::a_backslash_before_the_end(r#"[{"a":"\\"},3]"#, &[r#"{"a":"\\"}"#, "3"])]
    #[case::odd_items(" [ null , 3,\"x\" ]\n", &["null", "3", "\"x\""])]
    #[case::broken_within(r#"[{"a":NaN,},{"b":2}]"#, &[r#"{"a":NaN,}"#, r#"{"b":2}"#])]
    #[case::no_items("[]", &[])]
    #[case::null("null", &[])]
    #[case::a_byte_order_mark("\u{FEFF}[1]", &["1"])]
    fn a_list_is_split_whatever_its_items_hold(#[case] body: &str, #[case] wanted: &[&str]) {
        for step in [1, 2, 7, 1000] {
            let (items, broken) = split(body.as_bytes(), step);
            let items: Vec<String> = items.into_iter().map(Result::unwrap).collect();
            assert_eq!(
                (items, broken),
                (wanted.iter().map(ToString::to_string).collect(), None),
                "{step} bytes at a time"
            );
        }
    }

    #[rstest]
    #[case::cut("[1,{\"a\":", 1, ListError::CutOff("the list does not end".into()))]
    #[case::empty("", 0, ListError::CutOff("nothing came".into()))]
    #[case::an_object("{\"status\":\"success\"}", 0, ListError::NotAList)]
    #[case::a_word("nothing", 0, ListError::NotAList)]
    #[case::more("[1] x", 1, ListError::Syntax("something follows the list".into()))]
    #[case::closes_nothing("[1,}]", 1, ListError::Syntax("a bracket closes nothing".into()))]
    fn a_list_that_breaks_keeps_what_came_before(
        #[case] body: &str,
        #[case] items: usize,
        #[case] why: ListError,
    ) {
        let (read, broken) = split(body.as_bytes(), 3);
        assert_eq!((read.len(), broken), (items, Some(why)));
    }

    #[test]
    fn an_item_beyond_the_limit_is_left_out_alone() {
        let body = format!("[1,\"{}\",2]", "x".repeat(MAX_ITEM + 1));
        let (items, broken) = split(body.as_bytes(), CHUNK);
        assert_eq!(items, [Ok("1".into()), Err(ItemTooLarge), Ok("2".into())]);
        assert_eq!(broken, None);
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_an_answer_is_given(body in proptest::collection::vec(any::<u8>(), 0..300), step in 1usize..40) {
            let mut list = b"[".to_vec();
            list.extend(body);
            let one = split(&list, step);
            prop_assert_eq!(one, split(&list, 1000));
        }
    }
}
