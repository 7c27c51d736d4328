//! `warroom verify`: exit 0 intact, 1 not, and where.

use super::arguments::Global;
use super::error::CliError;
use super::output::Output;
use super::setup::base;
use super::words;
use crate::incident::IncidentId;
use crate::journal::{
    CheckedSignature, KnownHead, VerificationContext, VerificationReport, verify,
};
use std::path::{Path, PathBuf};

/// What is known from elsewhere.
pub(super) struct VerifyOptions<'o> {
    pub(super) head: Option<&'o str>,
    pub(super) signers: Option<&'o Path>,
    pub(super) require_signed: bool,
}

pub(super) fn run(
    global: &Global,
    path: &Path,
    given: &VerifyOptions<'_>,
    output: &Output,
) -> Result<(), CliError> {
    let report = report(global, path, given).map_err(plain)?;
    output.result(&text(&report), &report);
    CliError::unless(report.intact)
}

fn report(
    global: &Global,
    path: &Path,
    given: &VerifyOptions<'_>,
) -> Result<VerificationReport, CliError> {
    let (path, mut known) = resolved(global, path)?;
    if let Some(head) = given.head {
        known.head = Some(short_head(head)?);
    }
    if let Some(file) = given.signers {
        if let Err(error) = crate::files::open(file) {
            let what = format!("cannot read {}: {error}", file.display());
            let hint = "--allowed-signers names a file of OpenSSH's form: a name and a public key in each line";
            return Err(CliError::usage(what, hint));
        }
        known.signers = Some(crate::journal::Signers::named(file.to_path_buf()));
    }
    known.require_signed = given.require_signed;
    Ok(verify(&path, &known)?)
}

/// Names of files were given by others: nothing in them may act on the terminal.
fn plain(error: CliError) -> CliError {
    use crate::text::sanitize::line;
    CliError::new(error.exit, line(&error.what), line(&error.hint))
}

/// `41/1a2b3c4d5e6f`, as pages and messages carry it.
fn short_head(text: &str) -> Result<KnownHead, CliError> {
    let parsed = text.split_once('/').and_then(|(seq, digits)| {
        let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        let fits = (12..=64).contains(&digits.len()) && hex && !seq.starts_with(['0', '+']);
        let (seq, hash_start) = (seq.parse().ok()?, digits.to_ascii_lowercase());
        fits.then_some(KnownHead { seq, hash_start })
    });
    parsed.ok_or_else(|| {
        let what = format!("\"{}\" is not a head", crate::text::Safe::line(text));
        CliError::usage(what, "write it as messages carry it: 41/1a2b3c4d5e6f")
    })
}

fn text(report: &VerificationReport) -> String {
    let word = if report.intact {
        "intact"
    } else {
        "NOT INTACT"
    };
    let head: String = report.head.chars().take(12).collect();
    let sealed = if report.sealed { ", sealed" } else { "" };
    let entries = report.entries;
    let mut text = vec![format!(
        "{}: {word}{sealed}, {entries} entries verify, head {entries}/{head}",
        report.path
    )];
    text.extend(report.findings.iter().map(|finding| format!("  {finding}")));
    if report.more > 0 {
        text.push(format!("  and {} more", report.more));
    }
    let counted = [
        (
            report.withheld,
            "texts are withheld from this copy; the chain commits to them",
        ),
        (
            report.erased,
            "texts were erased; entries say by whom and why",
        ),
        (
            report.unknown_format,
            "entries are of a newer format than this program knows: the chain holds, update to read them",
        ),
    ];
    let counted = counted.into_iter().filter(|(count, _)| *count > 0);
    text.extend(counted.map(|(count, what)| format!("  {count} {what}")));
    text.extend(report.signatures.iter().map(signature));
    text.push(match report.signed_upto {
        0 => "  UNSIGNED: a chain alone does not show that its last lines, or all of them, were replaced".into(),
        upto if upto + 1 == report.entries
            && report.signatures.iter().any(|s| s.upto == upto && s.line == report.entries) =>
        {
            format!("  signatures cover entries 1 to {upto}; #{} is the last signature itself", upto + 1)
        }
        upto if upto < report.entries => format!(
            "  signatures cover entries 1 to {upto}; {} to {} are UNSIGNED",
            upto + 1,
            report.entries
        ),
        upto => format!("  signatures cover entries 1 to {upto}"),
    });
    text.extend(report.notes.iter().map(|note| format!("  {note}")));
    text.join("\n")
}

fn signature(covered: &CheckedSignature) -> String {
    let standing = words::signature(&covered.standing);
    let covers = match covered.upto {
        0 => covered.what.clone(),
        upto => format!("entries 1 to {upto}, {}", covered.what),
    };
    format!(
        "  #{} {covers}: key {} {standing}",
        covered.line, covered.key
    )
}

/// A path as it is, or the directory of an incident, with what this user knows of it.
fn resolved(global: &Global, path: &Path) -> Result<(PathBuf, VerificationContext), CliError> {
    let id = path.to_str().and_then(IncidentId::new);
    match id.filter(|_| !path.exists()) {
        None if global.config.is_some() => {
            let signers = base(global)?.signers();
            Ok((
                path.to_path_buf(),
                VerificationContext {
                    signers,
                    ..VerificationContext::default()
                },
            ))
        }
        // A foreign copy is verified without any configuration.
        None => Ok((path.to_path_buf(), VerificationContext::default())),
        Some(id) => {
            let base = base(global)?;
            base.data_dir.must_be_own(&(&id).into())?;
            Ok((base.data_dir.directory_of(&(&id).into()), base.known(&id)))
        }
    }
}
