//! The documents: what they cover, and what they leave open.

use super::canvas::Canvas;
use super::words::{clock, fit, pad, styled};
use crate::documents::{DocumentKind, facts};
use crate::incident::Slug;
use crate::incident::fold::{Custody, Recorded};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

pub(super) fn rows(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let (Some(id), Some(view)) = (&model.current, model.view()) else {
        return vec![Line::from(styled(
            " Documents can be written once an incident is open.",
            theme.dim(),
        ))];
    };
    let incident = &view.incident;
    let mut lines = vec![
        Line::from(vec![
            Span::raw(" Press "),
            styled("w", theme.accent()),
            Span::raw(" to write all four from the journal as it stands."),
        ]),
        Line::default(),
    ];
    for kind in DocumentKind::ALL {
        let name = Slug::nearest(kind.name());
        let mut documents = incident.documents.iter().rev();
        let last = documents.find(|written| written.data.document == name);
        let (text, style) = match last {
            Some(Recorded { seq, at, data, .. }) => {
                // Entries about written documents do not count.
                let written = incident.documents.iter();
                let written = written.filter(|written| written.seq > data.upto).count() as u64;
                let since = match incident.count.saturating_sub(data.upto + written) {
                    0 => "nothing since".to_string(),
                    1 => "1 entry since".to_string(),
                    more => format!("{more} entries since"),
                };
                let time = clock(*at, model.ui.utc);
                let text = format!("written {time} up to #{}; {since}  #{seq}", data.upto);
                (text, Style::new())
            }
            None => ("not written yet".to_string(), theme.dim()),
        };
        let text = format!("   {} {text}", pad(kind.name(), 14));
        lines.push(Line::from(styled(text, style)));
        if let Some(path) = view.written.get(kind.name()) {
            let path = tail(path, canvas.width.saturating_sub(20));
            let text = format!("   {} {path}", pad("", 14));
            lines.push(Line::from(styled(text, theme.dim())));
        }
    }
    lines.push(Line::default());
    let head: String = incident.head.chars().take(12).collect();
    let text = format!(
        "   journal        {id}: {} entries, head {}/{head}",
        incident.count, incident.count
    );
    lines.push(canvas.line(&text, theme.dim()));
    lines.extend(custody(canvas, &incident.custody));
    lines.push(Line::default());
    lines.push(Line::from(styled(
        " what the journal leaves open so far",
        theme.dim(),
    )));
    let open = facts(id, &view.entries, true).open_questions;
    if open.is_empty() {
        lines.push(Line::from("   nothing"));
    }
    for question in open {
        let cites: Vec<String> = question.cites.iter().map(|seq| format!("#{seq}")).collect();
        lines.push(Line::from(fit(
            &format!("   {} {}", question.text, cites.join(" ")),
            canvas.width,
        )));
    }
    lines
}

/// Signatures, copies and the seal.
fn custody(canvas: &Canvas<'_>, custody: &Custody) -> Vec<Line<'static>> {
    let theme = canvas.theme;
    let setup = &canvas.model.setup;
    let (proof, style) = match (custody.signed_upto(), setup.me.key.is_some()) {
        (0, _) if setup.drill.is_some() => {
            ("unsigned: an exercise is not signed".into(), theme.dim())
        }
        (0, true) => ("UNSIGNED so far".into(), theme.warn()),
        (0, false) => (
            "UNSIGNED: no key is configured (signing.key)".into(),
            theme.warn(),
        ),
        (upto, _) => (format!("signatures cover #1 to #{upto}"), theme.dim()),
    };
    let line =
        |text: String, style| Line::from(styled(format!("   {} {text}", pad("", 14)), style));
    let copies = match custody.exports.len() {
        0 => None,
        count => Some(format!("{count} copies were made (warroom export)")),
    };
    let sealed = custody.sealed.as_ref();
    let sealed = sealed.map(|sealed| format!("sealed  #{}", sealed.seq));
    let more = copies.into_iter().chain(sealed);
    let more = more.map(|text| line(text, theme.dim()));
    std::iter::once(line(proof, style)).chain(more).collect()
}

/// The end of a path: its name matters more than where it begins.
fn tail(path: &str, cells: usize) -> String {
    let count = path.chars().count();
    if count <= cells {
        return path.to_string();
    }
    let kept: String = path.chars().skip(count + 1 - cells).collect();
    format!("…{kept}")
}
