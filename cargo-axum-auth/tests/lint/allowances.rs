//! `// auth-lint: allow(rule) the reason`.

use crate::support::{Project, SERVICE};

#[test]
fn a_door_is_allowed_on_the_line_above_for_a_reason() {
    Project::of(
        r#"
fn app() {
    // auth-lint: allow(plain-router) a listener of its own, on loopback
    let router = axum::Router::new()
        // auth-lint: allow(route-service) a picture
        .route_service("/logo", logo());
    // auth-lint: allow(plain-router, plain-serve): both on one line
    axum::serve(listener, axum::Router::new());
    // The other line is not allowed.
    let other: axum::Router = router; //~ plain-router
}

// auth-lint: allow(id-without-permit) there is one order only
#[auth_runtime::authenticated]
async fn show(axum::extract::Path(id): axum::extract::Path<i64>) {}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn an_allowance_without_a_reason_allows_nothing() {
    Project::of(
        r"
fn app() {
    // auth-lint: allow(plain-router) //~ bad-allowance
    axum::Router::new(); //~ plain-router
    // auth-lint: allow(plain-router) ... //~ bad-allowance
    axum::Router::new(); //~ plain-router
    // auth-lint: allow plain-router, because //~ bad-allowance
    axum::Router::new(); //~ plain-router
    // auth-lint: allow(plain-routers) a rule that is not there //~ bad-allowance
    axum::Router::new(); //~ plain-router
    // auth-lint: allow(bad-allowance) by itself //~ bad-allowance
    // auth-lint: allow(plain-router) //~ bad-allowance
    axum::Router::new(); //~ plain-router
}
"
        .replace(" //~ bad-allowance", "")
        .as_str(),
    )
    .reports(&[(3, "bad"), (5, "bad"), (7, "bad"), (9, "bad"), (11, "bad"), (12, "bad")]);
}

#[test]
fn a_reason_that_a_reviewer_cannot_see_is_none() {
    for hidden in ["\u{3164}", "\u{200b}", "fine \u{202e}txet", "fine\u{feff}", "fine\u{e0041}", "\u{115f}\u{1160}"] {
        let code =
            format!("fn app() {{\n    // auth-lint: allow(plain-router) {hidden}\n    axum::Router::new();\n}}\n");
        let wanted = ["src/lib.rs:2 bad-allowance", "src/lib.rs:3 plain-router"].map(str::to_owned);
        assert_eq!(Project::of(&code).lint(&[]), wanted.into(), "{hidden:?}");
    }
    for seen in ["für Prüfer, \"so\" \\ it's", "検査済み"] {
        let code = format!("fn app() {{\n    // auth-lint: allow(plain-router) {seen}\n    axum::Router::new();\n}}\n");
        assert!(Project::of(&code).lint(&[]).is_empty(), "{seen}");
    }
}

#[test]
fn an_allowance_for_nothing_is_reported() {
    Project::of(
        r"
// auth-lint: allow(plain-router) it was here once
fn app() {}
fn door() {
    // auth-lint: allow(plain-serve) another rule than the one that is broken
    axum::Router::new();
}
",
    )
    .reports(&[(2, "unused"), (5, "unused")]);
}

#[test]
fn a_manifest_has_allowances_too() {
    let manifest = SERVICE.replace(
        "[lints.rust]",
        "# auth-lint: allow(must-use-not-denied) an experiment that is not deployed\n[lints.rust]",
    );
    let manifest = manifest.replace("unused_must_use = \"deny\"\n", "");
    Project::with(&[("Cargo.toml", &manifest), ("src/lib.rs", "")]).is_linted_as_marked();
}

impl Project {
    /// Asserts the marked findings and these allowances.
    #[track_caller]
    fn reports(&self, allowances: &[(usize, &str)]) {
        let mut wanted = self.marked();
        wanted.extend(allowances.iter().map(|(line, kind)| format!("src/lib.rs:{line} {kind}-allowance")));
        if allowances.iter().any(|(_, kind)| *kind == "unused")
            && self.read("src/lib.rs").contains("axum::Router::new();")
        {
            wanted.insert("src/lib.rs:6 plain-router".to_owned());
        }
        assert_eq!(self.lint(&[]), wanted);
    }
}
