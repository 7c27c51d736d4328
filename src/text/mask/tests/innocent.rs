//! Text that must stay: everyday sentences, and ids and times of programs.

use super::*;
use std::collections::BTreeMap;

/// Kinds of ids that are plain decimal numbers of card length, drawn at random. Some are in an issuer's range and
/// have a valid check digit: they look like card numbers, and rule S1 requires a mask.
const DECIMAL_IDS: [&str; 2] = ["datadog-id", "order-number"];
/// Most masked ids in the hundred sentences, which may hold two ids each: about a third of the ids of nineteen digits
/// are in a range of that length, and one check digit in ten is valid.
const DECIMAL_BOUND: usize = 8;
const ROUNDS: u64 = 10_000;

fn is_touched(text: &str) -> bool {
    let masked = mask(text);
    masked.text != text || !masked.found.is_empty()
}

#[test]
fn under_one_in_a_hundred_everyday_sentences_is_touched_and_of_decimal_ids_under_eight() {
    let table = include_str!("../../../../tests/cases/masking-innocent.yaml");
    let kinds: BTreeMap<String, Vec<String>> = serde_saphyr::from_str(table).unwrap();
    assert_eq!(kinds.values().map(Vec::len).sum::<usize>(), 880);
    let mut all = Vec::new();
    for (kind, sentences) in &kinds {
        let touched: Vec<_> = sentences.iter().filter(|text| is_touched(text)).collect();
        let bound = if DECIMAL_IDS.contains(&kind.as_str()) {
            DECIMAL_BOUND
        } else {
            1
        };
        assert!(
            touched.len() * 100 < sentences.len() * bound,
            "{kind}: {} of {} touched: {touched:#?}",
            touched.len(),
            sentences.len()
        );
        all.extend(touched);
    }
    assert!(
        all.len() * 100 < 880,
        "{} of 880 touched: {all:#?}",
        all.len()
    );
}

/// A small deterministic random generator (Steele, Lea and Flood, 2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A nanosecond of the years 2020 to 2035.
    fn time(&mut self) -> u64 {
        (1_577_836_800 + self.below(504_921_600)) * 1_000_000_000 + self.below(1_000_000_000)
    }
}

fn hex(random: &mut SplitMix, digits: usize) -> String {
    let long = format!("{:016x}{:016x}", random.next(), random.next());
    long[..digits].to_string()
}

fn uuid(random: &mut SplitMix) -> String {
    let id = hex(random, 32);
    format!(
        "{}-{}-4{}-a{}-{}",
        &id[..8],
        &id[8..12],
        &id[13..16],
        &id[17..20],
        &id[20..]
    )
}

fn iso(random: &mut SplitMix) -> String {
    let time = random.time();
    let instant = chrono::DateTime::from_timestamp_nanos(time as i64);
    let form = [
        "%Y-%m-%dT%H:%M:%S%.9fZ",
        "%Y-%m-%d %H:%M:%S%.6f+02:00",
        "%Y-%m-%dT%H:%M:%S%.3fZ",
        "%Y%m%dT%H%M%SZ",
    ];
    instant.format(form[random.below(4) as usize]).to_string()
}

fn order(random: &mut SplitMix) -> String {
    let day = chrono::DateTime::from_timestamp_nanos(random.time() as i64);
    format!(
        "ORD-{}-{:06}",
        day.format("%Y%m%d"),
        random.below(1_000_000)
    )
}

#[rstest]
#[case::uuid(uuid)]
#[case::trace_id(|random: &mut SplitMix| hex(random, 32))]
#[case::span_id(|random: &mut SplitMix| hex(random, 16))]
#[case::milliseconds(|random: &mut SplitMix| (random.time() / 1_000_000).to_string())]
#[case::microseconds(|random: &mut SplitMix| (random.time() / 1_000).to_string())]
#[case::nanoseconds(|random: &mut SplitMix| random.time().to_string())]
#[case::iso_time(iso)]
#[case::order_number(order)]
fn under_one_in_a_hundred_of_ten_thousand_made_ids_is_touched(
    #[case] make: fn(&mut SplitMix) -> String,
) {
    let mut random = SplitMix(20_261_122);
    let around = [
        ("", ""),
        ("id=", " level=warn"),
        ("since ", ", then a timeout"),
        ("{\"v\":\"", "\",\"n\":4}"),
    ];
    let mut touched = Vec::new();
    for round in 0..ROUNDS {
        let (before, after) = around[(round % 4) as usize];
        let text = format!("{before}{}{after}", make(&mut random));
        if is_touched(&text) {
            touched.push(text);
        }
    }
    let some = &touched[..touched.len().min(10)];
    assert!(
        (touched.len() as u64) * 100 < ROUNDS,
        "{} of {ROUNDS}: {some:#?}",
        touched.len()
    );
}
