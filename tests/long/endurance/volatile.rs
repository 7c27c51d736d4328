//! A file system in memory that keeps only what was synced: a file's bytes after a sync of that file, a name after a
//! sync of its directory. At any moment it tells what a power cut would leave.

use super::leftover::Leftover;
use crate::support::dice::Dice;
use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags,
    Generation, INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate,
    ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyWrite, Request, SessionACL,
    TimeOrNow, WriteFlags,
};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// Nothing is cached by the kernel's names: each look comes here.
const TTL: Duration = Duration::ZERO;
const ROOT: u64 = 1;
/// How long a sync takes: long enough for the power to go within it.
const SYNC: Duration = Duration::from_millis(2);

pub(crate) type Names = BTreeMap<String, u64>;

/// What there is now, and what is on the medium.
#[derive(Debug, Clone, Default)]
pub(crate) struct Twice<T> {
    pub now: T,
    pub kept: T,
}

#[derive(Debug, Clone)]
pub(crate) enum Node {
    File(Twice<Vec<u8>>),
    Directory(Twice<Names>),
}

#[derive(Debug)]
pub(crate) struct Tree {
    pub nodes: BTreeMap<u64, (Node, u16)>,
    last: u64,
    /// Whether a sync is answered and not done.
    lies: bool,
}

/// The file system; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct VolatileDisk(Arc<Mutex<Tree>>);

impl Default for VolatileDisk {
    fn default() -> Self {
        let root = (Node::Directory(Twice::default()), 0o700);
        Self(Arc::new(Mutex::new(Tree {
            nodes: BTreeMap::from([(ROOT, root)]),
            last: ROOT,
            lies: false,
        })))
    }
}

impl VolatileDisk {
    /// From now on it answers a sync without doing it.
    pub(crate) fn lies_from_now(&self) {
        self.0.lock().unwrap().lies = true;
    }

    /// Mounts it; it is unmounted when the session is dropped.
    pub(crate) fn mount(&self, at: &Path) -> BackgroundSession {
        fuser::spawn_mount(self.clone(), at, &Config::default()).unwrap()
    }

    /// Mounts it so that the system calls it `fuse.KIND`, which only the helper of FUSE does. It has to be
    /// unmounted by hand.
    pub(crate) fn mount_as(&self, at: &Path, kind: &str) -> BackgroundSession {
        let mut config = Config::default();
        config.acl = SessionACL::All;
        config.mount_options = vec![
            MountOption::AutoUnmount,
            MountOption::Subtype(kind.into()),
            MountOption::FSName("host:/".into()),
        ];
        fuser::spawn_mount(self.clone(), at, &config).unwrap()
    }

    /// Writes what a power cut at this moment would leave into a directory. Without dice exactly what was synced;
    /// with them, of the rest any part that a disk may have written already.
    pub(crate) fn cut(&self, to: &Path, dice: Option<&mut Dice>) {
        let tree = self.0.lock().unwrap();
        Leftover::new(&tree, dice).write(ROOT, to);
    }
}

/// Unmounts what the helper of FUSE has mounted.
pub(crate) fn unmount(at: &Path) {
    let status = std::process::Command::new("umount").arg(at).status();
    assert!(status.unwrap().success(), "{} stays mounted", at.display());
}

impl Tree {
    fn names(&mut self, directory: INodeNo) -> Result<&mut Names, Errno> {
        match self.nodes.get_mut(&directory.0) {
            Some((Node::Directory(names), _)) => Ok(&mut names.now),
            Some(_) => Err(Errno::ENOTDIR),
            None => Err(Errno::ENOENT),
        }
    }

    fn find(&mut self, directory: INodeNo, name: &OsStr) -> Result<u64, Errno> {
        let found = self.names(directory)?.get(&*name.to_string_lossy());
        found.copied().ok_or(Errno::ENOENT)
    }

    fn bytes(&mut self, node: INodeNo) -> Result<&mut Vec<u8>, Errno> {
        match self.nodes.get_mut(&node.0) {
            Some((Node::File(bytes), _)) => Ok(&mut bytes.now),
            Some(_) => Err(Errno::EISDIR),
            None => Err(Errno::ENOENT),
        }
    }

    fn add(
        &mut self,
        directory: INodeNo,
        name: &OsStr,
        node: Node,
        mode: u32,
    ) -> Result<FileAttr, Errno> {
        let number = self.last + 1;
        self.last = number;
        self.nodes.insert(number, (node, mode as u16 & 0o7777));
        self.name(directory, name, number)
    }

    fn name(&mut self, directory: INodeNo, name: &OsStr, node: u64) -> Result<FileAttr, Errno> {
        let name = name.to_string_lossy().into_owned();
        let names = self.names(directory)?;
        if names.contains_key(&name) {
            return Err(Errno::EEXIST);
        }
        names.insert(name, node);
        self.attributes(node)
    }

    fn attributes(&self, number: u64) -> Result<FileAttr, Errno> {
        let (node, mode) = self.nodes.get(&number).ok_or(Errno::ENOENT)?;
        let (kind, size) = match node {
            Node::File(bytes) => (FileType::RegularFile, bytes.now.len() as u64),
            Node::Directory(_) => (FileType::Directory, 0),
        };
        let then = SystemTime::UNIX_EPOCH;
        Ok(FileAttr {
            ino: INodeNo(number),
            size,
            blocks: size.div_ceil(512),
            atime: then,
            mtime: then,
            ctime: then,
            crtime: then,
            kind,
            perm: *mode,
            nlink: 1,
            uid: rustix::process::getuid().as_raw(),
            gid: rustix::process::getgid().as_raw(),
            rdev: 0,
            blksize: 4096,
            flags: 0,
        })
    }

    fn sync(&mut self, number: INodeNo) -> Result<(), Errno> {
        if self.lies {
            return Ok(());
        }
        match self.nodes.get_mut(&number.0) {
            Some((Node::File(bytes), _)) => bytes.kept = bytes.now.clone(),
            Some((Node::Directory(names), _)) => names.kept = names.now.clone(),
            None => return Err(Errno::ENOENT),
        }
        Ok(())
    }
}

impl VolatileDisk {
    fn with<T>(&self, work: impl FnOnce(&mut Tree) -> Result<T, Errno>) -> Result<T, Errno> {
        let mut tree = self.0.lock().map_err(|_| Errno::EIO)?;
        work(&mut tree)
    }

    fn sync(&self, node: INodeNo, reply: ReplyEmpty) {
        std::thread::sleep(SYNC);
        empty(self.with(|tree| tree.sync(node)), reply);
    }
}

fn entry(result: Result<FileAttr, Errno>, reply: ReplyEntry) {
    match result {
        Ok(attributes) => reply.entry(&TTL, &attributes, Generation(0)),
        Err(error) => reply.error(error),
    }
}

fn empty(result: Result<(), Errno>, reply: ReplyEmpty) {
    match result {
        Ok(()) => reply.ok(),
        Err(error) => reply.error(error),
    }
}

impl Filesystem for VolatileDisk {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let found = self.with(|tree| {
            let node = tree.find(parent, name)?;
            tree.attributes(node)
        });
        entry(found, reply);
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.with(|tree| tree.attributes(ino.0)) {
            Ok(attributes) => reply.attr(&TTL, &attributes),
            Err(error) => reply.error(error),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<fuser::BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let result = self.with(|tree| {
            if let Some(size) = size {
                tree.bytes(ino)?.resize(size as usize, 0);
            }
            if let (Some(mode), Some(node)) = (mode, tree.nodes.get_mut(&ino.0)) {
                node.1 = mode as u16 & 0o7777;
            }
            tree.attributes(ino.0)
        });
        match result {
            Ok(attributes) => reply.attr(&TTL, &attributes),
            Err(error) => reply.error(error),
        }
    }

    fn mkdir(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _: u32,
        reply: ReplyEntry,
    ) {
        let node = Node::Directory(Twice::default());
        entry(self.with(|tree| tree.add(parent, name, node, mode)), reply);
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let result = self.with(|tree| {
            tree.find(parent, name)?;
            tree.names(parent)?.remove(&*name.to_string_lossy());
            Ok(())
        });
        empty(result, reply);
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        _: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let result = self.with(|tree| {
            let node = tree.find(parent, name)?;
            tree.names(parent)?.remove(&*name.to_string_lossy());
            let to = newname.to_string_lossy().into_owned();
            tree.names(newparent)?.insert(to, node);
            Ok(())
        });
        empty(result, reply);
    }

    fn link(
        &self,
        _: &Request,
        ino: INodeNo,
        newparent: INodeNo,
        newname: &OsStr,
        reply: ReplyEntry,
    ) {
        entry(
            self.with(|tree| tree.name(newparent, newname, ino.0)),
            reply,
        );
    }

    fn open(&self, _: &Request, _ino: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::FOPEN_DIRECT_IO);
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let part = self.with(|tree| {
            let bytes = tree.bytes(ino)?;
            let from = (offset as usize).min(bytes.len());
            let to = (from + size as usize).min(bytes.len());
            Ok(bytes[from..to].to_vec())
        });
        match part {
            Ok(bytes) => reply.data(&bytes),
            Err(error) => reply.error(error),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let written = self.with(|tree| {
            let bytes = tree.bytes(ino)?;
            let (from, to) = (offset as usize, offset as usize + data.len());
            if bytes.len() < to {
                bytes.resize(to, 0);
            }
            bytes[from..to].copy_from_slice(data);
            Ok(data.len() as u32)
        });
        match written {
            Ok(count) => reply.written(count),
            Err(error) => reply.error(error),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.sync(ino, reply);
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.sync(ino, reply);
    }

    fn readdir(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let rows = self.with(|tree| {
            let names = tree.names(ino)?.clone();
            let row = |(name, node): (String, u64)| {
                let kind = tree.attributes(node).ok()?.kind;
                Some((name, node, kind))
            };
            Ok(names.into_iter().filter_map(row).collect::<Vec<_>>())
        });
        let Ok(rows) = rows else {
            return reply.error(Errno::ENOTDIR);
        };
        for (at, (name, node, kind)) in rows.into_iter().enumerate().skip(offset as usize) {
            if reply.add(INodeNo(node), at as u64 + 1, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _: u32,
        _: i32,
        reply: ReplyCreate,
    ) {
        let node = Node::File(Twice::default());
        match self.with(|tree| tree.add(parent, name, node, mode)) {
            Ok(attributes) => reply.created(
                &TTL,
                &attributes,
                Generation(0),
                FileHandle(0),
                FopenFlags::FOPEN_DIRECT_IO,
            ),
            Err(error) => reply.error(error),
        }
    }
}
