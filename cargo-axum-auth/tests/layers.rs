//! The folders of `src` are layers, and each uses only those below it.

use test_support::Layers;

/// From the bottom to the top. `main.rs` is above all of them.
const LAYERS: &[&str] =
    &["base", "sources", "names", "scan", "inventory", "lint", "review", "init", "report", "cli", "lock", "attack"];

fn layers() -> Layers {
    Layers::read(env!("CARGO_MANIFEST_DIR"), LAYERS, 60)
}

#[test]
fn each_layer_uses_only_those_below_it() {
    layers().assert_imports_point_downwards();
}

#[test]
fn folders_make_no_circle() {
    layers().assert_folders_make_no_circle();
}

#[test]
fn mod_files_declare_and_re_export_only() {
    layers().assert_mod_files_declare_only();
}

#[test]
fn a_folder_has_its_module_file_inside() {
    layers().assert_folders_have_mod_files();
}
