//! Signatures with the user's SSH key, made and checked by `ssh-keygen`: agents and hardware keys work as usual, and a
//! check needs no program of ours.

use super::digest::hex_digest;
use crate::files;
use crate::process::{ProcessLimits, ProcessOutput, ProcessProblem, TerminalUse, run};
use crate::text::{Problem, hex, shown_path};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A signature made for another purpose does not count.
const NAMESPACE: &str = "warroom";
/// Longest signature read, in bytes; an RSA key of 16,384 bits makes one of about 6 KB.
pub(super) const MAX_SIGNATURE: u64 = 16 * 1024;

/// `ssh-keygen` answers at once unless a key needs a person.
const LIMITS: ProcessLimits = ProcessLimits {
    time: Duration::from_secs(10),
    bytes: 64 * 1024,
};
/// An agent may ask, or a token wait for a touch.
const TOUCH: ProcessLimits = ProcessLimits {
    time: Duration::from_secs(90),
    bytes: LIMITS.bytes,
};
/// For one key of a list.
const MAX_PRINCIPALS: usize = 20;

/// Who may be asked for a passphrase or a touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// The terminal belongs to this command.
    Terminal,
    /// A screen uses the terminal: a key with a passphrase must be in an agent.
    Never,
}

#[derive(Debug, Clone)]
pub struct Signer {
    key: PathBuf,
    prompt: Prompt,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub armored: String,
    /// Fingerprint.
    pub key: String,
}

impl Signature {
    pub fn digest(&self) -> String {
        hex_digest(self.armored.as_bytes())
    }
}

impl Signer {
    /// A private key's file, or a public key's file with the private key in an agent or a token.
    pub fn new(key: PathBuf, prompt: Prompt) -> Self {
        Self { key, prompt }
    }

    /// `SHA256:…`
    pub fn fingerprint(&self) -> Result<String, Problem> {
        let mut command = self.command();
        command.args(["-l", "-f"]).arg(&self.key);
        command.stderr(Stdio::null());
        let output = self.run(&mut command, "", LIMITS)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let found = text.split_whitespace().find(|w| w.starts_with("SHA256:"));
        match found {
            Some(fingerprint) if output.status.success() => Ok(fingerprint.to_string()),
            _ => Err(Problem::new(
                format!(
                    "{} is not a key that ssh-keygen reads",
                    shown_path(&self.key)
                ),
                "set `signing.key` to your SSH key, private or public",
            )),
        }
    }

    pub fn sign(&self, text: &str) -> Result<Signature, Problem> {
        let mut command = self.command();
        command
            .args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"])
            .arg(&self.key)
            .stderr(match self.prompt {
                Prompt::Terminal => Stdio::inherit(),
                Prompt::Never => Stdio::piped(),
            });
        let output = self.run(&mut command, text, TOUCH)?;
        let armored = String::from_utf8_lossy(&output.stdout).into_owned();
        let key = public_key(&armored).filter(|_| output.status.success());
        let Some(key) = key else {
            let said = String::from_utf8_lossy(&output.stderr);
            let silent = match self.prompt {
                Prompt::Terminal => "what it said stands above",
                Prompt::Never => "it did not say why",
            };
            let said = crate::text::Safe::line(said.lines().last().unwrap_or(silent));
            return Err(Problem::new(
                format!(
                    "ssh-keygen did not sign with {}: {said}",
                    shown_path(&self.key)
                ),
                "load the key into your agent (ssh-add), or touch the token when it asks",
            ));
        };
        Ok(Signature {
            key: fingerprint_of(&key),
            armored,
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new("ssh-keygen");
        if self.prompt == Prompt::Never {
            // Otherwise it would ask on the terminal that the screen is drawn on.
            command
                .env("SSH_ASKPASS", "false")
                .env("SSH_ASKPASS_REQUIRE", "force");
        }
        command
    }

    fn run(
        &self,
        command: &mut Command,
        input: &str,
        limits: ProcessLimits,
    ) -> Result<ProcessOutput, Problem> {
        files::open(&self.key).map_err(|error| {
            Problem::new(
                format!("cannot read {}: {error}", shown_path(&self.key)),
                "set `signing.key` to your SSH key, private or public",
            )
        })?;
        let terminal = match self.prompt {
            Prompt::Terminal => TerminalUse::Shared,
            Prompt::Never => TerminalUse::Apart,
        };
        run(command, input.as_bytes(), limits, terminal).map_err(|fault| {
            let hint = match &fault {
                ProcessProblem::Start(_) => "install OpenSSH's client, version 8.2 or later",
                ProcessProblem::Time(_) | ProcessProblem::Size(_) => {
                    "look whether the agent answers (ssh-add -l), and whether the token waits for a touch"
                }
            };
            Problem::new(format!("ssh-keygen {fault}"), hint)
        })
    }
}

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "\n-----END SSH SIGNATURE-----\n";
/// Characters in a line.
const ARMOR: usize = 76;

/// Numbers and strings with a length prefix (RFC 4251).
struct Parts<'b>(&'b [u8]);

impl<'b> Parts<'b> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn string(&mut self) -> Option<&'b [u8]> {
        let length = self.number()? as usize;
        let (string, rest) = (self.0.get(..length)?, self.0.get(length..)?);
        self.0 = rest;
        Some(string)
    }
}

/// The public key of an armored signature (PROTOCOL.sshsig). Accepts only the form that `ssh-keygen` writes, in our
/// namespace: magic, version 1, key, namespace, nothing, hash, signature, and no more.
fn public_key(armored: &str) -> Option<Vec<u8>> {
    let body = armored.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let lines = || body.split('\n');
    let fits = |line: &str| (1..=ARMOR).contains(&line.len());
    lines().all(fits).then_some(())?;
    let bytes = STANDARD.decode(lines().collect::<String>()).ok()?;
    let mut parts = Parts(bytes.strip_prefix(b"SSHSIG")?);
    let version = parts.number()?;
    let key = parts.string()?;
    let namespace = parts.string()?;
    let reserved = parts.string()?;
    parts.string().and(parts.string())?;
    let ours = version == 1 && namespace == NAMESPACE.as_bytes() && reserved.is_empty();
    (ours && parts.0.is_empty()).then(|| key.to_vec())
}

/// Checks the form only.
pub(super) fn is_signature(armored: &str) -> bool {
    public_key(armored).is_some()
}

fn fingerprint_of(key: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(key)))
}

/// The key of a signature as a line of `allowed_signers`.
pub fn allowed_line(principal: &str, armored: &str) -> Option<String> {
    let key = public_key(armored)?;
    let (length, rest) = key.split_first_chunk::<4>()?;
    let kind = rest.get(..u32::from_be_bytes(*length) as usize)?;
    let kind = std::str::from_utf8(kind).ok()?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-@.".contains(&b);
    let plain = kind.bytes().all(fits);
    plain.then(|| format!("{principal} {kind} {}", STANDARD.encode(&key)))
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SignatureCheck {
    /// Of that text, by the key with this fingerprint.
    Good(String),
    Bad,
    Undecided(String),
}

/// A temporary file for `ssh-keygen`.
struct SignatureFile(PathBuf);

impl SignatureFile {
    fn new(armored: &str) -> std::io::Result<Self> {
        use super::entropy::{Entropy, SystemEntropy};
        let mut random = [0; 8];
        SystemEntropy
            .fill(&mut random)
            .map_err(std::io::Error::other)?;
        let name = format!("warroom-{}.sig", hex(&random));
        let path = std::env::temp_dir().join(name);
        let mut file = files::create_new(&path)?;
        file.write_all(armored.as_bytes())?;
        Ok(Self(path))
    }
}

impl Drop for SignatureFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn keygen(arguments: &[&std::ffi::OsStr], text: &str) -> std::io::Result<(bool, String)> {
    let mut command = Command::new("ssh-keygen");
    command.args(arguments).stderr(Stdio::null());
    let ended = run(&mut command, text.as_bytes(), LIMITS, TerminalUse::Apart)
        .map_err(|fault| std::io::Error::other(format!("it {fault}")))?;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    Ok((ended.status.success(), said))
}

/// Any key counts.
pub(super) fn check(text: &str, armored: &str) -> SignatureCheck {
    let Some(key) = public_key(armored) else {
        return SignatureCheck::Bad;
    };
    let checked = SignatureFile::new(armored).and_then(|laid| {
        let path = laid.0.as_os_str();
        let words = ["-Y", "check-novalidate", "-n", NAMESPACE, "-s"].map(std::ffi::OsStr::new);
        keygen(&[words.as_slice(), &[path]].concat(), text)
    });
    match checked {
        Ok((true, _)) => SignatureCheck::Good(fingerprint_of(&key)),
        Ok((false, _)) => SignatureCheck::Bad,
        Err(error) => SignatureCheck::Undecided(format!("ssh-keygen cannot be run: {error}")),
    }
}

/// A file in OpenSSH's `allowed_signers` form: each line has principals and a key.
#[derive(Debug, Clone)]
pub struct Signers {
    file: PathBuf,
    is_named: bool,
}

impl Signers {
    /// A file of the configuration, read at each check. Where others can change it, it lists nobody.
    pub fn new(file: PathBuf) -> Self {
        let is_named = false;
        Self { file, is_named }
    }

    /// A file that a person has named.
    pub fn named(file: PathBuf) -> Self {
        let is_named = true;
        Self { file, is_named }
    }

    pub fn path(&self) -> &Path {
        &self.file
    }

    /// OpenSSH's tools block on a pipe.
    fn is_usable(&self) -> bool {
        match self.is_named {
            true => files::open(&self.file).is_ok(),
            false => files::trusted_bytes(&self.file, files::MAX_TEXT).is_ok(),
        }
    }

    /// The principal of a signature's key at the signing time. A key may have several names, each with its own
    /// restrictions.
    pub fn principal(&self, armored: &str, text: &str, at: DateTime<Utc>) -> Option<String> {
        use std::ffi::OsStr;
        let laid = SignatureFile::new(armored)
            .ok()
            .filter(|_| self.is_usable())?;
        let option = format!("verify-time={}", at.format("%Y%m%d%H%M%SZ"));
        let (list, signature) = (self.file.as_os_str(), laid.0.as_os_str());
        let words = ["-O", option.as_str(), "-f", "-s"].map(OsStr::new);
        let rest = [words[0], words[1], words[2], list, words[3], signature];
        let find = ["-Y", "find-principals"].map(OsStr::new);
        let (found, said) = keygen(&[&find[..], &rest].concat(), "").ok()?;
        let mut principals = said.lines().take(MAX_PRINCIPALS).filter(|_| found);
        let verify = ["-Y", "verify", "-n", NAMESPACE].map(OsStr::new);
        let accepts = |principal: &&str| {
            let name = [OsStr::new("-I"), OsStr::new(*principal)];
            let named = [&verify[..], &rest, &name].concat();
            keygen(&named, text).is_ok_and(|(good, _)| good)
        };
        let principal = principals.find(accepts)?;
        Some(crate::text::Safe::line(principal).as_str().to_string())
    }
}

pub fn checkpoint_text(incident: &str, upto: u64, head: &str, at: DateTime<Utc>) -> String {
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    format!("warroom/1 {incident} {upto} {head} {at}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// Has the form of a signature; signs nothing.
    fn armored(magic: &[u8], version: u32, namespace: &str, behind: &[u8]) -> String {
        let mut bytes = [magic, &version.to_be_bytes()].concat();
        for part in ["key", namespace, "", "sha512", "signature"] {
            bytes.extend((part.len() as u32).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes.extend(behind);
        format!("{BEGIN}{}{END}", STANDARD.encode(bytes))
    }

    #[test]
    fn a_signature_is_read_in_the_one_form_that_ssh_keygen_writes() {
        let good = armored(b"SSHSIG", 1, NAMESPACE, b"");
        assert_eq!(public_key(&good), Some(b"key".to_vec()));
        for bad in [
            armored(b"SSHSIG", 2, NAMESPACE, b""),
            armored(b"SSHSIG", 1, "git", b""),
            armored(b"SSHSIG", 1, NAMESPACE, b"x"),
            armored(b"SSHSIX", 1, NAMESPACE, b""),
        ] {
            assert_eq!(public_key(&bad), None, "{bad}");
        }
    }

    #[rstest]
    #[case::carriage_returns("\n", "\r\n")]
    #[case::words_in_front("-----BEGIN", "x\n-----BEGIN")]
    #[case::words_behind("END SSH SIGNATURE-----\n", "END SSH SIGNATURE-----\nx\n")]
    #[case::no_last_newline("END SSH SIGNATURE-----\n", "END SSH SIGNATURE-----")]
    #[case::an_empty_line("SIGNATURE-----\nU1", "SIGNATURE-----\n\nU1")]
    #[case::a_space("U1", " U1")]
    fn another_form_of_a_signature_is_none(#[case] from: &str, #[case] to: &str) {
        let good = armored(b"SSHSIG", 1, NAMESPACE, b"");
        let changed = good.replacen(from, to, 1);
        assert!(good != changed && is_signature(&good) && !is_signature(&changed));
    }
}
