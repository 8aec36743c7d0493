//! Reads the sources for what `security.md` says happens in one place only.
//!
//! A rejection gets its event (P7), a vault opens, an object is permitted, and secrets are
//! compared.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};
use syn::{ExprField, ExprMethodCall, ExprPath, ExprStruct, ImplItemFn, ItemFn, ItemImpl, Member};

/// What is looked for in a source.
///
/// A method that is called, a field that is read, a function that is named, the fields of a struct
/// expression, or a trait that is implemented.
#[derive(Clone, Copy)]
enum Wanted {
    Method(&'static str),
    Field(&'static str),
    Function(&'static str),
    Literal(&'static [&'static str]),
    Impl(&'static str),
}

struct Search {
    wanted: Wanted,
    file: String,
    function: String,
    found: BTreeSet<String>,
}

impl Search {
    fn within(&mut self, function: &impl ToString, read: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.function, function.to_string());
        read(self);
        self.function = outer;
    }

    fn note(&mut self) {
        self.found.insert(format!("{} {}", self.file, self.function).trim().to_owned());
    }
}

impl<'ast> Visit<'ast> for Search {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let is_test = item.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
        if !is_test {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.within(&item.sig.ident, |search| visit::visit_impl_item_fn(search, item));
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.within(&item.sig.ident, |search| visit::visit_item_fn(search, item));
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        if let Some((path, _)) = &item.trait_ {
            let is_it = path
                .segments
                .last()
                .is_some_and(|last| matches!(self.wanted, Wanted::Impl(name) if last.ident == name));
            is_it.then(|| self.note());
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if matches!(self.wanted, Wanted::Method(name) if call.method == name) {
            self.note();
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_field(&mut self, field: &'ast ExprField) {
        if let (Wanted::Field(name), Member::Named(read)) = (self.wanted, &field.member) {
            (read == name).then(|| self.note());
        }
        visit::visit_expr_field(self, field);
    }

    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        let last = path.path.segments.last();
        if last.is_some_and(|last| matches!(self.wanted, Wanted::Function(name) if last.ident == name)) {
            self.note();
        }
        visit::visit_expr_path(self, path);
    }

    fn visit_expr_struct(&mut self, expression: &'ast ExprStruct) {
        let mut names: Vec<_> = expression
            .fields
            .iter()
            .filter_map(|field| match &field.member {
                Member::Named(name) => Some(name.to_string()),
                Member::Unnamed(_) => None,
            })
            .collect();
        names.sort();
        if matches!(self.wanted, Wanted::Literal(fields) if names == fields) {
            self.note();
        }
        visit::visit_expr_struct(self, expression);
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The files and functions of a folder of `src` that have it.
fn places(folder: &str, wanted: Wanted) -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&source.join(folder), &mut paths);
    let mut search = Search { wanted, file: String::new(), function: String::new(), found: BTreeSet::new() };
    for path in paths {
        search.file = path.strip_prefix(&source).expect("a file of src").display().to_string();
        let text = fs::read_to_string(&path).expect("a readable file");
        search.visit_file(&syn::parse_file(&text).expect("Rust"));
    }
    search.found.into_iter().collect()
}

/// P7: a second place could return a rejection and emit nothing.
#[test]
fn one_place_turns_a_refusal_into_a_rejection() {
    // `credential/` has methods of this name that make errors of the configuration.
    let folders = ["access", "decision", "permission", "proof", "rejection", "revocation", "router", "verifier"];
    let found: Vec<_> = folders.iter().flat_map(|folder| places(folder, Wanted::Method("refused"))).collect();
    assert_eq!(found, ["proof/report.rs report"], "what emits and counts rejections");
}

/// P2: only proofs are keys, `open` reads the resource, and `rule.rs` makes a `Permitted`.
#[test]
fn one_function_opens_a_vault_and_one_file_permits() {
    let opened = places("access", Wanted::Field("resource"));
    assert_eq!(opened, ["access/vault.rs clone", "access/vault.rs open"], "what reads the resource of a vault");
    let keys = places("", Wanted::Impl("Key"));
    assert_eq!(keys, ["access/vault.rs"], "where keys of a vault are implemented");
    let permitted = places("", Wanted::Literal(&["object", "rule"]));
    assert_eq!(permitted, ["access/rule.rs permit_each", "access/rule.rs permitted"], "what makes a `Permitted`");
}

/// A comparison that ends at the first difference tells an attacker how far a guess is right. The
/// time itself is not measured: this holds that each secret goes through the one function.
#[test]
fn secrets_are_compared_in_constant_time() {
    assert_eq!(
        places("credential", Wanted::Function("verify_slices_are_equal")),
        [
            "credential/api_key/secret_hash.rs compare",
            "credential/session/axum_login.rs caller",
            "credential/setup/setup_token.rs compare",
            "credential/signature/pending.rs verify",
        ]
    );
}
