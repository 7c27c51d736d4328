//! The modules and their directions: a module imports only modules below it. Every path in every file is parsed.
//!
//! `cargo test --test architecture -- --ignored --nocapture import_cycles` prints the cycles of imports between files,
//! `… the_house_in_numbers` prints lines, public items and functions. `WARROOM_SOURCE=DIR` reads another `src`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]
#![expect(clippy::panic, reason = "a test that cannot go on says where")]
#![expect(clippy::print_stdout, reason = "a measure is printed")]

mod imports;
mod language;
mod numbers;
mod rules;
mod tree;

use std::collections::BTreeSet;
use std::sync::LazyLock;
use tree::Tree;

static TREE: LazyLock<Tree> = LazyLock::new(Tree::read);

/// The top-level modules from the top; those in one row do not import each other.
const ROWS: [&[&str]; 15] = [
    &["main"],
    &["cli", "tui"],
    &["app"],
    &["config"],
    &["exercise"],
    &["sources", "outbox", "playbook", "documents"],
    &["data_dir"],
    &["journal"],
    &["files", "http", "process"],
    &["approval"],
    &["incident"],
    &["alerts"],
    &["signals", "scenario", "oncall", "keymap"],
    &["times"],
    &["text"],
];

/// Modules that do no input or output and read no clock, and what would break that. `app/update` gets the time and asks
/// for effects.
const PURE: &[&str] = &[
    "approval",
    "incident",
    "alerts",
    "oncall",
    "signals",
    "scenario",
    "keymap",
    "text",
    "times",
    "app/dialog",
    "app/dialogs",
    "app/recording",
    "app/selectors",
    "app/update",
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

/// The module at the top that a file belongs to.
fn top(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or(file);
    first.trim_end_matches(".rs")
}

fn row(module: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&module))
}

/// Whether code of one module may name another.
fn allowed(from: &str, to: &str) -> bool {
    from == to || matches!((row(from), row(to)), (Some(a), Some(b)) if a < b)
}

/// The paths that each file names, without its tests.
fn paths() -> impl Iterator<Item = (&'static str, &'static [Vec<String>])> {
    let modules = TREE.modules.iter().filter(|module| !module.is_test);
    let named = modules.map(|module| (module.file.as_str(), &module.paths[..]));
    named.filter(|(file, _)| *file != "lib.rs")
}

#[test]
fn a_module_imports_only_modules_below_it() {
    let mut wrong = Vec::new();
    for (file, paths) in paths() {
        assert!(row(top(file)).is_some(), "{file} is in no row");
        let targets = paths.iter().filter_map(|path| match &path[..] {
            [first, second, ..] if first == "crate" || first == "warroom" => Some((second, path)),
            _ => None,
        });
        let known = targets.filter(|(target, _)| row(target).is_some());
        let bad = known.filter(|(target, _)| !allowed(top(file), target));
        wrong.extend(bad.map(|(_, path)| format!("{file} names {}", path.join("::"))));
    }
    let imports = imports::imports(&TREE);
    for (from, targets) in imports.into_iter().filter(|(from, _)| from != "lib.rs") {
        let bad = targets.iter().filter(|to| !allowed(top(&from), top(to)));
        wrong.extend(bad.map(|to| format!("{from} names what {to} defines")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_files_import_each_other_directly_or_over_others() {
    let cycles = imports::cycles(&imports::imports(&TREE));
    assert!(cycles.is_empty(), "{cycles:?}");
}

#[test]
fn the_pure_modules_do_no_input_or_output_and_read_no_clock() {
    let is_pure = |file: &str| {
        let inside = file.trim_end_matches(".rs");
        let mut pure = PURE.iter().map(|pure| inside.strip_prefix(pure));
        pure.any(|rest| rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    let mut wrong = Vec::new();
    for (file, paths) in paths().filter(|(file, _)| is_pure(file)) {
        for path in paths {
            let text = path.join("::");
            let impure = IMPURE
                .iter()
                .any(|bad| text == *bad || text.starts_with(&format!("{bad}::")));
            if impure || text.ends_with("Utc::now") || text.ends_with("Instant::now") {
                wrong.push(format!("{file}: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_small_and_say_first_what_they_are_for() {
    for (file, text) in &TREE.files {
        let mut modules = TREE.modules.iter();
        let is_test = modules.any(|module| module.file == *file && module.is_test);
        let lines = text.lines().count();
        assert!(
            is_test || lines <= 500,
            "{file} has {lines} lines: split it by what its parts are for"
        );
        assert!(is_test || text.starts_with("//! "), "{file}");
    }
}

#[test]
fn the_tests_of_directions_and_cycles_can_fail() {
    assert!(!allowed("incident", "journal"));
    assert!(!allowed("sources", "outbox"));
    assert!(!allowed("cli", "tui"));
    assert!(allowed("app", "text"));
    let graph = |edges: &[(&str, &str)]| {
        let mut graph = imports::Graph::new();
        for (from, to) in edges {
            graph.entry((*to).to_string()).or_default();
            graph
                .entry((*from).to_string())
                .or_default()
                .insert((*to).to_string());
        }
        imports::cycles(&graph)
    };
    assert!(graph(&[("a", "b"), ("b", "c"), ("a", "c")]).is_empty());
    let cycles = graph(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]);
    assert_eq!(cycles, [["a", "b", "c"].map(str::to_string).into()]);
    assert!(imports::imports(&TREE)["app/setup.rs"].contains("text/safe.rs"));
}

/// A method that is not passed on would answer with the trait's default once the source is there.
#[test]
fn a_source_that_is_awaited_passes_every_method_on() {
    let methods = |file: &str, of: fn(&syn::Item) -> Vec<&syn::Signature>| {
        let file = syn::parse_file(&TREE.files[file]).unwrap();
        let signatures = file.items.iter().flat_map(of);
        signatures
            .map(|signature| signature.ident.to_string())
            .collect::<BTreeSet<_>>()
    };
    let wanted = methods("sources/source.rs", |item| match item {
        syn::Item::Trait(found) if found.ident == "Source" => {
            let methods = found.items.iter().filter_map(|item| match item {
                syn::TraitItem::Fn(method) => Some(&method.sig),
                _ => None,
            });
            methods.collect()
        }
        _ => Vec::new(),
    });
    let passed = methods("sources/awaited.rs", |item| match item {
        syn::Item::Impl(found)
            if (found.trait_.as_ref()).is_some_and(|of| of.0.is_ident("Source")) =>
        {
            let methods = found.items.iter().filter_map(|item| match item {
                syn::ImplItem::Fn(method) => Some(&method.sig),
                _ => None,
            });
            methods.collect()
        }
        _ => Vec::new(),
    });
    assert!(!wanted.is_empty());
    assert_eq!(wanted, passed);
}

/// Where files and directories are opened and created: everywhere else a mode or a check would be forgotten.
const DOORS: [&str; 2] = ["files.rs", "files/"];
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
/// Files of the kernel, which nobody but the kernel writes.
const KERNEL: [&str; 2] = ["journal/clock.rs", "data_dir/network.rs"];

fn opens_by_itself(path: &[String]) -> bool {
    let last = path.windows(2).last().map(|pair| pair.join("::"));
    let whole = path.join("::");
    last.is_some_and(|last| RAW.contains(&last.as_str())) || whole.starts_with("tokio::fs")
}

#[test]
fn files_are_opened_and_created_in_one_module() {
    let mut wrong = Vec::new();
    for (file, paths) in paths() {
        if DOORS.iter().any(|door| file.starts_with(door)) || KERNEL.contains(&file) {
            continue;
        }
        let raw = paths.iter().filter(|path| opens_by_itself(path));
        wrong.extend(raw.map(|path| format!("{file}: {}", path.join("::"))));
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

#[test]
#[ignore = "prints a measure"]
fn import_cycles() {
    imports::print(&imports::imports(&TREE));
}

#[test]
#[ignore = "prints a measure"]
fn the_house_in_numbers() {
    numbers::print(&TREE);
}
