use super::expand;
use crate::args::AttributeKind;
use proc_macro2::TokenStream;

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("tokens")
}

pub(super) fn expanded(kind: AttributeKind, args: &str, item: &str) -> String {
    expand(kind, tokens(args), &tokens(item)).to_string()
}

/// Parses and prints the text without spaces, because the printer of tokens chooses them.
pub(super) fn dense(text: &str) -> String {
    tokens(text).to_string().split_whitespace().collect()
}

#[track_caller]
pub(super) fn becomes(kind: AttributeKind, args: &str, item: &str, expected: &str) {
    // In front of everything, on every handler.
    let expanded = dense(&expanded(kind, args, item)).replacen("#[deny(unused_must_use)]", "", 1);
    assert_eq!(expanded, dense(expected));
}

#[track_caller]
pub(super) fn is_refused(kind: AttributeKind, item: &str, remedy: &str) {
    let text = expanded(kind, "", item);
    assert_eq!(text.matches("compile_error").count(), 1, "{text}");
    assert!(text.contains(remedy), "{text}");
}

#[test]
fn the_decision_becomes_the_first_parameter_and_nothing_else_changes() {
    becomes(
        AttributeKind::Authenticated,
        "",
        "/// Lists.\n pub(crate) async fn list<'a, T: Clone>(#[cfg(x)] State(A { b, .. }): State<T>, mut c: C) \
         -> Result<(), E> where T: Send { body(!) }",
        "/// Lists.\n pub(crate) async fn list<'a, T: Clone>(_: ::auth_runtime::Authenticated<::auth_runtime::Claims>, \
         #[cfg(x)] State(A { b, .. }): State<T>, mut c: C) -> Result<(), E> where T: Send { body(!) }",
    );
    becomes(
        AttributeKind::Authenticated,
        "C, requires = (P, Q)",
        "async fn f() {}",
        "async fn f(_: ::auth_runtime::Authenticated<C, (P, Q)>,) {}",
    );
    becomes(
        AttributeKind::Public,
        "",
        "async fn f(x: X) {}",
        "async fn f(_: ::auth_runtime::Public<::auth_runtime::opt_out::NoReason>, x: X) {}",
    );
}

#[test]
fn a_visitor_gets_the_reason_in_its_type() {
    becomes(
        AttributeKind::Public,
        "optional = C",
        "async fn f(x: X) {}",
        "async fn f(_: ::auth_runtime::Visitor<C, ::auth_runtime::opt_out::NoReason>, x: X) {}",
    );
    becomes(
        AttributeKind::Public,
        "optional = C",
        "async fn f(#[x] mut v: auth::Visitor<C>, (a, b): (A, B)) { g() }",
        "async fn f(#[x] mut v: <auth::Visitor<C> as ::auth_runtime::__macro::Recognises<C, \
         ::auth_runtime::opt_out::NoReason>>::Visitor, (a, b): (A, B)) { g() }",
    );
    becomes(
        AttributeKind::Public,
        "optional = C",
        "async fn f(v: Visitor<C, R>) { g() }",
        "async fn f(v: Visitor<C, R>) { ::auth_runtime::__macro::stated_claims::<Visitor<C, R>, C>(); { g() } }",
    );
    let reason = expanded(AttributeKind::Public, "reason = \"r\", optional = C", "async fn f(v: Visitor<C>) {}");
    assert!(reason.contains("opt_out :: Text") && reason.contains("__macro :: words"), "{reason}");
}

#[test]
fn a_proof_that_is_written_stays_and_is_held_against_the_attribute() {
    let written = "async fn f(me: auth::Authenticated<C, P>) { #![allow(x)] g() }";
    becomes(
        AttributeKind::Authenticated,
        "",
        written,
        "async fn f(me: auth::Authenticated<C, P>) { #![allow(x)] \
         ::auth_runtime::__macro::is_a_proof::<auth::Authenticated<C, P>>(); { g() } }",
    );
    becomes(
        AttributeKind::Authenticated,
        "C",
        written,
        "async fn f(me: auth::Authenticated<C, P>) { #![allow(x)] \
         ::auth_runtime::__macro::stated_claims::<auth::Authenticated<C, P>, C>(); { g() } }",
    );
    becomes(
        AttributeKind::Authenticated,
        "requires = P",
        written,
        "async fn f(me: auth::Authenticated<C, P>) { #![allow(x)] ::auth_runtime::__macro::stated_proof::< \
         auth::Authenticated<C, P>, ::auth_runtime::Authenticated<::auth_runtime::Claims, P> >(); { g() } }",
    );
    let open = "async fn f(_: Public<Probe>) {}";
    becomes(
        AttributeKind::Public,
        "",
        open,
        "async fn f(_: Public<Probe>) { ::auth_runtime::__macro::is_an_opt_out::<Public<Probe>>(); {} }",
    );
}

#[test]
fn patterns_and_types_with_colons_and_commas_are_read() {
    for params in [
        "Query::<HashMap<A, B>>(q): Query<HashMap<A, B>>",
        "x:::std::string::String",
        "x: ::std::string::String",
        "(A(a), b): (A, <B as C>::D)",
        "_:Path<{ N + 1 }>",
        "x: fn_like!(a, b)",
    ] {
        let item = format!("async fn f({params}) {{}}");
        let text = expanded(AttributeKind::Public, "", &item);
        assert!(!text.contains("compile_error"), "{text}");
    }
}

#[test]
fn a_function_that_returns_a_future_is_async_enough() {
    for output in ["impl Future<Output = ()>", "BoxFuture<'static, R>", "Pin<Box<dyn Future<Output = R> + Send>>"] {
        let text = expanded(AttributeKind::Public, "", &format!("fn f() -> {output} {{}}"));
        assert!(!text.contains("compile_error"), "{text}");
    }
    is_refused(AttributeKind::Public, "fn f() -> R {}", "write `async fn f`");
}

#[test]
fn a_proof_in_the_wrong_shape_or_place_is_refused_once() {
    for (params, remedy) in [
        ("_: Option<Authenticated<C>>", "an optional proof proves nothing"),
        ("_: Result<Authenticated<C>, E>", "a proof in a `Result` proves nothing"),
        ("_: Authenticated<Option<C>>", "an optional caller proves nothing"),
        ("_: Authenticated<Result<C, E>, P>", "with `Visitor<C>`"),
        ("_: A, _: Authenticated<C>", "move it to the front"),
        ("_: Authenticated<C>, _: Authenticated<D>", "a second proof"),
        ("_: &Authenticated<C>", "make `Authenticated<..>` the first parameter"),
        ("#[cfg(x)] _: Authenticated<C>", "depends on a `cfg`"),
        ("_: Public<R>", "cannot take `Public<..>`"),
        ("&self", "has no receiver"),
        ("&'a mut self, _: Authenticated<C>", "has no receiver"),
        ("mut self: Box<Self>", "has no receiver"),
        ("_: A, ...", "a fixed number"),
        ("_: &str", "write `String`"),
    ] {
        is_refused(AttributeKind::Authenticated, &format!("async fn f({params}) {{}}"), remedy);
    }
    is_refused(AttributeKind::Public, "async fn f(_: Authenticated<C>) {}", "cannot take a proof");
    is_refused(AttributeKind::Public, "async fn f(_: Option<Authenticated<C>>) {}", "take `Visitor<MyClaims>`");
    is_refused(AttributeKind::Public, "async fn f(_: Visitor<C>) {}", "add `optional = ..`");
    is_refused(AttributeKind::Public, "async fn f(_: A, _: Visitor<C>) {}", "move it to the front");
    is_refused(AttributeKind::Authenticated, "async fn f(_: Visitor<C>) {}", "whose caller may be a guest");
    is_refused(AttributeKind::Public, "async fn f(_: A, _: Authenticated<C>) {}", "cannot take a proof");
}

#[test]
fn sixteen_parameters_are_enough() {
    let params = |count: usize| "_: (), ".repeat(count);
    let item = |written: &str, count| format!("async fn f({written} {}) {{}}", params(count));
    let proof = "_: Authenticated<C>,";
    assert!(!expanded(AttributeKind::Authenticated, "", &item("", 15)).contains("compile_error"));
    assert!(!expanded(AttributeKind::Authenticated, "", &item(proof, 15)).contains("compile_error"));
    is_refused(AttributeKind::Authenticated, &item("", 16), "parameter 17");
    is_refused(AttributeKind::Authenticated, &item(proof, 16), "parameter 17");
}

#[test]
fn one_handler_has_one_decision() {
    is_refused(AttributeKind::Public, "#[public] async fn f() {}", "twice");
    is_refused(AttributeKind::Public, "#[auth::authenticated(C)] async fn f() {}", "keep the one");
    is_refused(AttributeKind::Authenticated, "#[public] #[public] async fn f() {}", "keep the one");
}

#[test]
fn an_attribute_stands_on_one_handler() {
    for (item, what) in [
        ("pub struct S;", "a struct"),
        ("unsafe impl S {}", "an `impl` block"),
        ("pub mod m { async fn f() {} }", "a module"),
        ("trait T { fn f(); }", "a trait"),
        ("const X: u8 = 1;", "a constant"),
        ("extern \"C\" { fn f(); }", "an `extern` item"),
        ("async fn f();", "a function without a body"),
        ("async |x| x", "a closure"),
        ("anything!();", "a macro call"),
    ] {
        is_refused(AttributeKind::Public, item, &format!("not {what}; "));
    }
    let text = expanded(AttributeKind::Public, "", "#[authenticated] #[derive(X)] struct S;");
    assert!(dense(&text).ends_with(&dense("#[derive(X)] struct S;")), "{text}");
}

#[test]
fn a_refused_handler_leaves_a_stub_that_mounts() {
    let text = expanded(
        AttributeKind::Authenticated,
        "",
        "#[doc = \"d\"] #[cfg(x)] #[instrument] pub async fn f<T>(_: &str) -> T where T: A { g() }",
    );
    let stub = dense(
        "#[doc = \"d\"] #[cfg(x)] pub async fn f<T>(_: ::auth_runtime::Public<::auth_runtime::opt_out::NoReason>) \
         where T: A {} async fn __refused_f<T>(_: &str) -> T where T: A { g() }",
    );
    assert!(dense(&text).ends_with(&stub), "{text}");
}

#[test]
fn the_path_to_the_crate_replaces_ours_everywhere() {
    becomes(
        AttributeKind::Authenticated,
        "requires = P, crate = gate::auth",
        "async fn f(me: Authenticated<Claims, P>) {}",
        "async fn f(me: Authenticated<Claims, P>) { gate::auth::__macro::stated_proof::< \
         Authenticated<Claims, P>, gate::auth::Authenticated<gate::auth::Claims, P> >(); {} }",
    );
    becomes(
        AttributeKind::Public,
        "reason = \"x\", crate = gate::auth",
        "async fn f() {}",
        &format!(
            "async fn f(_: gate::auth::Public<gate::auth::opt_out::Text<{}u128, gate::auth::opt_out::End>>,) {{ \
             const _: &::core::primitive::str = gate::auth::__macro::words(\"x\"); {{}} }}",
            u128::from_be_bytes(*b"x\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")
        ),
    );
    let refused = expanded(AttributeKind::Public, "why, crate = gate::auth", "async fn f() {}");
    assert!(!refused.contains(":: auth_runtime"), "{refused}");
}

#[test]
fn arguments_and_signature_are_judged_together() {
    for (kind, args, item, errors) in [
        (AttributeKind::Public, "why = 1", "fn f(_: &str, _: Authenticated<C>) {}", 4),
        (AttributeKind::Authenticated, "role = Admin, requires = \"a\"", "unsafe fn f(_: u8) {}", 5),
        (AttributeKind::Public, "why = 1", "struct S;", 2),
        // Both keywords have to go; that it is not async is said by their remedy.
        (AttributeKind::Public, "", "const extern \"C\" fn f() {}", 2),
    ] {
        let text = expanded(kind, args, item);
        assert_eq!(text.matches("compile_error").count(), errors, "{text}");
    }
}

#[test]
fn a_sender_becomes_the_first_parameter() {
    becomes(
        AttributeKind::Signed,
        "GitHub",
        "async fn f(x: X) {}",
        "async fn f(_: ::auth_runtime::Signed<GitHub>, x: X) {}",
    );
    becomes(
        AttributeKind::Signed,
        "senders::GitHub",
        "async fn f(event: auth::Signed<GitHub>, x: X) { g() }",
        "async fn f(event: auth::Signed<GitHub>, x: X) { \
         ::auth_runtime::__macro::stated_sender::<auth::Signed<GitHub>, senders::GitHub>(); { g() } }",
    );
}

#[test]
fn a_signed_handler_has_one_decision_and_no_other_body() {
    for (item, remedy) in [
        ("async fn f(_: Option<Signed<G>>) {}", "an optional signature proves nothing"),
        ("async fn f(_: Result<Signed<G>, E>) {}", "in a `Result` proves nothing"),
        ("async fn f(_: (Signed<G>, X)) {}", "inside of another type"),
        ("async fn f(_: X, _: Signed<G>) {}", "move it to the front"),
        ("async fn f(_: Signed<G>, _: Signed<G>) {}", "a second signature"),
        ("async fn f(_: Signed<G>, _: Authenticated<C>) {}", "write `#[authenticated]`"),
        ("async fn f(_: Public<R>) {}", "cannot take `Public<..>`"),
        ("async fn f(_: Signed<G>, _: Visitor<C>) {}", "cannot take `Visitor<..>`"),
        ("async fn f(_: Signed<G>, body: Json<Push>) {}", "remove it, and write `event.json::<Push>()?`"),
        ("async fn f(body: axum::body::Bytes) {}", "take `event: Signed<..>` instead, and write `event.bytes()`"),
        ("async fn f(_: Signed<G>, _: &str) {}", "is borrowed"),
    ] {
        let text = expanded(AttributeKind::Signed, "G", item);
        assert_eq!(text.matches("compile_error").count(), 1, "{text}");
        assert!(text.contains(remedy), "{text}");
    }
    for kind in [AttributeKind::Authenticated, AttributeKind::Public] {
        is_refused(kind, "async fn f(_: Signed<G>) {}", "write `#[signed(..)]`");
        is_refused(kind, "#[signed(G)] async fn f() {}", "keep the one");
    }
}
