//! The windows of impact in sentences. The duration of the impact is their sum, and never the span around them.

use super::impact::Statement;
use super::times::{with_corrections, with_replaced};
use crate::incident::Incident;
use crate::incident::windows::{Window, WindowBasis, Windows};
use crate::times::Lasted;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImpactWindows {
    pub basis: &'static str,
    pub windows: Vec<WindowRow>,
    /// The sum; `None` while no end is known.
    pub total: Option<String>,
    pub total_seconds: Option<Bounds>,
    pub statements: Vec<Statement>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WindowRow {
    pub start: String,
    /// Whether it may have begun earlier.
    pub or_before: bool,
    pub end: Option<String>,
    pub lasted: Option<String>,
    pub seconds: Option<Bounds>,
    pub cites: Vec<u64>,
}

/// Of a duration, in seconds: the least and the most that its ends allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bounds {
    pub least: i64,
    pub most: i64,
}

impl From<Lasted> for Bounds {
    fn from(lasted: Lasted) -> Self {
        Self {
            least: lasted.least.num_seconds(),
            most: lasted.most.num_seconds(),
        }
    }
}

/// `None` without an opening.
pub fn impact_windows(incident: &Incident) -> Option<ImpactWindows> {
    let windows = incident.windows()?;
    let rows = windows.list.iter().map(|window| row(window, incident));
    let rows: Vec<WindowRow> = rows.collect();
    let earlier = windows.list.iter().any(|window| window.or_before);
    let total = windows.total().map(|total| at_least(total, earlier));
    let (basis, said) = match windows.basis {
        WindowBasis::Said => ("said", "said by a person"),
        WindowBasis::Measured => ("measured", "measured"),
        WindowBasis::Status => ("status", "by the status"),
    };
    Some(ImpactWindows {
        basis,
        statements: statements(&windows, &rows, total.as_deref(), said),
        windows: rows,
        total,
        total_seconds: windows.total().map(Bounds::from),
    })
}

/// A window that may have begun earlier lasted at least as long as is known.
fn at_least(lasted: Lasted, or_before: bool) -> String {
    match or_before {
        true => format!("at least {}", lasted.shown()),
        false => lasted.shown(),
    }
}

fn row(window: &Window, incident: &Incident) -> WindowRow {
    let mut cites = with_corrections(window.start.seq, incident);
    cites.extend(
        window
            .end
            .iter()
            .flat_map(|end| with_corrections(end.seq, incident)),
    );
    cites.sort_unstable();
    cites.dedup();
    let lasted = window.lasted();
    WindowRow {
        start: with_replaced(&window.start.at, window.start.seq, incident),
        or_before: window.or_before,
        end: window
            .end
            .map(|end| with_replaced(&end.at, end.seq, incident)),
        lasted: lasted.map(|lasted| at_least(lasted, window.or_before)),
        seconds: lasted.map(Bounds::from),
        cites,
    }
}

fn statements(
    windows: &Windows,
    rows: &[WindowRow],
    total: Option<&str>,
    basis: &str,
) -> Vec<Statement> {
    if let [only] = rows {
        // That no status ends it is no evidence of impact.
        let text = match (windows.basis, only.end.is_some()) {
            (WindowBasis::Status, false) => format!("Impact {}.", stretch(only)),
            _ => format!("Impact {} ({basis}).", stretch(only)),
        };
        return vec![Statement::new(text, &only.cites)];
    }
    let lasted: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.lasted.as_deref())
        .collect();
    let number = windows.list.len();
    let text = match (total, rows.last()) {
        (None, Some(last)) => format!(
            "Impact in {number} windows: {}, and {} ({basis}).",
            lasted.join(", "),
            stretch(last)
        ),
        (total, _) => format!(
            "Impact in {number} windows: {}, together {} ({basis}).",
            listed(&lasted),
            total.unwrap_or_default()
        ),
    };
    let mut cites: Vec<u64> = rows.iter().flat_map(|row| row.cites.clone()).collect();
    cites.sort_unstable();
    cites.dedup();
    let each = rows.iter().zip(1..).map(|(row, number)| {
        Statement::new(
            format!("Impact window {number}: {}.", stretch(row)),
            &row.cites,
        )
    });
    [Statement::new(text, &cites)]
        .into_iter()
        .chain(each)
        .collect()
}

/// `from A to B: 27 min`, or `since A; no end is known`.
fn stretch(row: &WindowRow) -> String {
    let start = match row.or_before {
        true => format!("before {}", row.start),
        false => row.start.clone(),
    };
    match (&row.end, &row.lasted) {
        (Some(end), Some(lasted)) => format!("from {start} to {end}: {lasted}"),
        (_, None) | (None, Some(_)) => format!("since {start}; no end is known"),
    }
}

/// `27 min, 4 min and 1 h 33 min`.
fn listed(items: &[&str]) -> String {
    match items {
        [] => String::new(),
        [only] => (*only).to_string(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
