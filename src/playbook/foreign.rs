//! Files of other tools, told apart from a playbook that is only written wrong.

use serde::Deserialize;

/// What tells a playbook of CACAO (OASIS, 2.0: `type` and `spec_version`).
#[derive(Deserialize)]
struct Cacao {
    r#type: String,
    spec_version: String,
}

/// What a file is instead of Markdown, and what to do; `None` where nothing tells.
pub(super) fn recognized(source: &str) -> Option<(String, &'static str)> {
    let source = source.trim_start_matches('\u{FEFF}').trim_start();
    if !source.starts_with(['{', '[']) {
        return None;
    }
    let remedy =
        "write its steps as Markdown; `warroom playbook show` prints a shipped one as a model";
    let what = match serde_json::from_str::<Cacao>(source) {
        Ok(Cacao {
            r#type,
            spec_version,
        }) if r#type.starts_with("playbook") && spec_version.starts_with("cacao") => {
            format!("this is a CACAO playbook ({spec_version}), which is not read yet")
        }
        _ => "this is JSON, and a playbook is Markdown with front matter".to_string(),
    };
    Some((what, remedy))
}
