use super::assert::hold;
use super::{Direction, Lock};
use auth_runtime::routing::{get, post};
use auth_runtime::{AuthRouter, Claims, Verifier, authenticated, public, scope};
use std::fs;
use std::path::PathBuf;

scope!(OrdersWrite = "orders:write");

#[authenticated]
async fn known() {}

#[authenticated(requires = OrdersWrite)]
async fn permitted() {}

#[public(reason = "load balancer probe")]
async fn open() {}

#[public(reason = "until the partners sign \"their\" requests", expires = "2099-01-31")]
async fn open_for_a_while() {}

#[public(reason = "until the partners sign \"their\" requests")]
async fn open_for_ever() {}

#[public]
async fn open_without_a_reason() {}

#[public(reason = "an old one", expires = "2024-01-31")]
async fn over() {}

type App = AuthRouter<Verifier<Claims>>;

fn app() -> App {
    App::new().route("/orders", get(known).post(permitted)).route("/health", get(open))
}

fn lock(app: &App) -> Lock {
    Lock::of(&app.posture())
}

/// A file of a test's own.
fn file(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("auth-testkit-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{name}.lock"));
    let _ = fs::remove_file(&path);
    path
}

fn differences(before: &App, now: &App) -> Vec<(Direction, String)> {
    let differences = lock(before).differences(&lock(now));
    differences.into_iter().map(|difference| (difference.direction, difference.to_string())).collect()
}

#[test]
fn a_lock_is_one_sorted_line_for_each_method_and_path() {
    let app = app().route("/partners", post(open_for_a_while)).route("/a", get(open_without_a_reason));
    let text = lock(&app).to_string();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(
        lines,
        [
            "GET /a PUBLIC without a reason",
            "GET /health PUBLIC \"load balancer probe\"",
            "GET /orders authenticated as auth_runtime::Claims",
            "POST /orders authenticated as auth_runtime::Claims requires orders:write",
            r#"POST /partners PUBLIC "until the partners sign \"their\" requests" until 2099-01-31"#,
            "FALLBACK /* unmatched",
            "FALLBACK(405) /* unmatched",
        ]
    );
    assert_eq!(Lock::parse(&text), Ok(lock(&app)));
}

#[test]
fn a_route_that_becomes_public_is_told_in_words() {
    let now = App::new().route("/orders", get(open).post(permitted)).route("/health", get(open));
    let said = "GET /orders was authenticated, is now public: load balancer probe";
    assert_eq!(differences(&app(), &now), [(Direction::Opens, said.to_owned())]);
}

#[test]
fn a_public_route_that_closes_is_told_as_loudly() {
    let now = App::new().route("/orders", get(known).post(permitted)).route("/health", get(known));
    let said =
        "GET /health was public: load balancer probe, is now authenticated: whoever calls it without a token gets 401";
    assert_eq!(differences(&app(), &now), [(Direction::Closes, said.to_owned())]);
}

#[test]
fn routes_that_come_and_go_are_told() {
    let (before, now) = (app().route("/old", get(known)), app().route("/new", get(permitted)));
    assert_eq!(
        differences(&before, &now),
        [
            (Direction::Changes, "GET /new is new: authenticated, requires orders:write".to_owned()),
            (Direction::Closes, "GET /old is gone; it was authenticated".to_owned()),
        ]
    );
}

#[test]
fn a_permission_that_is_dropped_is_told() {
    let now = App::new().route("/orders", get(known).post(known)).route("/health", get(open));
    let said = "POST /orders was authenticated, requires orders:write, is now authenticated";
    assert_eq!(differences(&app(), &now), [(Direction::Changes, said.to_owned())]);
}

#[test]
fn an_opt_out_that_lasts_longer_opens_something() {
    let (a_while, for_ever) =
        (App::new().route("/x", get(open_for_a_while)), App::new().route("/x", get(open_for_ever)));
    assert_eq!(differences(&a_while, &for_ever)[0].0, Direction::Opens);
    assert_eq!(differences(&for_ever, &a_while)[0].0, Direction::Changes);
}

#[test]
fn accept_writes_what_opens_nothing_and_accept_public_the_rest() {
    let path = file("accepted");
    let posture = app().posture();
    let missing = hold(&posture, &path, "", false).unwrap_err();
    assert!(missing.contains("is not there yet") && missing.contains("OPEN: GET /health is new"), "{missing}");
    let not_so = hold(&posture, &path, "accept", false).unwrap_err();
    assert!(not_so.contains("AUTH_POSTURE=accept-public does"), "{not_so}");
    assert!(!path.exists(), "nothing is written by halves");
    assert!(hold(&posture, &path, "accept-public", false).unwrap().unwrap().contains("is written"));
    assert_eq!(hold(&posture, &path, "", false), Ok(None));

    let stricter = app().route("/more", get(permitted)).posture();
    let differs = hold(&stricter, &path, "", false).unwrap_err();
    assert!(differs.contains("to accept it: AUTH_POSTURE=accept cargo test"), "{differs}");
    assert!(hold(&stricter, &path, "accept", false).unwrap().is_some());
    assert_eq!(hold(&stricter, &path, "", true), Ok(None), "in CI it is only read");
}

#[test]
fn ci_accepts_nothing() {
    let path = file("in-ci");
    for said in ["accept", "accept-public"] {
        let refused = hold(&app().posture(), &path, said, true).unwrap_err();
        assert!(refused.contains("CI accepts nothing"), "{refused}");
        assert!(!path.exists());
    }
}

#[test]
fn a_misspelled_word_accepts_nothing() {
    let refused = hold(&app().posture(), &file("misspelled"), "Accept", false).unwrap_err();
    assert!(refused.contains("should be `accept` or `accept-public`"), "{refused}");
}

#[test]
fn an_opt_out_that_is_over_fails_whatever_the_file_says() {
    let app = App::new().route("/over", get(over));
    let path = file("over");
    fs::write(&path, lock(&app).to_string()).unwrap();
    let refused = hold(&app.posture(), &path, "", false).unwrap_err();
    assert!(refused.contains("GET /over: PUBLIC: an old one (until 2024-01-31)"), "{refused}");
}

#[test]
fn a_file_that_is_no_lock_is_named_with_its_line() {
    for (text, problem) in [
        ("GET /a authenticated as X\n\nGET /b allowed", "line 3: \"allowed\" is no decision"),
        ("GET /a authenticated as X\nGET /a unmatched", "line 2: GET /a stands here twice"),
        ("GET /a PUBLIC \"never ends", "line 1: a string that does not end"),
        ("GET /a authenticated as X requires a or b", "line 1: \"or b\" is too much"),
        ("GET", "line 1: a path is missing"),
        ("<<<<<<< HEAD", "line 1: a decision is missing"),
    ] {
        let path = file("none");
        fs::write(&path, text).unwrap();
        let refused = hold(&app().posture(), &path, "accept-public", false).unwrap_err();
        assert!(refused.contains(problem), "{refused}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "a file that can't be read is not written over");
    }
}
