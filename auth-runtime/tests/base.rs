//! The lowest layer uses nothing of the layers above: it is to become a crate of its own.

use std::fs;
use std::path::Path;

#[test]
fn base_imports_nothing_from_the_rest_of_the_crate() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/base");
    let files: Vec<_> = fs::read_dir(&folder).expect("the folder").map(|file| file.expect("a file").path()).collect();
    assert!(files.len() >= 5, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).expect("text");
        for upward in ["crate::", "auth_runtime", "super::super::"] {
            let found = text.replace("pub(crate)", "").lines().any(|line| line.contains(upward));
            assert!(!found, "{} uses `{upward}`", file.display());
        }
    }
}
