//! Checks that the files of a crate do not import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A path as segments from the crate's root: `["pager", "page", "Alert"]`.
type Segments = Vec<String>;

/// The modules of a crate, one a file, and the paths that each uses.
struct Modules {
    /// The code of each module, without comments and unit tests.
    code: BTreeMap<Segments, String>,
    /// Where the re-exports of `lib.rs` and `mod.rs` lead.
    re_exports: BTreeMap<Segments, Segments>,
}

/// Asserts that no files of a package import each other in a circle.
///
/// `lib.rs` and `mod.rs` only declare and re-export, so an import through them counts as one from
/// the file that has the item. Files and modules of tests do not count.
///
/// # Panics
///
/// When there is a circle, or fewer imports than `at_least`.
pub fn assert_files_make_no_circle(package: &str, at_least: usize) {
    let modules = Modules::read(&Path::new(package).join("src"));
    let arrows = modules.arrows();
    let imports: usize = arrows.values().map(BTreeSet::len).sum();
    assert!(imports >= at_least, "only {imports} imports were found");
    for start in arrows.keys() {
        let (mut seen, mut next) = (BTreeSet::new(), vec![vec![start]]);
        while let Some(way) = next.pop() {
            for used in way.last().and_then(|last| arrows.get(*last)).into_iter().flatten() {
                let way: Vec<_> = way.iter().copied().chain([used]).collect();
                let names: Vec<_> = way.iter().map(|module| module.join("::")).collect();
                assert!(used != start, "files import each other in a circle: {}", names.join(" -> "));
                if seen.insert(used) {
                    next.push(way);
                }
            }
        }
    }
}

impl Modules {
    fn read(src: &Path) -> Self {
        let mut code = BTreeMap::new();
        let mut folders = vec![src.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder of src") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = fs::read_to_string(&path).expect("a source file");
                    let module = path.strip_prefix(src).expect("a path below src").with_extension("");
                    let mut module: Segments = module.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                    module.pop_if(|last| last == "mod" || last == "lib");
                    code.insert(module, without_comments_and_tests(&text));
                }
            }
        }
        let mut modules = Self { code, re_exports: BTreeMap::new() };
        for (module, code) in &modules.code {
            for path in uses(code, true) {
                if let (Some(name), Some(to)) = (path.last().cloned(), modules.absolute(module, &path)) {
                    modules.re_exports.insert(module.iter().cloned().chain([name]).collect(), to);
                }
            }
        }
        modules
    }

    /// Returns the modules that each module uses. Declaring files have none, and are not used.
    fn arrows(&self) -> BTreeMap<Segments, BTreeSet<Segments>> {
        let declares = |module: &Segments| {
            module.is_empty() || self.code.keys().any(|other| other.len() > module.len() && other.starts_with(module))
        };
        let is_test = |module: &Segments| {
            module.last().is_some_and(|last| ["tests", "schema"].contains(&last.as_str()) || last.ends_with("_tests"))
        };
        let sources = self.code.iter().filter(|(module, _)| !declares(module) && !is_test(module));
        let used = |module: &Segments, code: &str| {
            let paths = uses(code, false).into_iter().chain(paths_in_code(code));
            let files = paths.filter_map(|path| self.file_of(self.absolute(module, &path)?));
            files.filter(|file| file != module && !declares(file)).collect()
        };
        sources.map(|(module, code)| (module.clone(), used(module, code))).collect()
    }

    /// Resolves `crate`, `super`, `self` and child modules. `None` for other crates.
    fn absolute(&self, module: &Segments, path: &[String]) -> Option<Segments> {
        let (first, rest) = path.split_first()?;
        let mut base = module.clone();
        match first.as_str() {
            "crate" => base.clear(),
            "self" => {}
            "super" => {
                base.pop();
                let more = rest.iter().take_while(|part| *part == "super").count();
                base.truncate(base.len().saturating_sub(more));
                return Some(base.into_iter().chain(rest[more..].iter().cloned()).collect());
            }
            child => {
                base.push(child.to_owned());
                return self.code.contains_key(&base).then(|| base.into_iter().chain(rest.iter().cloned()).collect());
            }
        }
        Some(base.into_iter().chain(rest.iter().cloned()).collect())
    }

    /// Returns the file that has an item, behind all re-exports.
    fn file_of(&self, mut path: Segments) -> Option<Segments> {
        // More steps than any chain of re-exports has.
        for _ in 0..8 {
            let re_export = (1..=path.len()).rev().find_map(|end| Some((end, self.re_exports.get(&path[..end])?)));
            let Some((end, to)) = re_export else { break };
            path = to.iter().chain(&path[end..]).cloned().collect();
        }
        (1..=path.len()).rev().map(|end| path[..end].to_vec()).find(|part| self.code.contains_key(part))
    }
}

/// The unit tests of a file are its last item.
fn without_comments_and_tests(text: &str) -> String {
    let mut code = text;
    for tests in ["#[cfg(test)]\nmod tests {", "#[cfg(all(test, unix))]\nmod tests {"] {
        code = code.split(tests).next().unwrap_or_default();
    }
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Returns the paths of `use` items: the re-exports (`pub use`), or all.
fn uses(code: &str, only_public: bool) -> Vec<Segments> {
    let mut paths = Vec::new();
    for item in code.split(';') {
        // The last line that begins a `use`, because attributes and other items stand before it.
        let Some(at) = item.rfind("use ").filter(|at| item[..*at].lines().last().is_none_or(is_visibility)) else {
            continue;
        };
        let visibility = item[..at].lines().last().unwrap_or_default().trim();
        if only_public && visibility.is_empty() {
            continue;
        }
        expand(&item[at + "use ".len()..], &Vec::new(), &mut paths);
    }
    paths
}

fn is_visibility(text: &str) -> bool {
    text.trim().is_empty() || text.trim().starts_with("pub")
}

/// Expands the braces of an import.
fn expand(tree: &str, prefix: &Segments, paths: &mut Vec<Segments>) {
    let tree = tree.split(" as ").next().unwrap_or_default();
    let (head, group) = tree.split_once('{').map_or((tree, None), |(head, group)| (head, Some(group)));
    let head = head.split("::").map(str::trim).filter(|part| !part.is_empty() && *part != "self" && *part != "*");
    let path: Segments = prefix.iter().cloned().chain(head.map(str::to_owned)).collect();
    let Some(group) = group else {
        paths.push(path);
        return;
    };
    let (mut depth, mut start) = (0, 0);
    let group = group.trim_end().strip_suffix('}').unwrap_or(group);
    for (at, character) in group.char_indices().chain([(group.len(), ',')]) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let part = &group[start..at];
                start = (at + 1).min(group.len());
                if !part.trim().is_empty() {
                    expand(part, &path, paths);
                }
            }
            _ => {}
        }
    }
}

/// Returns the paths that code writes out, such as `crate::metrics::dropped(1)`.
fn paths_in_code(code: &str) -> Vec<Segments> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let starts = ["crate::", "super::"].into_iter().flat_map(|root| code.match_indices(root));
    let starts = starts.filter(|(at, _)| !code[..*at].ends_with(|c| is_path(c) || c == '$'));
    let paths = starts.map(|(at, _)| code[at..].chars().take_while(|c| is_path(*c)).collect::<String>());
    paths.map(|path| path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect()).collect()
}
