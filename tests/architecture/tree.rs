//! The modules of the crate as `src` declares them: which file holds which, what each defines, what each imports.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::visit::Visit;

/// A name in a module.
#[derive(Debug, Clone)]
pub enum Name {
    /// Defined here.
    Item,
    /// Imported under this name.
    Import(Vec<String>),
}

#[derive(Debug, Default)]
pub struct Module {
    pub parent: Option<usize>,
    /// From `src` on.
    pub file: String,
    /// Whether code outside the crate can name it.
    pub is_reachable: bool,
    pub is_test: bool,
    pub children: BTreeMap<String, usize>,
    pub names: BTreeMap<String, Name>,
    pub globs: Vec<Vec<String>>,
    /// Every path that its code names, those of `use` items whole.
    pub paths: Vec<Vec<String>>,
    /// Visibilities of what it declares.
    pub declared: Vec<Visible>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visible {
    Public,
    Restricted,
}

#[derive(Debug, Default)]
pub struct Tree {
    pub modules: Vec<Module>,
    /// The text of each file.
    pub files: BTreeMap<String, String>,
}

fn source() -> PathBuf {
    std::env::var_os("WARROOM_SOURCE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        PathBuf::from,
    )
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}

impl Tree {
    /// The library and the program.
    pub fn read() -> Self {
        let mut tree = Self::default();
        for root in ["lib.rs", "main.rs"] {
            tree.file(&source().join(root), None, (true, false));
        }
        tree
    }

    fn file(&mut self, path: &Path, parent: Option<usize>, marks: (bool, bool)) -> usize {
        let text = std::fs::read_to_string(path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = syn::parse_file(&text).unwrap();
        let directory = match path.file_name().and_then(|name| name.to_str()) {
            Some("lib.rs" | "main.rs" | "mod.rs") => path.parent().unwrap().to_path_buf(),
            _ => path.with_extension(""),
        };
        let inside = path.strip_prefix(source()).unwrap();
        let inside = inside.to_str().unwrap().to_string();
        self.files.insert(inside.clone(), text);
        self.module((&inside, &directory), parent, marks, &file.items)
    }

    fn module(
        &mut self,
        (file, directory): (&str, &Path),
        parent: Option<usize>,
        (is_reachable, is_test_code): (bool, bool),
        items: &[syn::Item],
    ) -> usize {
        let own = self.modules.len();
        let (mut found, mut children) = (Found::default(), BTreeMap::new());
        self.modules.push(Module {
            parent,
            file: file.to_string(),
            is_reachable,
            is_test: is_test_code,
            ..Module::default()
        });
        for item in items {
            let syn::Item::Mod(inner) = item else {
                found.item(item);
                continue;
            };
            found.visibility(&inner.vis);
            let name = inner.ident.to_string();
            let marks = (
                is_reachable && matches!(inner.vis, syn::Visibility::Public(_)),
                is_test_code || is_test(&inner.attrs),
            );
            let below = directory.join(&name);
            let module = match &inner.content {
                Some((_, items)) => self.module((file, &below), Some(own), marks, items),
                None => {
                    let beside = below.with_extension("rs");
                    let path = match beside.exists() {
                        true => beside,
                        false => below.join("mod.rs"),
                    };
                    self.file(&path, Some(own), marks)
                }
            };
            children.insert(name, module);
        }
        let module = &mut self.modules[own];
        (module.children, module.names) = (children, found.names);
        (module.globs, module.paths) = (found.globs, found.paths);
        module.declared = found.declared;
        own
    }

    /// The module in which the item of a path is defined, as code in `from` names it. `None` for other crates, and
    /// for a path that ends at a module: what is used of that is named by a longer path.
    pub fn defined_in(&self, from: usize, path: &[String]) -> Option<usize> {
        match self.resolve(from, path, &mut Seen::new())? {
            Place::Item(module) => Some(module),
            Place::Module(_) => None,
        }
    }

    fn root(&self, mut module: usize) -> usize {
        while let Some(parent) = self.modules[module].parent {
            module = parent;
        }
        module
    }

    fn resolve(&self, from: usize, path: &[String], seen: &mut Seen) -> Option<Place> {
        let (first, mut rest) = path.split_first()?;
        let mut place = match first.as_str() {
            "crate" => Place::Module(self.root(from)),
            // The library, as the program names it.
            "warroom" => Place::Module(0),
            name => self.step(from, name, rest.is_empty(), seen)?,
        };
        while let (Place::Module(module), Some((next, after))) = (&place, rest.split_first()) {
            place = self.step(*module, next, after.is_empty(), seen)?;
            rest = after;
        }
        Some(place)
    }

    /// A module and a function may share a name: what follows tells which is meant.
    fn step(&self, module: usize, name: &str, is_last: bool, seen: &mut Seen) -> Option<Place> {
        let own = &self.modules[module];
        let child = own.children.get(name).copied().map(Place::Module);
        match name {
            "self" => Some(Place::Module(module)),
            "super" => own.parent.map(Place::Module),
            _ if is_last => self.named(module, name, seen).or(child),
            _ => child.or_else(|| self.named(module, name, seen)),
        }
    }

    fn named(&self, module: usize, name: &str, seen: &mut Seen) -> Option<Place> {
        // Imports lead back: one of a name that is also another crate's, and globs of each other.
        if !seen.insert((module, name.to_string())) {
            return None;
        }
        match self.modules[module].names.get(name) {
            Some(Name::Item) => Some(Place::Item(module)),
            Some(Name::Import(path)) => self.resolve(module, path, seen),
            None => self.modules[module].globs.iter().find_map(|glob| {
                match self.resolve(module, glob, seen)? {
                    Place::Module(other) if other != module => self.step(other, name, true, seen),
                    _ => None,
                }
            }),
        }
    }
}

/// The names looked for in modules so far.
type Seen = BTreeSet<(usize, String)>;

enum Place {
    Module(usize),
    Item(usize),
}

/// What the items of one module declare and name.
#[derive(Default)]
struct Found {
    names: BTreeMap<String, Name>,
    globs: Vec<Vec<String>>,
    paths: Vec<Vec<String>>,
    declared: Vec<Visible>,
}

impl Found {
    fn item(&mut self, item: &syn::Item) {
        use syn::Item;
        let (attributes, named) = match item {
            Item::Const(item) => (&item.attrs, Some((&item.ident, &item.vis))),
            Item::Enum(item) => (&item.attrs, Some((&item.ident, &item.vis))),
            Item::Fn(item) => (&item.attrs, Some((&item.sig.ident, &item.vis))),
            Item::Static(item) => (&item.attrs, Some((&item.ident, &item.vis))),
            Item::Struct(item) => (&item.attrs, Some((&item.ident, &item.vis))),
            Item::Trait(item) => (&item.attrs, Some((&item.ident, &item.vis))),
            Item::Type(item) => (&item.attrs, Some((&item.ident, &item.vis))),
            Item::Union(item) => (&item.attrs, Some((&item.ident, &item.vis))),
            Item::Use(item) => (&item.attrs, None),
            Item::Impl(item) => (&item.attrs, None),
            Item::Macro(item) => (&item.attrs, None),
            _ => return,
        };
        if is_test(attributes) {
            return;
        }
        if let Some((name, visibility)) = named {
            self.names.insert(name.to_string(), Name::Item);
            self.visibility(visibility);
        }
        match item {
            Item::Use(item) => self.import(item),
            Item::Macro(item) => {
                if let Some(name) = &item.ident {
                    self.names.insert(name.to_string(), Name::Item);
                }
                self.visit_macro(&item.mac);
            }
            item => self.visit_item(item),
        }
    }

    fn visibility(&mut self, visibility: &syn::Visibility) {
        match visibility {
            syn::Visibility::Public(_) => self.declared.push(Visible::Public),
            syn::Visibility::Restricted(_) => self.declared.push(Visible::Restricted),
            syn::Visibility::Inherited => {}
        }
    }

    fn import(&mut self, item: &syn::ItemUse) {
        let before = self.paths.len();
        self.tree(&[], &item.tree);
        for _ in before..self.paths.len() {
            self.visibility(&item.vis);
        }
    }

    fn tree(&mut self, prefix: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        let mut named = |path: Vec<String>, name: String| {
            let name = match name.as_str() {
                "self" => prefix.last().cloned().unwrap_or_default(),
                _ => name,
            };
            let path = match path.last().is_some_and(|last| last == "self") {
                true => prefix.to_vec(),
                false => path,
            };
            self.paths.push(path.clone());
            self.names.insert(name, Name::Import(path));
        };
        match tree {
            syn::UseTree::Path(path) => self.tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => named(with(&name.ident), name.ident.to_string()),
            syn::UseTree::Rename(rename) => named(with(&rename.ident), rename.rename.to_string()),
            syn::UseTree::Glob(_) => {
                self.paths.push(prefix.to_vec());
                self.globs.push(prefix.to_vec());
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.tree(prefix, item));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        // Inside a function: the name may hide one of the module's, which no code here does.
        self.import(item);
    }

    fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {}

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            self.visibility(&item.vis);
            syn::visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.visibility(&item.vis);
        syn::visit::visit_impl_item_const(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter();
        self.paths
            .push(segments.map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }

    /// Macros are not parsed: a path in one is words with `::` between them.
    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.visit_path(&item.path);
        self.paths.extend(paths_of_tokens(&item.tokens.to_string()));
    }
}

fn paths_of_tokens(tokens: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut joined = false;
    let words = Words(tokens);
    for word in words {
        let is_name = word.starts_with(|first: char| first.is_alphabetic() || first == '_');
        if is_name && (joined || path.is_empty()) {
            path.push(word.to_string());
            joined = false;
        } else if word == "::" && !path.is_empty() {
            joined = true;
        } else {
            paths.push(std::mem::take(&mut path));
            joined = false;
            if is_name {
                path.push(word.to_string());
            }
        }
    }
    paths.push(path);
    paths.retain(|path| path.len() > 1);
    paths
}

/// Names, `::` and other characters, without texts.
struct Words<'t>(&'t str);

impl<'t> Iterator for Words<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        self.0 = self.0.trim_start();
        let first = self.0.chars().next()?;
        let is_name = |character: char| character.is_alphanumeric() || character == '_';
        let length = if is_name(first) {
            self.0.find(|other| !is_name(other)).unwrap_or(self.0.len())
        } else if self.0.starts_with("::") {
            2
        } else if first == '"' {
            end_of_text(self.0)
        } else {
            first.len_utf8()
        };
        let (word, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(word)
    }
}

fn end_of_text(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[test]
fn paths_in_macros_are_found_and_texts_are_not() {
    let found =
        paths_of_tokens(r#""a::b {}" , words :: title (x) , Some (crate :: y :: Z) if a == b"#);
    assert_eq!(
        found,
        [vec!["words", "title"], vec!["crate", "y", "Z"]]
            .map(|path| path.into_iter().map(str::to_string).collect::<Vec<_>>())
    );
}
