//! The windows of detection.

/// In minutes.
pub const WINDOWS: [i64; 18] = [
    1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360,
];
/// In minutes.
pub(super) const LONGEST: i64 = WINDOWS[WINDOWS.len() - 1];
