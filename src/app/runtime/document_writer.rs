//! Writes documents to files. The file name has the last entry covered, so that a later document never replaces a draft
//! that people have edited.

use crate::app::message::DocumentFile;
use crate::documents::{Document, DocumentKind, render};
use crate::files::{self, Durable};
use crate::incident::entry::DocumentWritten;
use crate::incident::{ActorId, Draft, Entry, IncidentId, Slug};
use crate::text::{Problem, shown_path};
use std::path::{Path, PathBuf};

/// In the data directory, one directory for each incident.
const DIRECTORY: &str = "documents";

#[derive(Debug, Clone)]
pub struct WrittenDocument {
    pub document: Document,
    pub path: PathBuf,
}

impl WrittenDocument {
    /// Name, path, and the draft that records it.
    pub fn recorded_by(self, actor: &ActorId) -> DocumentFile {
        let Document {
            kind,
            upto,
            template,
            sha256,
            ..
        } = self.document;
        let data = DocumentWritten {
            document: Slug::nearest(kind.name()),
            upto,
            template,
            sha256,
        };
        DocumentFile {
            name: kind.name().to_string(),
            path: shown_path(&self.path),
            draft: Draft::new(actor, data),
        }
    }
}

pub fn write_documents(
    data_dir: &Path,
    incident: &IncidentId,
    entries: &[Entry],
    templates: &[(DocumentKind, String)],
    upto: Option<u64>,
) -> Result<Vec<WrittenDocument>, Problem> {
    let below = Path::new(DIRECTORY).join(incident.as_str());
    let directory = data_dir.join(&below);
    let fail = |error: std::io::Error| {
        let what = format!(
            "cannot write documents to {}: {error}",
            shown_path(&directory)
        );
        Problem::new(
            what,
            "make it writable, or choose another place with --data-dir DIR",
        )
    };
    files::directory(data_dir)
        .and_then(|()| files::directory_in(data_dir, &below))
        .map_err(fail)?;
    let mut written = Vec::new();
    for (kind, template) in templates {
        let document = render(*kind, incident, entries, upto, template).map_err(|error| {
            Problem::new(
                error.to_string(),
                "correct the template; without one of your own the shipped one is used",
            )
        })?;
        let (stem, extension) = kind
            .file_name()
            .split_once('.')
            .unwrap_or((kind.file_name(), "txt"));
        let path = directory.join(format!("{stem}-{}.{extension}", document.upto));
        files::replace(&path, document.text.as_bytes(), Durable::Yes).map_err(fail)?;
        written.push(WrittenDocument { document, path });
    }
    Ok(written)
}
