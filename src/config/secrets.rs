//! Fetching credentials: from the environment, a file that only its owner may read, or a command (rule D7).

use super::error::ConfigError;
use crate::process::{Limits, Terminal, run};
use crate::text::Safe;
use crate::text::secret::{Secret, SecretRef};
use crate::text::shown_path;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Most bytes of a credential: a certificate's key has about 3 kB.
const MAX_BYTES: usize = 64 * 1024;
/// What a command may take. Several run at a time, so that a start takes little longer than the slowest.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(10),
    bytes: MAX_BYTES,
};

/// Fetches a secret. Errors never hold it.
pub fn resolve(reference: &SecretRef) -> Result<Secret, ConfigError> {
    let secret = match reference {
        SecretRef::Env(name) => std::env::var(name)
            .map(|value| Secret::new(&value))
            .map_err(|_| {
                fail(
                    format!("the environment variable {name} is not set"),
                    "set it before starting warroom",
                )
            })?,
        SecretRef::File(path) => from_file(path)?,
        SecretRef::Command(words) => from_command(words)?,
    };
    if secret.reveal().is_empty() {
        return Err(fail(
            "it is empty".into(),
            "look at what the environment, file or command gives",
        ));
    }
    Ok(secret)
}

fn fail(what: String, remedy: &'static str) -> ConfigError {
    ConfigError::Secret { what, remedy }
}

fn from_file(path: &Path) -> Result<Secret, ConfigError> {
    let shown = shown_path(path);
    let meta = std::fs::metadata(path)
        .map_err(|error| fail(format!("cannot read {shown}: {error}"), "check the path"))?;
    // A pipe might never end.
    if !meta.is_file() || meta.len() > MAX_BYTES as u64 {
        return Err(fail(
            format!(
                "{shown} is no plain file of at most {} kB",
                MAX_BYTES / 1024
            ),
            "name a file that holds nothing but the credential",
        ));
    }
    if meta.permissions().mode() & 0o077 != 0 {
        return Err(fail(
            format!("others may read {shown}"),
            "make it private with chmod 600",
        ));
    }
    let text = std::fs::read_to_string(path).map_err(|error| {
        fail(
            format!("cannot read {shown}: {error}"),
            "check its permissions",
        )
    })?;
    Ok(Secret::new(&text))
}

fn from_command(words: &[String]) -> Result<Secret, ConfigError> {
    let [program, arguments @ ..] = words else {
        return Err(fail(
            "the command is empty".into(),
            "name a program and its arguments",
        ));
    };
    let shown = Safe::line(program);
    let mut command = Command::new(program);
    command.args(arguments).stderr(Stdio::null());
    let ended = run(&mut command, b"", LIMITS, Terminal::Apart)
        .map_err(|fault| fail(format!("{shown} {fault}"), "try it in a terminal"))?;
    if !ended.status.success() {
        return Err(fail(
            format!("{shown} ends with {}", ended.status),
            "try it in a terminal",
        ));
    }
    Ok(Secret::new(&String::from_utf8_lossy(&ended.stdout)))
}
