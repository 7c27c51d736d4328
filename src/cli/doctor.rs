//! `warroom doctor`: what is reachable, what is not, and what to do.

mod check;
mod custody;
mod schedules;

use super::arguments::Global;
use super::block_on::block_on;
use super::error::CliError;
use super::escalation;
use super::inquiry;
use super::output::Output;
use super::setup::opening::Opened;
use super::setup::{Base, quiet_base};
use crate::alerts::SourceAlerts;
use crate::files::shared_above;
use crate::journal::verify;
use crate::outbox::Sender;
use crate::signals::inquiry::{Finding, FindingLevel, Reason};
use crate::sources::{RuleSet, Source, SourceError, SourceErrorKind};
use crate::text::{Safe, shown_path};
use check::{Check, bad, good};
use std::sync::Arc;

/// Most odd alerts named one by one.
const MAX_ODD: usize = 10;

pub(super) fn run(global: &Global, output: &Output) -> Result<(), CliError> {
    let base = quiet_base(global)?;
    let mut checks = vec![match &base.config.file {
        Some(path) => good("configuration", shown_path(path)),
        None => good("configuration", "none: defaults and options are in force"),
    }];
    let fallbacks = base.config.fallbacks.iter();
    checks.extend(
        fallbacks.map(|fallback| bad("configuration", fallback.to_string(), fallback.error.hint())),
    );
    checks.extend(data_dir(&base));
    checks.extend(custody::checks(&base));
    checks.extend(journals(&base));
    // At the same time: most of it is waiting for commands and servers.
    let (opened, schedules) = std::thread::scope(|scope| {
        let schedules = scope.spawn(|| schedules::checks(&base));
        (base.open(), schedules.join())
    });
    checks.extend(sources(&base, &opened.sources)?);
    checks.extend(signals(&base, &opened.sources)?);
    // A source says itself why it does not answer.
    let missing = opened.missing.iter().filter(|one| one.what != "source");
    checks.extend(missing.map(|one| bad(one.what, one.problem(), one.error.hint.clone())));
    checks.extend(channels(&base, &opened));
    let todo = "`warroom escalation check` shows who is paged through which channel";
    match schedules {
        Ok(schedules) => checks.extend(schedules?),
        Err(panic) => std::panic::resume_unwind(panic),
    }
    let found = escalation::findings_here(&base, &base.schedules()).into_iter();
    checks.extend(found.map(|what| bad("escalation", what, todo)));
    let todo = "correct it, or take it out of the file";
    let warnings = base.config.services.warnings.iter();
    checks.extend(warnings.map(|what| bad("objective", what, todo)));
    for (file, faults) in &base.config.playbooks.broken {
        let first = faults.first().map_or(String::new(), ToString::to_string);
        let what = format!("{file}: {first}");
        checks.push(bad("playbook", what, "see `warroom playbook check`"));
    }
    let text: Vec<String> = checks.iter().map(ToString::to_string).collect();
    output.result(&text.join("\n"), &checks);
    CliError::unless(checks.iter().all(|check| check.ok))
}

fn channels(base: &Base, opened: &Opened) -> Vec<Check> {
    if base.config.channels.is_empty() {
        return vec![bad(
            "channels",
            "none: only the terminal's bell would ring",
            "set `channels` or `webhook` in config.yaml",
        )];
    }
    let of_channel = |post: &Arc<Sender>| {
        let problems = escalation::problems(post);
        let says = format!(
            "{} to {}; nothing was sent",
            post.name(),
            post.destination()
        );
        let todo = "give another address, or another server";
        let bad = problems.into_iter().map(|what| bad("channel", what, todo));
        std::iter::once(good("channel", says))
            .chain(bad)
            .collect::<Vec<_>>()
    };
    opened.channels.iter().flat_map(of_channel).collect()
}

fn data_dir(base: &Base) -> Vec<Check> {
    let shown = shown_path(base.data_dir.root());
    let (tried, shown) = match base.config.read_only {
        true => (
            base.data_dir.must_be_ours(),
            format!("{shown} (read-only, not tried)"),
        ),
        false => (base.store.prepare(), shown),
    };
    if let Err(error) = tried {
        return vec![bad("data directory", error.to_string(), error.hint())];
    }
    let mut checks = vec![good("data directory", shown)];
    if let Some(above) = shared_above(base.data_dir.root()) {
        let says = format!("another one can be put in its place: {}", above.what);
        checks.push(bad("data directory", says, above.remedy));
    }
    checks
}

fn journals(base: &Base) -> Vec<Check> {
    let ids = match base.store.list() {
        Ok(ids) => ids,
        Err(error) => return vec![bad("journals", error.to_string(), error.hint())],
    };
    let mut checks = Vec::new();
    for id in &ids {
        match verify(&base.data_dir.directory_of(&id.into()), &base.known(id)) {
            Ok(report) if report.intact => {
                let loose = report.notes.iter().filter(|note| note.contains("mode"));
                let todo = "others on this machine may read or change the record";
                checks.extend(loose.map(|note| bad("permissions", note, todo)));
            }
            Ok(report) => {
                let first = report.findings.first();
                let first = first.map_or(String::new(), ToString::to_string);
                let todo = format!("see `warroom verify {id}`");
                checks.push(bad("journal", format!("{id}: {first}"), todo));
            }
            Err(error) => checks.push(bad("journal", error.to_string(), error.hint())),
        }
    }
    if checks.is_empty() {
        checks.push(good("journals", format!("{} verify", ids.len())));
    }
    checks
}

fn sources(base: &Base, sources: &[Arc<dyn Source>]) -> Result<Vec<Check>, CliError> {
    if sources.is_empty() {
        let todo = "name them with --alertmanager URL --prometheus URL, or under `sources`; or try `warroom drill`";
        return Ok(vec![bad("sources", "none is configured", todo)]);
    }
    let mut checks = Vec::new();
    for source in sources {
        checks.extend(source_checks(base, source.as_ref())?);
    }
    Ok(checks)
}

/// Whether each signal of the service map can be measured.
fn signals(base: &Base, sources: &[Arc<dyn Source>]) -> Result<Vec<Check>, CliError> {
    if !sources.iter().any(|source| source.offers().metrics) {
        return Ok(Vec::new());
    }
    let found = inquiry::inquire_with(base, sources)?;
    // A source says itself why it does not answer.
    let asked = |finding: &&Finding| !matches!(finding.reason, Reason::NotAsked(_));
    let each = found.iter().filter(asked).map(|finding| {
        let (name, says) = (inquiry::subject(finding), finding.reason.what());
        let says = format!("{}: {says}", finding.part);
        match finding.level {
            FindingLevel::Fine => good(&name, says),
            FindingLevel::Refused | FindingLevel::Warning => {
                bad(&name, says, finding.reason.hint())
            }
        }
    });
    Ok(each.collect())
}

fn source_checks(base: &Base, source: &dyn Source) -> Result<Vec<Check>, CliError> {
    let name = source.name().to_string();
    let mut checks = Vec::new();
    if source.offers().alerts {
        match block_on(source.alerts())? {
            Ok(set) => {
                checks.push(good(&name, format!("answers, {} alerts", set.alerts.len())));
                checks.extend(odd_alerts(&name, &set));
            }
            Err(error) => checks.push(bad(&name, error.to_string(), error.hint())),
        }
        // Paging needs no silences: a fault there is reported, and no more.
        match block_on(source.silences())? {
            Ok(silences) => {
                let gaps = silences.gaps().into_iter();
                checks.extend(gaps.map(|gap| bad(&name, gap, "look at what this server writes")));
            }
            Err(error) if matches!(error.kind, SourceErrorKind::NotOffered(_)) => {}
            Err(error) => {
                let what = format!("its silences are not known: {error}");
                checks.push(bad(&name, what, error.hint()));
            }
        }
    }
    if source.offers().metrics {
        let signal = &base.config.signal;
        checks.push(match block_on(source.read(&signal.query))? {
            Ok(sample) if sample.reading.value().is_some() => {
                good(&name, format!("answers, {} has data", signal.name))
            }
            Ok(sample) => bad(
                &name,
                format!(
                    "answers, but {} gives {}",
                    signal.name,
                    sample.reading.word()
                ),
                "set `signal.query` to a query of yours that gives one number between 0 and 1",
            ),
            Err(error) => bad(&name, error.to_string(), error.hint()),
        });
    }
    if source.offers().rules {
        checks.extend(rules(&name, block_on(source.rules())?));
    }
    Ok(checks)
}

fn odd_alerts(name: &str, set: &SourceAlerts) -> Vec<Check> {
    let todo = "correct what this server or the rule behind it writes; other alerts are read";
    let gaps = set.gaps.words();
    let mut checks: Vec<Check> = gaps.into_iter().map(|gap| bad(name, gap, todo)).collect();
    let odd = || set.alerts.iter().filter(|alert| !alert.odd.is_empty());
    checks.extend(odd().take(MAX_ODD).map(|alert| {
        let faults: Vec<&str> = alert.odd.iter().map(Safe::as_str).collect();
        bad(
            name,
            format!("alert {}: {}", alert.name, faults.join("; ")),
            todo,
        )
    }));
    let more = odd().count().saturating_sub(MAX_ODD);
    if more > 0 {
        checks.push(bad(
            name,
            format!("and {more} more alerts that are odd"),
            todo,
        ));
    }
    checks
}

fn rules(name: &str, read: Result<RuleSet, SourceError>) -> Vec<Check> {
    let rules = match read {
        Ok(rules) => rules,
        Err(error) => {
            let says =
                format!("its rules are not known, so no absent alert is taken as cleared: {error}");
            return vec![bad(name, says, error.hint())];
        }
    };
    let mut checks: Vec<Check> = Vec::new();
    if let Some(unread) = rules.unread.words("rule", "rules") {
        checks.push(bad(name, unread, "look at what this server writes"));
    }
    for rule in rules.rules.iter().filter(|rule| rule.error.is_some()) {
        let error = rule.error.clone().unwrap_or_default();
        let what = format!("rule {} is broken: {error}", rule.name);
        checks.push(bad(name, what, "a broken rule never fires: correct it"));
    }
    checks
}
