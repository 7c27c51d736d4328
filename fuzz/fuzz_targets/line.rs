//! The line parser: `cargo fuzz run line`. For any bytes it returns; what it accepts is JSON for other parsers too.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warroom::harness::{check_line, hex_digest};

/// Length of `{"prev":"` + 64 digits + `"`.
const BEGINNING: usize = 74;

fuzz_target!(|data: &[u8]| {
    accepted_is_json(data);
    // The fuzzer cannot guess a correct hash; with one it reaches the rest of the parser.
    if data.len() > 2 {
        let mut line = data.to_vec();
        line.extend_from_slice(format!(",\"hash\":\"{}\"}}", hex_digest(data)).as_bytes());
        accepted_is_json(&line);
    }
});

fn accepted_is_json(line: &[u8]) {
    if check_line(line).is_ok() {
        let value: serde_json::Value = match serde_json::from_slice(line) {
            Ok(value) => value,
            // Numbers beyond the range of a machine number are still JSON.
            Err(error) if error.to_string().contains("number out of range") => return,
            Err(error) => panic!("accepted and not JSON: {error}"),
        };
        // The keys of a newer format are not checked, so other readers may find one twice.
        if line[BEGINNING..].starts_with(b",\"v\":1,") {
            assert!(value["seq"].is_u64() && value["prev"].is_string());
        }
    }
}
