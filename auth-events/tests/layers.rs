//! The crate of the events uses nothing that decides about a caller.

use std::fs;
use std::path::Path;
use test_support::{Layers, assert_files_make_no_circle};

/// It has no layers below its root, so that only circles between folders are looked for.
fn layers() -> Layers {
    Layers::read(env!("CARGO_MANIFEST_DIR"), &[], 45)
}

/// A change of a sink cannot touch what makes a proof, as long as it cannot name it.
#[test]
fn it_knows_no_verifier_and_no_router() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).expect("a manifest");
    let dependencies =
        manifest.split_once("\n[dependencies]\n").and_then(|(_, rest)| rest.split_once("\n[dev-dep")).expect("both").0;
    for known in ["auth-runtime", "auth-testkit", "axum", "tower"] {
        assert!(!dependencies.contains(known), "auth-events depends on {known}");
    }
    assert!(dependencies.contains("\nauth-base.workspace"), "{dependencies}");
}

#[test]
fn folders_make_no_circle() {
    layers().assert_folders_make_no_circle();
}

#[test]
fn files_make_no_circle() {
    assert_files_make_no_circle(env!("CARGO_MANIFEST_DIR"), 100);
}

#[test]
fn mod_files_declare_and_re_export_only() {
    layers().assert_mod_files_declare_only();
}

#[test]
fn a_folder_has_its_module_file_inside() {
    layers().assert_folders_have_mod_files();
}
