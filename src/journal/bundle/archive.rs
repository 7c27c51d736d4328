//! Archives, read strictly: the form that `docs/journal.md` allows and no other. Two libraries never agree on a
//! malformed archive, and the script of the auditors reads the same form.

use super::contents::{Contents, MAX_MEMBERS, Member, is_name, shown};
use std::collections::BTreeSet;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

pub(crate) const BLOCK: usize = 512;
/// Longest list of attributes in front of a file, in bytes.
const MAX_ATTRIBUTES: u64 = 64 * 1024;
/// Bytes read at once where only zeros are expected.
const PIECE: u64 = 64 * 1024;
/// Attributes that change neither the name nor the bytes of a file.
const HARMLESS: [&str; 8] = [
    "atime", "comment", "ctime", "gid", "gname", "mtime", "uid", "uname",
];

struct Header {
    name: String,
    kind: u8,
    size: u64,
}

/// The check sum is right, or the block has the magic of a header.
pub(crate) fn is_header(block: &[u8; BLOCK]) -> bool {
    &block[257..262] == b"ustar" || octal(&block[148..156]) == Some(check_sum(block))
}

fn check_sum(block: &[u8; BLOCK]) -> u64 {
    let bytes = block.iter().enumerate();
    bytes
        .map(|(at, byte)| match at {
            148..156 => u64::from(b' '),
            _ => u64::from(*byte),
        })
        .sum()
}

/// Spaces, octal digits, then nothing but NUL and spaces.
fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    let digits = text.trim_start_matches(' ').trim_end_matches(['\0', ' ']);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    plain.then(|| u64::from_str_radix(digits, 8).ok()).flatten()
}

/// Bytes up to the first NUL, with nothing but NUL behind it.
fn field(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    let (name, rest) = bytes.split_at(end);
    rest.iter().all(|byte| *byte == 0).then_some(name)
}

fn header(block: &[u8; BLOCK]) -> Option<Header> {
    let posix = &block[257..265] == b"ustar\x0000";
    let gnu = &block[257..265] == b"ustar  \0";
    let checked = octal(&block[148..156]) == Some(check_sum(block));
    if !(posix || gnu) || !checked {
        return None;
    }
    let mut name = field(&block[..100])?.to_vec();
    let prefix = if posix { field(&block[345..500])? } else { b"" };
    if !prefix.is_empty() {
        name = [prefix, b"/", &name].concat();
    }
    Some(Header {
        name: String::from_utf8_lossy(&name).into_owned(),
        kind: block[156],
        size: octal(&block[124..136])?,
    })
}

/// Every attribute has the form `LENGTH KEY=VALUE\n` and a harmless key.
fn harmless(mut list: &[u8]) -> bool {
    while !list.is_empty() {
        let digits = list.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let length = std::str::from_utf8(&list[..digits]).ok();
        let length = length
            .filter(|text| text.len() <= 6 && !text.starts_with('0'))
            .and_then(|text| text.parse::<usize>().ok());
        let record = length.and_then(|length| list.get(..length));
        let body = record.and_then(|record| {
            record
                .get(digits..)?
                .strip_prefix(b" ")?
                .strip_suffix(b"\n")
        });
        let key = body.and_then(|body| body.split(|byte| *byte == b'=').next());
        let equals = body.is_some_and(|body| body.contains(&b'='));
        let known = key.is_some_and(|key| HARMLESS.iter().any(|known| known.as_bytes() == key));
        let Some(length) = length.filter(|_| known && equals) else {
            return false;
        };
        list = &list[length..];
    }
    true
}

/// Problems of the archive become faults, never an error.
pub(super) struct Reader<'c, R> {
    pub(super) contents: &'c mut Contents,
    input: R,
    length: u64,
    names: BTreeSet<String>,
}

impl<'c, R: Read + Seek> Reader<'c, R> {
    pub(super) fn new(contents: &'c mut Contents, input: R, length: u64) -> Self {
        Self {
            contents,
            input,
            length,
            names: BTreeSet::new(),
        }
    }

    pub(super) fn read(&mut self, path: &Path) {
        if let Err(what) = self.members(path) {
            self.contents.fault(what);
        }
    }

    fn members(&mut self, path: &Path) -> Result<(), String> {
        let mut at = 0;
        loop {
            let mut block = [0; BLOCK];
            let cut = |_| "the archive ends without its end: two blocks of zeros".to_string();
            self.bytes(at, &mut block).map_err(cut)?;
            if block.iter().all(|byte| *byte == 0) {
                return self.end(at);
            }
            let header = header(&block).ok_or_else(|| {
                format!("byte {at} of the archive is not a header in the form of ustar")
            })?;
            let from = at + BLOCK as u64;
            let end = from.checked_add(header.size);
            let end = end.filter(|end| *end <= self.length);
            let end = end.ok_or_else(|| format!("\"{}\" is cut off", shown(&header.name)))?;
            at = end.next_multiple_of(BLOCK as u64);
            if !self.is_zero(end, at) {
                let what = format!(
                    "unexpected bytes after \"{}\", inside its last block",
                    shown(&header.name)
                );
                self.contents.fault(what);
            }
            self.member(header, from, path)?;
        }
    }

    fn member(&mut self, header: Header, from: u64, path: &Path) -> Result<(), String> {
        let Header { name, kind, size } = header;
        let bare = match kind {
            b'5' => name.strip_suffix('/').unwrap_or(&name).to_string(),
            _ => name.clone(),
        };
        let wrong = match kind {
            b'x' => return self.attributes(from, size),
            _ if !is_name(&bare) => "is no name for a bundle",
            b'5' if size > 0 || bare.contains('/') => "is no directory of a bundle",
            b'0' | b'5' | 0 if self.names.insert(bare.clone()) => "",
            b'0' | b'5' | 0 => "occurs twice",
            _ => "is not a plain file",
        };
        match kind {
            _ if !wrong.is_empty() => {
                let what = format!("\"{}\" {wrong}", shown(&name));
                self.contents.fault(what);
            }
            b'5' => {}
            _ if self.contents.members.len() == MAX_MEMBERS => {
                return Err("there are more files in it than a bundle has".into());
            }
            _ => {
                let member = Member {
                    file: path.to_path_buf(),
                    from,
                    length: size,
                };
                self.contents.members.insert(name, member);
            }
        }
        Ok(())
    }

    fn attributes(&mut self, from: u64, size: u64) -> Result<(), String> {
        let what = "the archive has attributes that may change names or sizes";
        let mut list = vec![0; size.min(MAX_ATTRIBUTES) as usize];
        let read = self.bytes(from, &mut list);
        if size > MAX_ATTRIBUTES || read.is_err() || !harmless(&list) {
            return Err(what.into());
        }
        Ok(())
    }

    /// At least two blocks of zeros, and nothing but zeros up to the end: another program could find files where
    /// this one stopped.
    fn end(&mut self, at: u64) -> Result<(), String> {
        let rest = self.length - at;
        if rest < 2 * BLOCK as u64 || !rest.is_multiple_of(BLOCK as u64) {
            return Err("the archive ends without its end: two blocks of zeros".into());
        }
        if !self.is_zero(at, self.length) {
            return Err("the archive has bytes after its last file".into());
        }
        // A file with the name of a directory would replace it, or be replaced, where the archive is unpacked.
        let members = &self.contents.members;
        let both = members
            .keys()
            .filter_map(|name| name.split_once('/'))
            .find(|(directory, _)| members.contains_key(*directory));
        match both {
            Some((name, _)) => Err(format!("\"{}\" is a file and a directory", shown(name))),
            None => Ok(()),
        }
    }

    fn bytes(&mut self, at: u64, into: &mut [u8]) -> io::Result<()> {
        self.input.seek(SeekFrom::Start(at))?;
        self.input.read_exact(into)
    }

    fn is_zero(&mut self, from: u64, to: u64) -> bool {
        let mut at = from;
        let mut piece = vec![0; (to - from).min(PIECE) as usize];
        while at < to {
            let want = (to - at).min(PIECE) as usize;
            if self.bytes(at, &mut piece[..want]).is_err()
                || piece[..want].iter().any(|byte| *byte != 0)
            {
                return false;
            }
            at += want as u64;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn archive() -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_size(3);
        header.set_mode(0o600);
        builder
            .append_data(&mut header, "a.txt", &b"abc"[..])
            .unwrap();
        builder.into_inner().unwrap()
    }

    fn contents(bytes: &[u8]) -> Contents {
        Contents::tar(io::Cursor::new(bytes), bytes.len() as u64, Path::new("x"))
    }

    /// Changes bytes of the first header and corrects its check sum.
    fn with(at: usize, bytes: &[u8]) -> Vec<u8> {
        let mut archive = archive();
        archive[at..at + bytes.len()].copy_from_slice(bytes);
        let block: &[u8; BLOCK] = archive.first_chunk().unwrap();
        let sum = format!("{:06o}\0 ", check_sum(block));
        archive[148..156].copy_from_slice(sum.as_bytes());
        archive
    }

    #[test]
    fn an_archive_of_ours_has_its_files_and_no_fault() {
        let bytes = archive();
        let contents = contents(&bytes);
        assert_eq!(contents.faults, Vec::<String>::new());
        assert_eq!(contents.members["a.txt"].from, 512);
        assert!(is_header(bytes.first_chunk().unwrap()));
    }

    #[rstest]
    #[case::link(156, b"2")]
    #[case::long_name(156, b"L")]
    #[case::sparse(156, b"S")]
    #[case::global_attributes(156, b"g")]
    #[case::a_directory_with_bytes(156, b"5")]
    #[case::binary_size(124, b"\x80\0\0\0\0\0\0\0\0\0\0\x03")]
    #[case::negative_size(124, b"-1\0\0\0\0\0\0\0\0\0\0")]
    #[case::a_larger_size(124, b"77777777777\0")]
    #[case::bytes_behind_the_name(8, b"x")]
    #[case::another_form(257, b"\0\0\0\0\0\0\0\0")]
    #[case::outside(0, b"../ab")]
    #[case::prefix_outside(345, b"..")]
    fn what_another_reader_could_read_otherwise_is_a_fault(
        #[case] at: usize,
        #[case] bytes: &[u8],
    ) {
        assert!(!contents(&with(at, bytes)).faults.is_empty());
    }

    #[rstest]
    #[case(b"12 mtime=1.\n", true)]
    #[case(b"12 mtime=1.\n9 uid=12\n", true)]
    #[case(b"13 path=evil\n", false)]
    #[case(b"11 size=12\n", false)]
    #[case(b"11 mtime=1.\n", false)]
    #[case(b"012 mtime=1\n", false)]
    #[case(b"8 mtime\n", false)]
    #[case(b"x", false)]
    fn attributes_change_neither_names_nor_bytes(#[case] list: &[u8], #[case] fits: bool) {
        assert_eq!(harmless(list), fits);
    }

    #[test]
    fn every_byte_of_an_archive_that_is_changed_changes_its_files_or_is_a_fault() {
        let good = archive();
        let file = |bytes: &[u8]| {
            let contents = contents(bytes);
            let member = contents.members.get("a.txt").cloned();
            let place = member.map(|m| m.from as usize..(m.from + m.length) as usize);
            (
                contents.faults.is_empty(),
                place.map(|place| bytes[place].to_vec()),
            )
        };
        let before = file(&good);
        for at in 0..good.len() {
            let mut changed = good.clone();
            changed[at] ^= 1;
            assert!(file(&changed) != before, "byte {at}");
        }
    }
}
