//! Opening what needs credentials: all at once, each bounded, and none keeping another from being used.

use super::super::error::{CliError, Exit};
use super::Base;
use crate::alerts::intake::Intake;
use crate::app::Awaited as Part;
use crate::app::runtime::{Awaiting, Late};
use crate::config::{
    CalendarPlace, ChangeEntry, ConfigError, ConfiguredSource, ExternalPaging, http, resolve,
};
use crate::incident::{Slug, SourceId};
use crate::journal::Clock;
use crate::outbox::{ChannelError, ChannelSettings, Credentials, Sender};
use crate::sources::{
    Alertmanager, ChangeSource, CommandChanges, Deferred, DeferredSource, FileChanges,
    GrafanaAnnotations, HttpSettings, Opener, Pager, Prometheus, QueryChanges, ResolvedAuth,
    Source, SourceKind, SourceSettings, check_address,
};
use crate::text::secret::{Secret, SecretRef};
use crate::text::with_scheme;
use std::sync::Arc;

/// What a program works with, what is missing of it, and what is tried again.
pub(in crate::cli) struct Opened {
    pub(in crate::cli) sources: Vec<Arc<dyn Source>>,
    pub(in crate::cli) changes: Vec<Arc<dyn ChangeSource>>,
    pub(in crate::cli) channels: Vec<Arc<Sender>>,
    pub(in crate::cli) pager: Option<Arc<Pager>>,
    /// What cannot be used now, and why.
    pub(in crate::cli) missing: Vec<Missing>,
    pub(in crate::cli) awaiting: Vec<Awaiting>,
}

/// Something that is configured and cannot be used now.
pub(in crate::cli) struct Missing {
    pub(in crate::cli) what: &'static str,
    pub(in crate::cli) name: Slug,
    pub(in crate::cli) error: CliError,
}

impl Missing {
    fn new(what: &'static str, name: &Slug, error: CliError) -> Self {
        let name = name.clone();
        Self { what, name, error }
    }

    pub(in crate::cli) fn warning(&self) -> String {
        let hint = &self.error.hint;
        format!(
            "{} \"{}\" cannot be used, and is tried again: {}; {hint}",
            self.what, self.name, self.error
        )
    }

    pub(in crate::cli) fn problem(&self) -> String {
        format!("{} \"{}\": {}", self.what, self.name, self.error)
    }
}

/// Calls a function for each item, each on a thread of its own: most of the time is waiting for commands.
fn at_once<T: Sync, R: Send>(items: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let each = &each;
    std::thread::scope(|scope| {
        let threads: Vec<_> = items
            .iter()
            .map(|item| scope.spawn(move || each(item)))
            .collect();
        threads.into_iter().map(joined).collect()
    })
}

type Result<T> = std::result::Result<T, CliError>;

impl Base {
    /// Everything that needs a credential, opened at the same time.
    pub(in crate::cli) fn open(&self) -> Opened {
        let mut missing = Vec::new();
        let mut awaiting = Vec::new();
        let (sources, grafanas, channels, pager) = std::thread::scope(|scope| {
            let sources = scope.spawn(|| self.opened_sources());
            let grafanas = scope.spawn(|| self.opened_grafanas());
            let channels = scope.spawn(|| self.opened_channels());
            let pager = scope.spawn(|| self.config.paging.as_ref().map(open_pager));
            (
                joined(sources),
                joined(grafanas),
                joined(channels),
                joined(pager),
            )
        });
        let sources = self.usable_sources(sources, &mut missing);
        let changes = self.usable_changes(grafanas, &sources, &mut missing);
        let mut here = Vec::new();
        for (settings, opened) in self.config.channels.iter().zip(channels) {
            match opened {
                Ok(post) => here.push(post),
                Err(error) => {
                    awaiting.push(self.awaited_channel(settings.clone()));
                    missing.push(Missing::new("channel", settings.name(), error));
                }
            }
        }
        let pager = match (&self.config.paging, pager) {
            (Some(paging), Some(Err(error))) => {
                awaiting.push(awaited_pager(paging.clone()));
                missing.push(Missing::new("pager", &paging.name, error));
                None
            }
            (_, opened) => opened.and_then(std::result::Result::ok),
        };
        Opened {
            sources,
            changes,
            channels: here,
            pager,
            missing,
            awaiting,
        }
    }

    /// The sources; one that cannot be opened says so when it is asked. Where none can, that is the answer.
    pub(in crate::cli) fn sources(&self) -> Result<Vec<Arc<dyn Source>>> {
        let mut missing = Vec::new();
        let sources = self.usable_sources(self.opened_sources(), &mut missing);
        let none = missing.len() == sources.len();
        match missing.into_iter().next().filter(|_| none) {
            Some(first) => Err(first.error),
            None => Ok(sources),
        }
    }

    fn opened_sources(&self) -> Vec<Result<Arc<dyn Source>>> {
        at_once(&self.config.sources, |source| {
            open_source(source, &self.config.policies.intake)
        })
    }

    fn usable_sources(
        &self,
        opened: Vec<Result<Arc<dyn Source>>>,
        missing: &mut Vec<Missing>,
    ) -> Vec<Arc<dyn Source>> {
        let configured = self.config.sources.iter().zip(opened);
        let usable = configured.map(|(configured, opened)| match opened {
            Ok(source) => source,
            Err(error) => {
                let source = self.awaited_source(configured, &error);
                missing.push(Missing::new("source", &configured.name, error));
                source
            }
        });
        usable.collect()
    }

    fn awaited_source(&self, source: &ConfiguredSource, error: &CliError) -> Arc<dyn Source> {
        let (place, of) = (host(&source.settings.url), source.clone());
        let intake = self.config.policies.intake.clone();
        let open: Opener<dyn Source> =
            Arc::new(move || open_source(&of, &intake).map_err(|error| why(&error)));
        Arc::new(DeferredSource {
            offers: source.kind.offers(),
            source: Deferred::new(source.name.clone(), place, open, why(error)),
        })
    }

    fn opened_grafanas(&self) -> Vec<Option<Result<Arc<dyn ChangeSource>>>> {
        at_once(&self.config.changes, |entry| {
            let grafana = entry.grafana.as_ref();
            grafana.map(|settings| open_grafana(entry, settings))
        })
    }

    fn usable_changes(
        &self,
        grafanas: Vec<Option<Result<Arc<dyn ChangeSource>>>>,
        sources: &[Arc<dyn Source>],
        missing: &mut Vec<Missing>,
    ) -> Vec<Arc<dyn ChangeSource>> {
        let mut all: Vec<Arc<dyn ChangeSource>> = Vec::new();
        for (entry, grafana) in self.config.changes.iter().zip(grafanas) {
            let opened = match grafana {
                Some(Ok(opened)) => Ok(opened),
                Some(Err(error)) => {
                    all.push(self.awaited_changes(entry, &error));
                    Err(error)
                }
                None => plain_changes(entry, sources),
            };
            match opened {
                Ok(source) => all.push(source),
                Err(error) => missing.push(Missing::new("source of changes", &entry.name, error)),
            }
        }
        all
    }

    fn awaited_changes(&self, entry: &ChangeEntry, error: &CliError) -> Arc<dyn ChangeSource> {
        let of = entry.clone();
        let grafana = entry.grafana.as_ref();
        let place = grafana.map_or(String::new(), |grafana| host(&grafana.url));
        let open: Opener<dyn ChangeSource> = Arc::new(move || match &of.grafana {
            Some(settings) => open_grafana(&of, settings).map_err(|error| why(&error)),
            None => Err("it is no Grafana".to_string()),
        });
        let awaited: Deferred<dyn ChangeSource> =
            Deferred::new(entry.name.clone(), place, open, why(error));
        Arc::new(awaited)
    }

    /// The channels in the order of the configuration, or why one cannot be used.
    pub(in crate::cli) fn opened_channels(&self) -> Vec<Result<Arc<Sender>>> {
        let fetch = |reference: &SecretRef| resolve(reference).map_err(|error| error.to_string());
        let credentials = Credentials::new(&fetch).allowing(&self.config.plain_http);
        at_once(&self.config.channels, |settings| {
            open_channel(settings, &credentials, self.store.clock())
        })
    }

    /// What awaits a channel. Its receiver's words are cleared of this channel's own credentials.
    fn awaited_channel(&self, settings: ChannelSettings) -> Awaiting {
        let clock = Arc::clone(self.store.clock());
        let plain_http = self.config.plain_http.clone();
        Awaiting {
            what: Part::Channel(settings.name().clone()),
            open: Box::new(move || {
                let fetch =
                    |reference: &SecretRef| resolve(reference).map_err(|error| error.to_string());
                let credentials = Credentials::new(&fetch).allowing(&plain_http);
                let opened = open_channel(&settings, &credentials, &clock);
                opened.map(Late::Channel).map_err(|error| error.to_string())
            }),
        }
    }

    /// Whether the addresses of calendars can be had; a running program asks for each when it reads the calendar.
    pub(in crate::cli) fn addresses(&self) -> Vec<Missing> {
        let checked = at_once(&self.config.schedules.calendars, |(schedule, place)| {
            let CalendarPlace::Url(url) = place else {
                return None;
            };
            let name = &schedule.schedule;
            let error: CliError = match resolve(url) {
                Err(error) => error.into(),
                Ok(url) => check_address(
                    &SourceId::nearest(name.as_str()),
                    &url,
                    &self.config.plain_http,
                )
                .err()?
                .into(),
            };
            Some(Missing::new("calendar of", name, error))
        });
        checked.into_iter().flatten().collect()
    }
}

fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    match thread.join() {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Why something cannot be used, and what to do.
fn why(error: &CliError) -> String {
    format!("{error}; {}", error.hint)
}

/// The host of an address, for people: the rest of it may be a secret.
fn host(url: &str) -> String {
    let url = with_scheme(url).ok();
    let url = url.and_then(|url| reqwest::Url::parse(&url).ok());
    let host = url.and_then(|url| url.host_str().map(str::to_string));
    host.unwrap_or_else(|| "?".into())
}

fn open_source(source: &ConfiguredSource, intake: &Intake) -> Result<Arc<dyn Source>> {
    let ConfiguredSource {
        kind,
        settings,
        name,
    } = source;
    let http = http(settings, name)?;
    let alerts = |source: Alertmanager| -> Arc<dyn Source> {
        let source = source.prioritizing(intake);
        Arc::new(match &settings.ignored_labels {
            Some(labels) => source.ignoring(labels),
            None => source,
        })
    };
    Ok(match kind {
        SourceKind::Alertmanager => alerts(Alertmanager::new(http)?),
        SourceKind::Prometheus => Arc::new(Prometheus::new(http)?),
        SourceKind::Grafana => alerts(Alertmanager::grafana(http)?),
    })
}

fn open_grafana(entry: &ChangeEntry, settings: &SourceSettings) -> Result<Arc<dyn ChangeSource>> {
    let http = http(settings, &entry.name)?;
    let grafana = GrafanaAnnotations::new(http, entry.kind, entry.tags.clone())?;
    Ok(Arc::new(grafana))
}

/// Sources of changes that need no credential of their own.
fn plain_changes(
    entry: &ChangeEntry,
    sources: &[Arc<dyn Source>],
) -> Result<Arc<dyn ChangeSource>> {
    let name = entry.name.clone();
    if let Some(path) = &entry.file {
        let path = path.clone();
        return Ok(Arc::new(FileChanges { name, path }));
    }
    if let Some(argv) = &entry.command {
        let argv = argv.clone();
        return Ok(Arc::new(CommandChanges { name, argv }));
    }
    let metrics = sources.iter().find(|source| source.offers().metrics);
    match (&entry.query, metrics) {
        (Some(settings), Some(source)) => Ok(Arc::new(QueryChanges {
            name,
            kind: entry.kind,
            settings: settings.clone(),
            source: Arc::clone(source),
        })),
        _ => Err(CliError::new(
            Exit::Config,
            format!("changes \"{name}\" need a Prometheus, and none is configured"),
            "name one under `sources`",
        )),
    }
}

fn open_channel(
    settings: &ChannelSettings,
    credentials: &Credentials<'_>,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<Sender>> {
    let post = settings.open(credentials, clock);
    post.map(Arc::new).map_err(|error| {
        if let ChannelError::Unprotected(error) = error {
            return ConfigError::from(error).into();
        }
        let hint =
            "correct `channels` or `webhook` in config.yaml; `warroom config init` shows the form";
        CliError::new(Exit::Config, error.to_string(), hint)
    })
}

fn open_pager(paging: &ExternalPaging) -> Result<Arc<Pager>> {
    let url = paging.url.as_deref().unwrap_or("https://api.pagerduty.com");
    if let Ok(url) = reqwest::Url::parse(url) {
        let checked = paging
            .plain_http
            .check("its key", url.scheme(), url.host_str());
        checked.map_err(ConfigError::from)?;
    }
    let token = resolve(&paging.token)?;
    let token = Secret::new(&format!("token={}", token.reveal()));
    let settings = HttpSettings {
        auth: ResolvedAuth::Scheme("Token".into(), token),
        ..HttpSettings::plain(paging.name.clone(), url)
    };
    let services = paging.services.keys().cloned().collect();
    Ok(Arc::new(Pager::new(settings, services)?))
}

fn awaited_pager(paging: ExternalPaging) -> Awaiting {
    Awaiting {
        what: Part::Pager(paging.name.clone()),
        open: Box::new(move || {
            let opened = open_pager(&paging);
            opened.map(Late::Pager).map_err(|error| error.to_string())
        }),
    }
}
