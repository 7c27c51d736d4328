//! Fetching credentials: from the environment, a file that only its owner may read, or a command (rule D7).

use super::error::ConfigError;
use crate::text::secret::{Secret, SecretRef};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

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
    let shown = path.display();
    let meta = std::fs::metadata(path)
        .map_err(|error| fail(format!("cannot read {shown}: {error}"), "check the path"))?;
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
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .map_err(|error| {
            fail(
                format!("{program} does not run: {error}"),
                "try it in a terminal",
            )
        })?;
    if !output.status.success() {
        return Err(fail(
            format!("{program} ends with {}", output.status),
            "try it in a terminal",
        ));
    }
    Ok(Secret::new(&String::from_utf8_lossy(&output.stdout)))
}
