use super::assert::compare;
use super::{Direction, Lock, Row};
use auth_runtime::routing::{get, post};
use auth_runtime::{AnyOf, AuthRouter, Claims, Denied, Permission, Verifier, authenticated, claim, public, scope};
use std::fs;
use std::path::PathBuf;

scope!(pub(super) OrdersWrite = "orders:write");
scope!(OrdersRead = "orders:read");
claim!(Clerk = "clerk" in ["realm_access", "roles"]);
claim!(Dotted = "clerk" in "realm_access.roles");

struct ImitatesAnyOf;

impl Permission<Claims> for ImitatesAnyOf {
    const NAME: &'static str = "any of (orders:write, orders:read)";

    fn check(_: &Claims) -> Result<(), Denied> {
        Ok(())
    }
}

#[authenticated]
pub(super) async fn authenticated_only() {}

#[authenticated(requires = OrdersWrite)]
pub(super) async fn permitted() {}

#[public(reason = "load balancer probe")]
pub(super) async fn open() {}

#[public(reason = "until the partners sign \"their\" requests", expires = "2099-01-31")]
async fn open_for_a_while() {}

#[public(reason = "until the partners sign \"their\" requests")]
async fn open_without_end() {}

#[public]
async fn open_without_a_reason() {}

#[public(reason = "an old one", expires = "2024-01-31")]
async fn expired() {}

#[public(reason = "articles are for everyone", optional = Claims)]
async fn recognises() {}

#[public(reason = "articles are for everyone", expires = "2099-01-31", optional = Claims)]
async fn recognises_for_a_while() {}

#[public(optional = Claims)]
async fn recognises_without_a_reason() {}

pub(super) type App = AuthRouter<Verifier<Claims>>;

pub(super) fn app() -> App {
    App::new().route("/orders", get(authenticated_only).post(permitted)).route("/health", get(open))
}

pub(super) fn lock(app: &App) -> Lock {
    Lock::of(&app.posture())
}

/// A file for one test.
fn file(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("auth-testkit-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{name}.lock"));
    let _ = fs::remove_file(&path);
    path
}

pub(super) fn differences(before: &App, now: &App) -> Vec<(Direction, String)> {
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
fn a_route_that_becomes_public_is_described() {
    let now = App::new().route("/orders", get(open).post(permitted)).route("/health", get(open));
    let expected = "GET /orders was authenticated, is now public: load balancer probe";
    assert_eq!(differences(&app(), &now), [(Direction::Opens, expected.to_owned())]);
}

#[test]
fn a_public_route_that_closes_is_a_difference_too() {
    let now =
        App::new().route("/orders", get(authenticated_only).post(permitted)).route("/health", get(authenticated_only));
    let expected =
        "GET /health was public: load balancer probe, is now authenticated: calls without a token now get 401";
    assert_eq!(differences(&app(), &now), [(Direction::Closes, expected.to_owned())]);
}

#[test]
fn a_route_that_recognises_callers_has_words_of_its_own() {
    let app = App::new()
        .route("/a", get(recognises))
        .route("/b", get(recognises_for_a_while))
        .route("/c", get(recognises_without_a_reason));
    let text = lock(&app).to_string();
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("GET")).collect();
    assert_eq!(
        lines,
        [
            r#"GET /a PUBLIC recognises auth_runtime::Claims "articles are for everyone""#,
            r#"GET /b PUBLIC recognises auth_runtime::Claims "articles are for everyone" until 2099-01-31"#,
            "GET /c PUBLIC recognises auth_runtime::Claims without a reason",
        ]
    );
    assert_eq!(Lock::parse(&text), Ok(lock(&app)));
}

#[test]
fn a_route_that_begins_to_recognise_callers_or_to_serve_guests_is_a_difference() {
    let of = |handler| App::new().route("/a", handler);
    for (before, now, direction, words) in [
        (get(authenticated_only), get(recognises), Direction::Opens, "is now public, recognises auth_runtime::Claims:"),
        (get(recognises), get(authenticated_only), Direction::Closes, "calls without a token now get 401"),
        (get(open), get(recognises), Direction::Closes, "calls with a bad token now get 401"),
        (get(recognises), get(open), Direction::Changes, "is now public: load balancer probe"),
        (get(recognises_for_a_while), get(recognises), Direction::Opens, "until 2099-01-31, is now"),
        (get(recognises_for_a_while), get(open), Direction::Opens, "is now public"),
        (get(open_for_a_while), get(recognises), Direction::Opens, "is now public, recognises"),
        (get(recognises), get(recognises_for_a_while), Direction::Changes, "until 2099-01-31"),
    ] {
        let differences = differences(&of(before), &of(now));
        let [(found, text)] = &differences[..] else { panic!("{differences:?}") };
        assert!(*found == direction && text.contains(words), "{found:?} {text}");
    }
}

#[test]
fn added_and_removed_routes_are_differences() {
    let (before, now) = (app().route("/old", get(authenticated_only)), app().route("/new", get(permitted)));
    assert_eq!(
        differences(&before, &now),
        [
            (Direction::Changes, "GET /new is new: authenticated, requires orders:write".to_owned()),
            (Direction::Closes, "GET /old was removed; it was authenticated".to_owned()),
        ]
    );
}

#[test]
fn a_removed_permission_is_a_difference() {
    let now = App::new().route("/orders", get(authenticated_only).post(authenticated_only)).route("/health", get(open));
    let expected = "POST /orders was authenticated, requires orders:write, is now authenticated";
    assert_eq!(differences(&app(), &now), [(Direction::Changes, expected.to_owned())]);
}

#[test]
fn an_opt_out_that_lasts_longer_opens_something() {
    let (limited, unlimited) =
        (App::new().route("/x", get(open_for_a_while)), App::new().route("/x", get(open_without_end)));
    assert_eq!(differences(&limited, &unlimited)[0].0, Direction::Opens);
    assert_eq!(differences(&unlimited, &limited)[0].0, Direction::Changes);
}

#[test]
fn accept_opens_no_route_and_accept_public_does() {
    let path = file("accepted");
    let posture = app().posture();
    let missing = compare(&posture, &path, "", false).unwrap_err();
    assert!(missing.contains("posture lock is missing: ") && missing.contains("OPEN: GET /health is new"), "{missing}");
    let not_so = compare(&posture, &path, "accept", false).unwrap_err();
    assert!(not_so.contains("use `AUTH_POSTURE=accept-public`"), "{not_so}");
    assert!(!path.exists(), "nothing is written in part");
    assert!(compare(&posture, &path, "accept-public", false).unwrap().unwrap().contains("was written"));
    assert_eq!(compare(&posture, &path, "", false), Ok(None));

    let stricter = app().route("/more", get(permitted)).posture();
    let differs = compare(&stricter, &path, "", false).unwrap_err();
    assert!(differs.contains("run `AUTH_POSTURE=accept cargo test`"), "{differs}");
    assert!(compare(&stricter, &path, "accept", false).unwrap().is_some());
    assert_eq!(compare(&stricter, &path, "", true), Ok(None), "in CI it is only read");
}

#[test]
fn ci_accepts_no_change() {
    let path = file("in-ci");
    for mode in ["accept", "accept-public"] {
        let refused = compare(&app().posture(), &path, mode, true).unwrap_err();
        assert!(refused.contains("CI does not accept changes"), "{refused}");
        assert!(!path.exists());
    }
}

#[test]
fn a_misspelled_mode_accepts_nothing() {
    let refused = compare(&app().posture(), &file("misspelled"), "Accept", false).unwrap_err();
    assert!(refused.contains("use `accept` or `accept-public`"), "{refused}");
}

#[test]
fn an_expired_opt_out_fails_whatever_the_file_says() {
    let app = App::new().route("/expired", get(expired));
    let path = file("expired");
    fs::write(&path, lock(&app).to_string()).unwrap();
    let refused = compare(&app.posture(), &path, "", false).unwrap_err();
    assert!(refused.contains("GET /expired: PUBLIC: an old one (until 2024-01-31)"), "{refused}");
}

/// A router cannot have two rows with one key. A lock that gets them keeps both.
#[test]
fn no_row_replaces_another() {
    let rows = ["FALLBACK(405) /a unmatched", "FALLBACK(405) /a PUBLIC \"a form\""];
    let both: Lock = rows.iter().map(|row| Row::parse(row).unwrap()).collect();
    let one: Lock = rows[..1].iter().map(|row| Row::parse(row).unwrap()).collect();
    assert_eq!(both.rows().count(), 2);
    let differences = one.differences(&both);
    assert_eq!(differences.len(), 1);
    assert_eq!(
        (differences[0].direction, differences[0].to_string().as_str()),
        (Direction::Opens, "FALLBACK(405) /a is new: public: a form",)
    );
    assert_eq!(both.differences(&one)[0].direction, Direction::Closes);
}

/// The compiler gives both types the same name, because they are in blocks of one function.
#[test]
fn two_jobs_with_the_same_name_are_two_rows() {
    let first = {
        auth_runtime::job!(Nightly for u8 = "forgets accounts");
        App::new().job::<Nightly>().0
    };
    let both = {
        auth_runtime::job!(Nightly for u8, u16 = "reads everything");
        first.clone().job::<Nightly>().0
    };
    assert_eq!(Lock::parse(&lock(&both).to_string()), Ok(lock(&both)));
    assert_eq!(differences(&first, &both)[0].0, Direction::Opens);
}

#[test]
fn the_structure_of_a_permission_is_in_the_lock() {
    #[authenticated(requires = AnyOf<((OrdersWrite, OrdersRead), Clerk)>)]
    async fn both_or_clerk() {}
    #[authenticated(requires = AnyOf<(OrdersWrite, OrdersRead, Clerk)>)]
    async fn any_of_three() {}
    #[authenticated(requires = (Dotted, ImitatesAnyOf))]
    async fn imitated() {}
    let app = |route| App::new().route("/x", route);
    for (route, requires) in [
        (get(both_or_clerk), "any of (all of (orders:write, orders:read), clerk in realm_access.roles)"),
        (get(any_of_three), "any of (orders:write, orders:read, clerk in realm_access.roles)"),
        (
            get(imitated),
            r#"clerk in "realm_access.roles" and "any of (orders:write, orders:read)" by auth_testkit::lock::tests::ImitatesAnyOf"#,
        ),
    ] {
        let lock = lock(&app(route));
        let line = format!("GET /x authenticated as auth_runtime::Claims requires {requires}");
        assert!(lock.to_string().lines().any(|found| found == line), "{lock}");
        assert_eq!(Lock::parse(&lock.to_string()), Ok(lock));
    }
    let (before, now) = (app(get(any_of_three)), app(get(both_or_clerk)));
    assert_eq!(differences(&before, &now)[0].0, Direction::Changes);
}

#[test]
fn a_parse_error_names_the_line() {
    for (text, problem) in [
        ("GET /a authenticated as X\n\nGET /b allowed", "line 3: unknown decision: \"allowed\""),
        ("GET /a authenticated as X\nGET /a unmatched", "line 2: duplicate row: `GET /a`"),
        ("GET /a PUBLIC \"never ends", "line 1: string does not end"),
        ("GET /a authenticated as X requires a or b", "line 1: unexpected text at the end of the line: \"or b\""),
        ("GET", "line 1: a path is missing"),
        ("LAYER a", "line 1: the type of the layer is missing"),
        ("LAYER a app::a\nLAYER a app::b", "line 2: duplicate layer: `a`: keep one of them"),
        ("<<<<<<< HEAD", "line 1: a decision is missing"),
    ] {
        let path = file("none");
        fs::write(&path, text).unwrap();
        let refused = compare(&app().posture(), &path, "accept-public", false).unwrap_err();
        assert!(refused.contains(problem), "{refused}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "a file that cannot be parsed is not overwritten");
    }
}
