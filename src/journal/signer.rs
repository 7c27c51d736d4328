//! Signatures with the user's SSH key, made and checked by `ssh-keygen`: agents and hardware keys work as they do
//! for everything else, and whoever checks needs nothing of ours.

use super::line::hex_digest;
use crate::process::{Ended, Fault, Limits, Terminal, run};
use crate::text::shown_path;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// What signatures are made for: one made for something else does not count here.
const NAMESPACE: &str = "warroom";
/// Longest signature read, in bytes; an RSA key of 16,384 bits makes one of about 6 KB.
pub(super) const MAX_SIGNATURE: u64 = 16 * 1024;

/// What `ssh-keygen` may take: it answers at once, but for a key that asks somebody.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(10),
    bytes: 64 * 1024,
};
/// The same, where an agent may ask, or a token wait for a touch.
const TOUCH: Limits = Limits {
    time: Duration::from_secs(90),
    bytes: LIMITS.bytes,
};

/// Why there is no signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct SignError {
    /// What went wrong.
    pub what: String,
    /// What to do.
    pub hint: String,
}

fn refused(what: impl Into<String>, hint: impl Into<String>) -> SignError {
    SignError {
        what: what.into(),
        hint: hint.into(),
    }
}

/// Who may be asked for a passphrase or a touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// The terminal belongs to this command.
    Terminal,
    /// A screen is on the terminal: a key that needs a passphrase must be in an agent.
    Never,
}

/// The user's key.
#[derive(Debug, Clone)]
pub struct Signer {
    key: PathBuf,
    prompt: Prompt,
}

/// A signature, with the key that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The armored file.
    pub armored: String,
    /// The key's fingerprint.
    pub key: String,
}

impl Signature {
    /// The name of its file.
    pub fn digest(&self) -> String {
        hex_digest(self.armored.as_bytes())
    }
}

impl Signer {
    /// Signs with this key: a private key's file, or a public key's whose other half is in an agent or a token.
    pub fn new(key: PathBuf, prompt: Prompt) -> Self {
        Self { key, prompt }
    }

    /// The key's fingerprint, `SHA256:…`.
    pub fn fingerprint(&self) -> Result<String, SignError> {
        let mut command = self.command();
        command
            .arg("-l")
            .arg("-f")
            .arg(&self.key)
            .stderr(Stdio::null());
        let output = self.run(&mut command, "", LIMITS)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let found = text.split_whitespace().find(|w| w.starts_with("SHA256:"));
        match found {
            Some(fingerprint) if output.status.success() => Ok(fingerprint.to_string()),
            _ => Err(refused(
                format!(
                    "{} is not a key that ssh-keygen reads",
                    shown_path(&self.key)
                ),
                "set `signing.key` to your SSH key, private or public",
            )),
        }
    }

    /// Signs a text.
    pub fn sign(&self, text: &str) -> Result<Signature, SignError> {
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
            return Err(refused(
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

    fn run(&self, command: &mut Command, input: &str, limits: Limits) -> Result<Ended, SignError> {
        let terminal = match self.prompt {
            Prompt::Terminal => Terminal::Shared,
            Prompt::Never => Terminal::Apart,
        };
        run(command, input.as_bytes(), limits, terminal).map_err(|fault| {
            let hint = match &fault {
                Fault::Start(_) => "install OpenSSH's client, version 8.2 or later",
                Fault::Time(_) | Fault::Size(_) => {
                    "look whether the agent answers (ssh-add -l), and whether the token waits for a touch"
                }
            };
            refused(format!("ssh-keygen {fault}"), hint)
        })
    }
}

/// The public key inside an armored signature (PROTOCOL.sshsig): magic, version, then the key as a string.
fn public_key(armored: &str) -> Option<Vec<u8>> {
    let body: String = armored
        .trim()
        .strip_prefix("-----BEGIN SSH SIGNATURE-----")?
        .strip_suffix("-----END SSH SIGNATURE-----")?
        .split_whitespace()
        .collect();
    let bytes = STANDARD.decode(body).ok()?;
    let rest = bytes.strip_prefix(b"SSHSIG")?.get(4..)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let key = rest.get(..u32::from_be_bytes(*length) as usize)?;
    Some(key.to_vec())
}

fn fingerprint_of(key: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(key)))
}

/// The key of a signature as a line of `allowed_signers`, for the principal given.
pub fn allowed_line(principal: &str, armored: &str) -> Option<String> {
    let key = public_key(armored)?;
    let (length, rest) = key.split_first_chunk::<4>()?;
    let kind = rest.get(..u32::from_be_bytes(*length) as usize)?;
    let kind = std::str::from_utf8(kind).ok()?;
    let plain = kind
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-@.".contains(&b));
    plain.then(|| format!("{principal} {kind} {}", STANDARD.encode(&key)))
}

/// How a signature stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Checked {
    /// It is of that text, by the key with this fingerprint.
    Good(String),
    /// It is not.
    Bad,
    /// It could not be checked here.
    Undecided(String),
}

/// A signature in a file of its own, as `ssh-keygen` wants it, for as long as it is checked.
struct Laid(PathBuf);

impl Laid {
    fn new(armored: &str) -> std::io::Result<Self> {
        use super::entropy::{Entropy, SystemEntropy};
        let mut random = [0; 8];
        SystemEntropy
            .fill(&mut random)
            .map_err(std::io::Error::other)?;
        let name = format!("warroom-{}.sig", super::line::hex(&random));
        let path = std::env::temp_dir().join(name);
        let mut file = std::fs::File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        file.write_all(armored.as_bytes())?;
        Ok(Self(path))
    }
}

impl Drop for Laid {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn keygen(arguments: &[&std::ffi::OsStr], text: &str) -> std::io::Result<(bool, String)> {
    let mut command = Command::new("ssh-keygen");
    command.args(arguments).stderr(Stdio::null());
    let ended = run(&mut command, text.as_bytes(), LIMITS, Terminal::Apart)
        .map_err(|fault| std::io::Error::other(format!("it {fault}")))?;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    Ok((ended.status.success(), said))
}

/// Whether a signature is of a text, whoever made it.
pub(super) fn check(text: &str, armored: &str) -> Checked {
    let Some(key) = public_key(armored) else {
        return Checked::Bad;
    };
    let checked = Laid::new(armored).and_then(|laid| {
        let path = laid.0.as_os_str();
        let words = ["-Y", "check-novalidate", "-n", NAMESPACE, "-s"].map(std::ffi::OsStr::new);
        keygen(&[words.as_slice(), &[path]].concat(), text)
    });
    match checked {
        Ok((true, _)) => Checked::Good(fingerprint_of(&key)),
        Ok((false, _)) => Checked::Bad,
        Err(error) => Checked::Undecided(format!("ssh-keygen cannot be run: {error}")),
    }
}

/// Whose signatures are accepted: a file in OpenSSH's form, each line principals and a key.
#[derive(Debug, Clone)]
pub struct Signers(PathBuf);

impl Signers {
    /// Reads this file when something is to be checked.
    pub fn new(file: PathBuf) -> Self {
        Self(file)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Who is listed with the key of a signature, at the time it was made.
    pub fn principal(&self, armored: &str, text: &str, at: DateTime<Utc>) -> Option<String> {
        use std::ffi::OsStr;
        let laid = Laid::new(armored).ok()?;
        let option = format!("verify-time={}", at.format("%Y%m%d%H%M%SZ"));
        let option = OsStr::new(&option);
        let (file, signature) = (self.0.as_os_str(), laid.0.as_os_str());
        let words = |words: [&'static str; 2]| words.map(OsStr::new);
        let find = [
            &words(["-Y", "find-principals"])[..],
            &[
                OsStr::new("-O"),
                option,
                OsStr::new("-f"),
                file,
                OsStr::new("-s"),
                signature,
            ],
        ];
        let (found, said) = keygen(&find.concat(), "").ok()?;
        let principal = said.lines().next().filter(|_| found)?.to_string();
        let verify = [
            &words(["-Y", "verify"])[..],
            &words(["-n", NAMESPACE])[..],
            &[
                OsStr::new("-O"),
                option,
                OsStr::new("-f"),
                file,
                OsStr::new("-s"),
                signature,
            ],
            &[OsStr::new("-I"), OsStr::new(&principal)],
        ];
        let (good, _) = keygen(&verify.concat(), text).ok()?;
        let shown = crate::text::Safe::line(&principal).as_str().to_string();
        good.then_some(shown)
    }
}

/// The text that a checkpoint signs.
pub fn checkpoint_text(incident: &str, upto: u64, head: &str, at: DateTime<Utc>) -> String {
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    format!("warroom/1 {incident} {upto} {head} {at}")
}

/// The text that signs a request for approval. It is another one than an approver's, so that none can be taken for the
/// other.
pub fn request_text(incident: &str, digest: &str) -> String {
    format!("warroom-request/1 {incident} {digest}")
}

/// The text that an approver signs.
pub fn approval_text(incident: &str, digest: &str) -> String {
    format!("warroom-approval/1 {incident} {digest}")
}
