//! Which calls count as a guarantee taken away.

use crate::support::{Project, our_workspace};
use std::collections::BTreeSet;
use std::path::Path;

/// The calls that the review lists as weakening.
fn taken_away(lib: &str) -> Vec<String> {
    let ran = Project::of(lib).run(&["review", "--no-blame", "--quiet", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let entries = said["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "weakened");
    entries.map(|entry| format!("{} {}", entry["line"], entry["item"].as_str().unwrap())).collect()
}

#[test]
fn methods_of_other_crates_are_not_counted() {
    let found = taken_away(
        r"
use tracing_subscriber::fmt;
fn logs(client: http::Client) {
    tracing_subscriber::fmt().without_time().init();
    fmt().json().without_time();
    let layer = fmt::layer();
    layer.without_time();
    thing.without_limits().without_body();
    axum::without_cache();
    // Our names, on what others have made.
    moka::Cache::builder().without_cache();
    let cache = moka::Builder::new().size(1);
    cache.without_cache();
    client.without_header();
    let typed: moka::Builder = start();
    typed.without_eviction_check();
}
",
    );
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_waived_condition_is_counted() {
    let found = taken_away(
        r"
use auth_runtime::authenticated;
#[authenticated(Claims, requires = OrdersWrite)]
async fn create() {}
#[authenticated(Staff<u8, u8>, requires = OrdersWrite, despite = crate::OwnPassword)]
async fn set_password() {}
#[authenticated(despite = (OwnPassword, NotSuspended))]
async fn unlock() {}
#[other::authenticated(despite = OwnPassword)]
async fn of_another_crate() {}
",
    );
    assert_eq!(found, ["5 set_password, despite crate::OwnPassword", "7 unlock, despite (OwnPassword, NotSuspended)"]);
}

/// A closure, a service and a method of gRPC have no attribute, so their proof alone says it.
#[test]
fn a_waiver_in_a_type_is_counted() {
    let found = taken_away(
        r#"
use auth_runtime::{AuthRouter, Authenticated, Despite, Despite as Without, authenticated, grpc_methods};
fn app(files: ServeDir) -> AuthRouter {
    AuthRouter::new()
        .route("/password", post(async |_: Authenticated<Claims, Despite<OwnPassword, OrdersWrite>>| "set"))
        .authenticated_service("/terms", move |_: Authenticated<Claims, Without<(OwnPassword, Terms)>>| {
            files.clone()
        })
        .route("/orders", get(async |_: Authenticated<Claims, OrdersWrite>| "orders"))
}
grpc_methods! {
    pub Methods for "shop.Orders" in proto::FILE_DESCRIPTOR_SET {
        Unlock: Authenticated<Claims, auth_runtime::Despite<crate::Lock, Admin>>,
        List: Authenticated<Claims, Admin>,
    }
}
#[authenticated(Claims, despite = OwnPassword)]
async fn set_password(_: Authenticated<Claims, Despite<OwnPassword>>) {}
async fn mounted_without_an_attribute(_: Authenticated<Claims, Despite<Terms>>) {}
type Unsettled = Authenticated<Claims, Despite<Terms>>;
fn other(_: other::Despite<Terms>) {}
"#,
    );
    assert_eq!(
        found,
        [
            "5 a proof, despite OwnPassword",
            "6 a proof, despite (OwnPassword, Terms)",
            "13 a proof, despite crate::Lock",
            "17 set_password, despite OwnPassword",
            "19 a proof, despite Terms",
            "20 a proof, despite Terms",
        ]
    );
}

#[test]
fn our_own_are_counted_whoever_holds_them() {
    let found = taken_away(
        r"
use auth_runtime::Verifier;
fn app(builder: auth_runtime::credentials::VerifierBuilder<Claims>, config: Config) {
    Verifier::builder().issuer(name).without_revocations_for(MINUTE);
    builder.without_cache();
    let builder = Verifier::builder().audience(name);
    builder.without_cache();
    config.builder().without_revocations_for(MINUTE);
    auth_runtime::credentials::VerifierBuilder::without_cache(builder);
    setup! { redis.without_eviction_check() }
    helper().start_degraded();
    Self::builder().without_cache();
    rustls.dangerous().set(Any);
    jsonwebtoken::dangerous::insecure_decode(token);
    auth_runtime::events::Pager::of(name).alertmanager_without_tls(URL, MESH);
    auth_runtime::Events::discard(TOLD);
    queue.discard(TOLD);
}
",
    );
    assert_eq!(
        found,
        [
            "4 .without_revocations_for(MINUTE)",
            "5 .without_cache()",
            "7 .without_cache()",
            "8 .without_revocations_for(MINUTE)",
            "9 auth_runtime::credentials::VerifierBuilder::without_cache",
            "10 .without_eviction_check()",
            "11 .start_degraded()",
            "12 .without_cache()",
            "13 .dangerous()",
            "14 jsonwebtoken::dangerous::insecure_decode",
            "15 .alertmanager_without_tls(URL, MESH)",
            "16 Events::discard",
        ]
    );
}

/// Each public method of ours whose name shows that it removes a guarantee.
fn public_methods(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            public_methods(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let functions = text.lines().filter_map(|line| line.trim_start().strip_prefix("pub ")).filter_map(|line| {
            let line = line.trim_start_matches("const ").trim_start_matches("async ");
            line.strip_prefix("fn ")
        });
        let names = functions.map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap());
        found.extend(names.filter(|name| name.contains("without_")).map(str::to_owned));
    }
}

#[test]
fn the_list_has_every_public_method_that_is_named_so() {
    let mut ours = BTreeSet::new();
    for package in ["auth-base", "auth-events", "auth-runtime", "auth-testkit"] {
        public_methods(&our_workspace().join(package).join("src"), &mut ours);
    }
    assert!(ours.contains("without_revocations_for"), "{ours:?}");
    let list = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/review/weakening.rs")).unwrap();
    let listed: BTreeSet<String> =
        list.split('"').skip(1).step_by(2).filter(|name| name.contains("without_")).map(str::to_owned).collect();
    assert_eq!(listed, ours, "left: in src/review/weakening.rs, right: in the source");
}
