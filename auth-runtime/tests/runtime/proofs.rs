//! P2: `Authenticated` is made by one expression, in one function, and only the functions that are
//! listed here call it. `Visitor`, which may hold one, is made by one function too, and so is
//! `Signed`, and so are `Setup` and `SetupClosed`.

use std::fs;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};
use syn::{ExprPath, ExprStruct, ImplItemFn, ItemFn, Macro, Member};

/// The fields of `Authenticated`. An expression is known by them, because an alias can hide the
/// type's name.
const FIELDS: [&str; 2] = ["of", "verified"];

/// The fields of `Visitor`, which holds a proof or none.
///
/// A second way to make one could make a guest of a caller whose token is bad.
const FIELDS_OF_A_VISITOR: [&str; 2] = ["caller", "reason"];

/// The one function that makes a visitor: it runs the pipeline.
const MAKER_OF_VISITORS: &str = "recognise";

/// The fields of `Signed`.
const FIELDS_OF_A_SIGNATURE: [&str; 3] = ["delivery", "payload", "sender"];

/// The one function that holds the expression of `Signed`.
const MAKER_OF_SIGNATURES: &str = "assert_signed";

/// The function that calls it: the pipeline, after the signature over the bytes was verified.
const CALLERS_OF_SIGNATURES: [&str; 1] = ["prove"];

/// The fields of `Setup`.
const FIELDS_OF_A_SETUP: [&str; 4] = ["closed", "gate", "reason", "request"];

/// The one function that holds the expression of `Setup`.
const MAKER_OF_SETUPS: &str = "assert_open";

/// The fields of `SetupClosed`.
const FIELDS_OF_A_CLOSED_SETUP: [&str; 1] = ["closed_for"];

/// The one function that holds the expression of `SetupClosed`.
const MAKER_OF_CLOSED_SETUPS: &str = "assert_closed";

/// The functions that call the two makers.
///
/// The pipeline calls the first after it has checked the token and the state. The proof calls the
/// second after the state was closed.
const CALLERS_OF_SETUPS: [&str; 2] = ["close", "prove"];

/// The one function that holds the expression.
const MAKER: &str = "assert_proved";

/// The functions that call it. Each has granted the permission, or holds a proof that includes it.
const CALLERS: [&str; 4] = ["as_any_caller", "duplicate", "mint", "weaken"];

#[derive(Default)]
struct Found {
    /// The function that is being read.
    function: String,
    /// The functions that hold a struct expression of `Authenticated`.
    makers: Vec<String>,
    /// The functions that hold a struct expression of `Visitor`.
    makers_of_visitors: Vec<String>,
    /// The functions that hold a struct expression of `Signed`.
    makers_of_signatures: Vec<String>,
    /// The functions that hold a struct expression of `Setup` or `SetupClosed`.
    makers_of_setups: Vec<String>,
    /// The functions that name the maker of one of the two.
    callers_of_setups: Vec<String>,
    /// The functions that name the maker.
    callers: Vec<String>,
    /// The functions that name the maker of `Signed`.
    callers_of_signatures: Vec<String>,
}

impl Found {
    fn within(&mut self, function: &impl ToString, read: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.function, function.to_string());
        read(self);
        self.function = outer;
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.within(&item.sig.ident, |found| visit::visit_impl_item_fn(found, item));
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.within(&item.sig.ident, |found| visit::visit_item_fn(found, item));
    }

    fn visit_expr_struct(&mut self, expression: &'ast ExprStruct) {
        let names = expression.fields.iter().filter_map(|field| match &field.member {
            Member::Named(name) => Some(name.to_string()),
            Member::Unnamed(_) => None,
        });
        let mut names: Vec<_> = names.collect();
        names.sort();
        // `..rest` can stand for a field; none of ours has a proof to take it from.
        let makes = |fields: &[&str]| {
            names == fields || expression.rest.is_some() && names.iter().any(|name| fields.contains(&&**name))
        };
        if makes(&FIELDS) {
            self.makers.push(self.function.clone());
        }
        if makes(&FIELDS_OF_A_VISITOR) {
            self.makers_of_visitors.push(self.function.clone());
        }
        if makes(&FIELDS_OF_A_SIGNATURE) {
            self.makers_of_signatures.push(self.function.clone());
        }
        if makes(&FIELDS_OF_A_SETUP) || makes(&FIELDS_OF_A_CLOSED_SETUP) {
            self.makers_of_setups.push(self.function.clone());
        }
        visit::visit_expr_struct(self, expression);
    }

    fn visit_expr_path(&mut self, expression: &'ast ExprPath) {
        if expression.path.segments.last().is_some_and(|last| last.ident == MAKER) {
            self.callers.push(self.function.clone());
        }
        if expression.path.segments.last().is_some_and(|last| last.ident == MAKER_OF_SIGNATURES) {
            self.callers_of_signatures.push(self.function.clone());
        }
        let is_of_setups = |name: &syn::Ident| name == MAKER_OF_SETUPS || name == MAKER_OF_CLOSED_SETUPS;
        if expression.path.segments.last().is_some_and(|last| is_of_setups(&last.ident)) {
            self.callers_of_setups.push(self.function.clone());
        }
        visit::visit_expr_path(self, expression);
    }

    /// Rejects a macro whose body mentions a proof's fields or its maker, because it is not parsed.
    fn visit_macro(&mut self, item: &'ast Macro) {
        let tokens = item.tokens.to_string();
        let has = |fields: &[&str]| fields.iter().all(|field| tokens.contains(&format!("{field} :")));
        if [MAKER, MAKER_OF_SIGNATURES, MAKER_OF_SETUPS, MAKER_OF_CLOSED_SETUPS]
            .iter()
            .any(|maker| tokens.contains(maker))
            || has(&FIELDS)
            || has(&FIELDS_OF_A_SIGNATURE)
            || has(&FIELDS_OF_A_SETUP)
            || has(&FIELDS_OF_A_CLOSED_SETUP)
        {
            self.makers.push(format!("a macro in {}", self.function));
        }
    }
}

fn read(source: &str, found: &mut Found) {
    found.visit_file(&syn::parse_file(source).expect("Rust"));
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn one_expression_makes_a_proof() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut found = Found::default();
    for file in files {
        read(&fs::read_to_string(file).expect("a readable file"), &mut found);
    }
    found.callers.sort();
    found.callers_of_setups.sort();
    found.makers_of_setups.sort();
    assert_eq!(found.makers_of_setups, [MAKER_OF_CLOSED_SETUPS, MAKER_OF_SETUPS], "the functions that make a `Setup`");
    assert_eq!(found.callers_of_setups, CALLERS_OF_SETUPS, "the functions that call the makers of set-ups");
    assert_eq!(found.makers, [MAKER], "the functions that make an `Authenticated`");
    assert_eq!(found.makers_of_visitors, [MAKER_OF_VISITORS], "the functions that make a `Visitor`");
    assert_eq!(found.makers_of_signatures, [MAKER_OF_SIGNATURES], "the functions that make a `Signed`");
    assert_eq!(found.callers_of_signatures, CALLERS_OF_SIGNATURES, "the functions that call `{MAKER_OF_SIGNATURES}`");
    assert_eq!(found.callers, CALLERS, "the functions that call `{MAKER}`: state in the list why a new one may");
}

#[test]
fn a_second_expression_is_found_in_each_form() {
    for second in [
        "impl<C> A<C> { fn forged(verified: V) -> Self { Self { verified, of: PhantomData } } }",
        "fn forged(v: V) -> Alias { Alias::<C> { of: PhantomData, verified: v } }",
        "fn forged(a: A) -> A { A { of: PhantomData, ..a } }",
        "fn forged(v: V) -> A { make!(A { verified: v, of: PhantomData }) }",
    ] {
        let mut found = Found::default();
        read(second, &mut found);
        assert_eq!(found.makers.len(), 1, "{second}");
    }
    for second in [
        "fn guest() -> Visitor<C> { Visitor { caller: None, reason: PhantomData } }",
        "fn guest(v: Visitor<C>) -> Visitor<C> { Visitor { caller: None, ..v } }",
    ] {
        let mut found = Found::default();
        read(second, &mut found);
        assert_eq!(found.makers_of_visitors, ["guest"], "{second}");
    }
    for second in [
        "fn forged(body: Bytes) -> Signed<S> { Signed { payload: body, delivery, sender: PhantomData } }",
        "fn forged(event: Signed<A>) -> Signed<B> { Signed { sender: PhantomData, ..event } }",
    ] {
        let mut found = Found::default();
        read(second, &mut found);
        assert_eq!(found.makers_of_signatures, ["forged"], "{second}");
    }
    for second in [
        "fn forged(gate: G) -> Setup { Setup { gate, request, closed, reason: PhantomData } }",
        "fn forged(s: Setup<A>) -> Setup<B> { Setup { reason: PhantomData, ..s } }",
        "fn forged() -> SetupClosed { SetupClosed { closed_for: PhantomData } }",
    ] {
        let mut found = Found::default();
        read(second, &mut found);
        assert_eq!(found.makers_of_setups, ["forged"], "{second}");
    }
    for second in [
        "fn forged(gate: G) -> Setup { Setup::assert_open(gate, request).0 }",
        "fn forged() -> SetupClosed { SetupClosed::assert_closed() }",
    ] {
        let mut found = Found::default();
        read(second, &mut found);
        assert_eq!(found.callers_of_setups, ["forged"], "{second}");
    }
    let mut found = Found::default();
    read("fn forged(body: Bytes) -> Signed<S> { Signed::assert_signed(body, none()) }", &mut found);
    assert_eq!(found.callers_of_signatures, ["forged"]);
    let mut found = Found::default();
    read("fn forged(v: V) -> A { let make = A::assert_proved; make(v) }", &mut found);
    assert_eq!(found.callers, ["forged"]);
}
