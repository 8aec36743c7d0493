//! Changes the manifest: lints for all code of the service, and dependencies of its test.

use super::{Plan, Service};
use crate::base::Problem;
use std::path::Path;
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value, value};

/// `unsafe_code` is not among them, because this table applies to tests too, which may need
/// `unsafe` (`std::env::set_var`).
const LINTS: [(&str, &str); 1] = [("unused_must_use", "deny")];

pub(super) fn plan(service: &Service<'_>, plan: &mut Plan) -> Result<(), Problem> {
    lints(service, plan)?;
    let own = &service.package.manifest;
    let mut document = open(plan, own)?;
    testkit(service, plan, &mut document)?;
    tokio(service, plan, &mut document);
    save(plan, own, &document)
}

/// Adds the runtime. A dependency that no code uses changes no build.
pub(super) fn runtime(service: &Service<'_>, plan: &mut Plan) -> Result<(), Problem> {
    let own = &service.package.manifest;
    if service.package.holds_proofs() {
        return Ok(());
    }
    let Ok(source) = service.source() else {
        let own = service.shown(own);
        plan.by_hand.push(format!("{own}: add `auth-runtime` to `[dependencies]`, or give `--from`"));
        return Ok(());
    };
    let dependency = source.dependency("auth-runtime", &service.directory);
    let mut document = open(plan, own)?;
    if let Some(all) = table(&mut document, &["dependencies"]) {
        all.insert("auth-runtime", Item::Value(dependency));
    }
    if let Some(all) = document.get_mut("dependencies").and_then(Item::as_table_mut) {
        beside_axum(all);
    }
    save(plan, own, &document)
}

/// Moves the last dependency behind axum. At the end of the table it would come before a comment
/// that ends the last group, because a comment belongs to the line below it.
fn beside_axum(all: &mut Table) {
    let keys: Vec<String> = all.iter().map(|(key, _)| key.to_owned()).collect();
    let Some((last, others)) = keys.split_last() else { return };
    let Some(axum) = others.iter().position(|key| key == "axum") else { return };
    let place = |key: &toml_edit::Key| {
        let key = key.get();
        // Two for each, so that there is one between them.
        if key == last { 2 * axum + 1 } else { 2 * keys.iter().position(|known| known == key).unwrap_or(keys.len()) }
    };
    all.sort_values_by(|a, _, b, _| place(a).cmp(&place(b)));
}

/// If the package inherits its lints, the workspace gets them.
fn lints(service: &Service<'_>, plan: &mut Plan) -> Result<(), Problem> {
    let own = &service.package.manifest;
    let document = open(plan, own)?;
    let inherited =
        document.get("lints").and_then(|lints| lints.get("workspace")).and_then(Item::as_bool) == Some(true);
    let path = if inherited { service.workspace.root.join("Cargo.toml") } else { own.clone() };
    let mut document = open(plan, &path)?;
    let above: &[&str] = if inherited { &["workspace", "lints"] } else { &["lints"] };
    let Some(rust) = table(&mut document, &[above, &["rust"]].concat()) else {
        let path = service.shown(&path);
        plan.by_hand
            .push(format!("{path}: `lints` is not a table: add `unused_must_use = \"deny\"` to `[lints.rust]`"));
        return Ok(());
    };
    for (lint, level) in LINTS {
        match rust.get(lint) {
            None => drop(rust.insert(lint, value(level))),
            Some(said) if said.as_str() == Some(level) || said.as_str() == Some("forbid") => {}
            Some(said) => {
                let (said, path) = (said.to_string(), service.shown(&path));
                plan.by_hand.push(format!("{path}: `{lint}` is {}: set it to \"{level}\"", said.trim()));
            }
        }
    }
    save(plan, &path, &document)
}

/// The kit, from the source that `--from` names.
fn testkit(service: &Service<'_>, plan: &mut Plan, document: &mut DocumentMut) -> Result<(), Problem> {
    if has(document, "dev-dependencies", "auth-testkit") || has(document, "dependencies", "auth-testkit") {
        return Ok(());
    }
    let runtime = document.get("dependencies").and_then(|all| all.get("auth-runtime")).cloned();
    let inherited = runtime.as_ref().and_then(|item| item.get("workspace")).and_then(Item::as_bool) == Some(true);
    let dependency = if inherited {
        let path = service.workspace.root.join("Cargo.toml");
        // The manifest of the package may be that of the workspace, with changes of its own.
        let same = path == service.package.manifest;
        let mut shared = if same { document.clone() } else { open(plan, &path)? };
        if let Some(all) = table(&mut shared, &["workspace", "dependencies"])
            && all.get("auth-testkit").is_none()
        {
            let like = beside(service, plan, all.get("auth-runtime"), &service.workspace.root)?;
            all.insert("auth-testkit", Item::Value(like));
        }
        if same {
            *document = shared;
        } else {
            save(plan, &path, &shared)?;
        }
        Value::InlineTable(InlineTable::from_iter([("workspace", true)]))
    } else {
        beside(service, plan, runtime.as_ref(), &service.directory)?
    };
    if let Some(all) = table(document, &["dev-dependencies"]) {
        all.insert("auth-testkit", Item::Value(dependency));
    }
    Ok(())
}

/// The kit beside the runtime, in a manifest in `directory`.
fn beside(service: &Service<'_>, plan: &mut Plan, runtime: Option<&Item>, directory: &Path) -> Result<Value, Problem> {
    let source = service.source()?;
    if let Some(runtime) = runtime.filter(|runtime| !source.holds(runtime, directory)) {
        plan.by_hand.push(format!(
            "auth-runtime comes from `{}` and auth-testkit from `--from`: give both the same source, or their types differ",
            runtime.to_string().trim()
        ));
    }
    Ok(source.dependency("auth-testkit", directory))
}

/// The features of tokio for `#[tokio::test]`.
fn tokio(service: &Service<'_>, plan: &mut Plan, document: &mut DocumentMut) {
    let entry = |kind: &str| document.get(kind).and_then(|all| all.get("tokio"));
    let (own, of_tests) = (entry("dependencies"), entry("dev-dependencies"));
    let has_feature = |name: &str| {
        let features = [own, of_tests].into_iter().flatten().filter_map(|tokio| tokio.get("features")?.as_array());
        features.into_iter().flatten().any(|feature| feature.as_str() == Some(name))
    };
    if has_feature("full") || (has_feature("macros") && (has_feature("rt") || has_feature("rt-multi-thread"))) {
        return;
    }
    if of_tests.is_some() {
        let path = service.shown(&service.package.manifest);
        plan.by_hand.push(format!("{path}: the test needs the features `macros` and `rt` of the dev-dependency tokio"));
        return;
    }
    let mut dependency = InlineTable::new();
    // From the source that the service uses, because cargo refuses one name from two sources.
    for key in ["version", "path", "git", "branch", "tag", "rev", "registry", "package", "workspace"] {
        if let Some(found) = own.and_then(|tokio| tokio.get(key)).and_then(Item::as_value) {
            dependency.insert(key, found.clone());
        }
    }
    if dependency.is_empty() {
        dependency.insert("version", own.and_then(Item::as_str).unwrap_or("1").into());
    }
    dependency.insert("features", Value::Array(["macros", "rt"].into_iter().collect()));
    if let Some(all) = table(document, &["dev-dependencies"]) {
        all.insert("tokio", Item::Value(Value::InlineTable(dependency)));
    }
}

fn has(document: &DocumentMut, kind: &str, name: &str) -> bool {
    document.get(kind).and_then(|all| all.get(name)).is_some()
}

/// Returns a table, and inserts it if it is missing.
fn table<'d>(document: &'d mut DocumentMut, path: &[&str]) -> Option<&'d mut dyn toml_edit::TableLike> {
    let mut item = document.as_item_mut();
    for (depth, key) in path.iter().enumerate() {
        let table = item.as_table_like_mut()?;
        item = table.entry(key).or_insert_with(|| {
            let mut table = Table::new();
            // `[lints.rust]` needs no `[lints]` above it.
            table.set_implicit(depth + 1 < path.len());
            Item::Table(table)
        });
    }
    item.as_table_like_mut()
}

pub(super) fn open(plan: &Plan, path: &Path) -> Result<DocumentMut, Problem> {
    let text = plan.read(path)?.unwrap_or_default();
    text.parse().map_err(|error| Problem::Toml { path: path.to_owned(), error: Box::new(error) })
}

fn save(plan: &mut Plan, path: &Path, document: &DocumentMut) -> Result<(), Problem> {
    let now = plan.read(path)?;
    plan.change(path.to_owned(), now.as_deref(), document.to_string());
    Ok(())
}
