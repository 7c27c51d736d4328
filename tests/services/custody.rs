//! The chain of custody as people and auditors use it: keys, approvals, copies, erasure, sealing, deletion. A bundle is
//! verified with nothing of ours on the path.

mod forger;
mod subjects;

use crate::support::company::{Company, commands, shell};
use std::fs;

#[test]
fn a_bundle_verifies_with_coreutils_ssh_keygen_and_python_alone_and_a_changed_one_does_not() {
    let company = Company::new();
    let id = company.open("dana");
    company.run("dana", &["incident", "note", &id, "the gateway is slow"]);
    company.run("omar", &["incident", "role", &id, "incident-commander"]);
    let bundle = company.path("bundle");
    let made = company.exported("dana", &id, &bundle, "BaFin", "examination");
    let text = fs::read_to_string(bundle.join("VERIFY.txt")).unwrap();
    for name in fs::read_dir("/usr/bin").unwrap() {
        assert_ne!(name.unwrap().file_name(), "warroom");
    }

    let (good, said) = shell(&bundle, &commands(&text, '1'));
    let head = format!("head {}/{}", made["upto"], made["head"].as_str().unwrap());
    assert!(
        good && said.contains("verify.py: OK") && said.contains(&head),
        "{said}"
    );
    assert!(
        !said.contains("ALTERED") && !said.contains("DOES NOT FOLLOW"),
        "{said}"
    );
    let (good, said) = shell(&bundle, &commands(&text, '2'));
    assert!(
        good && said.contains("Good \"warroom\" signature"),
        "{said}"
    );
    assert!(!said.contains("OTHER"), "{said}");
    let allowed = company.path("allowed");
    let python = format!("python3 verify.py --allowed-signers {}", allowed.display());
    let (good, said) = shell(&bundle, &python);
    assert!(good && said.contains("trusted as dana"), "{said}");

    let journal = fs::read_to_string(bundle.join("journal.jsonl")).unwrap();
    fs::write(
        bundle.join("journal.jsonl"),
        journal.replacen("noted", "nodet", 1),
    )
    .unwrap();
    let (good, said) = shell(&bundle, "python3 verify.py");
    assert!(
        !good && said.contains("NOT INTACT") && said.contains("altered"),
        "{said}"
    );
    let (_, said) = shell(&bundle, &commands(&text, '1'));
    assert!(
        said.contains("ALTERED") && said.contains("journal.jsonl: FAILED"),
        "{said}"
    );
}

#[test]
fn a_field_is_withheld_from_a_copy_and_the_proof_holds() {
    let company = Company::new();
    let id = company.open("dana");
    company.run("dana", &["incident", "note", &id, "Maria Rossi called"]);
    let to = company.path("copy.tar");
    let arguments = [
        "export",
        &id,
        "--to",
        to.to_str().unwrap(),
        "--for",
        "press",
        "--purpose",
        "statement",
        "--withhold",
        "name",
        "--withhold",
        "login",
        "--withhold",
        "5/text",
    ];
    company.json("dana", &arguments);
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
    let what = last["what"].as_str().unwrap();
    assert!(what.contains("press") && what.contains("#/name"), "{what}");
}

#[test]
fn a_text_is_erased_with_reason_and_approver_while_another_process_appends() {
    let company = Company::new();
    let id = company.open("dana");
    company.run("dana", &["incident", "note", &id, "Maria Rossi called"]);
    let to = company.path("early.tar");
    company.exported("dana", &id, &to, "BaFin", "x");
    let erase = [
        "incident",
        "erase",
        &id,
        "5",
        "text",
        "--why",
        "a customer's name",
    ];
    assert_eq!(company.run("dana", &erase).code, 0);
    let request = company.request(&id);
    let waits = company.run("dana", &erase);
    assert!(
        waits.code == 1 && waits.err.contains(&request),
        "{}",
        waits.err
    );
    // One's own approval, and one by a key that is on no list, are refused.
    let own = company.run("dana", &["incident", "approve", &id, &request]);
    assert!(
        own.code == 2 && own.err.contains("your own request"),
        "{}",
        own.err
    );
    let unlisted = company.run("mallory", &["incident", "approve", &id, &request]);
    assert!(
        unlisted.code == 2 && unlisted.err.contains("not on the list"),
        "{}",
        unlisted.err
    );
    assert_eq!(
        company
            .run("omar", &["incident", "approve", &id, &request])
            .code,
        0
    );

    let mut writer = company.noting("omar", &id, 60);
    let erased = company.run("dana", &erase);
    assert_eq!(erased.code, 0, "{}", erased.err);
    assert!(
        erased.out.contains("an earlier copy has it: BaFin"),
        "{}",
        erased.out
    );
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
fn one_person_with_one_key_is_not_two_whatever_names_they_use() {
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
    assert!(
        done.code == 1 && done.err.contains("an approval that counts"),
        "{}",
        done.err
    );
    // An approval by a list of one's own does not count for those who have another.
    let own = company.path("own");
    let public = fs::read_to_string(company.path("mallory.pub")).unwrap();
    fs::write(&own, format!("mallory {public}")).unwrap();
    let key = company.path("mallory").display().to_string();
    company.configure(
        "mallory2",
        &format!(
            "signing: {{key: {key}, allowed_signers: {}}}",
            own.display()
        ),
    );
    let approved = company.run("mallory2", &["incident", "approve", &id, &request]);
    assert_eq!(approved.code, 0, "{}", approved.err);
    assert_eq!(company.run("dana", &erase).code, 1);
    let verified = company.run("dana", &["verify", &id]);
    assert!(
        verified.code == 1 && verified.out.contains("not among the accepted signers"),
        "{}",
        verified.out
    );
    let texts = fs::read_to_string(company.directory(&id).join("disclosures.jsonl")).unwrap();
    assert!(texts.contains("Maria"));
}

#[test]
fn what_is_to_be_withheld_and_names_nothing_stops_the_copy() {
    let company = Company::new();
    let id = company.open("nokey");
    let to = company.path("copy.tar");
    for word in ["nmae", "05/text", "99/text", "+3/title", "4111111111111111"] {
        let export = [
            "export",
            &id,
            "--to",
            to.to_str().unwrap(),
            "--for",
            "a",
            "--purpose",
            "b",
            "--withhold",
            word,
        ];
        let refused = company.run("nokey", &export);
        assert!(refused.code == 2 && !to.exists(), "{word}: {}", refused.err);
    }
    let journal = fs::read_to_string(company.directory(&id).join("journal.jsonl")).unwrap();
    assert!(!journal.contains("exported") && !journal.contains("4111111111111111"));
}

#[test]
fn a_ledger_or_an_incident_that_was_taken_away_is_missed() {
    let company = Company::new();
    let id = company.open("nokey");
    company.run("nokey", &["incident", "hold", &id, "--why", "court"]);
    fs::remove_dir_all(company.path("data/ledger")).unwrap();
    for arguments in [
        &["ledger"][..],
        &["incident", "erase", &id, "3", "title", "--why", "x"],
        &["incident", "hold", &id, "--why", "again"],
    ] {
        let refused = company.run("nokey", arguments);
        assert!(
            refused.code == 4 && refused.err.contains("gone"),
            "{arguments:?}: {}",
            refused.err
        );
    }
    fs::remove_dir_all(company.directory(&id)).unwrap();
    let doctor = company.run("nokey", &["doctor"]);
    assert!(
        doctor.out.contains(&format!("{id} is gone")),
        "{}",
        doctor.out
    );
}

#[test]
fn without_any_key_everything_works_and_everything_says_that_it_is_unsigned() {
    let company = Company::new();
    let id = company.open("nokey");
    company.run("nokey", &["incident", "note", &id, "x"]);
    let verified = company.run("nokey", &["verify", &id]);
    assert!(
        verified.code == 0 && verified.out.contains("UNSIGNED"),
        "{}",
        verified.out
    );
    let record = company.run("nokey", &["record", &id]);
    assert!(record.out.contains("UNSIGNED"), "{}", record.out);
    let sign = company.run("nokey", &["incident", "sign", &id]);
    assert!(
        sign.code == 3 && sign.err.contains("signing.key"),
        "{}",
        sign.err
    );
    let bundle = company.path("bundle");
    company.exported("nokey", &id, &bundle, "a", "b");
    let (good, said) = shell(&bundle, "python3 verify.py");
    assert!(good && said.contains("UNSIGNED"), "{said}");
    // An approval without a key is recorded as what it is.
    company.run(
        "nokey",
        &["incident", "erase", &id, "4", "text", "--why", "w"],
    );
    company.configure("other", "retention: {keep_days: 90}");
    let request = company.request(&id);
    let approved = company.run("other", &["incident", "approve", &id, &request]);
    assert!(
        approved.out.contains("SELF-DECLARED"),
        "{}{}",
        approved.out,
        approved.err
    );
}

#[test]
fn a_key_that_cannot_sign_leaves_the_entry_recorded_and_loudly_unsigned() {
    let company = Company::new();
    fs::remove_file(company.path("dana")).unwrap();
    let opened = company.run("dana", &["incident", "open", "Payments fail"]);
    assert!(
        opened.code == 0 && opened.err.contains("NOT SIGNED at declaration"),
        "{}",
        opened.err
    );
}

#[test]
fn a_journal_that_went_back_behind_a_remembered_head_is_refused() {
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
    assert!(
        note.code == 4 && note.err.contains("missing at its end"),
        "{}",
        note.err
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), cut, "nothing was added");
    let verified = company.run("nokey", &["verify", &id]);
    assert!(
        verified.code == 1 && verified.out.contains("known from elsewhere"),
        "{}",
        verified.out
    );
    // Somebody who never saw it, and brings no head, cannot know.
    company.configure("stranger", "");
    assert_eq!(company.run("stranger", &["verify", &id]).code, 0);
    let head: String = text
        .lines()
        .nth(4)
        .unwrap()
        .chars()
        .rev()
        .skip(2)
        .take(64)
        .collect();
    let head: String = head.chars().rev().take(12).collect();
    let brought = company.run("stranger", &["verify", &id, "--head", &format!("5/{head}")]);
    assert_eq!(brought.code, 1, "{}", brought.out);
}

#[test]
fn a_closed_incident_is_sealed_held_kept_and_at_last_deleted_with_a_trace() {
    let company = Company::new();
    let id = company.open("omar");
    let early = company.run("omar", &["incident", "seal", &id]);
    assert!(
        early.code == 2 && early.err.contains("not closed"),
        "{}",
        early.err
    );
    company.run("omar", &["incident", "close", &id, "over"]);
    let sealed = company.json("omar", &["incident", "seal", &id]);
    assert_eq!(sealed["signed"], true);
    let file = company.directory(&id).join("journal.jsonl");
    assert!(fs::metadata(&file).unwrap().permissions().readonly());
    let late = company.run("omar", &["incident", "note", &id, "more"]);
    assert!(
        late.code == 1 && late.err.contains("--follows"),
        "{}",
        late.err
    );
    let verified = company.verified(&company.directory(&id));
    assert_eq!(
        (&verified["intact"], &verified["sealed"]),
        (&true.into(), &true.into())
    );
    let follows = company.run(
        "omar",
        &["incident", "open", "It is back", "--follows", &id],
    );
    assert_eq!(follows.code, 0, "{}", follows.err);
    // Copies of a sealed incident are recorded in the ledger.
    let to = company.path("late.tar");
    let export = [
        "export",
        &id,
        "--to",
        to.to_str().unwrap(),
        "--for",
        "court",
        "--purpose",
        "order",
    ];
    assert_eq!(company.json("omar", &export)["sealed"], true);
    let delete = ["incident", "delete", &id, "--why", "retention"];
    let kept = company.run("omar", &delete);
    assert!(
        kept.code == 2 && kept.err.contains("kept until"),
        "{}",
        kept.err
    );
    assert!(file.exists());
    let ledger = company.run("omar", &["ledger"]).out;
    assert!(ledger.contains("court") && ledger.contains(&id), "{ledger}");
    assert_eq!(
        company.verified(&company.path("data/ledger"))["intact"],
        true
    );
}

#[test]
fn a_bundle_with_a_link_or_a_way_out_in_a_name_is_refused_and_nothing_is_written() {
    let company = Company::new();
    let id = company.open("nokey");
    let bundle = company.path("bundle");
    company.exported("nokey", &id, &bundle, "a", "b");
    std::os::unix::fs::symlink("/etc/passwd", bundle.join("extra.txt")).unwrap();
    let linked = company.verified(&bundle);
    assert_eq!(linked["intact"], false);
    assert!(
        linked["findings"][0]["what"]
            .as_str()
            .unwrap()
            .contains("extra.txt"),
        "{linked}"
    );

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
    for what in ["../evil.txt", "link.txt"] {
        assert!(report.contains(what), "{what}: {report}");
    }
    assert!(!company.path("evil.txt").exists());
}
