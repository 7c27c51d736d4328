//! The file system of a directory. On a network file system locks and syncs may have weaker guarantees.

use std::path::Path;

/// File systems whose files are on another machine, as `/proc/self/mountinfo` names them.
const NETWORK: &[&str] = &[
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ceph",
    "glusterfs",
    "lustre",
    "gfs2",
    "ocfs2",
    "beegfs",
    "gpfs",
    "davfs",
    "ncpfs",
    "virtiofs",
    "fuse.sshfs",
    "fuse.glusterfs",
    "fuse.ceph",
    "fuse.s3fs",
    "fuse.rclone",
    "fuse.davfs",
    "fuse.smbnetfs",
];

/// `None` for a local or an unknown file system.
pub(super) fn network_file_system(path: &Path) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt;
    // The directory may not be there yet: the one above it that is decides.
    let there = path.ancestors().find_map(|path| path.metadata().ok())?;
    let device = there.dev();
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    kind_of(
        &mounts,
        (rustix::fs::major(device), rustix::fs::minor(device)),
    )
}

/// Format in proc(5): `36 35 98:0 /mnt1 /mnt2 rw … - ext3 /dev/root rw`.
fn kind_of(mounts: &str, device: (u32, u32)) -> Option<&'static str> {
    let wanted = format!("{}:{}", device.0, device.1);
    let kind = mounts.lines().find_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        let found = before.split(' ').nth(2)?;
        (found == wanted).then(|| after.split(' ').next())?
    })?;
    NETWORK.iter().find(|name| **name == kind).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 22 0:52 / /mnt/a rw shared:1 - nfs4 server:/export rw,vers=4.2
41 22 0:53 / /mnt/b rw - fuse.sshfs host:/ rw
42 22 0:54 / /mnt/c rw - fuse.portal portal rw
43 22 0:55 / /mnt/d rw master:1 shared:2 - cifs //server/share rw
";

    #[rstest]
    #[case((254, 0), None)]
    #[case((0, 52), Some("nfs4"))]
    #[case((0, 53), Some("fuse.sshfs"))]
    #[case((0, 54), None)]
    #[case((0, 55), Some("cifs"))]
    #[case((9, 9), None)]
    fn a_network_file_system_is_told_by_its_device(
        #[case] device: (u32, u32),
        #[case] kind: Option<&str>,
    ) {
        assert_eq!(kind_of(MOUNTS, device), kind);
    }
}
