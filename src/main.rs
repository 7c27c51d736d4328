//! Parses the command line, runs it or opens the console, and gives the exit code. Everything else is in
//! the library.

use std::process::ExitCode;
use warroom::Ending;

/// A long journal is hundreds of thousands of small strings, made on a thread of their own: the allocator of the system
/// spends a good part of the opening on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Only what nobody foresaw comes this far; the report goes where a person can copy it.
    if warroom::report_faults().is_err() {
        return ExitCode::FAILURE;
    }
    match warroom::main() {
        Ending::Exit(code) => code,
        Ending::Console(launch) => match warroom::open(*launch) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => warroom::report(&error),
        },
    }
}
