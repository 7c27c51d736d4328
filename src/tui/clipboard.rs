//! Copying, over ssh too; what is too long for a terminal goes to a file whose path is shown.

use super::osc::{self, Surroundings};
use super::terminal::Screen;
use crate::files::{self, Durable};
use std::io;
use std::path::Path;

/// Longest text for OSC 52: several terminals cut sequences beyond 8 kB of base64.
const MAX: usize = 5000;

/// Copies text. Returns what to tell.
pub(super) fn copy(screen: &mut Screen, text: &str, data_dir: &Path) -> io::Result<String> {
    // A file in any case: whether a terminal honours OSC 52 cannot be known from here.
    files::directory(data_dir)?;
    let path = files::directory_in(data_dir, Path::new("tmp"))?.join("copied.txt");
    files::replace(&path, text.as_bytes(), Durable::No)?;
    if text.len() > MAX {
        return Ok(format!("too long for the clipboard: {}", path.display()));
    }
    screen.write(osc::clipboard(text, Surroundings::of_environment()).as_bytes())?;
    Ok(format!("copied; also in {}", path.display()))
}
