//! Writes a document to a file that a person named, never over content that this program did not write.

use super::creating::{Durable, refused, set_mode, written_beside};
use super::opening::open;
use crate::text::shown_path;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    Written,
    /// The file had this content already.
    Unchanged,
    /// The file has other content, and stays.
    Beside(PathBuf),
}

/// Attempts to place a file while others create, change or remove files of its name.
const ATTEMPTS: u32 = 5;
/// Files that stand beside one that stays.
const BESIDE: u32 = 100;
/// A larger file is none of ours. Bytes.
const LARGEST: u64 = 256 << 20;

/// Completely or not at all. An existing file is replaced only if `is_ours` says so of its content; otherwise the document
/// gets a name with `mark` next to it. Links and modes stay. A device is written to.
///
/// # Errors
///
/// If the file cannot be read, created or replaced, or is neither a plain file nor a device.
pub fn write_document(
    path: &Path,
    bytes: &[u8],
    mark: &str,
    is_ours: &dyn Fn(&[u8]) -> bool,
) -> io::Result<Placed> {
    // A link stays; its target is replaced.
    let place = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    for _ in 0..ATTEMPTS {
        let there = match place.metadata() {
            Ok(there) => there,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                match place_new(&place, bytes)? {
                    true => return Ok(Placed::Written),
                    false => continue,
                }
            }
            Err(error) => return Err(error),
        };
        if there.file_type().is_char_device() {
            let mut device = OpenOptions::new().write(true).open(&place)?;
            return device.write_all(bytes).map(|()| Placed::Written);
        }
        let known = match content(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            known => known?,
        };
        match known {
            Some(known) if known == bytes => return Ok(Placed::Unchanged),
            Some(known) if is_ours(&known) => {
                let mode = there.permissions().mode() & 0o777;
                if exchange(&place, bytes, &known, mode)? {
                    return Ok(Placed::Written);
                }
            }
            _ => break,
        }
    }
    beside(path, bytes, mark).map(Placed::Beside)
}

/// `None` if it is larger than any document.
fn content(place: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    open(place)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= LARGEST).then_some(bytes))
}

fn beside(path: &Path, bytes: &[u8], mark: &str) -> io::Result<PathBuf> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|it| it.to_string_lossy());
    let extension = extension.map_or(String::new(), |it| format!(".{it}"));
    for number in 1..=BESIDE {
        let number = match number {
            1 => String::new(),
            number => format!("-{number}"),
        };
        let other = path.with_file_name(format!("{stem}-{mark}{number}{extension}"));
        if place_new(&other, bytes)? {
            return Ok(other);
        }
        if content(&other).ok().flatten().as_deref() == Some(bytes) {
            return Ok(other);
        }
    }
    Err(refused(
        "it was changed by hand, and every name next to it is taken",
    ))
}

/// Whether the name was free.
fn place_new(place: &Path, bytes: &[u8]) -> io::Result<bool> {
    let fresh = written_beside(place, bytes, Durable::Yes)?;
    let placed = match renameat_with(CWD, &fresh, CWD, place, RenameFlags::NOREPLACE) {
        Ok(()) => return Ok(true),
        Err(Errno::EXIST) => Ok(false),
        // A second name is refused where the first is taken, too.
        Err(error) if is_unsupported(error) => match std::fs::hard_link(&fresh, place) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        },
        Err(error) => Err(error.into()),
    };
    let _ = std::fs::remove_file(&fresh);
    placed
}

/// Replaces a file with this content. Whether that was still its content: if not, the file stays.
fn exchange(place: &Path, bytes: &[u8], known: &[u8], mode: u32) -> io::Result<bool> {
    let swap =
        |one: &Path, other: &Path| renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE);
    exchange_with(&swap, place, (bytes, known), mode)
}

fn exchange_with(
    swap: &dyn Fn(&Path, &Path) -> Result<(), Errno>,
    place: &Path,
    (bytes, known): (&[u8], &[u8]),
    mode: u32,
) -> io::Result<bool> {
    let fresh = written_beside(place, bytes, Durable::Yes)?;
    let is_known = |path: &Path| content(path).map(|now| now.as_deref() == Some(known));
    let done = set_mode(&fresh, mode).and_then(|()| match swap(&fresh, place) {
        // What was there has the other name now, and cannot be changed unseen.
        Ok(()) => match is_known(&fresh) {
            Ok(true) => Ok(true),
            other => put_back(swap, &fresh, place).and(other),
        },
        Err(Errno::NOENT) => Ok(false),
        Err(error) if is_unsupported(error) => match is_known(place)? {
            true => std::fs::rename(&fresh, place).map(|()| true),
            false => Ok(false),
        },
        Err(error) => Err(error.into()),
    });
    let is_left = |left: &[u8]| left == bytes || (left == known && matches!(done, Ok(true)));
    match content(&fresh) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => done,
        Ok(Some(left)) if is_left(&left) => {
            let _ = std::fs::remove_file(&fresh);
            done
        }
        // Somebody wrote it in the meantime.
        Ok(_) | Err(_) => {
            let why = done
                .err()
                .map_or(String::new(), |error| format!(" ({error})"));
            Err(refused(format!(
                "it was changed in the meantime{why}, and what was written then is now in {}",
                shown_path(&fresh)
            )))
        }
    }
}

/// What was at the place gets its name back, also where nothing has it any more.
fn put_back(
    swap: &dyn Fn(&Path, &Path) -> Result<(), Errno>,
    fresh: &Path,
    place: &Path,
) -> io::Result<()> {
    let Err(error) = swap(fresh, place) else {
        return Ok(());
    };
    renameat_with(CWD, fresh, CWD, place, RenameFlags::NOREPLACE).map_err(|_| error.into())
}

/// By the file system or the kernel.
fn is_unsupported(error: Errno) -> bool {
    [Errno::INVAL, Errno::NOSYS, Errno::NOTSUP].contains(&error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &Path) -> String {
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_new_file_is_written_and_the_same_content_again_changes_nothing() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("record.md");
        let nothing_is = |_: &[u8]| false;
        let place = |bytes: &[u8]| write_document(&path, bytes, "upto-4", &nothing_is).unwrap();
        assert_eq!(place(b"one"), Placed::Written);
        let before = std::fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(place(b"one"), Placed::Unchanged);
        assert_eq!(
            std::fs::metadata(&path).unwrap().modified().unwrap(),
            before
        );
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_of_ours_is_replaced_with_its_mode_and_behind_its_link() {
        let home = tempfile::tempdir().unwrap();
        let (path, link) = (home.path().join("record.md"), home.path().join("link.md"));
        std::fs::write(&path, "ours").unwrap();
        set_mode(&path, 0o644).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let ours = |bytes: &[u8]| bytes == b"ours";
        let placed = write_document(&link, b"new", "upto-4", &ours).unwrap();
        assert_eq!((placed, read(&path)), (Placed::Written, "new".to_string()));
        assert!(link.is_symlink());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_somebody_changed_stays_and_so_does_the_one_beside_it() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        std::fs::write(at("record.md"), "by hand").unwrap();
        let nothing_is = |_: &[u8]| false;
        let place =
            |bytes: &[u8]| write_document(&at("record.md"), bytes, "upto-42", &nothing_is).unwrap();
        assert_eq!(place(b"new"), Placed::Beside(at("record-upto-42.md")));
        assert_eq!(place(b"new"), Placed::Beside(at("record-upto-42.md")));
        assert_eq!(place(b"newer"), Placed::Beside(at("record-upto-42-2.md")));
        assert_eq!(read(&at("record.md")), "by hand");
        assert_eq!(read(&at("record-upto-42.md")), "new");
        assert_eq!(read(&at("record-upto-42-2.md")), "newer");
        std::fs::write(at("plain"), "by hand").unwrap();
        let placed = write_document(&at("plain"), b"new", "upto-1", &nothing_is).unwrap();
        assert_eq!(placed, Placed::Beside(at("plain-upto-1")));
        std::os::unix::fs::symlink(at("nowhere"), at("dangling.md")).unwrap();
        let placed = write_document(&at("dangling.md"), b"new", "upto-1", &nothing_is).unwrap();
        assert_eq!(placed, Placed::Beside(at("dangling-upto-1.md")));
    }

    /// Between the look at the content and the replacement.
    #[test]
    fn a_change_in_the_meantime_is_not_lost() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("record.md");
        std::fs::write(&path, "ours").unwrap();
        let changed = |bytes: &[u8]| {
            std::fs::write(&path, "by hand, just now").unwrap();
            bytes == b"ours"
        };
        let placed = write_document(&path, b"new", "upto-4", &changed).unwrap();
        assert_eq!(placed, Placed::Beside(home.path().join("record-upto-4.md")));
        assert_eq!(read(&path), "by hand, just now");
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 2);
    }

    /// What a person writes between the look and the exchange; `back` stands for the second exchange.
    fn exchanged_while(
        place: &Path,
        back: &dyn Fn(&Path, &Path) -> Result<(), Errno>,
    ) -> io::Result<bool> {
        std::fs::write(place, "ours").unwrap();
        let swaps = std::cell::Cell::new(0);
        let swap = |one: &Path, other: &Path| {
            swaps.set(swaps.get() + 1);
            if swaps.get() > 1 {
                return back(one, other);
            }
            std::fs::write(other, "by hand").unwrap();
            renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)
        };
        exchange_with(&swap, place, (b"new", b"ours"), 0o600)
    }

    #[test]
    fn a_file_gets_its_name_back_where_it_was_removed_in_the_meantime() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("record.md");
        let gone = |_: &Path, place: &Path| {
            std::fs::remove_file(place).unwrap();
            Err(Errno::NOENT)
        };
        assert!(!exchanged_while(&path, &gone).unwrap());
        assert_eq!(read(&path), "by hand");
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_get_its_name_back_is_kept_and_named() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("record.md");
        let fails = |_: &Path, _: &Path| Err(Errno::IO);
        let error = exchanged_while(&path, &fails).unwrap_err().to_string();
        let files = std::fs::read_dir(home.path()).unwrap();
        let kept = files
            .map(|file| file.unwrap().path())
            .find(|it| *it != path)
            .unwrap();
        assert_eq!(read(&kept), "by hand");
        assert!(error.contains(&shown_path(&kept)), "{error}");
    }

    #[test]
    fn what_is_written_while_a_file_is_put_back_is_kept_and_named() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("record.md");
        let changed = |one: &Path, other: &Path| {
            std::fs::write(other, "by hand again").unwrap();
            renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)
        };
        let error = exchanged_while(&path, &changed).unwrap_err().to_string();
        let files = std::fs::read_dir(home.path()).unwrap();
        let kept = files
            .map(|file| file.unwrap().path())
            .find(|it| *it != path)
            .unwrap();
        assert_eq!(
            (read(&path), read(&kept)),
            ("by hand".into(), "by hand again".into())
        );
        assert!(error.contains(&shown_path(&kept)), "{error}");
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let ours = |_: &[u8]| true;
        assert!(write_document(home.path(), b"x", "upto-1", &ours).is_err());
        let pipe = home.path().join("pipe");
        rustix::fs::mkfifoat(CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        assert!(write_document(&pipe, b"x", "upto-1", &ours).is_err());
        let missing = home.path().join("no/such/directory.md");
        assert!(write_document(&missing, b"x", "upto-1", &ours).is_err());
        let null = write_document(Path::new("/dev/null"), b"x", "upto-1", &ours);
        assert_eq!(null.unwrap(), Placed::Written);
    }
}
