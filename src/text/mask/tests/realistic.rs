//! Rows from real logs and chats, by an author who did not see the detectors: leaks and harmless text.

use super::*;
use std::collections::BTreeMap;

/// One half of the table each.
const TABLES: &[&str] = &[
    include_str!("../../../../tests/cases/masking-realistic-a.yaml"),
    include_str!("../../../../tests/cases/masking-realistic-b.yaml"),
];

/// Least share of leaking rows that must be masked: of all, and of each group.
const RECALL: f64 = 0.98;
const RECALL_OF_GROUP: f64 = 0.90;
/// Largest share of harmless rows that masking may change.
const TOUCHED: f64 = 0.01;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    group: String,
    input: String,
    kinds: Vec<MaskKind>,
    gone: Vec<String>,
    kept: Vec<String>,
}

/// Rows of one group, and the problems of those that fail.
#[derive(Default)]
struct Count {
    rows: usize,
    wrong: Vec<String>,
}

impl Count {
    fn add(&mut self, wrong: Option<&String>) {
        self.rows += 1;
        self.wrong.extend(wrong.cloned());
    }

    /// Share of failing rows.
    fn share(&self) -> f64 {
        self.wrong.len() as f64 / self.rows.max(1) as f64
    }
}

#[test]
fn realistic_leaks_are_masked_and_their_harmless_neighbours_stay() {
    let (mut leaks, mut neighbours) = (Count::default(), Count::default());
    let mut groups: BTreeMap<String, Count> = BTreeMap::new();
    for table in TABLES {
        let rows: Vec<Row> = serde_saphyr::from_str(table).unwrap();
        for row in rows {
            let harmless = row.kinds.is_empty();
            let wrong = judge(&Case {
                name: row.name,
                input: row.input,
                kinds: row.kinds,
                gone: row.gone,
                kept: row.kept,
            });
            if harmless {
                neighbours.add(wrong.as_ref());
            } else {
                leaks.add(wrong.as_ref());
                groups.entry(row.group).or_default().add(wrong.as_ref());
            }
        }
    }
    let low: Vec<String> = groups
        .iter()
        .filter(|(_, count)| 1.0 - count.share() < RECALL_OF_GROUP)
        .map(|(group, count)| format!("{group} {:.3} of {}", 1.0 - count.share(), count.rows))
        .collect();
    let recall = 1.0 - leaks.share();
    let holds = recall >= RECALL && low.is_empty() && neighbours.share() <= TOUCHED;
    assert!(
        holds,
        "recall {recall:.3} of {} rows; groups below {RECALL_OF_GROUP}: {low:?}; {:.3} of {} neighbours changed\n{}\n--- neighbours\n{}",
        leaks.rows,
        neighbours.share(),
        neighbours.rows,
        leaks.wrong.join("\n"),
        neighbours.wrong.join("\n"),
    );
}
