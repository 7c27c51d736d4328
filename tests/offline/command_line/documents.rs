//! Documents as files: `--to`.

use crate::support::outcome::assert_contains;
use crate::support::program::Place;
use serde_json::Value;

#[test]
fn a_document_never_overwrites_what_was_changed_by_hand() {
    let place = Place::new();
    let id = place.opened();
    let file = place.data.join("draft.md");
    let file = file.to_str().unwrap();
    let write = || place.json(&["postmortem", &id, "--to", file]);
    let first = write();
    assert_eq!(
        (&first["file"], &first["unchanged"]),
        (&file.into(), &Value::Null)
    );
    assert_eq!(write()["unchanged"], true);
    place.json(&["incident", "note", &id, "looking"]);
    let second = write();
    assert_eq!(
        (&second["file"], &second["instead_of"]),
        (&file.into(), &Value::Null)
    );
    let edited = std::fs::read_to_string(file).unwrap() + "by hand\n";
    std::fs::write(file, &edited).unwrap();
    let third = place.run(&["postmortem", &id, "--to", file]);
    assert_eq!(third.code, 0, "{third:?}");
    assert_contains(&third.err, &["draft.md was changed by hand", "draft-upto-"]);
    assert_contains(&third.out, &["written instead of"]);
    let fourth = write();
    let upto = fourth["upto"].as_u64().unwrap();
    let beside = file.replace("draft.md", &format!("draft-upto-{upto}.md"));
    assert_eq!(
        (&fourth["file"], &fourth["instead_of"]),
        (&beside.as_str().into(), &file.into())
    );
    assert_eq!(std::fs::read_to_string(file).unwrap(), edited);
    assert!(
        std::fs::read_to_string(&beside)
            .unwrap()
            .contains("looking")
    );
}

#[test]
fn an_extension_of_another_form_is_refused_by_name() {
    let place = Place::new();
    let id = place.opened();
    let at = |name: &str| place.data.join(name).to_str().unwrap().to_string();
    let refused = [
        (&["postmortem"][..], "a.pdf", ".md, .markdown, .txt"),
        (&["record"], "a.json", "--output json"),
        (&["record"], "a.docx", ".md, .markdown, .txt"),
        (&["chart"], "a.html", ".svg"),
        (&["--output", "json", "record"], "a.md", ".json"),
    ];
    for (command, name, possible) in refused {
        let run = place.run(&[command, &[&id, "--to", &at(name)]].concat());
        assert_eq!(run.code, 2, "{run:?}");
        assert_contains(&run.err, &[&name[1..], possible]);
        assert!(!place.data.join(name).exists(), "{name}");
    }
    let written = [
        (&["postmortem"][..], "b.TXT"),
        (&["record"], "b"),
        (&["--output", "json", "record"], "b.json"),
        (&["chart"], "b.svg"),
    ];
    for (command, name) in written {
        let run = place.run(&[command, &[&id, "--to", &at(name)]].concat());
        assert_eq!(run.code, 0, "{run:?}");
        assert!(place.data.join(name).exists(), "{name}");
    }
}
