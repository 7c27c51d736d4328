//! Fetches credentials: from the environment, a private file, or a command (rule D7).

use super::error::ConfigError;
use crate::files;
use crate::process::{ProcessLimits, TerminalUse, run};
use crate::text::secret::{Secret, SecretRef};
use crate::text::shown_path;
use crate::text::{Safe, sanitize};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Most bytes of a credential: the key of a certificate has about 3 kB.
const MAX_BYTES: usize = 64 * 1024;
/// Limits of a command. Several commands run in parallel, so that a start takes little longer than the slowest.
const LIMITS: ProcessLimits = ProcessLimits {
    time: Duration::from_secs(10),
    bytes: MAX_BYTES,
};

/// Errors never contain the secret.
pub fn resolve(reference: &SecretRef) -> Result<Secret, ConfigError> {
    let secret = match reference {
        SecretRef::Env(name) => {
            let what = format!("the environment variable {name} is not set");
            let value = std::env::var(name);
            let value = value.map_err(|_| fail(what, "set it before starting warroom"))?;
            Secret::new(&value)
        }
        SecretRef::File(path) => from_file(path)?,
        SecretRef::Command(words) => from_command(words)?,
    };
    if secret.reveal().is_empty() {
        let remedy = "check the environment variable, file or command";
        return Err(fail("it is empty".into(), remedy));
    }
    Ok(secret)
}

fn fail(what: String, remedy: &str) -> ConfigError {
    let what = sanitize::line(&what);
    let remedy = remedy.to_string();
    ConfigError::Secret { what, remedy }
}

fn from_file(path: &Path) -> Result<Secret, ConfigError> {
    let bytes = files::private_bytes(path, MAX_BYTES as u64).map_err(|error| {
        match files::Exposed::of(&error) {
            Some(exposed) => fail(exposed.what.clone(), &exposed.remedy),
            None => fail(
                format!("cannot read {}: {error}", shown_path(path)),
                "name a plain file that this user can read and that contains only the credential",
            ),
        }
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        let what = format!("{} is not UTF-8", shown_path(path));
        fail(what, "write the credential as text")
    })?;
    Ok(Secret::new(&text))
}

fn from_command(words: &[String]) -> Result<Secret, ConfigError> {
    let [program, arguments @ ..] = words else {
        let remedy = "name a program and its arguments";
        return Err(fail("the command is empty".into(), remedy));
    };
    let shown = Safe::line(program);
    let mut command = Command::new(program);
    command.args(arguments).stderr(Stdio::null());
    let ended = run(&mut command, b"", LIMITS, TerminalUse::Apart)
        .map_err(|fault| fail(format!("{shown} {fault}"), "try it in a terminal"))?;
    if !ended.status.success() {
        let what = format!("{shown} ends with {}", ended.status);
        return Err(fail(what, "try it in a terminal"));
    }
    Ok(Secret::new(&String::from_utf8_lossy(&ended.stdout)))
}
