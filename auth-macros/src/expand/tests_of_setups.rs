use super::tests::{becomes, dense, expanded, is_refused};
use crate::args::AttributeKind;

#[test]
fn a_set_up_gets_the_reason_in_its_type_and_must_be_taken() {
    becomes(
        AttributeKind::Setup,
        "",
        "async fn f(s: auth::Setup<First>, x: X) { g() }",
        "async fn f(s: auth::Setup<First>, x: X) { ::auth_runtime::__macro::is_a_setup::<auth::Setup<First>>(); { g() } }",
    );
    let reason = expanded(AttributeKind::Setup, "reason = \"r\"", "async fn f(#[x] mut s: Setup, x: X) {}");
    assert!(
        dense(&reason).contains("mut s : <Setup as ::auth_runtime::__macro::TakesReason<".replace(' ', "").as_str())
    );
    assert!(reason.contains("opt_out :: Text") && reason.contains("__macro :: words"), "{reason}");
    for (item, remedy) in [
        ("async fn f(_: Setup) {}", "does not say what the set-up is for"),
        ("async fn f(x: X) {}", "write `setup: Setup` as its first parameter"),
        ("async fn f(_: Option<Setup<F>>) {}", "an optional set-up proves nothing"),
        ("async fn f(_: (Setup, X)) {}", "inside of another type"),
        ("async fn f(_: X, _: Setup<F>) {}", "move it to the front"),
        ("async fn f(_: Setup<F>, _: Setup<F>) {}", "a second set-up"),
        ("async fn f(_: Setup<F>, _: Authenticated<C>) {}", "no authenticated caller"),
        ("async fn f(_: Setup<F>, _: Visitor<C>) {}", "cannot take `Visitor<..>`"),
        ("async fn f(_: Setup<F>, _: Signed<G>) {}", "instead of `#[setup]`"),
    ] {
        is_refused(AttributeKind::Setup, item, remedy);
    }
    for kind in [AttributeKind::Authenticated, AttributeKind::Public] {
        is_refused(kind, "async fn f(_: Setup<F>) {}", "write `#[setup(reason = ");
        // The service's own type.
        assert!(!expanded(kind, "", "async fn f(_: Setup) {}").contains("compile_error"));
    }
}
