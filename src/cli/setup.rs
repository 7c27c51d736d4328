//! From settings to a running set of parts: the person, the sources, the channels.

pub(super) mod opening;

use super::arguments::Global;
use super::error::CliError;
use crate::alerts::intake::IntakeRule;
use crate::app::runtime::{Calendar, Copies, at_hand, window};
use crate::app::{Person, Setup};
use crate::config::{Config, NetworkFileSystemRule, OnProblem};
use crate::data_dir::DataDir;
use crate::documents::DocumentKind;
use crate::exercise::VirtualClock;
use crate::incident::messages::ChannelInfo;
use crate::incident::{ActorId, IncidentId};
use crate::journal::{
    Clock, Head, JournalError, JournalStore, KnownHead, Prompt, Signer, Signers, SystemClock,
    VerificationContext,
};
use crate::oncall::OnCallSchedules;
use crate::outbox::ChannelSettings;
use crate::sources::Source;
use crate::text::Safe;
use chrono::TimeDelta;
use std::sync::Arc;

/// What to do where nothing can be remembered.
pub(super) const REMEMBER: &str =
    "name a directory of your own with --state-dir DIR, or as `state_dir` in config.yaml";

pub(super) struct Base {
    pub(super) config: Config,
    pub(super) store: Arc<dyn JournalStore>,
    pub(super) data_dir: DataDir,
}

/// Reads the configuration, and warns of the files that cannot be used.
pub(super) fn base(global: &Global) -> Result<Base, CliError> {
    let base = quiet_base(global)?;
    let output = super::Output::new(super::arguments::Form::Text);
    let said = base.config.fallbacks.iter().map(ToString::to_string);
    said.chain(base.cautions())
        .for_each(|what| output.warning(&what));
    Ok(base)
}

/// The same, for programs that report by themselves which files cannot be used.
pub(super) fn quiet_base(global: &Global) -> Result<Base, CliError> {
    base_with_clock(global, Arc::new(SystemClock::new()), OnProblem::Report)
}

/// The same, where the answer must not rest on another policy than the one that is named: the first fault ends it.
pub(super) fn sound_base(global: &Global) -> Result<Base, CliError> {
    base_with_clock(global, Arc::new(SystemClock::new()), OnProblem::Refuse)
}

/// The same, for what is added to an incident: to one of an exercise that is being played by the exercise's clock.
pub(super) fn base_of(global: &Global, id: Option<&IncidentId>) -> Result<Base, CliError> {
    let base = base(global)?;
    let Some(id) = id.filter(|id| id.is_drill()) else {
        return Ok(base);
    };
    // What is wrong with the journal is said where it is used.
    let entries = base.store.read(&id.into()).map(|loaded| loaded.entries);
    let opened = entries
        .ok()
        .and_then(|entries| Some(entries.first()?.recorded));
    match opened.and_then(|opened| base.data_dir.exercise_clock(opened)) {
        Some((origin, rate)) => {
            let clock = VirtualClock::following(origin, rate);
            base_with_clock(global, Arc::new(clock), OnProblem::Report)
        }
        None => Ok(base),
    }
}

pub(super) fn base_with_clock(
    global: &Global,
    clock: Arc<dyn Clock>,
    faults: OnProblem,
) -> Result<Base, CliError> {
    let config = Config::load(&global.overrides(), faults)?;
    // Before anything is read that the names apply to.
    config.names.clone().choose();
    let allowed = config.network_file_system == NetworkFileSystemRule::Allowed;
    let mut data_dir = DataDir::new(&config.data_dir, clock).even_on_a_network(allowed);
    if let Some(state) = &config.state_dir {
        data_dir = data_dir.remembering(state, config.read_only);
    }
    Ok(Base {
        config,
        store: Arc::new(data_dir.clone()),
        data_dir,
    })
}

impl Base {
    /// The person at the keyboard. A read-only console leaves no trace, so its person has no id of their own.
    pub(super) fn me(&self) -> Result<Person, JournalError> {
        let uid = rustix::process::getuid().as_raw();
        let name = self.config.name.clone();
        let actor = match self.config.read_only {
            true => ActorId::nearest("a-read-only"),
            false => self.data_dir.actor(uid, name.as_str())?,
        };
        Ok(Person {
            actor,
            name,
            uid,
            login: login(),
            // A key that does not read is reported where something is to be signed.
            key: self
                .signer(Prompt::Never)
                .and_then(|signer| signer.fingerprint().ok()),
        })
    }

    /// What makes the record worth less on this machine.
    pub(super) fn cautions(&self) -> Vec<String> {
        let exposed = self.data_dir.must_be_ours().err();
        let exposed = exposed.map(|error| format!("{error}; {}", error.hint()));
        let forgetful = self.data_dir.heads().problem().map(|why| {
            format!("a journal that is cut off or put back is not noticed here: {why}; {REMEMBER}")
        });
        exposed.into_iter().chain(forgetful).collect()
    }

    pub(super) fn signer(&self, prompt: Prompt) -> Option<Signer> {
        let signing = self.config.signing.as_ref()?;
        Some(Signer::new(signing.key.clone(), prompt))
    }

    pub(super) fn signers(&self) -> Option<Signers> {
        let signing = self.config.signing.as_ref()?;
        signing.allowed_signers.clone().map(Signers::new)
    }

    /// What a verification of an incident rests on here.
    pub(super) fn known(&self, id: &crate::incident::IncidentId) -> VerificationContext {
        let head = self.data_dir.heads().of(&id.into());
        VerificationContext {
            head: head.map(|Head { seq, hash }| KnownHead {
                seq,
                hash_start: hash,
            }),
            signers: self.signers(),
            require_signed: false,
        }
    }

    pub(super) fn channel_infos(&self) -> Vec<ChannelInfo> {
        let way = |settings: &ChannelSettings| ChannelInfo {
            name: settings.name().clone(),
            audiences: settings.audiences(),
            settles: settings.settles(),
            pages: settings.pages(),
        };
        self.config.channels.iter().map(way).collect()
    }

    pub(super) fn calendars(&self) -> Vec<Calendar> {
        let copies = Copies::new(self.data_dir.root(), self.config.read_only);
        let all = self.config.schedules.calendars.iter();
        all.map(|(schedule, place)| Calendar {
            schedule: schedule.clone(),
            place: place.clone(),
            plain_http: self.config.plain_http.clone(),
            copies: copies.clone(),
        })
        .collect()
    }

    /// Who is on call, as far as this machine knows it without asking anybody.
    pub(super) fn schedules(&self) -> OnCallSchedules {
        let now = self.store.clock().now().wall;
        let schedules = &self.config.schedules.on_call;
        at_hand(schedules, &self.calendars(), window(now), now)
    }

    /// Templates of all documents, and those of the user's own that cannot be read: the shipped ones stand in.
    pub(super) fn templates(&self) -> (Vec<(DocumentKind, String)>, Vec<String>) {
        let mut unusable = Vec::new();
        let template = |kind: &DocumentKind| {
            let own = self.config.template(*kind);
            let text = own.unwrap_or_else(|error| {
                unusable.push(format!("{error}; the shipped template is in force"));
                kind.shipped().to_string()
            });
            (*kind, text)
        };
        (DocumentKind::ALL.iter().map(template).collect(), unusable)
    }

    /// Intake rules whose path the user's own service map does not have: their incidents would belong nowhere.
    fn unmapped(&self) -> Vec<String> {
        let services = &self.config.services;
        let own = services.file.is_some();
        let known = |rule: &IntakeRule| {
            let found = services.map.path(&rule.path);
            found.is_some_and(|(service, _)| service.service == rule.service)
        };
        let rules = (0..).map_while(|number| self.config.policies.intake.rule(number));
        rules
            .filter(|rule| own && !known(rule))
            .map(|rule| {
                format!(
                    "intake rule {} names path {} of {}, which the service map does not have; see `warroom config services`",
                    rule.rule, rule.path, rule.service
                )
            })
            .collect()
    }

    /// What does not change while the console runs.
    pub(super) fn setup(&self, me: Person, sources: &[Arc<dyn Source>]) -> Setup {
        let config = &self.config;
        let policies = &config.policies;
        let broken = &config.playbooks.broken;
        let warnings = broken.iter().map(|(file, faults)| {
            let first = faults.first().map_or(String::new(), ToString::to_string);
            format!("playbook {file} cannot be used: {first}; see `warroom playbook check`")
        });
        let fallbacks = config.fallbacks.iter().map(ToString::to_string);
        let objectives = config.services.warnings.iter().cloned();
        let warnings = fallbacks
            .chain(self.cautions())
            .chain(warnings)
            .chain(self.unmapped())
            .chain(objectives);
        Setup {
            me,
            signal: config.signal.name.clone(),
            query: config.signal.query.clone(),
            objective: config.signal.objective,
            map: Arc::clone(&config.services.map),
            poll: TimeDelta::from_std(config.poll).unwrap_or(TimeDelta::seconds(5)),
            severity: policies.severity.clone(),
            escalation: policies.escalation.clone(),
            intake: policies.intake.clone(),
            library: config.playbooks.library.clone(),
            variables: config.variables.clone(),
            keys: config.keys.clone(),
            sources: sources
                .iter()
                .map(|source| (source.name().clone(), source.offers()))
                .collect(),
            channels: self.channel_infos(),
            schedules: self.schedules(),
            paged_elsewhere: config
                .paging
                .as_ref()
                .map(|paging| paging.services.clone())
                .unwrap_or_default(),
            headless: false,
            read_only: config.read_only,
            drill: None,
            warnings: warnings.collect(),
            alone: false,
            unusable: Vec::new(),
            awaited: Vec::new(),
        }
    }
}

/// Terminal and client, as far as the environment tells.
fn login() -> Safe {
    let terminal = std::fs::read_link("/proc/self/fd/0").ok();
    let terminal = terminal.map_or("no terminal".into(), |path| path.display().to_string());
    let client = std::env::var("SSH_CONNECTION").ok();
    let client = client.and_then(|text| text.split_whitespace().next().map(str::to_string));
    Safe::line(&match client {
        Some(client) => format!("{terminal} from {client}"),
        None => terminal,
    })
}
