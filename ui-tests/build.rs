//! Writes the modules of `tests/twins.rs`: each file of `pass/` and `shapes/`, with a test that
//! runs its `main`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let mut program = String::new();
    for category in entries(&root.join("pass"))? {
        // A twin may omit imports and items that its single point does not need.
        write_modules(&mut program, &category, "#[allow(warnings)] ")?;
    }
    write_modules(&mut program, &root.join("shapes"), "")?;
    println!("cargo::rerun-if-changed=pass");
    println!("cargo::rerun-if-changed=shapes");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo")).join("twins.rs"), program)
}

/// Writes a public module for the folder, with one public module per file.
///
/// Items at the root of a program are public too, so lints treat both alike.
fn write_modules(program: &mut String, folder: &Path, attribute: &str) -> io::Result<()> {
    let outer = name(folder);
    let (mut modules, mut tests) = (String::new(), String::new());
    for file in entries(folder)? {
        let (inner, path) = (name(&file), file.to_str().expect("a path in UTF-8"));
        let _ = writeln!(modules, "    {attribute}#[path = {path:?}] pub mod {inner};");
        let _ = writeln!(tests, "#[test] fn {outer}_{inner}() {{ {outer}::{inner}::main() }}");
    }
    let _ = writeln!(program, "pub mod {outer} {{\n{modules}}}\n{tests}");
    Ok(())
}

/// Lists the entries of a folder, sorted.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).expect("the name of a module")
}
