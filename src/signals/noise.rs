//! How far the ratio of a window moves by chance.

use super::tally::{RatioSeries, Tally, TallySum};

/// Minutes before the end of a window that show how much they differ.
const SHOWN: i64 = 20;
/// Of the absolute difference of two values from a normal distribution: its median over the standard deviation of one.
const MEDIAN_DIFFERENCE: f64 = 0.954;

/// Standard error of the ratio of the last `window` minutes: the larger of the binomial one and the one by the
/// differences between minutes. In their median a step counts as one difference, so that it hides no change. 0 without
/// payments.
pub fn noise(minutes: &[Tally], window: usize) -> f64 {
    let last = &minutes[minutes.len().saturating_sub(window)..];
    binomial(last).max(between(minutes, last.len()))
}

/// Of the current ratio of a series.
pub fn of_window(track: &RatioSeries, window: &TallySum, has_volume: bool) -> f64 {
    let to = window.to.timestamp().div_euclid(60);
    let length = (window.to - window.from).num_minutes().max(1);
    let minutes = (to - SHOWN.max(length)..to).filter_map(|minute| track.minute(minute));
    let minutes: Vec<Tally> = minutes.collect();
    let length = length as usize;
    match has_volume {
        true => noise(&minutes, length),
        // Seconds are no independent events.
        false => between(&minutes, length),
    }
}

fn binomial(minutes: &[Tally]) -> f64 {
    let (good, total) = minutes.iter().fold((0.0, 0.0), |(good, total), tally| {
        (good + tally.good, total + tally.total)
    });
    if total <= 0.0 {
        return 0.0;
    }
    let ratio = (good / total).clamp(0.0, 1.0);
    (ratio * (1.0 - ratio) / total).sqrt()
}

fn between(minutes: &[Tally], window: usize) -> f64 {
    let ratios: Vec<f64> = minutes.iter().filter_map(|tally| tally.ratio()).collect();
    let mut differences: Vec<f64> = ratios
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .collect();
    differences.sort_by(f64::total_cmp);
    let median = differences.get(differences.len() / 2);
    median.map_or(0.0, |median| {
        median / MEDIAN_DIFFERENCE / (window.max(1) as f64).sqrt()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(ratios: &[f64], total: f64) -> Vec<Tally> {
        let tally = |ratio: &f64| Tally {
            good: ratio * total,
            total,
        };
        ratios.iter().map(tally).collect()
    }

    #[test]
    fn without_differences_between_minutes_chance_alone_moves_a_ratio() {
        // √(0.85 × 0.15 / 500).
        let noise = noise(&minutes(&[0.85; 20], 100.0), 5);
        assert!((noise - 0.015_97).abs() < 1e-4, "{noise}");
    }

    #[test]
    fn minutes_that_differ_more_than_by_chance_move_it_more() {
        let ratios: Vec<f64> = (0..20)
            .map(|n| if n % 2 == 0 { 0.8 } else { 0.9 })
            .collect();
        let noise = noise(&minutes(&ratios, 1e6), 5);
        assert!((noise - 0.1 / 0.954 / 5f64.sqrt()).abs() < 1e-6, "{noise}");
    }

    #[test]
    fn a_step_is_no_noise() {
        let ratios = [vec![0.999; 18], vec![0.2; 2]].concat();
        let noise = noise(&minutes(&ratios, 1e6), 5);
        assert!(noise < 0.001, "{noise}");
        assert!(super::noise(&[], 5).abs() < f64::EPSILON);
    }
}
