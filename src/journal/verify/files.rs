//! The files of a chain as stretches.

use super::super::bundle::contents::Contents;
use super::super::grammar::MAX_LINE;
use super::super::layout::journal_path;
use super::super::line;
use super::blocks::Stretch;
use crate::incident::entry::Continued;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

pub(super) fn whole(path: &Path) -> io::Result<Stretch> {
    if !std::fs::symlink_metadata(path)?.is_file() {
        let what = format!("{} is not a plain file", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    let file = crate::files::open_unlinked(path)?;
    let length = file.metadata()?.len();
    Ok(Stretch {
        file,
        from: 0,
        length,
    })
}

pub(super) fn member(contents: &Contents, name: &str) -> io::Result<Vec<Stretch>> {
    let Some(member) = contents.members.get(name) else {
        return Ok(Vec::new());
    };
    Ok(vec![Stretch {
        file: member.open()?,
        from: member.from,
        length: member.length,
    }])
}

/// Each file of the chain up to the place where the next one continues it.
pub(super) fn chain_of(directory: &Path) -> io::Result<Vec<Stretch>> {
    let mut stretches: Vec<Stretch> = vec![whole(&journal_path(directory, 1))?];
    for number in 2.. {
        let path = journal_path(directory, number);
        let next = match whole(&path) {
            Ok(next) => next,
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(error),
        };
        if let (Some(continued), Some(before)) = (continuation(&path)?, stretches.last_mut()) {
            before.length = before.length.min(continued.length);
        }
        stretches.push(next);
    }
    Ok(stretches)
}

fn continuation(path: &Path) -> io::Result<Option<Continued>> {
    let mut line = Vec::new();
    let bounded = crate::files::open_unlinked(path)?.take(MAX_LINE as u64);
    BufReader::new(bounded).read_until(b'\n', &mut line)?;
    Ok(line::continuation(&line))
}

pub(super) fn wrong_continuations(directory: &Path) -> io::Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut last = 1;
    for number in 2.. {
        let path = journal_path(directory, number);
        if path.symlink_metadata().is_err() {
            break;
        }
        last = number;
        let before = journal_path(directory, number - 1).metadata()?.len();
        match continuation(&path)? {
            Some(said) if said.file == number && said.length <= before => {}
            Some(said) => wrong.push(format!(
                "journal.{number}.jsonl says that it is file {} after {} bytes of one that has {before}",
                said.file, said.length
            )),
            None => wrong.push(format!("journal.{number}.jsonl does not begin as a continuation")),
        }
    }
    for entry in std::fs::read_dir(directory)?.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let number = name
            .strip_prefix("journal.")
            .and_then(|rest| rest.strip_suffix(".jsonl"))
            .map(str::parse::<u32>);
        if number.is_some_and(|number| number.is_ok_and(|number| number < 2 || number > last)) {
            wrong.push(format!("{name} continues no file that is here"));
        }
    }
    Ok(wrong)
}
