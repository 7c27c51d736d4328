//! Sources of changes: a query, a file of JSON lines, a command, Grafana's annotations.

mod lines;

use super::error::{SourceError, SourceErrorKind};
use super::http::SourceHttp;
use super::items::{self, ItemTooLarge, ListError};
use super::lenient::{Fields, JsonType, List, Text, salvage};
use super::settings::HttpSettings;
use super::source::Source;
use crate::process::{ProcessLimits, ProcessProblem, TerminalUse, run};
use crate::signals::change::{Change, ChangeKind, ChangeSet};
use crate::signals::series::SeriesLabels;
use crate::text::{Safe, SourceId, shown_path};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lines::from_lines;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// The end of a log: some thousands of records.
const MAX_BYTES: u64 = 1_000_000;
const LIMITS: ProcessLimits = ProcessLimits {
    time: Duration::from_secs(10),
    bytes: MAX_BYTES as usize,
};

#[async_trait]
pub trait ChangeSource: Send + Sync {
    fn name(&self) -> &SourceId;

    async fn changes(&self, since: DateTime<Utc>) -> Result<ChangeSet, SourceError>;
}

/// Each series of the query is one change; its value is the Unix time of the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeQuery {
    /// Such as `max by (service, version, actor) (deployment_timestamp_seconds)`.
    pub query: String,
    /// `{label}` is replaced by the label's value.
    pub what: String,
    /// The name of a label, as in `outcome`.
    pub who: Option<String>,
    pub outcome: Option<String>,
}

pub struct QueryChanges {
    pub name: SourceId,
    pub kind: ChangeKind,
    pub settings: ChangeQuery,
    pub source: Arc<dyn Source>,
}

fn filled(template: &str, labels: &SeriesLabels) -> Safe {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((label, behind)) = after.split_once('}') else {
            break;
        };
        out.push_str(before);
        out.push_str(labels.get(label).map_or("?", Safe::as_str));
        rest = behind;
    }
    out.push_str(rest);
    Safe::line(&out)
}

#[async_trait]
impl ChangeSource for QueryChanges {
    fn name(&self) -> &SourceId {
        &self.name
    }

    async fn changes(&self, since: DateTime<Utc>) -> Result<ChangeSet, SourceError> {
        let mut set = ChangeSet::default();
        let label = |name: &Option<String>, labels: &SeriesLabels| {
            let found = name.as_ref().and_then(|name| labels.get(name));
            found.cloned().unwrap_or_default()
        };
        let answer = self.source.vector(&self.settings.query, None).await?;
        set.partial = answer.partial;
        for one in answer.value {
            let seconds = one.sample.reading.value();
            let at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds as i64, 0));
            let Some(at) = at else {
                set.add_unreadable("a value that is no Unix time".into());
                continue;
            };
            set.push(
                Change {
                    at,
                    kind: self.kind,
                    what: filled(&self.settings.what, &one.labels),
                    who: label(&self.settings.who, &one.labels),
                    outcome: label(&self.settings.outcome, &one.labels),
                    path: None,
                    source: self.name.clone(),
                },
                since,
            );
        }
        Ok(set.settled())
    }
}

/// JSON lines; only the end of the file is read.
pub struct FileChanges {
    pub name: SourceId,
    pub path: PathBuf,
}

/// The last megabyte, from its first whole line on; `true` if the file is longer.
fn tail(path: &std::path::Path) -> std::io::Result<(String, bool)> {
    let (bytes, cut) = crate::files::tail(path, MAX_BYTES)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(match (cut, text.split_once('\n')) {
        // A byte order mark is not part of the text.
        (false, _) => (text.trim_start_matches('\u{FEFF}').to_string(), false),
        (true, None) => (text, true),
        (true, Some((_, whole))) => (whole.to_string(), true),
    })
}

#[async_trait]
impl ChangeSource for FileChanges {
    fn name(&self) -> &SourceId {
        &self.name
    }

    async fn changes(&self, since: DateTime<Utc>) -> Result<ChangeSet, SourceError> {
        let path = self.path.clone();
        let read = tokio::task::spawn_blocking(move || tail(&path)).await;
        let said = match read {
            Ok(Ok((text, is_cut))) => {
                let mut set = from_lines(&self.name, &text, since);
                let unread = set.unread.as_ref().map_or(0, |(count, _)| *count);
                let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
                // If older changes were read too, nothing of this time was cut off.
                if is_cut && set.changes.len() + set.dropped + unread >= lines {
                    set.add_malformed("only the last megabyte of the file is read".into());
                }
                return Ok(set);
            }
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        let kind = SourceErrorKind::Unreachable(Safe::line(&said));
        Err(SourceError::new(&self.name, shown_path(&self.path), kind))
    }
}

/// Prints JSON lines. It is run directly, never by a shell.
pub struct CommandChanges {
    pub name: SourceId,
    pub argv: Vec<String>,
}

#[async_trait]
impl ChangeSource for CommandChanges {
    fn name(&self) -> &SourceId {
        &self.name
    }

    async fn changes(&self, since: DateTime<Utc>) -> Result<ChangeSet, SourceError> {
        let place = self.argv.first().cloned().unwrap_or_default();
        let fail = |kind| SourceError::new(&self.name, &place, kind);
        let argv = self.argv.clone();
        let ended = tokio::task::spawn_blocking(move || {
            let mut command = Command::new(argv.first().map_or("", String::as_str));
            command
                .args(argv.get(1..).unwrap_or_default())
                .stderr(Stdio::null());
            run(&mut command, b"", LIMITS, TerminalUse::Apart)
        });
        let unreachable = |why: String| fail(SourceErrorKind::Unreachable(Safe::line(&why)));
        let ended = ended
            .await
            .map_err(|error| unreachable(error.to_string()))?;
        match ended {
            Ok(ended) if ended.status.success() => {
                let text = String::from_utf8_lossy(&ended.stdout);
                Ok(from_lines(&self.name, &text, since))
            }
            Ok(ended) => {
                let why = format!("it ended with {}", ended.status);
                Err(fail(SourceErrorKind::Answer(Safe::line(&why))))
            }
            Err(ProcessProblem::Time(limit)) => Err(fail(SourceErrorKind::Timeout(limit))),
            Err(ProcessProblem::Size(limit)) => Err(fail(SourceErrorKind::TooLarge(limit))),
            Err(ProcessProblem::Start(error)) => Err(unreachable(error.to_string())),
        }
    }
}

pub struct GrafanaAnnotations {
    name: SourceId,
    kind: ChangeKind,
    tags: Vec<String>,
    http: SourceHttp,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Annotation {
    time: Text,
    text: Text,
    login: Text,
    tags: List<Text>,
}

/// Grafana returns the newest.
const MAX_ANNOTATIONS: usize = 200;

impl GrafanaAnnotations {
    /// With all of these tags.
    pub fn new(
        settings: HttpSettings,
        kind: ChangeKind,
        tags: Vec<String>,
    ) -> Result<Self, SourceError> {
        Ok(Self {
            name: settings.name.clone(),
            kind,
            tags,
            http: SourceHttp::new(settings)?,
        })
    }
}

#[async_trait]
impl ChangeSource for GrafanaAnnotations {
    fn name(&self) -> &SourceId {
        &self.name
    }

    async fn changes(&self, since: DateTime<Utc>) -> Result<ChangeSet, SourceError> {
        let (from, limit) = (
            since.timestamp_millis().to_string(),
            MAX_ANNOTATIONS.to_string(),
        );
        let mut query = vec![
            ("from", from.as_str()),
            ("limit", limit.as_str()),
            ("type", "annotation"),
        ];
        query.extend(self.tags.iter().map(|tag| ("tags", tag.as_str())));
        let answer = self.http.get("api/annotations", &query).await?;
        if !answer.status.is_success() {
            return Err(self.http.refused(&answer, None));
        }
        self.http.must_not_be_page(&answer)?;
        let (set, error) = self.read(&answer.body, since);
        match error {
            Some(error) if set.changes.is_empty() => Err(self.http.list_error(error)),
            _ => Ok(set.settled()),
        }
    }
}

impl GrafanaAnnotations {
    fn read(&self, mut body: &[u8], since: DateTime<Utc>) -> (ChangeSet, Option<ListError>) {
        let (mut set, mut count) = (ChangeSet::default(), 0);
        let error = items::each(&mut body, &mut |item| {
            count += 1;
            if let Err(why) = self.read_annotation(item, &mut set, since) {
                set.add_unreadable(why);
            }
        });
        if error.is_some() {
            set.add_unreadable("the answer was cut off; what followed is not known".into());
        }
        if count >= MAX_ANNOTATIONS {
            let what = format!("only the newest {MAX_ANNOTATIONS} annotations are read");
            set.add_malformed(what);
        }
        (set, error)
    }

    fn read_annotation(
        &self,
        item: Result<&[u8], ItemTooLarge>,
        set: &mut ChangeSet,
        since: DateTime<Utc>,
    ) -> Result<(), String> {
        let bytes = item.map_err(|_| "an annotation of more than 4 MB")?;
        let read: Fields<Annotation> = salvage(bytes).map_err(|error| error.to_string())?;
        let wrong_type = |kind: JsonType| format!("{} instead of an annotation", kind.words());
        let annotation = read.0.map_err(wrong_type)?;
        let millis = annotation.time.text.parse().ok();
        let at = millis.and_then(DateTime::from_timestamp_millis);
        let time = &annotation.time.text;
        let at = at.ok_or_else(|| format!("time \"{}\" is not a time", Safe::line(time)))?;
        let named = [("text", &annotation.text), ("login", &annotation.login)];
        if let Some(fault) = named.iter().find_map(|(name, text)| text.fault(name)) {
            set.add_malformed(fault);
        }
        let mut tags = annotation.tags.items.iter().map(|tag| tag.text.as_str());
        let outcome = tags.find(|tag| OUTCOMES.contains(tag));
        let change = Change {
            at,
            kind: self.kind,
            what: Safe::line(&annotation.text.text),
            who: Safe::line(&annotation.login.text),
            outcome: outcome.map(Safe::line).unwrap_or_default(),
            path: None,
            source: self.name.clone(),
        };
        set.push(change, since);
        Ok(())
    }
}

/// Tags that name the outcome of a change.
const OUTCOMES: [&str; 5] = ["succeeded", "success", "failed", "failure", "rolled-back"];
