//! `cargo axum-auth review`.

mod reasons;
mod weakening;

use crate::support::{Project, Ran, our_workspace};
use serde_json::Value;
use std::process::Command;

const LIB: &str = r#"
use auth_runtime::{AuthRouter, Authenticated, Events, OptOut, Public, Rule, TokenType, Vault, capability, job, public};

#[public(reason = "load balancer probe")]
async fn health() {}

#[public]
async fn forgotten() {}

#[auth_runtime::public(reason = "the old app", expires = "2020-01-31")]
async fn old() {}

#[public(reason = "a fair", expires = "2999-12-31")]
async fn fair() {}

capability!(pub Login for Accounts, audit::Log = "checks a password before there is a token");
job! {
    /// Every night.
    pub(crate) Nightly for Orders = "deletes orders after ten years"
}
auth_runtime::signature!(pub GitHub for Accounts = Scheme::github());
auth_runtime::scope!(pub OrdersWrite = "orders:write");
auth_runtime::claim!(Staff = "staff" in ["realm_access", "roles"]);

impl Rule<Claims, Order> for CanSee {
    const NAME: &'static str = "see an order";
    fn check(claims: &Claims, order: &Order) -> Result<(), Denied> { Err(Denied::new("no")) }
}

impl auth_runtime::opt_out::OptOut for Probe {
    fn reason() -> Option<Cow<'static, str>> { Some("a probe".into()) }
}

async fn show(auth: Authenticated<Claims>, pool: Vault<Pool, Claims>) {
    pool.open(&auth).order().await;
    std::fs::File::open("a.txt");
    OpenOptions::new().open("b.txt");
}

fn app(pool: Pool) {
    let (app, nightly) = AuthRouter::new().job::<Nightly>();
    let app = app
        .public_service("/logo", logo(), "a logo")
        .grpc::<OrdersMethods>(OrdersServer::new(Orders))
        .authenticated_service("/files", |_: Authenticated<Claims>| files())
        .layer(Cors::new())
        .with_state(Vault::new(pool));
    let events = Events::discard("a tool of one's own");
    verifier.token_type(TokenType::AnyJwt).without_revocations_for(MINUTE);
    keys.start_degraded();
    guarded.unguarded();
    tls.dangerous().set(Any);
    // auth-lint: allow(plain-router) metrics, on a port of their own
    let _ = axum::Router::new();
    // auth-lint: allow(plain-router)
    let _ = axum::Router::new();
}

mod proto { include!(concat!(env!("OUT_DIR"), "/api.rs")); }

#[cfg(test)]
mod tests { #[auth_runtime::public] async fn of_a_test() {} }
"#;

#[test]
fn every_place_that_has_to_be_read_is_listed_by_kind_with_its_reason() {
    let ran = Project::of(LIB).run(&["review", "--no-blame"]);
    assert_eq!(
        ran.stdout,
        r#"Public handlers: is the reason still true? (5)
  src/lib.rs:4: health: load balancer probe
  src/lib.rs:7: forgotten [NO REASON]
  src/lib.rs:10: old, until 2020-01-31: the old app [EXPIRED]
  src/lib.rs:13: fair, until 2999-12-31: a fair
  src/lib.rs:30: OptOut for Probe: a probe

Mounted services: which clients do they answer? (3)
  src/lib.rs:43: .public_service("/logo", logo(), "a logo"): a logo
  src/lib.rs:44: .grpc::<OrdersMethods>(OrdersServer::new(Orders))
  src/lib.rs:45: .authenticated_service("/files", |_: Authenticated<Claims>| files())

Capabilities, which open data without a caller: are these all the resources? (1)
  src/lib.rs:16: Login for Accounts, audit::Log: checks a password before there is a token

Senders of signed requests: is the scheme theirs, and are these all the resources? (1)
  src/lib.rs:21: GitHub for Accounts = Scheme::github()

Jobs, which run without a caller: what starts them? (2)
  src/lib.rs:17: Nightly for Orders: deletes orders after ten years
  src/lib.rs:41: .job::<Nightly>()

Permissions: who has them? (2)
  src/lib.rs:22: OrdersWrite: orders:write
  src/lib.rs:23: Staff: staff

Rules about objects: do they check all that matters? (1)
  src/lib.rs:25: Rule for CanSee: see an order

Vaults: is a copy of the resource kept outside? (1)
  src/lib.rs:47: Vault::new

Openings of vaults: is a rule checked before an object is shown or changed? (1)
  src/lib.rs:35: .open(&auth)

Layers, which run before the proof: can they answer a request? (1)
  src/lib.rs:46: .layer(Cors::new())

Removed guarantees: is it worth the risk? (6)
  src/lib.rs:48: Events::discard: a tool of one's own
  src/lib.rs:49: TokenType::AnyJwt
  src/lib.rs:49: .without_revocations_for(MINUTE)
  src/lib.rs:50: .start_degraded()
  src/lib.rs:51: .unguarded()
  src/lib.rs:52: .dangerous()

Allowances of the lint: is the reason still true? (2)
  src/lib.rs:53: plain-router: metrics, on a port of their own
  src/lib.rs:55: allow(plain-router) [NO REASON]

Generated code, which was not read: what does it contain? (1)
  src/lib.rs:59: include!(concat!(env!("OUT_DIR"), "/api.rs"))

27 places to read in 1 file; 3 without a reason, or expired
"#
    );
    assert_eq!(ran.code, 1, "an opt-out without a reason doesn't wait for a review");
}

#[test]
fn a_list_in_which_every_reason_stands_ends_with_0() {
    let ran = Project::of("#[auth_runtime::public(reason = \"a probe\")]\nasync fn health() {}\n")
        .run(&["review", "--no-blame"]);
    assert_eq!(ran.code, 0);
    assert_eq!(Project::of("fn broken( {").run(&["review", "--no-blame"]).code, 2);
}

#[test]
fn decisions_in_macros_are_listed_too() {
    let ran = Project::of(
        r#"
use auth_runtime::public;
macro_rules! pages {
    ($($name:ident)*) => { $(
        #[public(reason = "a page")]
        pub async fn page() { pool.open(&caller); }
    )* };
}
with_layers! { app.layer(Cors::new()) }
"#,
    )
    .run(&["review", "--no-blame", "--quiet"]);
    for line in ["src/lib.rs:5: page: a page", "src/lib.rs:6: .open(& caller)", "src/lib.rs:9: .layer(Cors :: new ())"]
    {
        assert!(ran.stdout.contains(line), "{line} is not in {}", ran.stdout);
    }
}

/// A project with two commits and a change that is not committed.
fn with_history() -> Project {
    let probe = |name: &str| format!("#[auth_runtime::public(reason = \"a {name}\")]\nasync fn {name}() {{}}\n");
    let project = Project::of(&probe("probe"));
    git(&project, "", &["init", "-q"]);
    commit(&project, "Ada", "2024-02-29T12:00:00Z");
    project.write("src/lib.rs", &(probe("probe") + &probe("page")));
    commit(&project, "Grace", "2025-06-01T12:00:00Z");
    project.write("src/lib.rs", &(probe("probe") + &probe("page") + &probe("draft")));
    project
}

fn commit(project: &Project, author: &str, date: &str) {
    git(project, date, &["add", "."]);
    let author = format!("--author={author} <a@example.com>");
    git(project, date, &["-c", "user.name=C", "-c", "user.email=c@example.com", "commit", "-qm", "a change", &author]);
}

fn git(project: &Project, date: &str, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.args(arguments)
        .current_dir(project.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let output = git.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("no JSON: {}{}", ran.stdout, ran.stderr))
}

#[test]
fn each_place_has_the_age_that_git_gives_it() {
    let project = with_history();
    let said = json(&project.run(&["review", "--format", "json"]));
    let ages: Vec<&Value> = said["entries"].as_array().unwrap().iter().map(|entry| &entry["age"]).collect();
    assert_eq!((&ages[0]["author"], &ages[0]["date"]), (&"Ada".into(), &"2024-02-29".into()));
    assert_eq!((&ages[1]["author"], &ages[1]["date"]), (&"Grace".into(), &"2025-06-01".into()));
    assert!(ages[0]["days"].as_u64().unwrap() > ages[1]["days"].as_u64().unwrap());
    assert_eq!(ages[2]["state"], "not-committed");

    let text = project.run(&["review"]).stdout;
    assert!(text.contains(", 2024-02-29, Ada)\n"), "{text}");
    assert!(text.contains("draft: a draft (not committed)\n"), "{text}");
}

#[test]
fn a_repository_cant_hide_a_commit_from_the_review() {
    let project = with_history();
    let last = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(project.path()).output().unwrap();
    project.write("ignored", &String::from_utf8(last.stdout).unwrap());
    git(&project, "", &["config", "blame.ignoreRevsFile", "ignored"]);
    let said = json(&project.run(&["review", "--format", "json"]));
    assert_eq!(said["entries"][1]["age"]["author"], "Grace");
}

#[test]
fn without_git_there_is_no_age_and_the_list_is_the_same() {
    let project = Project::of(LIB);
    let said = json(&project.run(&["review", "--format", "json"]));
    assert_eq!(said["entries"].as_array().unwrap().len(), 27);
    assert_eq!(said["counts"]["opt-out"], 5);
    assert_eq!(said["entries"][0]["age"], Value::Null);
}

#[test]
fn a_reason_cant_become_markup_or_steer_a_terminal() {
    let project = Project::of(
        "#[auth_runtime::public(reason = \"a | <b>\\u{1b}[2J\\u{202e} @everybody [x](http://y)\")]\nasync fn health() {}\n",
    );
    let markdown = project.run(&["review", "--no-blame", "--format", "markdown"]).stdout;
    assert!(markdown.starts_with("## Code for a security review\n\n### Public handlers"), "{markdown}");
    let row = markdown.lines().find(|line| line.contains("health")).unwrap();
    assert_eq!(row.matches('|').count(), 5, "{row}");
    for raw in ["<b>", "@", "[x]", "\x1b", "\u{202e}"] {
        assert!(!row.contains(raw), "{raw:?} is in {row}");
    }
    let text = project.run(&["review", "--no-blame"]).stdout;
    assert!(text.contains(r"a | <b>\u{1b}[2J\u{202e} @everybody"), "{text}");
}

#[test]
fn the_orders_service_is_listed() {
    let manifest = our_workspace().join("Cargo.toml");
    let ran = Project::with(&[]).run(&["review", "--manifest-path", manifest.to_str().unwrap(), "-p", "orders"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    for said in [": health: load balancer probe", "Rule for CanRefund: refund an order", "Vault::new"] {
        assert!(ran.stdout.contains(said), "{said} is not in {}", ran.stdout);
    }
}

/// A decision behind a `cfg_attr` is listed with its condition.
#[test]
fn an_opt_out_behind_a_build_flag_is_listed() {
    let project = Project::of(
        r#"
use auth_runtime::public;
#[cfg_attr(debug_assertions, public(reason = "local work"))]
async fn debug() {}
#[cfg_attr(unix, cfg_attr(feature = "open", auth_runtime::public(reason = "a demonstration")))]
async fn nested() {}
macro_rules! handler {
    () => {
        #[cfg_attr(windows, public(reason = "in a macro"))]
        async fn generated() {}
    };
}
"#,
    );
    let ran = project.run(&["review", "--no-blame"]);
    for expected in [
        "debug, if debug_assertions",
        "local work",
        "nested, if feature = \"open\"",
        "a demonstration",
        "generated, if windows",
        "in a macro",
    ] {
        assert!(ran.stdout.contains(expected), "{expected}: {}", ran.stdout);
    }
}
