//! Adds the test that attacks every route and compares the posture with the lock.

use super::{Plan, Service};
use crate::base::{Problem, read};

pub(super) fn plan(service: &Service<'_>, plan: &mut Plan) -> Result<(), Problem> {
    let tests = service.directory.join("tests");
    for entry in std::fs::read_dir(&tests).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if is_rust && read(&path)?.contains("auth_testkit") {
            return Ok(());
        }
    }
    let library = service.package.targets.iter().find(|target| target.library);
    if library.is_none() {
        plan.by_hand.push(format!(
            "{} is a program without a library: move the function that builds its router to `src/lib.rs`, so that a test can call it",
            service.package.name
        ));
    }
    let path = ["auth.rs", "auth_attacks.rs"].map(|name| tests.join(name)).into_iter().find(|path| !path.exists());
    let Some(path) = path else {
        plan.by_hand
            .push("tests/auth.rs and tests/auth_attacks.rs exist already: add the test to another file".to_owned());
        return Ok(());
    };
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    plan.by_hand.push(format!(
        "{}: build your router in `app`, run `AUTH_POSTURE=accept-public cargo test --test {name}`, and commit `auth-posture.lock`",
        service.workspace.shown(&path)
    ));
    plan.change(path, None, text(library.map_or("service", |library| library.name.as_str())));
    Ok(())
}

fn text(library: &str) -> String {
    format!(
        r#"//! Attacks every route with every bad token, and compares the posture with the reviewed lock.

use auth_runtime::{{AuthRouter, Claims, Events, Verifier}};
use auth_testkit::{{TestIssuer, assert_posture, attack}};

/// The router of the service, with a test issuer as the only one that it trusts.
fn app(issuer: &TestIssuer) -> AuthRouter {{
    let verifier: Verifier<Claims> = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(Events::collect().0)
        .build()
        .unwrap();
    todo!("build the router as `main` does, for example `{library}::app(..)`, with {{verifier:?}}")
}}

#[tokio::test]
async fn every_bad_token_is_rejected() {{
    let issuer = TestIssuer::new();
    attack(app(&issuer)).with(&issuer).await.assert_nothing_got_through();
}}

#[tokio::test]
async fn posture_is_as_reviewed() {{
    assert_posture(&app(&TestIssuer::new()), "auth-posture.lock");
}}
"#
    )
}
