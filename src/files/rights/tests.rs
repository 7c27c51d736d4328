use super::*;
use rstest::rstest;
use std::os::unix::fs::PermissionsExt;

fn rights(kind: EntryKind, uid: u32, mode: u32) -> Rights {
    Rights { uid, mode, kind }
}

#[rstest]
#[case::mine(EntryKind::File, 1000, 0o644, None)]
#[case::of_root(EntryKind::File, 0, 0o644, None)]
#[case::of_root_for_its_group(EntryKind::File, 0, 0o440, None)]
#[case::of_another(EntryKind::File, 1001, 0o600, Some(AccessProblem::Owner))]
#[case::for_the_group(EntryKind::File, 1000, 0o664, Some(AccessProblem::Group))]
#[case::for_the_group_of_root(EntryKind::File, 0, 0o664, Some(AccessProblem::Group))]
#[case::for_all(EntryKind::File, 1000, 0o646, Some(AccessProblem::Others))]
#[case::for_all_with_a_bit_that_means_nothing_here(
    EntryKind::File,
    1000,
    0o1646,
    Some(AccessProblem::Others)
)]
#[case::directory(EntryKind::Directory, 0, 0o755, None)]
#[case::temporary_directory(EntryKind::Directory, 0, 0o1777, None)]
#[case::sticky_of_another(EntryKind::Directory, 1001, 0o1777, Some(AccessProblem::Owner))]
#[case::directory_for_all(EntryKind::Directory, 0, 0o777, Some(AccessProblem::Others))]
#[case::directory_for_the_group(EntryKind::Directory, 1000, 0o2775, Some(AccessProblem::Group))]
#[case::link(EntryKind::Link, 1000, 0o777, None)]
#[case::link_of_another(EntryKind::Link, 1001, 0o777, Some(AccessProblem::Owner))]
fn who_can_change_it_is_told_by_owner_and_mode(
    #[case] kind: EntryKind,
    #[case] uid: u32,
    #[case] mode: u32,
    #[case] fault: Option<AccessProblem>,
) {
    let rights = rights(kind, uid, mode);
    assert_eq!(rights.fault(1000, Writers::Owner), fault);
    let of_a_group = fault.filter(|fault| *fault != AccessProblem::Group);
    assert_eq!(rights.fault(1000, Writers::Group), of_a_group);
    // Root relies only on its own files.
    if uid == 1000 {
        assert_eq!(rights.fault(0, Writers::Owner), Some(AccessProblem::Owner));
    }
}

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(home.at("etc")).unwrap();
        std::fs::write(home.at("etc/warroom.yaml"), "name: dana\n").unwrap();
        home.mode("etc", 0o755);
        home.mode("etc/warroom.yaml", 0o644);
        home
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn mode(&self, name: &str, mode: u32) {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.at(name), mode).unwrap();
    }

    fn link(&self, target: &str, name: &str) {
        std::os::unix::fs::symlink(target, self.at(name)).unwrap();
    }

    fn refused(&self, name: &str) -> Exposed {
        let error = super::super::trusted_text(&self.at(name)).unwrap_err();
        Exposed::of(&error)
            .unwrap_or_else(|| panic!("{error}"))
            .clone()
    }

    fn taken(&self, name: &str) {
        let text = super::super::trusted_text(&self.at(name)).unwrap();
        assert_eq!(text, "name: dana\n");
    }
}

#[test]
fn a_file_that_others_can_change_is_refused_with_mode_owner_and_remedy() {
    let home = Home::new();
    home.taken("etc/warroom.yaml");
    for (mode, who) in [
        (0o664, "its group"),
        (0o646, "every user"),
        (0o666, "every user"),
    ] {
        home.mode("etc/warroom.yaml", mode);
        let refused = home.refused("etc/warroom.yaml");
        let said = refused.to_string();
        for word in [
            who,
            &format!("{mode:04o}"),
            "owner ",
            "chmod go-w",
            "etc/warroom.yaml",
        ] {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
}

#[test]
fn a_directory_on_the_way_that_others_can_write_to_is_refused_unless_it_is_sticky() {
    let home = Home::new();
    for mode in [0o777, 0o775] {
        home.mode("etc", mode);
        let refused = home.refused("etc/warroom.yaml");
        assert!(refused.what.contains("on the way to"), "{refused}");
        assert!(refused.remedy.ends_with("/etc"), "{refused}");
    }
    home.mode("etc", 0o1777);
    home.taken("etc/warroom.yaml");
}

#[test]
fn behind_links_the_target_and_each_way_to_it_are_judged() {
    let home = Home::new();
    // As a ConfigMap is mounted.
    std::fs::create_dir(home.at("mount")).unwrap();
    home.link("../etc", "mount/..data");
    home.link("..data/warroom.yaml", "mount/warroom.yaml");
    home.taken("mount/warroom.yaml");
    home.mode("etc/warroom.yaml", 0o664);
    assert!(
        home.refused("mount/warroom.yaml")
            .what
            .contains("etc/warroom.yaml")
    );
    home.mode("etc/warroom.yaml", 0o644);
    home.mode("etc", 0o777);
    assert!(
        home.refused("mount/warroom.yaml")
            .what
            .contains("/etc can be changed")
    );
    home.mode("etc", 0o755);
    home.mode("mount", 0o777);
    assert!(
        home.refused("mount/warroom.yaml")
            .what
            .contains("/mount can be changed")
    );
    home.mode("mount", 0o755);
    home.link("loop", "loop");
    assert!(super::super::trusted_text(&home.at("loop")).is_err());
}

#[rstest]
#[case(0o600, true)]
#[case(0o400, true)]
#[case(0o440, true)]
#[case(0o640, true)]
#[case(0o604, false)]
#[case(0o644, false)]
#[case(0o660, false)]
fn a_credential_of_root_may_be_read_by_a_group_and_by_nobody_else(
    #[case] mode: u32,
    #[case] fits: bool,
) {
    if me() != 0 {
        return;
    }
    let home = Home::new();
    home.mode("etc/warroom.yaml", mode);
    let path = home.at("etc/warroom.yaml");
    let read = super::super::private_bytes(&path, 100);
    assert_eq!(read.is_ok(), fits, "{read:?}");
    // A user's own file.
    std::os::unix::fs::chown(&path, Some(65_534), None).unwrap();
    let meta = std::fs::metadata(&path).unwrap();
    assert_eq!(private(&path, &meta).is_ok(), matches!(mode, 0o400 | 0o600));
}

#[test]
fn what_belongs_to_another_user_is_refused_also_by_root() {
    if me() != 0 {
        return;
    }
    let home = Home::new();
    std::os::unix::fs::chown(home.at("etc/warroom.yaml"), Some(65_534), None).unwrap();
    let refused = home.refused("etc/warroom.yaml");
    assert!(
        refused.what.contains("belongs to user 65534") && refused.remedy.contains("chown"),
        "{refused}"
    );
}

#[test]
fn the_data_directory_is_its_owners_and_a_group_above_it_is_only_told() {
    let home = Home::new();
    let data = home.at("etc");
    directory_is_ours(&data, Writers::Owner).unwrap();
    home.mode("etc", 0o770);
    assert!(directory_is_ours(&data, Writers::Owner).is_err());
    directory_is_ours(&data, Writers::Group).unwrap();
    home.mode("etc", 0o700);
    let parent = std::fs::Permissions::from_mode(0o775);
    std::fs::set_permissions(home.0.path(), parent).unwrap();
    directory_is_ours(&data, Writers::Owner).unwrap();
    assert!(shared_above(&data).unwrap().what.contains("its group"));
    let parent = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(home.0.path(), parent).unwrap();
    assert!(directory_is_ours(&data, Writers::Owner).is_err());
}
