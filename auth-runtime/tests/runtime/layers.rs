//! The folders of `src` are layers, and each uses only those below it (manual, `internals.md`).
//!
//! What mints a proof must be readable from the top to the bottom. An import that points upwards
//! makes a circle, and a circle makes every file a part of every other.

use test_support::Layers;

/// From the bottom to the top. `lib.rs` is above all of them.
const LAYERS: &[&str] = &[
    "base",
    "rejection",
    "credential",
    "revocation",
    "verifier",
    "permission",
    "opt_out",
    "decision",
    "proof",
    "access",
    "router",
    "openapi",
    // The public modules, which only re-export.
    "topics",
];

fn layers() -> Layers {
    Layers::read(env!("CARGO_MANIFEST_DIR"), LAYERS, 71)
}

#[test]
fn each_layer_uses_only_those_below_it() {
    layers().assert_imports_point_downwards();
}

/// Inside of a layer: two folders of which neither contains the other do not use each other.
#[test]
fn folders_make_no_circle() {
    layers().assert_folders_make_no_circle();
}

/// A type lives in a file of its own name: then a folder's names tell where it is.
#[test]
fn mod_files_declare_and_re_export_only() {
    layers().assert_mod_files_declare_only();
}

/// One style of module file: `keys/mod.rs`, never `keys.rs` beside `keys/`.
#[test]
fn a_folder_has_its_module_file_inside() {
    layers().assert_folders_have_mod_files();
}
