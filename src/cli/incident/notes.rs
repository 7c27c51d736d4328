//! Notes from standard input, one a line. A line of output confirms each once it is durable.

use super::recording::{Recorded, Recorder, drafts_of, receipt, refuse_read_only};
use crate::app::intent::{Intent, check_length};
use crate::cli::error::{CliError, Exit};
use crate::cli::open_journal::OpenJournal;
use crate::incident::IncidentId;
use crate::text::Safe;
use crate::text::sanitize::grouped;
use std::io::{BufRead, BufReader, ErrorKind, Read};

/// Most bytes kept of a line: more than a note may have, so that how much is too much can be said.
const MAX_LINE: usize = 256 * 1024;

pub(super) fn from_input(recorder: &Recorder<'_>, id: &IncidentId) -> Result<(), CliError> {
    let base = recorder.base;
    refuse_read_only(base)?;
    let me = base.me()?;
    let mut open = OpenJournal::incident(base, &me, id)?;
    let mut lines = Lines::new(std::io::stdin().lock());
    let mut left_out = 0;
    while let Some(line) = lines.next()? {
        let note = Safe::block(&line.text);
        if note.is_empty() {
            continue;
        }
        // The lines behind one that cannot be recorded are recorded.
        if let Err(refused) = check_length(&format!("line {}", line.number), &note) {
            let beyond = match line.beyond {
                0 => String::new(),
                bytes => format!("; {} bytes more were not even read", grouped(bytes)),
            };
            recorder
                .output
                .warning(&format!("{}{beyond}", refused.what));
            left_out += 1;
            continue;
        }
        if line.odd > 0 {
            recorder.output.warning(&format!(
                "line {} is not UTF-8: bytes that cannot be read ({}) are recorded as \u{FFFD}",
                line.number, line.odd
            ));
        }
        let note = Intent::Note(note);
        let wanted = Recorded::at(&note, recorder.when);
        let drafts = drafts_of(base, &me, &open.view, wanted)?;
        let seq = open.append(&drafts)?.last();
        let (text, json) = receipt(id, seq, &open.view);
        recorder.output.result(&text, &json);
    }
    open.finish()?;
    match left_out {
        0 => Ok(()),
        count => Err(CliError::usage(
            format!("{count} of the lines are too long and were NOT recorded; all others are"),
            "split them, or record where the whole text is",
        )),
    }
}

struct Line {
    number: usize,
    text: String,
    /// Bytes that are not UTF-8.
    odd: usize,
    /// Bytes beyond [`MAX_LINE`].
    beyond: usize,
}

/// Lines of bytes: they end with a line feed, a carriage return, or both; the last may end with nothing.
struct Lines<R> {
    input: BufReader<R>,
    number: usize,
    after_return: bool,
}

impl<R: Read> Lines<R> {
    fn new(input: R) -> Self {
        Self {
            input: BufReader::new(input),
            number: 0,
            after_return: false,
        }
    }

    fn next(&mut self) -> Result<Option<Line>, CliError> {
        let (mut kept, mut beyond, mut any) = (Vec::new(), 0, false);
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => {
                    let what = format!("cannot read standard input: {error}");
                    let hint = "what was confirmed is recorded; send the rest again";
                    return Err(CliError::new(Exit::Journal, what, hint));
                }
            };
            if chunk.is_empty() {
                break;
            }
            // The line feed behind a carriage return belongs to the line before.
            let skipped = usize::from(std::mem::take(&mut self.after_return) && chunk[0] == b'\n');
            let rest = &chunk[skipped..];
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &rest[..end.unwrap_or(rest.len())];
            let space = part.len().min(MAX_LINE - kept.len());
            kept.extend_from_slice(&part[..space]);
            beyond += part.len() - space;
            any |= !rest.is_empty();
            self.after_return = end.is_some_and(|end| rest[end] == b'\r');
            let used = skipped + part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        self.line(&kept, beyond).map(Some)
    }

    fn line(&self, kept: &[u8], beyond: usize) -> Result<Line, CliError> {
        let mut bytes = kept;
        if self.number == 1 {
            if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
                let what = "standard input is UTF-16, not UTF-8: nothing was recorded";
                return Err(CliError::usage(
                    what,
                    "send it through `iconv -f UTF-16 -t UTF-8`",
                ));
            }
            bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        }
        let odd = bytes.utf8_chunks().map(|part| part.invalid().len()).sum();
        Ok(Line {
            number: self.number,
            text: String::from_utf8_lossy(bytes).into_owned(),
            odd,
            beyond,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn read(bytes: &[u8], at_once: usize) -> Vec<(String, usize)> {
        let chunks = Slow {
            bytes,
            at_once: at_once.max(1),
        };
        let mut lines = Lines::new(chunks);
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push((line.text, line.odd));
        }
        all
    }

    /// Gives so many bytes at once, as a pipe may.
    struct Slow<'b> {
        bytes: &'b [u8],
        at_once: usize,
    }

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.at_once.min(self.bytes.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.bytes[..count]);
            self.bytes = &self.bytes[count..];
            Ok(count)
        }
    }

    #[rstest]
    #[case::plain(b"a\nb\n", &["a", "b"])]
    #[case::no_final_newline(b"a\nb", &["a", "b"])]
    #[case::crlf(b"a\r\nb\r\n", &["a", "b"])]
    #[case::lone_returns(b"a\rb\rc", &["a", "b", "c"])]
    #[case::empty_lines(b"\n\r\n\ra", &["", "", "", "a"])]
    #[case::byte_order_mark(b"\xEF\xBB\xBFa\n", &["a"])]
    #[case::nul(b"a\0b\n", &["a\0b"])]
    #[case::nothing(b"", &[])]
    fn lines_end_with_any_line_break(#[case] bytes: &[u8], #[case] want: &[&str]) {
        for at_once in [1, 2, 3, 100] {
            let found = read(bytes, at_once);
            let texts: Vec<&str> = found.iter().map(|(text, _)| text.as_str()).collect();
            assert_eq!(texts, want, "{at_once} bytes at once");
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_marked_and_counted_in_their_line_only() {
        let found = read(b"good\nGeb\xFChr\n\xC3\x28\xFF\nlast\n", 2);
        let want = [
            ("good", 0),
            ("Geb\u{FFFD}hr", 1),
            ("\u{FFFD}(\u{FFFD}", 2),
            ("last", 0),
        ];
        assert_eq!(found, want.map(|(text, odd)| (text.to_string(), odd)));
    }

    #[test]
    fn of_an_endless_line_a_bounded_part_is_kept_and_the_rest_is_counted() {
        let long = vec![b'x'; MAX_LINE + 1_000];
        let mut lines = Lines::new(&long[..]);
        let line = lines.next().unwrap().unwrap();
        assert_eq!((line.text.len(), line.beyond), (MAX_LINE, 1_000));
        assert!(lines.next().unwrap().is_none());
    }

    #[test]
    fn utf_16_is_refused_by_name() {
        let refused = Lines::new(&b"\xFF\xFEa\0"[..]).next().err().unwrap();
        assert!(refused.what.contains("UTF-16") && refused.hint.contains("iconv"));
    }
}
