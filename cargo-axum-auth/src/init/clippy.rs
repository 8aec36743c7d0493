//! Entries for clippy. Clippy sees types, and `cargo axum-auth lint` sees names only.

use super::{Plan, Service};
use crate::base::Problem;
use std::fmt::Write;
use toml_edit::{Array, DocumentMut, Item, Value};

/// The disallowed items with their reasons, for `disallowed-types` and `disallowed-methods`.
const DISALLOWED: [(&str, &[(&str, &str)]); 2] = [
    (
        "disallowed-types",
        &[
            (
                "axum::Router",
                "accepts handlers without a decision about authentication: use `auth_runtime::AuthRouter`",
            ),
            ("axum::routing::MethodRouter", "fits on a plain router only: use `auth_runtime::MethodRoutes`"),
        ],
    ),
    (
        "disallowed-methods",
        &[
            ("axum::serve", "serves routers without decisions too: use `auth_runtime::serve`"),
            ("axum::routing::any", "use `auth_runtime::routing::any`"),
            ("axum::routing::delete", "use `auth_runtime::routing::delete`"),
            ("axum::routing::get", "use `auth_runtime::routing::get`"),
            ("axum::routing::patch", "use `auth_runtime::routing::patch`"),
            ("axum::routing::post", "use `auth_runtime::routing::post`"),
            ("axum::routing::put", "use `auth_runtime::routing::put`"),
            ("jsonwebtoken::dangerous::insecure_decode", "does not verify the signature: use `auth_runtime::Verifier`"),
            (
                "jsonwebtoken::dangerous::insecure_decode_claims",
                "does not verify the signature: use `auth_runtime::Verifier`",
            ),
        ],
    ),
];

pub(super) fn plan(service: &Service<'_>, plan: &mut Plan) -> Result<(), Problem> {
    // Clippy reads the nearest file above the package. A nearer new one would hide its settings,
    // and one above the package would apply to other packages of the workspace.
    let above = service.directory.ancestors().take_while(|above| above.starts_with(&service.repository));
    let path = above
        .flat_map(|directory| ["clippy.toml", ".clippy.toml"].map(|name| directory.join(name)))
        .find(|path| path.exists())
        .unwrap_or_else(|| service.directory.join("clippy.toml"));
    let now = plan.read(&path)?;
    let text = now.clone().unwrap_or_default();
    let mut document: DocumentMut =
        text.parse().map_err(|error| Problem::Toml { path: path.clone(), error: Box::new(error) })?;
    for (key, entries) in DISALLOWED {
        let array = document.entry(key).or_insert(Item::Value(Value::Array(Array::new())));
        let Some(array) = array.as_array_mut() else {
            let path = service.shown(&path);
            plan.by_hand.push(format!("{path}: `{key}` is not a list: make it one, then run this again"));
            continue;
        };
        add(array, entries);
    }
    plan.change(path, now.as_deref(), document.to_string());
    Ok(())
}

/// Adds the entries whose path is missing, one a line.
fn add(array: &mut Array, entries: &[(&str, &str)]) {
    let known = |value: &Value, path: &str| {
        value.as_str() == Some(path)
            || value.as_inline_table().and_then(|table| table.get("path")).and_then(Value::as_str) == Some(path)
    };
    let mut added = false;
    for (path, reason) in entries {
        if array.iter().any(|value| known(value, path)) {
            continue;
        }
        let mut entry = String::new();
        // The service need not depend on each of these crates.
        let _ = write!(entry, "{{ path = \"{path}\", reason = \"{reason}\", allow-invalid = true }}");
        if let Ok(value) = entry.parse::<Value>() {
            array.push_formatted(value.decorated("\n    ", ""));
            added = true;
        }
    }
    if added {
        array.set_trailing_comma(true);
        array.set_trailing("\n");
    }
}
