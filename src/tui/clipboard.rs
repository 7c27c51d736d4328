//! Copying, over ssh too; what is too long for a terminal goes to a file whose path is shown.

use super::osc::{self, Surroundings};
use super::terminal::Screen;
use std::fs::{DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Longest text for OSC 52: several terminals cut sequences beyond 8 kB of base64.
const MAX: usize = 5000;

/// Copies text. Returns what to tell.
pub(super) fn copy(screen: &mut Screen, text: &str, directory: &Path) -> io::Result<String> {
    // A file in any case: whether a terminal honours OSC 52 cannot be known from here.
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    let path = directory.join("copied.txt");
    let mut file = File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&path)?;
    file.write_all(text.as_bytes())?;
    if text.len() > MAX {
        return Ok(format!("too long for the clipboard: {}", path.display()));
    }
    screen.write(osc::clipboard(text, Surroundings::of_environment()).as_bytes())?;
    Ok(format!("copied; also in {}", path.display()))
}
