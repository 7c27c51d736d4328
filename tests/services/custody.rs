//! The chain of custody as people and auditors use it: keys, approvals, copies, erasure, sealing, deletion. A bundle is
//! verified with nothing of ours on the path.

mod forger;
mod subjects;

use crate::support::company::{Company, commands, shell};
use crate::support::outcome::{Outcome, assert_contains};
use crate::support::program::WARROOM;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What our verifier and the auditors' script say of a path, without a configuration.
fn both_verifiers(path: &Path, options: &[&str]) -> [Outcome; 2] {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/bundle/verify.py");
    let mut ours = Command::new(WARROOM);
    let mut theirs = Command::new("python3");
    ours.arg("verify").env("HOME", "/nonexistent");
    theirs.arg(script).env("PYTHONDONTWRITEBYTECODE", "1");
    [ours, theirs].map(|mut command| command.arg(path).args(options).output().unwrap().into())
}

/// A line with another number and another predecessor, and its hash.
fn chained(line: &str, seq: u64, prev: &str) -> (String, String) {
    let rest = line.split_once(",\"id\":").unwrap().1;
    let rest = &rest[..rest.len() - 75];
    let body = format!("{{\"prev\":\"{prev}\",\"v\":1,\"seq\":{seq},\"id\":{rest}");
    let hash = warroom::harness::hex_digest(body.as_bytes());
    (format!("{body},\"hash\":\"{hash}\"}}\n"), hash)
}

/// Whether a path is intact: both verifiers have to agree.
fn is_intact(path: &Path, options: &[&str]) -> bool {
    let [ours, theirs] = both_verifiers(path, options);
    assert_eq!(
        ours.code == 0,
        theirs.code == 0,
        "{options:?}: {ours:?} {theirs:?}"
    );
    ours.code == 0
}

#[test]
fn a_bundle_verifies_with_coreutils_ssh_keygen_and_python_alone_and_a_changed_one_does_not() {
    let company = Company::new();
    let id = company.open("dana");
    company.run("dana", &["incident", "note", &id, "the gateway is slow"]);
    company.run("omar", &["incident", "role", &id, "incident-commander"]);
    let bundle = company.path("bundle");
    let made = company.export("dana", &id, &bundle, &[]).json();
    let text = fs::read_to_string(bundle.join("VERIFY.txt")).unwrap();
    for name in fs::read_dir("/usr/bin").unwrap() {
        assert_ne!(name.unwrap().file_name(), "warroom");
    }

    let (good, said) = shell(&bundle, &commands(&text, '1'));
    let head = format!("head {}/{}", made["upto"], made["head"].as_str().unwrap());
    assert!(good, "{said}");
    assert_contains(&said, &["verify.py: OK", &head]);
    let bad = ["ALTERED", "DOES NOT FOLLOW"];
    assert!(!bad.iter().any(|bad| said.contains(bad)), "{said}");
    let (good, said) = shell(&bundle, &commands(&text, '2'));
    assert!(good && !said.contains("OTHER"), "{said}");
    assert_contains(&said, &["Good \"warroom\" signature"]);
    let allowed = company.path("allowed");
    let python = format!("python3 verify.py --allowed-signers {}", allowed.display());
    let (good, said) = shell(&bundle, &python);
    assert!(good && said.contains("trusted as dana"), "{said}");

    let journal = bundle.join("journal.jsonl");
    let altered = fs::read_to_string(&journal)
        .unwrap()
        .replacen("noted", "nodet", 1);
    fs::write(journal, altered).unwrap();
    let (good, said) = shell(&bundle, "python3 verify.py");
    assert!(!good, "{said}");
    assert_contains(&said, &["NOT INTACT", "altered"]);
    let (_, said) = shell(&bundle, &commands(&text, '1'));
    assert_contains(&said, &["ALTERED", "journal.jsonl: FAILED"]);
}

#[test]
fn a_field_is_withheld_from_a_copy_and_the_proof_holds() {
    let company = Company::new();
    let id = company.open("dana");
    company.run("dana", &["incident", "note", &id, "Maria Rossi called"]);
    let to = company.path("copy.tar");
    let withheld = ["name", "login", "5/text"].map(|what| ["--withhold", what]);
    company
        .export("dana", &id, &to, &withheld.concat())
        .succeeds();
    let bytes = fs::read(&to).unwrap();
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(holds("Payments fail"));
    for withheld in ["Maria", "Rossi", "\"dana\""] {
        assert!(!holds(withheld), "{withheld} is in the copy");
    }
    let report = company.verified(&to);
    assert_eq!(report["intact"], true);
    assert_eq!(report["withheld"], 3);
    let own = company.json("dana", &["incident", "show", &id]);
    let last = own["timeline"].as_array().unwrap().last().unwrap();
    assert_contains(last["what"].as_str().unwrap(), &["court", "#/name"]);
}

#[test]
fn a_text_is_erased_with_reason_and_approver_while_another_process_appends() {
    let company = Company::new();
    let id = company.open("dana");
    company.run("dana", &["incident", "note", &id, "Maria Rossi called"]);
    let to = company.path("early.tar");
    company.export("dana", &id, &to, &[]).succeeds();
    let erase = ["incident", "erase", &id, "5", "text", "--why", "a name"];
    company.run("dana", &erase).succeeds();
    let request = company.request(&id);
    let waits = company.run("dana", &erase);
    waits.fails(1, &[&request]);
    // One's own approval, and one by a key that is on no list, are refused.
    let own = company.run("dana", &["incident", "approve", &id, &request]);
    own.fails(2, &["your own request"]);
    let unlisted = company.run("mallory", &["incident", "approve", &id, &request]);
    unlisted.fails(2, &["not on the list"]);
    let approve = ["incident", "approve", &id, &request];
    company.run("omar", &approve).succeeds();

    let mut writer = company.noting("omar", &id, 60);
    let erased = company.run("dana", &erase);
    erased.prints(0, &["an earlier copy has it: court"]);
    assert!(writer.wait().unwrap().success());

    let texts = fs::read_to_string(company.directory(&id).join("disclosures.jsonl")).unwrap();
    assert!(!texts.contains("Maria"), "the text is still there");
    let shown = company.json("dana", &["incident", "show", &id]);
    let timeline = shown["timeline"].as_array().unwrap();
    let told = |text: &str| {
        let rows = timeline
            .iter()
            .filter(|row| row["what"].as_str().unwrap().ends_with(text));
        rows.count()
    };
    for n in 0..60 {
        assert_eq!(told(&format!("note: note {n}")), 1, "note {n}");
    }
    let report = company.verified(&company.directory(&id));
    assert_eq!(report["intact"], true, "{report}");
    assert_eq!(
        (&report["erased"], &report["withheld"]),
        (&1.into(), &0.into())
    );
}

#[test]
fn one_person_with_one_key_counts_once_under_any_name() {
    let company = Company::new();
    let id = company.open("nokey");
    company.run("nokey", &["incident", "note", &id, "Maria Rossi called"]);
    let erase = ["incident", "erase", &id, "4", "text", "--why", "gdpr"];
    // Asked for without a key, approved with a listed one under another name: nobody knows that these are two.
    company.run("nokey", &erase);
    let request = company.request(&id);
    let key = company.path("dana").display().to_string();
    let allowed = company.path("allowed").display().to_string();
    let signing = format!("signing: {{key: {key}, allowed_signers: {allowed}}}");
    company.configure("dana2", &signing);
    company.run("dana2", &["incident", "approve", &id, &request]);
    let done = company.run("dana", &erase);
    done.fails(1, &["an approval that counts"]);
    // An approval by a list of one's own does not count for those who have another.
    let own = company.path("own");
    let public = fs::read_to_string(company.path("mallory.pub")).unwrap();
    fs::write(&own, format!("mallory {public}")).unwrap();
    let key = company.path("mallory").display().to_string();
    let signing = format!(
        "signing: {{key: {key}, allowed_signers: {}}}",
        own.display()
    );
    company.configure("mallory2", &signing);
    company
        .run("mallory2", &["incident", "approve", &id, &request])
        .succeeds();
    assert_eq!(company.run("dana", &erase).code, 1);
    let verified = company.run("dana", &["verify", &id]);
    verified.prints(1, &["not among the accepted signers"]);
    let texts = fs::read_to_string(company.directory(&id).join("disclosures.jsonl")).unwrap();
    assert!(texts.contains("Maria"));
}

#[test]
fn an_unknown_text_to_withhold_stops_the_export() {
    let company = Company::new();
    let id = company.open("nokey");
    let to = company.path("copy.tar");
    for word in ["nmae", "05/text", "99/text", "+3/title", "4111111111111111"] {
        let refused = company.export("nokey", &id, &to, &["--withhold", word]);
        assert!(refused.code == 2 && !to.exists(), "{word}: {}", refused.err);
    }
    let journal = fs::read_to_string(company.directory(&id).join("journal.jsonl")).unwrap();
    assert!(!journal.contains("exported") && !journal.contains("4111111111111111"));
}

#[test]
fn a_removed_ledger_or_incident_is_detected() {
    let company = Company::new();
    let id = company.open("nokey");
    company.run("nokey", &["incident", "hold", &id, "--why", "court"]);
    fs::remove_dir_all(company.path("data/ledger")).unwrap();
    for arguments in [
        &["ledger"][..],
        &["incident", "erase", &id, "3", "title", "--why", "x"],
        &["incident", "hold", &id, "--why", "again"],
    ] {
        company.run("nokey", arguments).fails(4, &["is missing"]);
    }
    fs::remove_dir_all(company.directory(&id)).unwrap();
    let doctor = company.run("nokey", &["doctor"]);
    assert_contains(&doctor.out, &[&format!("{id} is missing")]);
}

#[test]
fn without_any_key_everything_works_and_is_marked_as_unsigned() {
    let company = Company::new();
    let id = company.open("nokey");
    company.run("nokey", &["incident", "note", &id, "x"]);
    let verified = company.run("nokey", &["verify", &id]);
    verified.prints(0, &["UNSIGNED"]);
    let record = company.run("nokey", &["record", &id]);
    assert!(record.out.contains("UNSIGNED"), "{}", record.out);
    let sign = company.run("nokey", &["incident", "sign", &id]);
    sign.fails(3, &["signing.key"]);
    let bundle = company.path("bundle");
    company.export("nokey", &id, &bundle, &[]).succeeds();
    let (good, said) = shell(&bundle, "python3 verify.py");
    assert!(good && said.contains("UNSIGNED"), "{said}");
    // An approval without a key is recorded as what it is.
    let erase = ["incident", "erase", &id, "4", "text", "--why", "w"];
    company.run("nokey", &erase);
    company.configure("other", "retention: {keep_days: 90}");
    let request = company.request(&id);
    let approved = company.run("other", &["incident", "approve", &id, &request]);
    approved.prints(0, &["SELF-DECLARED"]);
}

#[test]
fn a_key_that_cannot_sign_leaves_the_entry_recorded_with_a_warning() {
    let company = Company::new();
    fs::remove_file(company.path("dana")).unwrap();
    let opened = company.run("dana", &["incident", "open", "Payments fail"]);
    opened.fails(0, &["NOT SIGNED at declaration"]);
}

#[test]
fn a_journal_shorter_than_its_remembered_head_is_refused() {
    let company = Company::new();
    let id = company.open("nokey");
    for text in ["one", "two"] {
        company.run("nokey", &["incident", "note", &id, text]);
    }
    let file = company.directory(&id).join("journal.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    let cut: String = text.split_inclusive('\n').take(4).collect();
    fs::write(&file, &cut).unwrap();
    let note = company.run("nokey", &["incident", "note", &id, "three"]);
    note.fails(4, &["missing at its end"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), cut, "nothing was added");
    let verified = company.run("nokey", &["verify", &id]);
    verified.prints(1, &["known from elsewhere"]);
    // Somebody who never saw it, and brings no head, cannot know.
    company.configure("stranger", "");
    assert_eq!(company.run("stranger", &["verify", &id]).code, 0);
    let last = text.lines().nth(4).unwrap();
    let head = format!("5/{}", &last[last.len() - 66..][..12]);
    let brought = company.run("stranger", &["verify", &id, "--head", &head]);
    assert_eq!(brought.code, 1, "{}", brought.out);
}

#[test]
fn a_closed_incident_is_sealed_held_kept_and_at_last_deleted_with_a_trace() {
    let company = Company::new();
    let id = company.open("omar");
    let early = company.run("omar", &["incident", "seal", &id]);
    early.fails(2, &["not closed"]);
    company.run("omar", &["incident", "close", &id, "over"]);
    let sealed = company.json("omar", &["incident", "seal", &id]);
    assert_eq!(sealed["signed"], true);
    let file = company.directory(&id).join("journal.jsonl");
    assert!(fs::metadata(&file).unwrap().permissions().readonly());
    let late = company.run("omar", &["incident", "note", &id, "more"]);
    late.fails(1, &["--follows"]);
    let verified = company.verified(&company.directory(&id));
    assert!(
        verified["intact"] == true && verified["sealed"] == true,
        "{verified}"
    );
    let follows = ["incident", "open", "It is back", "--follows", &id];
    company.run("omar", &follows).succeeds();
    // Copies of a sealed incident are recorded in the ledger.
    let to = company.path("late.tar");
    assert_eq!(company.export("omar", &id, &to, &[]).json()["sealed"], true);
    let delete = ["incident", "delete", &id, "--why", "retention"];
    let kept = company.run("omar", &delete);
    kept.fails(2, &["kept until"]);
    assert!(file.exists());
    company.run("omar", &["ledger"]).prints(0, &["court", &id]);
    let ledger = company.verified(&company.path("data/ledger"));
    assert_eq!(ledger["intact"], true);
}

#[test]
fn a_bundle_with_a_link_or_an_escape_in_a_name_is_refused_and_nothing_is_written() {
    let company = Company::new();
    let id = company.open("nokey");
    let bundle = company.path("bundle");
    company.export("nokey", &id, &bundle, &[]).succeeds();
    std::os::unix::fs::symlink("/etc/passwd", bundle.join("extra.txt")).unwrap();
    let linked = company.verified(&bundle);
    assert_eq!(linked["intact"], false);
    assert_contains(&linked["findings"][0]["what"].to_string(), &["extra.txt"]);

    let to = company.path("evil.tar");
    let mut archive = tar::Builder::new(fs::File::create(&to).unwrap());
    for name in ["journal.jsonl", "incident.txt", "SHA256SUMS"] {
        archive
            .append_path_with_name(bundle.join(name), name)
            .unwrap();
    }
    let mut header = tar::Header::new_gnu();
    header.as_gnu_mut().unwrap().name[..11].copy_from_slice(b"../evil.txt");
    header.set_size(4);
    header.set_mode(0o644);
    header.set_cksum();
    archive.append(&header, &b"evil"[..]).unwrap();
    let mut link = tar::Header::new_ustar();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    archive
        .append_link(&mut link, "link.txt", "/etc/passwd")
        .unwrap();
    archive.into_inner().unwrap();
    let report = company.verified(&to).to_string();
    assert_contains(&report, &["../evil.txt", "link.txt"]);
    assert!(!company.path("evil.txt").exists());
}
