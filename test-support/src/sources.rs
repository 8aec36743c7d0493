//! Reads the sources of a crate, for tests that compare its imports with its layers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The sources of a crate.
pub struct Sources(Vec<Source>);

/// A file of `src`, and the paths that its code writes after `crate::`.
pub struct Source {
    /// Relative to `src`.
    pub path: PathBuf,
    /// As written, without `crate::`: `verifier::cache::TokenCache`.
    pub used: Vec<String>,
    /// The code, without comments, doc examples and unit tests.
    pub code: String,
}

impl Sources {
    /// Reads the folder `src` of the crate with this manifest folder.
    ///
    /// # Panics
    ///
    /// When a file cannot be read.
    #[must_use]
    pub fn of(manifest_dir: &str) -> Self {
        let src = Path::new(manifest_dir).join("src");
        let mut found = Vec::new();
        let mut folders = vec![src.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder of src") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let code = code(&fs::read_to_string(&path).expect("a source file"));
                    let path = path.strip_prefix(&src).expect("a path below src").to_owned();
                    found.push(Source { used: used(&code), code, path });
                }
            }
        }
        Self(found)
    }

    /// Returns every file.
    #[must_use]
    pub fn files(&self) -> &[Source] {
        &self.0
    }

    /// Asserts that of two folders of which neither contains the other, at most one uses the other.
    ///
    /// # Panics
    ///
    /// When folders make a circle.
    pub fn assert_no_circle(&self) {
        let mut arrows: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
        let folders: BTreeSet<PathBuf> =
            self.0.iter().filter_map(|source| source.path.parent().map(Path::to_owned)).collect();
        for Source { path, used, .. } in &self.0 {
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

    /// Asserts that `mod.rs` files only declare and re-export.
    ///
    /// Then a folder's names tell where a type is.
    ///
    /// # Panics
    ///
    /// When one holds an item.
    pub fn assert_mod_files_only_declare(&self) {
        let mods = self.0.iter().filter(|source| source.path.ends_with("mod.rs"));
        let items: Vec<_> = mods.map(|source| (&source.path, items(&source.code))).collect();
        let items: Vec<_> = items.iter().filter(|(_, items)| !items.is_empty()).collect();
        assert!(items.is_empty(), "move these into files of their own: {items:#?}");
    }

    /// Asserts one style of module file: `keys/mod.rs`, never `keys.rs` beside `keys/`.
    ///
    /// # Panics
    ///
    /// When a folder has its module file beside it.
    pub fn assert_module_files_inside(&self) {
        let folders: BTreeSet<_> = self.0.iter().filter_map(|source| source.path.parent()).collect();
        for source in &self.0 {
            assert!(!folders.contains(source.path.with_extension("").as_path()), "{}", source.path.display());
        }
    }
}

/// Returns the text without comments and unit tests, which are the last item of a file.
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
