//! Checks the module structure of a crate: layers, folders and `mod.rs` files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Holds the source files of a crate, and the names of its layers.
#[derive(Debug)]
pub struct Layers {
    /// From the bottom to the top. `lib.rs` and `main.rs` are above all of them.
    names: &'static [&'static str],
    sources: Vec<Source>,
}

/// A file of `src`, and the paths that its code writes after `crate::`.
#[derive(Debug)]
struct Source {
    /// Relative to `src`.
    path: PathBuf,
    /// As written, without `crate::`: `events::metrics::Meters`.
    used: Vec<String>,
    /// Code lines that declare items.
    items: Vec<String>,
}

impl Layers {
    /// Reads the `src` folder of a package, whose layers are named from the bottom to the top.
    ///
    /// # Panics
    ///
    /// When a file cannot be read, or there are fewer files than `at_least`.
    #[must_use]
    pub fn read(package: &str, names: &'static [&'static str], at_least: usize) -> Self {
        let src = Path::new(package).join("src");
        let mut sources = Vec::new();
        let mut folders = vec![src.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder of src") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let code = code(&fs::read_to_string(&path).expect("a source file"));
                    let path = path.strip_prefix(&src).expect("a path below src").to_owned();
                    sources.push(Source { used: used(&code), items: items(&code), path });
                }
            }
        }
        assert!(sources.len() >= at_least, "only {} files were read", sources.len());
        Self { names, sources }
    }

    /// Asserts that each layer imports only from itself and the layers below.
    ///
    /// # Panics
    ///
    /// When an import points upwards, or does not name its layer.
    pub fn assert_imports_point_downwards(&self) {
        let layer = |name: &str| self.names.iter().position(|layer| *layer == name);
        let mut upward = Vec::new();
        for Source { path, used, .. } in &self.sources {
            let here = path.components().next().and_then(|part| part.as_os_str().to_str()).unwrap_or_default();
            if path == Path::new("lib.rs") || path == Path::new("main.rs") {
                continue;
            }
            let Some(own) = layer(here) else {
                panic!("unknown layer: `{here}`: move the file into one of {:?}", self.names)
            };
            for used in used {
                match layer(used.split("::").next().unwrap_or_default()) {
                    Some(other) if other <= own => {}
                    Some(_) => upward.push(format!("{}: crate::{used} is in a layer above", path.display())),
                    // `use crate::{a, b}` and the re-exports of lib.rs would hide which layer is
                    // meant.
                    None => upward.push(format!("{}: crate::{used} does not name its layer", path.display())),
                }
            }
        }
        assert!(upward.is_empty(), "imports that point upwards:\n{}", upward.join("\n"));
    }

    /// Asserts that no two folders use each other, unless one contains the other.
    ///
    /// # Panics
    ///
    /// When folders import each other in a circle.
    pub fn assert_folders_make_no_circle(&self) {
        let mut arrows: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
        let folders: BTreeSet<PathBuf> =
            self.sources.iter().filter_map(|source| source.path.parent().map(Path::to_owned)).collect();
        for Source { path, used, .. } in &self.sources {
            let Some(own) = path.parent() else { continue };
            for used in used {
                let parts: PathBuf = used.split("::").collect();
                // The longest part of the path that is a folder.
                let Some(other) = parts.ancestors().find(|part| folders.contains(*part)) else { continue };
                if !other.starts_with(own) && !own.starts_with(other) {
                    arrows.entry(own.to_owned()).or_default().insert(other.to_owned());
                }
            }
        }
        for start in &folders {
            let (mut seen, mut next) = (BTreeSet::new(), vec![start]);
            while let Some(folder) = next.pop() {
                for used in arrows.get(folder).into_iter().flatten() {
                    assert!(used != start, "{} uses itself by way of {}", start.display(), folder.display());
                    if seen.insert(used) {
                        next.push(used);
                    }
                }
            }
        }
    }

    /// Asserts that `mod.rs` files declare and re-export only.
    ///
    /// # Panics
    ///
    /// When a `mod.rs` file declares another item.
    pub fn assert_mod_files_declare_only(&self) {
        let mods = self.sources.iter().filter(|source| source.path.ends_with("mod.rs"));
        let items: Vec<_> = mods.filter(|source| !source.items.is_empty()).map(|s| (&s.path, &s.items)).collect();
        assert!(items.is_empty(), "move these into files of their own: {items:#?}");
    }

    /// Asserts one style of module file: `keys/mod.rs`, not `keys.rs` beside `keys/`.
    ///
    /// # Panics
    ///
    /// When a file stands beside a folder of the same name.
    pub fn assert_folders_have_mod_files(&self) {
        let folders: BTreeSet<_> = self.sources.iter().filter_map(|source| source.path.parent()).collect();
        for source in &self.sources {
            assert!(!folders.contains(source.path.with_extension("").as_path()), "{}", source.path.display());
        }
    }
}

/// The text without comments, doc examples and unit tests. The unit tests of a file are its last
/// item.
fn code(text: &str) -> String {
    let text = ["#[cfg(test)]\nmod ", "#[cfg(all(test, unix))]\nmod "]
        .iter()
        .fold(text, |text, tests| text.split(tests).next().unwrap_or_default());
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

fn used(code: &str) -> Vec<String> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let paths = code.match_indices("crate::").filter(|(at, _)| !code[..*at].ends_with('$'));
    paths.map(|(at, word)| code[at + word.len()..].chars().take_while(|c| is_path(*c)).collect()).collect()
}

fn items(code: &str) -> Vec<String> {
    let words = ["fn ", "struct ", "enum ", "trait ", "impl ", "impl<", "const ", "static ", "macro_rules!"];
    let is_item = |line: &&str| {
        let line = line.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ").trim_start_matches("pub ");
        words.iter().any(|word| line.starts_with(word))
    };
    code.lines().filter(is_item).map(str::to_owned).collect()
}
