//! Parses the command line, runs, and gives the exit code. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Only what nobody foresaw comes this far; the report goes where a person can copy it.
    if color_eyre::install().is_err() {
        return ExitCode::FAILURE;
    }
    warroom::cli::main()
}
