//! The chain of custody: the disk before it fails, the key before it is needed, what retention makes due.

use super::check::{Check, bad, good};
use crate::app::custody::kept_until;
use crate::cli::setup::{Base, REMEMBER};
use crate::cli::watch::printer::marker;
use crate::incident::Incident;
use crate::journal::{JournalName, Prompt, verify};
use crate::text::{Safe, shown_path};
use std::io::Write;
use std::time::{Duration, Instant};

/// Free space below which writing may soon fail, in bytes: a storm of alerts writes some megabytes an hour.
const LITTLE_SPACE: u64 = 256 << 20;
/// A write and sync that takes longer is felt on the screen.
const SLOW: Duration = Duration::from_millis(100);

pub(super) fn checks(base: &Base) -> Vec<Check> {
    let mut checks = vec![network(base), space(base), memory(base)];
    if !base.config.read_only {
        checks.push(sync(base));
    }
    checks.extend(log(base));
    checks.push(signing(base));
    checks.extend(ledger(base));
    checks
}

fn network(base: &Base) -> Check {
    match base.data_dir.network() {
        None => good("file system", "local, as far as this machine knows"),
        Some(kind) => bad(
            "file system",
            format!(
                "{} is on {kind}: locks and syncs may not hold there",
                shown_path(base.data_dir.root())
            ),
            "choose a local directory with --data-dir DIR",
        ),
    }
}

fn memory(base: &Base) -> Check {
    let heads = base.data_dir.heads();
    match (heads.problem(), heads.directory()) {
        (None, Some(path)) => good("memory of heads", shown_path(path)),
        (why, _) => {
            let why = why.unwrap_or_default();
            let says = format!("a journal that is cut off or put back is not noticed: {why}");
            bad("memory of heads", says, REMEMBER)
        }
    }
}

fn space(base: &Base) -> Check {
    let there = base.data_dir.root().ancestors().find(|path| path.exists());
    let Some(found) = there.and_then(|path| rustix::fs::statvfs(path).ok()) else {
        return bad("disk space", "not known", "check the data directory");
    };
    let free = found.f_bavail * found.f_frsize;
    let says = format!("{} MB free", free >> 20);
    if free < LITTLE_SPACE {
        let todo = "free space now: without it nothing is recorded, and nobody is paged";
        return bad("disk space", says, todo);
    }
    if found.f_files > 0 && found.f_favail < 1_000 {
        let says = format!("{says}, but only {} files can be created", found.f_favail);
        let todo = "remove files that nobody needs from that file system";
        return bad("disk space", says, todo);
    }
    good("disk space", says)
}

/// Tries what an append needs: a write and its sync.
fn sync(base: &Base) -> Check {
    let path = base
        .data_dir
        .root()
        .join(format!(".doctor-{}", std::process::id()));
    let start = Instant::now();
    let tried = crate::files::create_new(&path).and_then(|mut file| {
        file.write_all(&[b'.'; 4096])?;
        file.sync_data()
    });
    let took = start.elapsed();
    let _ = std::fs::remove_file(&path);
    let says = format!("a write and its sync take {} ms", took.as_millis());
    match tried {
        Ok(()) if took < SLOW => good("durable writes", says),
        Ok(()) => {
            let todo = "choose a faster or less busy disk for the data directory";
            bad("durable writes", says, todo)
        }
        Err(error) => bad(
            "durable writes",
            format!(
                "a write to {} fails: {error}",
                shown_path(base.data_dir.root())
            ),
            "check the disk and the permissions, or choose another place with --data-dir DIR",
        ),
    }
}

/// Whether the paging service could not write its log to standard output.
fn log(base: &Base) -> Option<Check> {
    let marker = marker(&base.config.log_dir());
    let there = marker.symlink_metadata().is_ok();
    let says = crate::files::text(&marker).unwrap_or_default();
    let says = match says.trim() {
        "" => "the log of the paging service cannot be written to standard output".to_string(),
        says => Safe::line(says).to_string(),
    };
    let todo =
        "free space where the output of the service goes; the journals have what was recorded";
    there.then(|| bad("log", says, todo))
}

fn signing(base: &Base) -> Check {
    let Some(signer) = base.signer(Prompt::Never) else {
        return bad(
            "signing",
            "no key: every journal and document says UNSIGNED",
            "set `signing.key` to your SSH key, private or public",
        );
    };
    let listed = base.signers().map_or(
        "no list of accepted signers",
        |_| "approvals must be signed by a listed key",
    );
    match signer.fingerprint() {
        Ok(key) => good("signing", format!("{key}; {listed}")),
        Err(error) => bad("signing", error.what, error.hint),
    }
}

fn ledger(base: &Base) -> Vec<Check> {
    let mut checks = Vec::new();
    let entries = match base.store.read(&JournalName::Ledger) {
        Ok(loaded) => loaded.entries,
        Err(error) => {
            checks.push(bad("ledger", error.to_string(), error.hint()));
            Vec::new()
        }
    };
    let path = base.data_dir.directory_of(&JournalName::Ledger);
    if path.exists() {
        checks.push(
            match verify(&path, &crate::journal::VerificationContext::default()) {
                Ok(report) if report.intact => {
                    good("ledger", format!("{} entries verify", report.entries))
                }
                Ok(report) => {
                    let first = report.findings.first();
                    let first = first.map_or(String::new(), ToString::to_string);
                    bad(
                        "ledger",
                        first,
                        format!("see `warroom verify {}`", shown_path(&path)),
                    )
                }
                Err(error) => bad("ledger", error.to_string(), error.hint()),
            },
        );
    }
    let state = Incident::from_entries(&entries);
    let ids = base.store.list().unwrap_or_default();
    let gone = base.data_dir.heads().incidents().into_iter();
    let gone = gone.filter(|id| !ids.contains(id) && !state.custody.deleted.contains(id));
    checks.extend(gone.map(|id| {
        bad(
            "journals",
            format!("{id} is missing although you have seen it recorded, and the ledger has no deletion of it"),
            "find out who removed it; a copy of the data directory or a bundle may have it",
        )
    }));
    let now = base.store.clock().now().wall;
    let keep_days = base.config.retention.keep_days;
    let mut due = 0;
    for id in &ids {
        if state.custody.deleted.contains(id) {
            let todo = format!("`warroom incident delete {id} --why …` finishes it");
            checks.push(bad(
                "retention",
                format!("the deletion of {id} was cut off"),
                todo,
            ));
            continue;
        }
        let Ok(read) = base.store.read(&id.into()) else {
            continue;
        };
        let until = kept_until(&Incident::from_entries(&read.entries), keep_days);
        let held = state.custody.holds_on(id).next();
        if let (Some(until), None) = (until.filter(|until| *until <= now), held) {
            due += 1;
            let what = format!("{id} was kept until {}", until.format("%Y-%m-%d"));
            let todo = format!("`warroom incident delete {id} --why …`, or place a hold on it");
            checks.push(bad("retention", what, todo));
        }
    }
    if due == 0 {
        let says = format!("nothing is due; sealed incidents are kept {keep_days} days");
        checks.push(good("retention", says));
    }
    checks
}
