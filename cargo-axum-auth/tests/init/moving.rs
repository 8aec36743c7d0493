//! The plan of the move, for a service on plain axum.

use super::shop::{AXUM, CHECKOUT, LAYERS, MANIFEST, add, shop};
use super::{files, row, syn_parses};
use crate::support::{Project, our_workspace};
use std::process::Command;

fn planned() -> (Project, String) {
    let project = shop();
    let ran = project.run(&["init", "--yes"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("auth-plan.md: 19 handlers need a decision: follow the plan"), "{}", ran.stdout);
    let plan = project.read("auth-plan.md");
    (project, plan)
}

#[test]
fn plan_lists_for_each_handler_what_it_takes_and_what_to_write() {
    let (_, plan) = planned();
    let authenticated = "`#[authenticated(User)]`";
    for (name, route, credential, today, write) in [
        (
            "me",
            "`GET /v1/me`",
            "a bearer token",
            "takes `Extension<User>`",
            "`#[authenticated(User)]`, `auth: Authenticated<User>`",
        ),
        (
            "of_the_layer",
            "`GET /v1/layer/{id}`",
            "none",
            "takes no caller; the layer `require_user` rejects others",
            authenticated,
        ),
        ("deep", "`GET /deep`", "none", "takes no caller; the layer `require_user` rejects others", authenticated),
        // Its layer accepts all requests.
        (
            "optional",
            "`GET /optional`",
            "none",
            "takes no caller, and no layer was found that rejects",
            "`#[public(reason = \"..\")]`, or `#[authenticated(Claims)]`",
        ),
        // A layer of another crate inserts the value, and its name is that of a caller.
        (
            "outside",
            "`GET /outside`",
            "none",
            "takes `Extension<other_crate::Account>`",
            "`#[authenticated(Account)]`, `auth: Authenticated<Account>`",
        ),
        // One of its three routes is not behind the layer.
        (
            "both",
            "`GET /both`, `GET /v1/both/{id}`, `PUT /v1/layer/{id}`",
            "none",
            "takes no caller, and no layer was found that rejects",
            "`#[public(reason = \"..\")]`, or `#[authenticated(Claims)]`",
        ),
        (
            "open",
            "`GET /open`",
            "none",
            "takes no caller, and no layer was found that rejects",
            "`#[public(reason = \"..\")]`, or `#[authenticated(Claims)]`",
        ),
        (
            "login",
            "`POST /login`",
            "none",
            "takes no caller, and issues a token",
            "`#[public(reason = \"..\")]`, if its clients have no token yet",
        ),
        (
            "session",
            "`GET /session`",
            "a cookie",
            "takes `Caller`",
            "`#[authenticated(Caller)]`, `auth: Authenticated<Caller>`",
        ),
        (
            "guest",
            "`GET /guests`",
            "a cookie",
            "takes `MaybeCaller`, with or without a caller",
            "`#[public(reason = \"..\", optional = Caller)]`, `visitor: Visitor<Caller>`",
        ),
        (
            "maybe",
            "`GET /guests/maybe`",
            "a bearer token",
            "takes `Option<Extension<User>>`, with or without a caller",
            "`#[public(reason = \"..\", optional = User)]`, `visitor: Visitor<User>`",
        ),
        (
            "webhook",
            "`POST /webhook`",
            "an API key",
            "verifies the credential in its own code",
            "`#[authenticated(Claims)]`, without its own check",
        ),
        (
            "by_hand",
            "`GET /hand`",
            "a bearer token",
            "verifies the credential in its own code",
            "`#[authenticated(Claims)]`, without its own check",
        ),
    ] {
        let cells = row(&plan, name);
        assert_eq!(cells[1..], [route, credential, today, write], "{name}");
    }
    assert!(row(&plan, "me")[0].starts_with("`src/handlers.rs:6` "), "{plan}");
    assert_eq!(row(&plan, "a closure")[1], "`GET /closure`");
    // State has the word `User` in its name too.
    for open in ["state", "typed"] {
        assert_eq!(row(&plan, open)[3], "takes no caller, and no layer was found that rejects");
    }
    assert_eq!(row(&plan, "page")[1], "`GET /page`");
    assert_eq!(row(&plan, "other_crate::handler")[3], "the code was not found");
    assert!(plan.contains("## Handlers without a decision: 19\n"), "{plan}");
}

#[test]
fn plan_proposes_a_sender_for_a_signature_that_is_checked_by_hand() {
    let (_, plan) = planned();
    let today = "verifies a signature in its own code, with `hmac::Hmac::new_from_slice`";
    let write = "`#[signed(..)]`, with a sender from `signature!`, `event: Signed<..>`, without its own check";
    assert_eq!(row(&plan, "pushed")[1..], ["`POST /pushed`", "none", today, write]);
}

#[test]
fn plan_lists_layers_and_extractors_with_their_remedy() {
    let (_, plan) = planned();
    assert_eq!(
        row(&plan, "require_user")[1..],
        ["puts `User` into the request's extensions", "delete it: `Authenticated<User>` has the caller"]
    );
    let audit = row(&plan, "audit");
    assert_eq!(audit[1], "reads `User` from the request's extensions");
    assert!(audit[2].starts_with("layer: read `auth_runtime::decision::Decision` from the response's"), "{audit:?}");
    assert_eq!(
        row(&plan, "Caller")[1..],
        ["extracts the caller from a cookie", "delete it: handlers take `Authenticated<Caller>`"]
    );
    assert_eq!(row(&plan, "MaybeCaller")[2], "delete it: handlers take `Visitor<Caller>`");
    // These do not authenticate.
    for other in ["trace", "cors", "TraceId"] {
        assert!(!plan.contains(&format!("`{other}`")), "{other}: {plan}");
    }
}

#[test]
fn layer_that_inserts_a_value_of_an_unknown_type_is_listed_with_its_handlers() {
    let project = shop();
    let layer = LAYERS.replace("let user = load(claims.sub).await?", "let user = backend.look_up(claims.sub).await?");
    project.write("src/layers.rs", &layer);
    assert_eq!(project.run(&["init", "--yes"]).code, 0);
    let plan = project.read("auth-plan.md");
    assert_eq!(row(&plan, "require_user")[1], "puts a value into the request's extensions");
    assert_eq!(row(&plan, "audit")[1], "reads `User` from the request's extensions");
    assert_eq!(row(&plan, "me")[2..4], ["a bearer token", "takes `Extension<User>`"]);
    assert!(row(&plan, "of_the_layer")[3].contains("the layer `require_user` rejects others"), "{plan}");
}

#[test]
fn plan_lists_issued_tokens_and_the_claims_that_they_lack() {
    let (_, plan) = planned();
    let issued = row(&plan, "issue");
    assert_eq!(
        issued[1..],
        ["issues a token with `Claims`", "`TokenIssuer::issue`, or add `iss`, `aud`: a verifier requires them"]
    );
    assert_eq!(row(&plan, "verify")[1], "verifies a token");
    assert!(plan.contains("Several kinds of tokens have the claims `Claims`."), "{plan}");
}

#[test]
fn service_on_another_axum_is_told_to_update_it_first() {
    let must_update = |version: &str| {
        let project = shop();
        let manifest = project.read("Cargo.toml").replace("{ path = \"axum\" }", &format!("\"{version}\""));
        project.write("Cargo.toml", &manifest);
        project.run(&["init", "--yes"]).stdout.contains(": move to `0.8` first")
    };
    assert_eq!(["0.7", "=0.7.9", "0.6"].map(must_update), [true; 3]);
    assert_eq!(["0.8", "0.8.4", "=0.8.1", ">=0.7, <0.9", "*"].map(must_update), [false; 5]);
    // The version of `auth-runtime`.
    let ours = std::fs::read_to_string(our_workspace().join("Cargo.toml")).unwrap();
    assert!(ours.lines().any(|line| line.starts_with("axum = ") && line.contains("\"0.8")), "{ours}");
}

#[test]
fn before_the_move_nothing_but_the_plan_and_the_dependency_is_written() {
    let project = shop();
    add(&project, &CHECKOUT);
    let before = files(&project);
    let ran = project.run(&["init", "--yes", "--from", "auth"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let changed: Vec<String> =
        files(&project).into_iter().filter(|file| !before.contains(file)).map(|(path, _)| path).collect();
    assert_eq!(changed, ["Cargo.toml", "auth-plan.md"]);
    assert!(project.read("Cargo.toml").contains("auth-runtime = { path = \"auth/auth-runtime\" }\n"));

    // The plan is the developer's: a second run leaves it.
    project.write("auth-plan.md", "mine\n");
    let again = project.run(&["init", "--yes", "--from", "auth"]);
    assert_eq!((again.code, project.read("auth-plan.md").as_str()), (0, "mine\n"));
    assert!(again.stdout.starts_with("Nothing to write: "), "{}", again.stdout);
    assert!(again.stdout.contains("auth-plan.md: it exists already: delete it"), "{}", again.stdout);
}

#[test]
fn after_init_the_service_still_builds_and_its_tests_still_run() {
    // `unused_must_use` and `unsafe` compile today, and must compile tomorrow.
    let lib = "fn dropped() -> Result<(), ()> { Ok(()) }\n\
               pub fn app() -> axum::Router {\n    dropped();\n    let _: u8 = unsafe { std::mem::zeroed() };\n    \
               axum::Router::new().route(\"/\", axum::routing::get(index))\n}\n\
               async fn index() -> &'static str { \"ok\" }\n";
    let project = Project::with(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", lib),
        ("tests/api.rs", "#[test]\nfn runs() { shop::app(); }\n"),
    ]);
    add(&project, &AXUM);
    add(&project, &CHECKOUT);
    let test = || {
        let mut cargo = Command::new("cargo");
        cargo.args(["test", "--offline", "--quiet"]).current_dir(project.path());
        cargo.env("CARGO_TARGET_DIR", project.path().join("target")).env_remove("RUSTFLAGS").output().unwrap()
    };
    let before = test();
    assert!(before.status.success(), "{}", String::from_utf8_lossy(&before.stderr));
    let ran = project.run(&["init", "--yes", "--from", "auth"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let after = test();
    assert!(after.status.success(), "{}", String::from_utf8_lossy(&after.stderr));
    assert!(String::from_utf8_lossy(&after.stdout).contains("1 passed"));
}

#[test]
fn a_service_that_has_an_auth_router_gets_the_guards_and_a_plan_for_the_rest() {
    let project = super::bare();
    project.write(
        "src/lib.rs",
        "use auth_runtime::{AuthRouter, routing};\n\
         pub fn app() -> AuthRouter { AuthRouter::new().route(\"/\", routing::get(index)) }\n\
         #[auth_runtime::public(reason = \"a page\")]\nasync fn index() {}\n\
         pub fn old() -> axum::Router {\n    axum::Router::new().route(\"/old\", axum::routing::get(old_page)).route(\"/new\", axum::routing::get(index))\n        .route(\"/v\", axum::routing::get(visited))\n}\n\
         async fn visited(_: auth_runtime::Visitor<Claims>) {}\n\
         async fn old_page() {}\n",
    );
    let ran = project.run(&["init", "--yes", "--from", super::FROM]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let plan = project.read("auth-plan.md");
    assert!(plan.contains("## Handlers without a decision: 1 (decided: 2)\n"), "{plan}");
    assert_eq!(row(&plan, "old_page")[1], "`GET /old`");
    assert!(syn_parses(&project.read("tests/auth.rs")));
}
