//! Bytes as hexadecimal digits.

use std::fmt::Write as _;

/// Hexadecimal digits in lower case.
pub fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
