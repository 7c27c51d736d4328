//! Recognizes a path as a bundle, an incident's directory, or a journal file alone, by what is there and never by what
//! is missing.

use super::super::bundle::archive::{BLOCK, is_header};
use super::super::error::JournalError;
use crate::incident::IncidentId;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Names that only a bundle has, in lower case.
const PARTS: [&str; 10] = [
    "allowed_signers",
    "chart.svg",
    "incident.txt",
    "postmortem.md",
    "record.json",
    "record.md",
    "sha256sums",
    "signatures",
    "verify.py",
    "verify.txt",
];

#[derive(Debug)]
pub(super) enum Subject {
    Bundle(PathBuf),
    /// Its name is the incident's id or `ledger`.
    Incident(PathBuf, String),
    /// A journal file without related files beside it.
    File(PathBuf),
}

/// A subject, and the named file in it if that is not a part of its journal.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) subject: Subject,
    pub(super) odd: Option<String>,
}

/// A file in a bundle or in an incident's directory stands for all of it.
pub(super) fn find(path: &Path) -> Result<Found, JournalError> {
    let failed = |error| JournalError::io("read", path)(error);
    let real = path.canonicalize().map_err(failed)?;
    let meta = real.metadata().map_err(failed)?;
    if meta.is_dir() {
        let subject = directory(&real).map_err(failed)?;
        let subject = subject.unwrap_or(Subject::Bundle(real));
        return Ok(Found { subject, odd: None });
    }
    if !meta.is_file() {
        let error = io::Error::new(io::ErrorKind::InvalidInput, "it is not a plain file");
        return Err(failed(error));
    }
    if is_archive(path, &real).map_err(failed)? {
        let subject = Subject::Bundle(real);
        return Ok(Found { subject, odd: None });
    }
    let beside = real.parent().map(directory).transpose().map_err(failed)?;
    let Some(subject) = beside.flatten() else {
        let subject = Subject::File(real);
        return Ok(Found { subject, odd: None });
    };
    let name = real.file_name().unwrap_or_default().to_string_lossy();
    let belongs = match &subject {
        Subject::Incident(..) => is_chain_file(&name),
        Subject::Bundle(_) | Subject::File(_) => name == "journal.jsonl",
    };
    let odd = (!belongs).then(|| name.into_owned());
    Ok(Found { subject, odd })
}

/// Any part of a bundle makes a bundle; the name makes an incident's directory.
fn directory(path: &Path) -> io::Result<Option<Subject>> {
    for entry in std::fs::read_dir(path)? {
        let name = entry?.file_name().to_string_lossy().to_ascii_lowercase();
        if PARTS.contains(&name.as_str()) || name.strip_suffix(".sig").is_some() {
            return Ok(Some(Subject::Bundle(path.to_path_buf())));
        }
    }
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.filter(|name| is_journal_name(name));
    Ok(name.map(|name| Subject::Incident(path.to_path_buf(), name.to_string())))
}

/// The id of an incident, or `ledger`.
pub(super) fn is_journal_name(name: &str) -> bool {
    name == "ledger" || IncidentId::new(name).is_some()
}

fn is_chain_file(name: &str) -> bool {
    let number = name
        .strip_prefix("journal.")
        .and_then(|rest| rest.strip_suffix(".jsonl"))
        .and_then(|number| number.parse::<u32>().ok());
    name == "journal.jsonl"
        || number.is_some_and(|number| name == format!("journal.{number}.jsonl"))
}

fn is_archive(path: &Path, real: &Path) -> io::Result<bool> {
    let named = [path, real].iter().any(|path| {
        path.extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("tar"))
    });
    let mut block = Vec::new();
    crate::files::open(real)?
        .take(BLOCK as u64)
        .read_to_end(&mut block)?;
    Ok(named || block.first_chunk().is_some_and(is_header))
}
