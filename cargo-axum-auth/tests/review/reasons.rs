//! The reason of an opt-out that stands in the type of its parameter.

use crate::support::Project;

/// The lines of the list that have no reason.
fn without_a_reason(lib: &str) -> Vec<String> {
    let ran = Project::of(lib).run(&["review", "--no-blame", "--quiet"]);
    let lines: Vec<String> =
        ran.stdout.lines().filter(|line| line.contains("[NO REASON]")).map(|line| line.trim().to_owned()).collect();
    assert_eq!(ran.code, i32::from(!lines.is_empty()), "{}{}", ran.stdout, ran.stderr);
    lines
}

#[test]
fn a_capability_states_the_reason() {
    let ran = Project::of(
        r#"
use auth_runtime::{Public, capability, public};
capability!(pub Login for Accounts = "checks a password before there is a token");

#[public]
async fn login(caller: Public<Login>, State(accounts): State<Vault<Accounts, Claims>>) {}
"#,
    )
    .run(&["review", "--no-blame"]);
    assert!(ran.stdout.contains("src/lib.rs:5: login: checks a password before there is a token\n"), "{}", ran.stdout);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
}

#[test]
fn a_set_up_is_listed_with_its_reason() {
    let ran = Project::of(
        r#"
use auth_runtime::{Setup, capability, setup};
capability!(pub First for Accounts = "creates the first administrator");

#[setup(reason = "registers the first device")]
async fn device(setup: Setup) {}
#[setup]
async fn first(setup: Setup<First>) {}
#[auth_runtime::setup]
async fn forgotten(setup: Setup) {}
impl auth_runtime::setup::SetupState for Marker {}
"#,
    )
    .run(&["review", "--no-blame"]);
    let expected = "One-time set-ups: what do they create, and who gets the token? (3)
  src/lib.rs:5: device: registers the first device
  src/lib.rs:7: first: creates the first administrator
  src/lib.rs:9: forgotten [NO REASON]
";
    assert!(ran.stdout.contains(expected), "{}", ran.stdout);
    assert!(ran.stdout.contains("src/lib.rs:11: SetupState for Marker"), "{}", ran.stdout);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
}

#[test]
fn it_is_found_where_it_is_declared() {
    let found = without_a_reason(
        r#"
mod caps {
    auth_runtime::capability! {
        /// Signs in.
        pub(crate) Login for crate::Accounts, crate::Log = "checks a password"
    }
    pub mod deep { auth_runtime::capability!(pub Reset for crate::Accounts = "sends a link"); }
    pub struct Probe;
    impl auth_runtime::opt_out::OptOut for Probe {
        type Opens = ();
        fn reason() -> Option<Cow<'static, str>> { Some("a probe".into()) }
    }
}
use caps::{Login, deep::Reset as Forgotten};
use auth_runtime::Public as Open;

#[auth_runtime::public]
async fn login(_: Open<Login>) {}
#[auth_runtime::public]
async fn reset(_: auth_runtime::Public<Forgotten>, Json(form): Json<Form>) {}
#[auth_runtime::public(expires = "2999-01-01")]
async fn of_a_path(_: Open<crate::caps::Login>) {}
#[auth_runtime::public]
async fn probe(_: Open<caps::Probe>) {}
wrapped! { #[auth_runtime::public] pub async fn wrapped<T>(_: Open<caps::Probe>, State(pool): State<T>) {} }
"#,
    );
    assert_eq!(found, [""; 0]);
}

#[test]
fn what_states_nothing_is_reported() {
    let found = without_a_reason(
        r#"
use auth_runtime::{Public, public, opt_out::NoReason};
auth_runtime::capability!(pub Dots for Accounts = "...");
auth_runtime::job!(Nightly for Accounts = "");

#[public]
async fn unstated(_: Public<NoReason>) {}
#[public]
async fn dots(_: Public<Dots>) {}
#[public]
async fn elsewhere(_: Public<Unknown>) {}
#[public]
async fn no_decision(Json(form): Json<Login>, _: Other<Dots>) {}
mod other { struct Public<R>(R); #[auth_runtime::public] async fn another_type(_: Public<super::Dots>) {} }
"#,
    );
    assert_eq!(
        found,
        [
            "src/lib.rs:6: unstated [NO REASON]",
            "src/lib.rs:8: dots: ... [NO REASON]",
            "src/lib.rs:10: elsewhere [NO REASON]",
            "src/lib.rs:12: no_decision [NO REASON]",
            "src/lib.rs:14: another_type [NO REASON]",
            "src/lib.rs:3: Dots for Accounts: ... [NO REASON]",
            "src/lib.rs:4: Nightly for Accounts:  [NO REASON]",
        ]
    );
}

#[test]
fn a_route_that_recognises_callers_is_listed_with_its_claims() {
    let ran = Project::of(
        r#"
use auth_runtime::{Claims, Visitor, public};
struct Preview;
impl auth_runtime::opt_out::OptOut for Preview {
    type Opens = ();
    fn reason() -> Option<Cow<'static, str>> { Some("a preview".into()) }
}
#[public(reason = "articles", expires = "2999-01-01", optional = crate::Member<u8>)]
async fn article() {}
#[public(optional = Claims)]
async fn preview(visitor: Visitor<Claims, Preview>) {}
#[public(optional = Claims)]
async fn bare(visitor: Visitor<Claims>) {}
"#,
    )
    .run(&["review", "--no-blame"]);
    let found = |line: &str| assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    found(": article, recognises crate::Member<u8>, until 2999-01-01: articles\n");
    found(": preview, recognises Claims: a preview\n");
    found(": bare, recognises Claims");
    assert_eq!(ran.stdout.matches("[NO REASON]").count(), 1, "{}", ran.stdout);
}
