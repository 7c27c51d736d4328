//! The rooms and their directions: a room imports only rooms below it. Every path in every file is parsed.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::path::{Path, PathBuf};
use syn::visit::Visit;

/// The rooms from the top; those in one row do not import each other.
const ROOMS: [&[&str]; 13] = [
    &["main"],
    &["cli", "tui"],
    &["app"],
    &["config"],
    &["exercise"],
    &["sources", "outbox", "playbook", "documents"],
    &["data_dir", "approval"],
    &["journal"],
    &["files", "process", "proxy"],
    &["incident"],
    &["alerts"],
    &["signals", "scenario", "oncall"],
    &["text"],
];

/// Rooms that do no input or output and read no clock, and what would break that.
const PURE: [&str; 6] = [
    "incident", "alerts", "oncall", "signals", "scenario", "text",
];
const IMPURE: [&str; 9] = [
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::thread",
    "std::io",
    "tokio",
    "reqwest",
    "rustix",
];

fn floor(room: &str) -> Option<usize> {
    ROOMS.iter().position(|row| row.contains(&room))
}

/// Whether code of one room may name another.
fn allowed(from: &str, to: &str) -> bool {
    from == to || matches!((floor(from), floor(to)), (Some(a), Some(b)) if a < b)
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(path);
        }
    }
    all
}

/// Collects paths, and the trees of `use` items as whole paths.
#[derive(Default)]
struct Paths {
    found: Vec<Vec<String>>,
}

impl Paths {
    fn tree(&mut self, prefix: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.found.push(with(&name.ident)),
            syn::UseTree::Rename(rename) => self.found.push(with(&rename.ident)),
            syn::UseTree::Glob(_) => self.found.push(prefix.to_vec()),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.tree(prefix, item));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.tree(&[], &item.tree);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.found.push(
            path.segments
                .iter()
                .map(|segment| segment.ident.to_string())
                .collect(),
        );
        syn::visit::visit_path(self, path);
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}

/// The room of a file, and the paths that it names. Tests may look at everything.
fn read(path: &Path) -> Option<(String, Vec<Vec<String>>)> {
    let inside = path
        .strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))
        .unwrap();
    let first = inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    let room = first.trim_end_matches(".rs").to_string();
    let is_test =
        path.file_stem().is_some_and(|stem| stem == "tests") || room == "testing" || room == "lib";
    if is_test {
        return None;
    }
    let file = syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut paths = Paths::default();
    paths.visit_file(&file);
    Some((room, paths.found))
}

fn sources() -> Vec<(PathBuf, String, Vec<Vec<String>>)> {
    files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")))
        .into_iter()
        .filter_map(|path| read(&path).map(|(room, paths)| (path, room, paths)))
        .collect()
}

#[test]
fn a_room_imports_only_rooms_below_it() {
    let mut wrong = Vec::new();
    let sources = sources();
    assert!(sources.len() > 80, "only {} files were read", sources.len());
    for (path, room, paths) in sources {
        assert!(floor(&room).is_some(), "{} is in no room", path.display());
        for named in paths {
            let target = match named.first().map(String::as_str) {
                Some("crate" | "warroom") => named.get(1),
                _ => None,
            };
            if let Some(target) = target.filter(|target| floor(target).is_some())
                && !allowed(&room, target)
            {
                wrong.push(format!(
                    "{}: {room} names {}",
                    path.display(),
                    named.join("::")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pure_rooms_do_nothing_and_read_no_clock() {
    let mut wrong = Vec::new();
    for (path, room, paths) in sources() {
        // `app/update` is pure by promise, too: it gets the time and asks for effects.
        let is_update = path.to_str().unwrap().contains("/app/update");
        if !PURE.contains(&room.as_str()) && !is_update {
            continue;
        }
        for named in paths {
            let text = named.join("::");
            let impure = IMPURE
                .iter()
                .any(|bad| text == *bad || text.starts_with(&format!("{bad}::")));
            if impure || text.ends_with("Utc::now") || text.ends_with("Instant::now") {
                wrong.push(format!("{}: {text}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rooms_stay_small() {
    for path in files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        let is_test = path
            .file_stem()
            .is_some_and(|stem| stem == "tests" || stem == "testing");
        assert!(
            is_test || lines <= 500,
            "{} has {lines} lines: split it by what its parts are for",
            path.display()
        );
    }
}

#[test]
fn every_module_says_first_what_it_is_for() {
    for path in files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        let text = std::fs::read_to_string(&path).unwrap();
        let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
        assert!(is_test || text.starts_with("//! "), "{}", path.display());
    }
}

#[test]
fn the_direction_test_itself_can_fail() {
    assert!(!allowed("incident", "journal"));
    assert!(!allowed("sources", "outbox"));
    assert!(!allowed("cli", "tui"));
    assert!(allowed("app", "text"));
}

/// A method that is not passed on would answer with the trait's default once the source is there.
#[test]
fn a_source_that_is_awaited_passes_every_method_on() {
    let methods = |file: &str, of: fn(&syn::Item) -> Vec<String>| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
        let file = syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut names: Vec<String> = file.items.iter().flat_map(of).collect();
        names.sort();
        names
    };
    let wanted = methods("sources.rs", |item| match item {
        syn::Item::Trait(found) if found.ident == "Source" => found
            .items
            .iter()
            .filter_map(|item| match item {
                syn::TraitItem::Fn(method) => Some(method.sig.ident.to_string()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    });
    let passed = methods("sources/awaited.rs", |item| match item {
        syn::Item::Impl(found)
            if found
                .trait_
                .as_ref()
                .is_some_and(|found| found.0.is_ident("Source")) =>
        {
            found
                .items
                .iter()
                .filter_map(|item| match item {
                    syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                    _ => None,
                })
                .collect()
        }
        _ => Vec::new(),
    });
    assert!(!wanted.is_empty());
    assert_eq!(wanted, passed);
}

/// Where files and directories are opened and created: everywhere else a mode or a check would be forgotten.
const DOORS: [&str; 2] = ["src/files.rs", "src/files/"];
/// What opens or creates one: the last two words of a path.
const RAW: [&str; 21] = [
    "File::create",
    "File::create_new",
    "File::open",
    "File::options",
    "OpenOptions::new",
    "DirBuilder::new",
    "fs::OpenOptions",
    "fs::DirBuilder",
    "fs::write",
    "fs::read",
    "fs::read_to_string",
    "fs::copy",
    "fs::create_dir",
    "fs::create_dir_all",
    "fs::set_permissions",
    "fs::mkdirat",
    "fs::openat",
    "fs::chmod",
    "fs::chmodat",
    "os::symlink",
    "unix::symlink",
];
/// Files of the kernel, which are neither ours nor anybody's to replace.
const KERNEL: [&str; 2] = ["src/journal/clock.rs", "src/data_dir/network.rs"];

fn opens_by_itself(path: &[String]) -> bool {
    let last = path.windows(2).last().map(|pair| pair.join("::"));
    let whole = path.join("::");
    last.is_some_and(|last| RAW.contains(&last.as_str())) || whole.starts_with("tokio::fs")
}

#[test]
fn files_are_opened_and_created_in_one_module() {
    let mut wrong = Vec::new();
    for (path, _, paths) in sources() {
        let inside = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
        let inside = inside.to_str().unwrap();
        let is_test = inside.contains("/tests/") || inside.contains("_tests");
        let is_door = DOORS.iter().any(|door| inside.starts_with(door));
        if is_test || is_door || KERNEL.contains(&inside) {
            continue;
        }
        let raw = paths.iter().filter(|named| opens_by_itself(named));
        wrong.extend(raw.map(|named| format!("{inside}: {}", named.join("::"))));
    }
    assert!(
        wrong.is_empty(),
        "use the functions of `files` instead:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_test_of_raw_calls_itself_can_fail() {
    let named = |text: &str| text.split("::").map(str::to_string).collect::<Vec<_>>();
    for raw in [
        "std::fs::write",
        "File::create",
        "fs::OpenOptions",
        "tokio::fs::File",
    ] {
        assert!(opens_by_itself(&named(raw)), "{raw}");
    }
    for other in [
        "std::fs::rename",
        "std::fs::File",
        "files::create_new",
        "fmt::Write",
    ] {
        assert!(!opens_by_itself(&named(other)), "{other}");
    }
}
