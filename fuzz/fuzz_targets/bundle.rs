//! The reader of bundles: `cargo fuzz run bundle`. For any archive, no name leads out of the bundle.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warroom::harness::names_in_archive;

fuzz_target!(|data: &[u8]| {
    for (name, range) in names_in_archive(data) {
        assert!(!name.starts_with('/') && !name.split('/').any(|part| part == ".." || part.is_empty()));
        assert!(range.start <= range.end && range.end <= data.len() as u64);
    }
});
