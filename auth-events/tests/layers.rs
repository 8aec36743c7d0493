//! The crate of the events uses nothing that decides about a caller.

use std::fs;
use std::path::Path;
use test_support::Sources;

fn sources() -> Sources {
    let sources = Sources::of(env!("CARGO_MANIFEST_DIR"));
    assert!(sources.files().len() > 30, "only {} files were read", sources.files().len());
    sources
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
