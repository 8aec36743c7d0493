//! The folders of `src` are layers, and each uses only those below it (DESIGN.md section 5).
//!
//! What mints a proof must be readable from the top to the bottom. An import that points upwards makes a circle, and a
//! circle makes every file a part of every other.

use std::path::Path;
use test_support::{Source, Sources};

/// From the bottom to the top. `lib.rs` is above all of them.
const LAYERS: [&str; 10] =
    ["base", "rejection", "credential", "revocation", "verifier", "permission", "opt_out", "proof", "access", "router"];

fn sources() -> Sources {
    let sources = Sources::of(env!("CARGO_MANIFEST_DIR"));
    assert!(sources.files().len() > 60, "only {} files were read", sources.files().len());
    sources
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| *layer == name)
}

fn first(path: &Path) -> &str {
    path.components().next().and_then(|part| part.as_os_str().to_str()).unwrap_or_default()
}

#[test]
fn each_layer_uses_only_those_below_it() {
    let mut upward = Vec::new();
    for Source { path, used, .. } in sources().files() {
        let here = first(path);
        if path == Path::new("lib.rs") {
            continue;
        }
        let Some(own) = layer(here) else {
            panic!("`{here}` is not a layer: give the file a place in one of {LAYERS:?}")
        };
        for used in used {
            match layer(used.split("::").next().unwrap_or_default()) {
                Some(other) if other <= own => {}
                Some(_) => upward.push(format!("{}: crate::{used} is in a layer above", path.display())),
                // `use crate::{a, b}` and the re-exports of lib.rs would hide which layer is meant.
                None => upward.push(format!("{}: crate::{used} does not name its layer", path.display())),
            }
        }
    }
    assert!(upward.is_empty(), "imports that point upwards:\n{}", upward.join("\n"));
}

/// Inside of a layer: two folders of which neither contains the other do not use each other.
#[test]
fn folders_make_no_circle() {
    sources().assert_no_circle();
}

#[test]
fn mod_files_declare_and_re_export_only() {
    sources().assert_mod_files_only_declare();
}

#[test]
fn a_folder_has_its_module_file_inside() {
    sources().assert_module_files_inside();
}
