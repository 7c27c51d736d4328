//! The file system as a port of the journal: the machine's own, or in tests a faulty one.
//!
//! Only operations whose durability matters go through it. It decides nothing and retries nothing.

#[cfg(test)]
pub(crate) mod faulty;

use crate::files;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    pub len: u64,
    /// Changes when the file is replaced.
    pub inode: u64,
    pub plain: bool,
    pub directory: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    Read,
    Append,
    AppendOrCreate,
    CreateNew,
}

pub trait Disk: Send + Sync {
    /// A created file is for this user only.
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Box<dyn DiskFile>>;
    /// Fails where the new name is taken.
    fn link_new(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Replaces an existing file.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// For this user only, with missing parents.
    fn create_directory(&self, path: &Path) -> io::Result<()>;
    /// Names that are UTF-8.
    fn names(&self, path: &Path) -> io::Result<Vec<String>>;
    fn sync_directory(&self, path: &Path) -> io::Result<()>;
    /// Does not follow a link.
    fn stat(&self, path: &Path) -> io::Result<Stat>;
    fn lock(&self, path: &Path) -> io::Result<Box<dyn LockFile>>;
}

pub trait DiskFile: Send {
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>>;
    fn read_some(&mut self, offset: u64, most: u64) -> io::Result<Vec<u8>>;
    /// Writes at the end, or after the last write; returns how many bytes it took.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
    fn sync(&mut self) -> io::Result<()>;
    fn truncate(&mut self, len: u64) -> io::Result<()>;
    fn stat(&self) -> io::Result<Stat>;
}

pub trait LockFile: Send + Sync {
    /// `false` where another process holds it.
    fn try_lock(&self) -> io::Result<bool>;
    fn unlock(&self);
    fn sign(&self, text: &str);
    fn signature(&self) -> io::Result<String>;
}

/// Continues after a short or an interrupted write; a write of no bytes is an error.
pub(super) fn write_all(file: &mut dyn DiskFile, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(taken) => bytes = &bytes[taken..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDisk;

struct SystemFile(File);

fn stat_of(meta: &std::fs::Metadata) -> Stat {
    Stat {
        len: meta.len(),
        inode: meta.ino(),
        plain: meta.is_file(),
        directory: meta.is_dir(),
    }
}

impl Disk for SystemDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Box<dyn DiskFile>> {
        let file = match mode {
            OpenMode::Read => files::open_unlinked(path)?,
            OpenMode::Append => files::open_to_append(path)?,
            OpenMode::AppendOrCreate => files::append_or_create(path)?,
            OpenMode::CreateNew => files::create_new(path)?,
        };
        Ok(Box::new(SystemFile(file)))
    }

    fn link_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::hard_link(from, to)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn create_directory(&self, path: &Path) -> io::Result<()> {
        files::directory(path)
    }

    fn names(&self, path: &Path) -> io::Result<Vec<String>> {
        let entries = std::fs::read_dir(path)?;
        let name = |entry: std::fs::DirEntry| entry.file_name().into_string().ok();
        Ok(entries.filter_map(|entry| name(entry.ok()?)).collect())
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        files::open_directory(path)?.sync_all()
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        std::fs::symlink_metadata(path).map(|meta| stat_of(&meta))
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn LockFile>> {
        // A sealed incident's lock may be read-only; locking needs no more than reading.
        let file = files::open_or_create(path).or_else(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => files::open_unlinked(path),
            _ => Err(error),
        })?;
        Ok(Box::new(SystemLock(file)))
    }
}

impl DiskFile for SystemFile {
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        let length = self.0.metadata()?.len().saturating_sub(offset);
        self.0.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::with_capacity(length as usize);
        self.0.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn read_some(&mut self, offset: u64, most: u64) -> io::Result<Vec<u8>> {
        self.0.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::with_capacity(most as usize);
        (&mut self.0).take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        // Interrupted is the one error that says nothing about the data.
        loop {
            match self.0.sync_data() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn stat(&self) -> io::Result<Stat> {
        self.0.metadata().map(|meta| stat_of(&meta))
    }
}

struct SystemLock(File);

impl LockFile for SystemLock {
    fn try_lock(&self) -> io::Result<bool> {
        loop {
            match self.0.try_lock() {
                Ok(()) => return Ok(true),
                Err(TryLockError::WouldBlock) => return Ok(false),
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    fn unlock(&self) {
        let _ = self.0.unlock();
    }

    fn sign(&self, text: &str) {
        let mut file = &self.0;
        let _ = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(text.as_bytes()));
    }

    fn signature(&self) -> io::Result<String> {
        let mut text = String::new();
        let mut file = &self.0;
        file.seek(SeekFrom::Start(0))?;
        file.take(64).read_to_string(&mut text)?;
        Ok(text)
    }
}

pub(crate) fn protect(path: &Path, mode: u32) -> io::Result<()> {
    files::set_mode(path, mode)
}
