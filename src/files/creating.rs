//! Creates all files and directories, with the documented mode under any umask.

use crate::text::shown_path;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

const FILE_MODE: u32 = 0o600;
const DIRECTORY_MODE: u32 = 0o700;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durable {
    /// It is synced before it gets its name.
    Yes,
    /// Useless after a restart, or written again.
    No,
}

/// A link leads to another place; opening a pipe would block.
fn flags() -> i32 {
    (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits() as i32
}

/// The umask reduces the mode at creation; an existing file keeps its mode.
fn set_open_mode(file: &File, mode: u32) -> io::Result<()> {
    if file.metadata()?.mode() & 0o777 == mode {
        return Ok(());
    }
    match file.set_permissions(Permissions::from_mode(mode)) {
        // The file system has no modes; the caller checks the mode that it shows.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported
            ) =>
        {
            tracing::debug!(%error, "a mode cannot be set");
            Ok(())
        }
        other => other,
    }
}

pub fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    let file = options.mode(FILE_MODE).custom_flags(flags()).open(path)?;
    set_open_mode(&file, FILE_MODE)?;
    Ok(file)
}

pub fn append_or_create(path: &Path) -> io::Result<File> {
    open_or_create_with(path, OpenOptions::new().append(true))
}

pub fn open_to_append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).custom_flags(flags());
    options.open(path).and_then(must_be_plain)
}

/// Refuses a pipe or a device: it would not keep the bytes.
fn must_be_plain(file: File) -> io::Result<File> {
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(refused("it is not a plain file")),
    }
}

pub fn open_or_create(path: &Path) -> io::Result<File> {
    open_or_create_with(path, OpenOptions::new().write(true))
}

fn open_or_create_with(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.read(true).custom_flags(flags());
    loop {
        // Only a file created here gets its mode: a sealed file has another one.
        let created = options.clone().create_new(true).mode(FILE_MODE).open(path);
        match created {
            Ok(file) => {
                set_open_mode(&file, FILE_MODE)?;
                return Ok(file);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        match options.open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => return other.and_then(must_be_plain),
        }
    }
}

/// Atomic: writes a new file next to it and renames it. Links are replaced, not followed.
pub fn replace(path: &Path, bytes: &[u8], durable: Durable) -> io::Result<()> {
    let fresh = written_beside(path, bytes, durable)?;
    let placed = std::fs::rename(&fresh, path);
    if placed.is_err() {
        let _ = std::fs::remove_file(&fresh);
    }
    placed
}

/// A new file next to `path`, with a name that readers of directories skip. Nothing is left if it cannot be written.
pub(super) fn written_beside(path: &Path, bytes: &[u8], durable: Durable) -> io::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (process, number) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let fresh = path.with_file_name(format!(".{name}.new-{process}-{number}"));
    let _ = std::fs::remove_file(&fresh);
    let written = create_new(&fresh).and_then(|mut file| {
        file.write_all(bytes)?;
        match durable {
            Durable::Yes => file.sync_all(),
            Durable::No => Ok(()),
        }
    });
    match written {
        Ok(()) => Ok(fresh),
        Err(error) => {
            let _ = std::fs::remove_file(&fresh);
            Err(error)
        }
    }
}

/// Creates missing parents too. An existing directory does not change.
pub fn directory(path: &Path) -> io::Result<()> {
    let create = || DirBuilder::new().mode(DIRECTORY_MODE).create(path);
    let created = create().or_else(|error| {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty());
        match above {
            Some(above) if error.kind() == io::ErrorKind::NotFound => {
                directory(above)?;
                create()
            }
            _ => Err(error),
        }
    });
    match created {
        Ok(()) => set_directory_mode(path),
        Err(_) if path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

fn set_directory_mode(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path)?.mode() & 0o777 {
        DIRECTORY_MODE => Ok(()),
        _ => set_mode(path, DIRECTORY_MODE),
    }
}

/// Creates a missing directory below `root` and removes access of others. Refuses a symbolic link, which leads out of
/// the data directory.
pub fn directory_in(root: &Path, below: &Path) -> io::Result<PathBuf> {
    let mut path = root.to_path_buf();
    for part in below {
        path.push(part);
        directory(&path)?;
        own_directory(&path)?;
        let me = rustix::process::geteuid().as_raw();
        let meta = std::fs::symlink_metadata(&path)?;
        if meta.mode() & 0o077 != 0 && meta.uid() == me {
            set_mode(&path, meta.mode() & DIRECTORY_MODE)?;
        }
    }
    Ok(path)
}

/// Refuses a symbolic link and anything else that is not a directory.
pub fn own_directory(path: &Path) -> io::Result<()> {
    let kind = std::fs::symlink_metadata(path)?.file_type();
    match (kind.is_dir(), kind.is_symlink()) {
        (true, _) => Ok(()),
        (_, true) => Err(refused(format!(
            "{} is a symbolic link; a directory of warroom's own must stand there",
            shown_path(path)
        ))),
        _ => Err(refused(format!("{} is not a directory", shown_path(path)))),
    }
}

pub fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(mode))
}

pub(super) fn refused(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why.into())
}

#[cfg(test)]
mod tests {
    use super::super::{Placed, write_document};
    use super::*;

    fn write_named(path: &Path, bytes: &[u8]) -> io::Result<Placed> {
        write_document(path, bytes, "mark", &|_| true)
    }

    fn mode(path: &Path) -> u32 {
        std::fs::symlink_metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn what_is_created_is_its_owners_alone_and_what_is_there_keeps_its_mode() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        create_new(&at("new")).unwrap();
        append_or_create(&at("chain")).unwrap();
        replace(&at("head"), b"1", Durable::No).unwrap();
        write_named(&at("document"), b"x").unwrap();
        directory(&at("a/b/c")).unwrap();
        for name in ["new", "chain", "head", "document"] {
            assert_eq!(mode(&at(name)), FILE_MODE, "{name}");
        }
        for name in ["a", "a/b", "a/b/c"] {
            assert_eq!(mode(&at(name)), DIRECTORY_MODE, "{name}");
        }
        set_mode(&at("chain"), 0o440).unwrap();
        append_or_create(&at("chain")).unwrap();
        set_mode(&at("document"), 0o644).unwrap();
        write_named(&at("document"), b"y").unwrap();
        assert_eq!((mode(&at("chain")), mode(&at("document"))), (0o440, 0o644));
    }

    #[test]
    fn a_link_is_replaced_and_never_written_through() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        std::fs::write(at("victim"), "kept").unwrap();
        for name in ["head", "chain", "new"] {
            std::os::unix::fs::symlink(at("victim"), at(name)).unwrap();
        }
        replace(&at("head"), b"new", Durable::Yes).unwrap();
        assert!(append_or_create(&at("chain")).is_err() && create_new(&at("new")).is_err());
        assert_eq!(std::fs::read_to_string(at("victim")).unwrap(), "kept");
        assert_eq!(std::fs::read_to_string(at("head")).unwrap(), "new");
        assert!(!at("head").is_symlink());
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 4);
    }

    #[test]
    fn a_pipe_is_not_written_to_and_a_device_only_where_a_person_named_it() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        for path in [pipe.as_path(), Path::new("/dev/null")] {
            let refused = write_named(path, b"x").is_err();
            assert_eq!(refused, path == pipe, "{}", path.display());
            assert!(append_or_create(path).is_err() && open_or_create(path).is_err());
            assert!(open_to_append(path).is_err());
        }
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn a_directory_of_ours_is_no_link_and_is_closed_to_others() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        std::fs::create_dir(at("elsewhere")).unwrap();
        std::os::unix::fs::symlink(at("elsewhere"), at("documents")).unwrap();
        let refused = directory_in(home.path(), Path::new("documents/INC-1")).unwrap_err();
        assert!(refused.to_string().contains("symbolic link"), "{refused}");
        assert_eq!(std::fs::read_dir(at("elsewhere")).unwrap().count(), 0);
        std::fs::create_dir(at("keepers")).unwrap();
        set_mode(&at("keepers"), 0o775).unwrap();
        let made = directory_in(home.path(), Path::new("keepers")).unwrap();
        assert_eq!(mode(&made), DIRECTORY_MODE);
        std::fs::write(at("file"), "").unwrap();
        assert!(directory_in(home.path(), Path::new("file")).is_err());
    }

    #[test]
    fn a_file_is_replaced_whole_or_stays_and_a_device_stays_a_device() {
        let home = tempfile::tempdir().unwrap();
        let (path, link) = (home.path().join("record.md"), home.path().join("link"));
        write_named(&path, b"one").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write_named(&link, b"two").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        let full = home.path().join("full");
        std::os::unix::fs::symlink("/dev/full", &full).unwrap();
        let error = write_named(&full, b"three").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(write_named(home.path(), b"four").is_err());
        let left = std::fs::read_dir(home.path()).unwrap().count();
        assert_eq!(left, 3, "nothing is left of what failed");
    }
}
