//! A bundle: a copy of a journal for somebody who does not trust us, with all that verifying it takes. What is
//! withheld is withheld everywhere in it; the chain stays whole.

use super::{DocumentKind, TemplateError, render};
use crate::approval::{approval_text, request_text};
use crate::incident::entry::{ApprovalRequested, Approved, Checkpointed};
use crate::incident::{Disclosed, Entry, IncidentId};
use crate::journal::{Verbatim, allowed_line, checkpoint_text, hex_digest};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const SCRIPT: &str = include_str!("../../assets/bundle/verify.py");
const INSTRUCTIONS: &str = include_str!("../../assets/bundle/VERIFY.txt");

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Withheld(BTreeSet<String>);

/// What withholds a text.
fn names_of(seq: u64, field: &str) -> [String; 3] {
    ["all".into(), format!("#/{field}"), format!("{seq}/{field}")]
}

impl Withheld {
    /// From what a person writes: `all`, a field's name, or `entry/field`. Gives the word that is none of these.
    pub fn parse(words: &[String]) -> Result<Self, String> {
        let mut withheld = BTreeSet::new();
        for word in words {
            let slug = |text: &str| crate::incident::Slug::new(text).is_some();
            let canonical = match word.split_once('/') {
                None if word == "all" => Some(word.clone()),
                None if slug(word) => Some(format!("#/{word}")),
                // As the journal writes numbers: `05/text` would match nothing and disclose everything.
                Some((seq, field)) if slug(field) => {
                    let canonical = |number: &u64| number.to_string() == seq;
                    let number = seq.parse::<u64>().ok().filter(canonical);
                    number.map(|_| word.clone())
                }
                _ => None,
            };
            withheld.insert(canonical.ok_or_else(|| word.clone())?);
        }
        Ok(Self(withheld))
    }

    pub fn words(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }

    /// An unmatched word would disclose what it was meant to withhold.
    pub fn unmatched(&self, copy: &Verbatim) -> Option<&str> {
        let matches = |word: &str| {
            let mut texts = copy.commitments.iter();
            let names = |seq, field| names_of(seq, field).iter().any(|name| name == word);
            word == "all" || texts.any(|(seq, field, _)| names(*seq, field))
        };
        self.0
            .iter()
            .map(String::as_str)
            .find(|word| !matches(word))
    }

    fn holds(&self, seq: u64, field: &str) -> bool {
        names_of(seq, field)
            .iter()
            .any(|name| self.0.contains(name))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bundle {
    /// Name and bytes; `SHA256SUMS` is among them.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Digest of `SHA256SUMS`: it stands for all of them.
    pub sha256: String,
}

impl Bundle {
    pub fn is_signed(&self) -> bool {
        let mut names = self.files.keys();
        names.any(|name| name.starts_with("signatures/checkpoint-"))
    }

    /// Whether the last entry is a checkpoint with its signature: a verifier requires that of a signed journal.
    pub fn is_covered(&self) -> bool {
        let chain = self.files.get("journal.jsonl");
        let entries = chain.map_or(0, |chain| memchr::memchr_iter(b'\n', chain).count());
        let name = format!("signatures/checkpoint-{entries}.sig");
        self.files.contains_key(&name)
    }
}

/// Makes a bundle of a journal. `entries` are those of `copy` with their texts; `signature` gives a signature by its
/// digest, `template` the template of a document.
pub fn bundle(
    id: &IncidentId,
    copy: &Verbatim,
    entries: &[Entry],
    withheld: &Withheld,
    signature: impl Fn(&str) -> Option<String>,
    template: impl Fn(DocumentKind) -> String,
) -> Result<Bundle, TemplateError> {
    let mut bundle = Bundle::default();
    let mut put = |name: &str, bytes: &[u8]| drop(bundle.files.insert(name.into(), bytes.to_vec()));
    put("incident.txt", format!("{id}\n").as_bytes());
    put("journal.jsonl", &copy.chain);
    let (disclosed, missing) = disclosures(copy, withheld);
    put("disclosures.jsonl", disclosed.as_bytes());
    put("verify.py", SCRIPT.as_bytes());
    let signatures = signatures(id, entries, signature);
    let mut keys = BTreeSet::new();
    let mut allowed = BTreeSet::new();
    for signature in &signatures {
        let name = format!("signatures/{}", signature.name);
        put(&format!("{name}.txt"), signature.text.as_bytes());
        put(&format!("{name}.sig"), signature.armored.as_bytes());
        keys.insert(signature.key.clone());
        allowed.extend(allowed_line("signer", &signature.armored));
    }
    let allowed: String = allowed.iter().map(|line| format!("{line}\n")).collect();
    put("allowed_signers", allowed.as_bytes());
    let shown = entries.iter().map(|entry| disclosed_only(entry, withheld));
    let shown: Vec<Entry> = shown.collect();
    for kind in DocumentKind::ALL {
        let document = render(kind, id, &shown, None, &template(kind))?;
        put(kind.file_name(), document.text.as_bytes());
    }
    let head = entries.last().map_or("", |entry| &entry.hash);
    let short_head = format!("{}/{}", entries.len(), &head[..head.len().min(12)]);
    let fingerprints = match keys.is_empty() {
        true => "none: UNSIGNED".to_string(),
        false => keys.into_iter().collect::<Vec<_>>().join(", "),
    };
    let instructions = INSTRUCTIONS
        .replace("{id}", id.as_str())
        .replace("{entries}", &entries.len().to_string())
        .replace("{short_head}", &short_head)
        .replace("{head}", head)
        .replace("{fingerprints}", &fingerprints)
        .replace("{withheld}", &missing.to_string());
    put("VERIFY.txt", instructions.as_bytes());
    let mut sums = String::new();
    for (name, bytes) in &bundle.files {
        let _ = writeln!(sums, "{}  {name}", hex_digest(bytes));
    }
    bundle.sha256 = hex_digest(sums.as_bytes());
    bundle.files.insert("SHA256SUMS".into(), sums.into_bytes());
    Ok(bundle)
}

fn disclosures(copy: &Verbatim, withheld: &Withheld) -> (String, usize) {
    let mut text = String::new();
    let mut missing = 0;
    for (seq, field, commitment) in &copy.commitments {
        let line = copy.texts.get(commitment);
        match line.filter(|_| !withheld.holds(*seq, field)) {
            Some(line) => {
                text.push_str(line);
                text.push('\n');
            }
            None => missing += 1,
        }
    }
    (text, missing)
}

fn disclosed_only(entry: &Entry, withheld: &Withheld) -> Entry {
    let mut entry = entry.clone();
    for (field, text) in &mut entry.texts {
        if withheld.holds(entry.seq, field) {
            *text = Disclosed::Withheld;
        }
    }
    entry
}

struct BundledSignature {
    /// Of its files, without their endings.
    name: String,
    /// What was signed.
    text: String,
    armored: String,
    /// Fingerprint.
    key: String,
}

/// The signatures whose files are at hand.
fn signatures(
    id: &IncidentId,
    entries: &[Entry],
    signature: impl Fn(&str) -> Option<String>,
) -> Vec<BundledSignature> {
    let id = id.as_str();
    let signed = |entry: &Entry| {
        let (kind, text, digest, key) = if let Some(data) = entry.data::<Checkpointed>() {
            let text = checkpoint_text(id, data.upto, &data.head, data.at);
            ("checkpoint", text, Some(&data.signature), Some(&data.key))
        } else if let Some(data) = entry.data::<ApprovalRequested>() {
            let text = request_text(id, &data.digest);
            ("request", text, data.signature.as_ref(), data.key.as_ref())
        } else {
            let data = entry.data::<Approved>()?;
            let text = approval_text(id, &data.digest);
            ("approval", text, data.signature.as_ref(), data.key.as_ref())
        };
        Some(BundledSignature {
            name: format!("{kind}-{}", entry.seq),
            text,
            armored: signature(digest?)?,
            key: key?.clone(),
        })
    };
    entries.iter().filter_map(signed).collect()
}
