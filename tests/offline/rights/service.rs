//! A service that runs as a user of its own and uses what root gives it.

use super::{Home, WARROOM, chmod};
use crate::support::needs::{Need, lacks};
use std::process::{Command, Stdio};

/// Runs the program as `nobody`, where this test may: from a copy where the checkout is closed to others.
fn as_nobody(home: &Home, arguments: &[&str]) -> (i32, String) {
    let program = home.at("warroom");
    if !program.exists() {
        std::fs::copy(WARROOM, &program).unwrap();
        chmod(&program, 0o755);
    }
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(program)
        .args(arguments)
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("USER", "nobody")
        .env("PATH", "/usr/bin:/bin")
        .env("WARROOM_CONFIG", home.at("etc/warroom.yaml"))
        .current_dir("/")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let both = [output.stdout, output.stderr].concat();
    let code = output.status.code().unwrap();
    (code, String::from_utf8_lossy(&both).into_owned())
}

#[test]
fn a_service_uses_what_root_gives_it_and_nothing_of_other_users() {
    if lacks(&[Need::Root, Need::Tool("setpriv")]) {
        return;
    }
    let home = Home::new();
    chmod(home.directory.path(), 0o755);
    let owned = |name: &str, uid: u32, gid: u32, mode: u32| {
        std::os::unix::fs::chown(home.at(name), Some(uid), Some(gid)).unwrap();
        chmod(&home.at(name), mode);
    };
    for name in ["etc", "data", "state"] {
        std::fs::create_dir(home.at(name)).unwrap();
    }
    owned("etc", 0, 0, 0o755);
    owned("data", 65_534, 65_534, 0o700);
    owned("state", 65_534, 65_534, 0o700);
    let url = home.at("etc/url");
    let text = format!(
        "name: n\ndata_dir: ../data\nstate_dir: ../state\nchannels: [{{kind: slack, name: s, url: {{file: '{}'}}}}]\n",
        url.display()
    );
    std::fs::write(home.at("etc/warroom.yaml"), text).unwrap();
    std::fs::write(&url, "https://hooks.example/x").unwrap();
    owned("etc/warroom.yaml", 0, 0, 0o644);
    // As systemd's credentials and Kubernetes' secrets with fsGroup are: root's, and readable by the service's group.
    owned("etc/url", 0, 65_534, 0o440);
    let (code, said) = as_nobody(&home, &["config", "check"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = as_nobody(&home, &["incident", "open", "x"]);
    assert!(code == 0 && !said.contains("put back"), "{said}");
    for (uid, gid, mode, says) in [
        (0, 65_534, 0o444, "others may read"),
        (0, 65_534, 0o460, "can be changed by its group"),
        (65_534, 0, 0o440, "others may read"),
        (1, 65_534, 0o440, "belongs to user 1"),
    ] {
        owned("etc/url", uid, gid, mode);
        let (code, said) = as_nobody(&home, &["config", "check"]);
        assert!(
            code == 3 && said.contains(says),
            "{uid}:{gid} {mode:o}: {said}"
        );
    }
    owned("etc/url", 65_534, 65_534, 0o400);
    // A state directory of this user that takes nothing.
    std::fs::remove_dir_all(home.at("state/heads")).unwrap();
    owned("state", 65_534, 65_534, 0o500);
    let (code, said) = as_nobody(&home, &["incident", "list"]);
    assert!(
        said.contains("put back") && said.contains("Permission denied"),
        "{code}: {said}"
    );
    owned("etc/warroom.yaml", 1, 0, 0o644);
    let (code, said) = as_nobody(&home, &["config", "check"]);
    assert!(code == 3 && said.contains("belongs to user 1,"), "{said}");
}
