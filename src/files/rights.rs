//! Whether anybody except this user and root can change a file. A file that names commands, credentials, people or
//! certificates must not be writable by others: its author decides what this user runs, and who is paged.
//!
//! The open file is checked, and each directory and symbolic link on its path: write access to one of them is enough
//! to replace the file (compare `StrictModes` of OpenSSH's server). POSIX access control lists count too: the mode
//! shows their mask as the rights of the group.

use crate::text::shown_path;
use rustix::fs::StatVfsMountFlags;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

/// Most symbolic links on a path, as in the kernel.
const MAX_LINKS: usize = 40;

const STICKY: u32 = 0o1000;
const WRITE_GROUP: u32 = 0o020;
const WRITE_OTHERS: u32 = 0o002;

/// A file or directory that others can change, or a credential that others can read. It is carried inside an
/// [`io::Error`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {remedy}")]
pub struct Exposed {
    /// The path, its mode and its owner, and who can do what.
    pub what: String,
    pub remedy: String,
}

impl Exposed {
    /// The exposure inside an error.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    fn error(self) -> io::Error {
        io::Error::new(io::ErrorKind::PermissionDenied, self)
    }
}

/// Who may write, except the owner and root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writers {
    Owner,
    Group,
}

/// The checked properties of a file, a directory or a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rights {
    uid: u32,
    mode: u32,
    kind: EntryKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EntryKind {
    File,
    Directory,
    /// Its mode means nothing.
    Link,
}

/// Who can change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AccessProblem {
    Owner,
    Group,
    Others,
}

impl Rights {
    fn of(meta: &Metadata) -> Self {
        let kind = match meta.file_type() {
            kind if kind.is_symlink() => EntryKind::Link,
            kind if kind.is_dir() => EntryKind::Directory,
            _ => EntryKind::File,
        };
        Self {
            uid: meta.uid(),
            mode: meta.mode() & 0o7777,
            kind,
        }
    }

    /// The exposure, if there is one. In a directory with the sticky bit nobody can replace entries of others; the
    /// owner of the next entry on the path is checked with that entry.
    fn fault(self, me: u32, writers: Writers) -> Option<AccessProblem> {
        let sticky = self.kind == EntryKind::Directory && self.mode & STICKY != 0;
        if self.uid != me && self.uid != 0 {
            Some(AccessProblem::Owner)
        } else if self.kind == EntryKind::Link || sticky {
            None
        } else if self.mode & WRITE_OTHERS != 0 {
            Some(AccessProblem::Others)
        } else {
            (self.mode & WRITE_GROUP != 0 && writers == Writers::Owner)
                .then_some(AccessProblem::Group)
        }
    }

    fn exposed(self, path: &Path, me: u32, fault: AccessProblem, to: &Path) -> Exposed {
        let (shown, uid) = (shown_path(path), self.uid);
        let way = match path == to {
            true => String::new(),
            false => format!(", which is on the way to {}", shown_path(to)),
        };
        let who = match fault {
            AccessProblem::Owner => {
                let what =
                    format!("{shown} belongs to user {uid}, not to this user ({me}) or root{way}");
                let remedy = format!("chown it to this user or to root (chown {me} {shown})");
                return Exposed { what, remedy };
            }
            AccessProblem::Group => "its group",
            AccessProblem::Others => "every user",
        };
        let mode = self.mode;
        let what = format!("{shown} can be changed by {who} (mode {mode:04o}, owner {uid}){way}");
        let remedy = match self.kind {
            EntryKind::Directory => format!("chmod go-w {shown}"),
            EntryKind::File | EntryKind::Link => {
                format!("chmod go-w {shown} (in a Kubernetes volume: defaultMode: 0440)")
            }
        };
        Exposed { what, remedy }
    }
}

fn me() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Each directory and symbolic link in the order of the path; the file itself is the last.
fn way(path: &Path) -> io::Result<Vec<(PathBuf, Metadata)>> {
    let path = std::path::absolute(path)?;
    let words = |path: &Path| -> VecDeque<OsString> {
        path.components()
            .map(|part| part.as_os_str().to_os_string())
            .collect()
    };
    let (mut steps, mut at, mut links) = (Vec::new(), PathBuf::new(), 0);
    let mut left = words(&path);
    while let Some(word) = left.pop_front() {
        match Path::new(&word).components().next() {
            Some(Component::ParentDir) => {
                at.pop();
                continue;
            }
            Some(Component::CurDir) | None => continue,
            Some(Component::RootDir | Component::Normal(_) | Component::Prefix(_)) => {}
        }
        let next = at.join(&word);
        let meta = std::fs::symlink_metadata(&next)?;
        if meta.file_type().is_symlink() {
            links += 1;
            if links > MAX_LINKS {
                return Err(io::Error::from(rustix::io::Errno::LOOP));
            }
            // A relative target is relative to the directory of the link.
            let mut target = words(&std::fs::read_link(&next)?);
            target.append(&mut left);
            left = target;
        } else {
            at.clone_from(&next);
        }
        steps.push((next, meta));
    }
    Ok(steps)
}

/// Nobody here can change files on a read-only mount, whatever their modes are: Kubernetes mounts configuration that
/// way, in directories of mode 0777.
fn takes_changes(path: &Path) -> bool {
    !rustix::fs::statvfs(path).is_ok_and(|found| found.f_flag.contains(StatVfsMountFlags::RDONLY))
}

/// The target of a path, with links followed.
fn last<'s>(steps: &'s [(PathBuf, Metadata)], path: &'s Path) -> &'s Path {
    steps.last().map_or(path, |(last, _)| last)
}

fn judge(steps: &[(PathBuf, Metadata)], to: &Path, writers: Writers) -> io::Result<()> {
    let me = me();
    for (path, meta) in steps {
        let rights = Rights::of(meta);
        let Some(fault) = rights.fault(me, writers) else {
            continue;
        };
        if fault == AccessProblem::Owner || takes_changes(path) {
            return Err(rights.exposed(path, me, fault, to).error());
        }
    }
    Ok(())
}

/// Refuses an open file that others can change or replace. If nobody else can write on the path, the file at the path
/// now is the opened one.
pub(super) fn only_ours(path: &Path, file: &File) -> io::Result<Metadata> {
    let steps = way(path)?;
    judge(&steps, last(&steps, path), Writers::Owner)?;
    let open = file.metadata()?;
    let same = |there: &Metadata| (there.dev(), there.ino()) == (open.dev(), open.ino());
    match steps.last() {
        Some((_, there)) if same(there) => Ok(open),
        _ => Err(io::Error::other(
            "it was replaced while it was read; try again",
        )),
    }
}

/// Refuses a credential that others can read. The group may read a file of root: services get credentials that way
/// from systemd (`LoadCredential=`), and from Kubernetes with `fsGroup`.
pub(super) fn private(path: &Path, meta: &Metadata) -> io::Result<()> {
    let (mode, uid) = (meta.mode() & 0o7777, meta.uid());
    let bare = match uid {
        0 => 0o007,
        _ => 0o077,
    };
    if mode & bare == 0 {
        return Ok(());
    }
    let shown = shown_path(path);
    let what = format!("others may read {shown} (mode {mode:04o}, owner {uid})");
    let remedy = format!(
        "chmod 600 {shown}; a file of root may be readable by its group (in a Kubernetes volume: defaultMode: 0440)"
    );
    Err(Exposed { what, remedy }.error())
}

/// Refuses a directory that others can change or replace. A group may write to a directory above it: its replacement
/// would not be owned by this user, and is refused.
pub fn directory_is_ours(path: &Path, writers: Writers) -> io::Result<()> {
    let steps = way(path)?;
    let above = steps.len().saturating_sub(1);
    let to = last(&steps, path);
    judge(&steps[..above], to, Writers::Group)?;
    judge(&steps[above..], to, writers)
}

/// A directory above the path in which a group can replace an entry.
pub fn shared_above(path: &Path) -> Option<Exposed> {
    let steps = way(path).ok()?;
    let above = steps.len().saturating_sub(1);
    let error = judge(&steps[..above], last(&steps, path), Writers::Owner).err()?;
    Exposed::of(&error).cloned()
}

#[cfg(test)]
mod tests;
