//! A test disk that loses power, fails and reports false syncs. It separates synced data from written data, and gives
//! every possible state after a crash.

use super::{Disk, DiskFile, LockFile, OpenMode, Stat};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

pub(crate) const SECTOR: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DiskFault {
    PowerOff,
    Error(io::ErrorKind),
    /// A write takes only half of its bytes, and the next one finds no space.
    Short,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sync {
    #[default]
    Honest,
    /// A sync returns at once and works before the next operation, as for a program that acknowledges too early.
    Late,
    Never,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

#[derive(Debug, Clone, Default)]
struct Node {
    durable: Vec<u8>,
    live: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Debug, Clone)]
enum NameChange {
    Add(PathBuf, u64),
    Remove(PathBuf),
    Rename(PathBuf, PathBuf),
}

#[derive(Debug, Clone, Default)]
struct World {
    nodes: BTreeMap<u64, Node>,
    names: BTreeMap<PathBuf, u64>,
    durable_names: BTreeMap<PathBuf, u64>,
    name_changes: Vec<NameChange>,
    next: u64,
    operations: u64,
    faults: BTreeMap<u64, DiskFault>,
    off: bool,
    no_space: u32,
    sync: Sync,
    owed: Option<u64>,
    locked: BTreeSet<PathBuf>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct FaultyDisk(Arc<Mutex<World>>);

fn power() -> io::Error {
    io::Error::other("the power is off")
}

impl World {
    fn step(&mut self) -> io::Result<Option<DiskFault>> {
        self.operations += 1;
        if self.off {
            return Err(power());
        }
        if let Some(inode) = self.owed.take()
            && let Some(node) = self.nodes.get_mut(&inode)
            && self.faults.get(&self.operations) != Some(&DiskFault::PowerOff)
        {
            node.settle();
        }
        let fault = self.faults.get(&self.operations).copied();
        self.off = fault == Some(DiskFault::PowerOff);
        Ok(fault)
    }

    fn add_name(&mut self, path: &Path, inode: u64) {
        self.names.insert(path.to_path_buf(), inode);
        let change = NameChange::Add(path.to_path_buf(), inode);
        self.name_changes.push(change);
    }

    /// For operations without a partial result.
    fn whole_step(&mut self) -> io::Result<()> {
        match self.step()? {
            None | Some(DiskFault::Short) => Ok(()),
            Some(DiskFault::PowerOff) => Err(power()),
            Some(DiskFault::Error(kind)) => Err(kind.into()),
        }
    }
}

impl Node {
    fn change(&mut self, change: Change) {
        apply(&mut self.live, &change);
        self.pending.push(change);
    }

    fn settle(&mut self) {
        for change in self.pending.drain(..) {
            apply(&mut self.durable, &change);
        }
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write(at, new) => {
            let end = at + new.len();
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*at..end].copy_from_slice(new);
        }
        Change::Truncate(len) => bytes.truncate(*len),
    }
}

impl FaultyDisk {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    /// `nth` counts from 1.
    pub(crate) fn fail(&self, nth: u64, fault: DiskFault) {
        let mut world = self.world();
        let at = world.operations + nth;
        world.faults.insert(at, fault);
    }

    pub(crate) fn sync_is(&self, sync: Sync) {
        self.world().sync = sync;
    }

    pub(crate) fn operations(&self) -> u64 {
        self.world().operations
    }

    pub(crate) fn cut(&self) {
        self.world().off = true;
    }

    /// An independent copy without pending faults.
    pub(crate) fn fork(&self) -> Self {
        let mut world = self.world().clone();
        world.faults.clear();
        world.no_space = 0;
        Self(Arc::new(Mutex::new(world)))
    }

    /// Every state after a crash now: for the last written file each combination of kept and lost sectors, with the
    /// length that follows from them and with the full length; names that were not synced are kept or lost together. At
    /// most `most` combinations.
    pub(crate) fn crashes(&self, most: u64) -> Vec<Self> {
        let world = self.world();
        let mut after = Vec::new();
        for keep_names in [false, true] {
            if keep_names && world.name_changes.is_empty() {
                continue;
            }
            let names = match keep_names {
                true => &world.names,
                false => &world.durable_names,
            };
            let nodes = world.nodes.iter();
            let dirty = nodes.filter(|(_, node)| !node.pending.is_empty());
            let dirty: Vec<u64> = dirty.map(|(inode, _)| *inode).collect();
            if dirty.is_empty() {
                after.push(reborn(&world, names, &BTreeMap::new()));
            }
            for inode in &dirty {
                for contents in outcomes(&world.nodes[inode], most) {
                    after.push(reborn(&world, names, &[(*inode, contents)].into()));
                }
            }
        }
        after
    }
}

fn outcomes(node: &Node, most: u64) -> Vec<Vec<u8>> {
    let mut all = vec![node.durable.clone(), node.live.clone()];
    let start = node.durable.len().min(node.live.len());
    if node.live.len() <= start {
        return all;
    }
    let first = start / SECTOR;
    let sectors = node.live.len().div_ceil(SECTOR) - first;
    let combinations = 1u64.checked_shl(sectors as u32).unwrap_or(u64::MAX);
    for number in 0..combinations.min(most) {
        // Beyond the limit, masks are spread by a multiplicative hash instead of counted.
        let mask = if combinations <= most {
            number
        } else {
            (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        };
        let mut full = node.live.clone();
        let mut last_kept = start;
        for sector in 0..sectors {
            let from = ((first + sector) * SECTOR).max(start);
            let to = ((first + sector + 1) * SECTOR).min(full.len());
            if mask >> (sector % 64) & 1 == 1 {
                last_kept = to;
            } else {
                full[from..to].fill(0);
            }
        }
        let mut short = full.clone();
        short.truncate(last_kept);
        all.push(full);
        all.push(short);
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn reborn(
    world: &World,
    names: &BTreeMap<PathBuf, u64>,
    contents: &BTreeMap<u64, Vec<u8>>,
) -> FaultyDisk {
    let node = |(inode, node): (&u64, &Node)| {
        let bytes = contents.get(inode).unwrap_or(&node.durable).clone();
        let node = Node {
            durable: bytes.clone(),
            live: bytes,
            pending: Vec::new(),
        };
        (*inode, node)
    };
    FaultyDisk(Arc::new(Mutex::new(World {
        nodes: world.nodes.iter().map(node).collect(),
        names: names.clone(),
        durable_names: names.clone(),
        next: world.next,
        ..World::default()
    })))
}

fn not_found() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Disk for FaultyDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Box<dyn DiskFile>> {
        let mut world = self.world();
        world.whole_step()?;
        let found = world.names.get(path).copied();
        let inode = match (found, mode) {
            (Some(_), OpenMode::CreateNew) => return Err(io::ErrorKind::AlreadyExists.into()),
            (Some(inode), _) => inode,
            (None, OpenMode::Read | OpenMode::Append) => return Err(not_found()),
            (None, OpenMode::CreateNew | OpenMode::AppendOrCreate) => {
                world.next += 1;
                let inode = world.next;
                world.nodes.insert(inode, Node::default());
                world.add_name(path, inode);
                inode
            }
        };
        Ok(Box::new(FaultyFile {
            disk: self.clone(),
            inode,
        }))
    }

    fn link_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.whole_step()?;
        let inode = *world.names.get(from).ok_or_else(not_found)?;
        if world.names.contains_key(to) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        world.add_name(to, inode);
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.whole_step()?;
        let inode = world.names.remove(from).ok_or_else(not_found)?;
        world.names.insert(to.to_path_buf(), inode);
        let change = NameChange::Rename(from.to_path_buf(), to.to_path_buf());
        world.name_changes.push(change);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.whole_step()?;
        world.names.remove(path).ok_or_else(not_found)?;
        let change = NameChange::Remove(path.to_path_buf());
        world.name_changes.push(change);
        Ok(())
    }

    fn create_directory(&self, _path: &Path) -> io::Result<()> {
        self.world().whole_step()
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.whole_step()?;
        let inside = |name: &Path| name.parent() == Some(path);
        let changes = std::mem::take(&mut world.name_changes);
        for change in changes {
            match &change {
                NameChange::Add(name, inode) if inside(name) => {
                    world.durable_names.insert(name.clone(), *inode);
                }
                NameChange::Remove(name) if inside(name) => {
                    world.durable_names.remove(name);
                }
                NameChange::Rename(from, to) if inside(to) => {
                    if let Some(inode) = world.names.get(to).copied() {
                        world.durable_names.remove(from);
                        world.durable_names.insert(to.clone(), inode);
                    }
                }
                _ => world.name_changes.push(change),
            }
        }
        Ok(())
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        let world = self.world();
        let inode = *world.names.get(path).ok_or_else(not_found)?;
        Ok(stat(&world, inode))
    }

    fn names(&self, path: &Path) -> io::Result<Vec<String>> {
        let world = self.world();
        let inside = |name: &PathBuf| {
            let first = name.strip_prefix(path).ok()?.components().next()?;
            first.as_os_str().to_str().map(str::to_string)
        };
        let names: BTreeSet<String> = world.names.keys().filter_map(inside).collect();
        Ok(names.into_iter().collect())
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn LockFile>> {
        Ok(Box::new(FaultyLock(self.clone(), path.to_path_buf())))
    }
}

fn stat(world: &World, inode: u64) -> Stat {
    Stat {
        len: world.nodes[&inode].live.len() as u64,
        inode,
        plain: true,
        directory: false,
    }
}

struct FaultyFile {
    disk: FaultyDisk,
    inode: u64,
}

impl DiskFile for FaultyFile {
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        let mut world = self.disk.world();
        world.whole_step()?;
        let live = &world.nodes[&self.inode].live;
        Ok(live.get(offset as usize..).unwrap_or_default().to_vec())
    }

    fn read_some(&mut self, offset: u64, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = self.read_from(offset)?;
        bytes.truncate(most as usize);
        Ok(bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut world = self.disk.world();
        let fault = world.step()?;
        if world.no_space > 0 {
            world.no_space -= 1;
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = match fault {
            Some(DiskFault::Error(kind)) => return Err(kind.into()),
            Some(DiskFault::Short) => {
                world.no_space = 1;
                (bytes.len() / 2).max(1)
            }
            _ => bytes.len(),
        };
        let node = world.nodes.get_mut(&self.inode).ok_or_else(not_found)?;
        node.change(Change::Write(node.live.len(), bytes[..taken].to_vec()));
        if fault == Some(DiskFault::PowerOff) {
            return Err(power());
        }
        Ok(taken)
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut world = self.disk.world();
        let fault = world.step()?;
        let sync = world.sync;
        let inode = self.inode;
        if sync == Sync::Late && fault.is_none() {
            world.owed = Some(inode);
            return Ok(());
        }
        let node = world.nodes.get_mut(&inode).ok_or_else(not_found)?;
        match fault {
            Some(DiskFault::PowerOff) => Err(power()),
            // The kernel marks the pages clean: they stay readable, and no later sync writes them.
            Some(DiskFault::Error(kind)) => {
                node.pending.clear();
                Err(kind.into())
            }
            _ if sync == Sync::Never => Ok(()),
            _ => {
                node.settle();
                Ok(())
            }
        }
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        let mut world = self.disk.world();
        world.whole_step()?;
        let node = world.nodes.get_mut(&self.inode).ok_or_else(not_found)?;
        node.change(Change::Truncate(len as usize));
        Ok(())
    }

    fn stat(&self) -> io::Result<Stat> {
        Ok(stat(&self.disk.world(), self.inode))
    }
}

struct FaultyLock(FaultyDisk, PathBuf);

impl LockFile for FaultyLock {
    fn try_lock(&self) -> io::Result<bool> {
        Ok(self.0.world().locked.insert(self.1.clone()))
    }

    fn unlock(&self) {
        self.0.world().locked.remove(&self.1);
    }

    fn sign(&self, _text: &str) {}

    fn signature(&self) -> io::Result<String> {
        Ok(String::new())
    }
}
