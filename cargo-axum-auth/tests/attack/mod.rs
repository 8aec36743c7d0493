//! `cargo axum-auth attack`, on services that the tests serve on loopback.

use crate::support::{Project, Ran};
use auth_runtime::routing::{get, post};
use auth_runtime::signatures::{Scheme, Signatures, SigningSecret};
use auth_runtime::{
    AuthRouter, Authenticated, Claims, Events, Verifier, authenticated, public, scope, serve, signature, signed,
};
use auth_testkit::TestIssuer;
use auth_testkit::lock::Lock;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;

scope!(OrdersWrite = "orders:write");

#[authenticated]
async fn list() -> &'static str {
    "[]"
}

#[authenticated(requires = OrdersWrite)]
async fn place(_auth: Authenticated<Claims, OrdersWrite>, body: String) -> String {
    body
}

#[public(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok"
}

fn app(issuer: &TestIssuer) -> AuthRouter {
    let verifier: Verifier<Claims> = issuer.verifier(Events::collect().0).unwrap();
    AuthRouter::new().route("/orders", get(list).post(place)).route("/health", get(health)).with_state(verifier)
}

/// One route, for tests whose subject is not the routes: each route is attacked as a whole.
fn one_route(issuer: &TestIssuer) -> AuthRouter {
    let verifier: Verifier<Claims> = issuer.verifier(Events::collect().0).unwrap();
    AuthRouter::new().route("/orders", post(place)).with_state(verifier)
}

signature!(GitHub = Scheme::github());

#[signed(GitHub)]
async fn pushed() {}

fn hook() -> AuthRouter {
    let secret = SigningSecret::from_bytes("a-long-random-secret-of-a-sender");
    let github = Signatures::<GitHub>::builder().secret(secret).events(Events::collect().0).build().unwrap();
    AuthRouter::new().route("/hook", post(pushed)).with_state(github)
}

/// A running service, and the inputs of the attack: its lock, a token, the keys.
struct Served {
    project: Project,
    port: u16,
    token: String,
}

impl Served {
    async fn of(issuer: &TestIssuer, app: AuthRouter) -> Self {
        let token = issuer.token().scope("orders:write").signed();
        let lock = Lock::of(&app.posture()).to_string();
        let files = [("auth-posture.lock", lock.as_str()), ("token", &token), ("keys.json", &issuer.jwks_json())];
        let project = Project::with(&files);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(serve(listener, app));
        Self { project, port, token }
    }

    /// Attacks with these arguments beside the usual ones.
    async fn attack(self, arguments: &'static [&'static str]) -> (Self, Ran) {
        let url = format!("http://127.0.0.1:{}", self.port);
        self.attack_at(url, arguments).await
    }

    async fn attack_at(self, url: String, arguments: &'static [&'static str]) -> (Self, Ran) {
        let attack = move || {
            let usual =
                ["attack", &url, "--posture", "auth-posture.lock", "--token-from", "cat token", "--rate", "10000"];
            let ran = self.project.run(&[&usual, arguments].concat());
            (self, ran)
        };
        tokio::task::spawn_blocking(attack).await.unwrap()
    }
}

#[tokio::test]
async fn a_service_is_attacked_by_its_lock_and_what_could_not_be_tried_is_said() {
    let issuer = TestIssuer::new();
    let (_, ran) = Served::of(&issuer, app(&issuer)).await.attack(&["--jwks", "keys.json"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    for said in [
        "127.0.0.1 is this machine\n",
        " routes, nothing got through\n",
        "Not visible over the network: whether a handler ran",
        "Not sent: T20 expired an hour ago: ",
    ] {
        assert!(ran.stdout.contains(said), "{said} is not in {}", ran.stdout);
    }
    assert_eq!(ran.stderr, "", "progress is for terminals");
}

/// The calls with a good token that a gRPC client can make.
static CALLS_OF_GRPC: AtomicUsize = AtomicUsize::new(0);

/// A method of a gRPC service, which answers gRPC clients only.
#[authenticated]
async fn listed(headers: HeaderMap) -> StatusCode {
    if headers.get("content-type").is_none_or(|value| value != "application/grpc") {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE;
    }
    CALLS_OF_GRPC.fetch_add(1, Ordering::Relaxed);
    StatusCode::OK
}

#[tokio::test]
async fn the_methods_of_a_grpc_service_are_called_as_its_clients_do() {
    let issuer = TestIssuer::new();
    let verifier: Verifier<Claims> = issuer.verifier(Events::collect().0).unwrap();
    let app = AuthRouter::new().route("/shop.Orders/List", post(listed)).with_state(verifier);
    let (served, plain) = Served::of(&issuer, app).await.attack(&[]).await;
    assert_eq!(CALLS_OF_GRPC.load(Ordering::Relaxed), 0, "{}", plain.stdout);
    // Its router has no gRPC service, so it rejects in another form, which only the option shows.
    let other_form = "rejection is not a gRPC response";
    assert!(!plain.stdout.contains(other_form), "{}", plain.stdout);
    let (served, ran) = served.attack(&["--grpc", "shop.Orders"]).await;
    assert!(ran.stdout.contains(other_form), "{}{}", ran.stdout, ran.stderr);
    assert!(CALLS_OF_GRPC.load(Ordering::Relaxed) > 0, "{}", ran.stdout);
    let (_, unknown) = served.attack(&["--grpc", "Orders"]).await;
    assert!(unknown.code > 1 && unknown.stderr.contains("unknown gRPC service: `Orders`"), "{}", unknown.stderr);
}

#[derive(serde::Deserialize)]
struct StaffClaims {
    role: String,
}

#[authenticated(StaffClaims)]
async fn audit(auth: Authenticated<StaffClaims>) -> String {
    auth.role.clone()
}

#[derive(Clone)]
struct Two {
    customers: Verifier<Claims>,
    staff: Verifier<StaffClaims>,
}

impl axum::extract::FromRef<Two> for Verifier<Claims> {
    fn from_ref(two: &Two) -> Self {
        two.customers.clone()
    }
}

impl axum::extract::FromRef<Two> for Verifier<StaffClaims> {
    fn from_ref(two: &Two) -> Self {
        two.staff.clone()
    }
}

#[tokio::test]
async fn a_service_with_two_verifiers_is_attacked_with_a_token_for_each() {
    let customers = TestIssuer::new();
    let staff = TestIssuer::new().named("https://staff.test/").with_claim("role", "auditor");
    let two = Two {
        customers: customers.verifier(Events::collect().0).unwrap(),
        staff: staff.verifier(Events::collect().0).unwrap(),
    };
    let app = AuthRouter::new().route("/orders", get(list)).route("/audit", get(audit)).with_state(two);
    let served = Served::of(&customers, app).await;
    let (served, ran) = served.attack(&[]).await;
    assert!(ran.stdout.contains("INCONCLUSIVE: GET /audit good"), "{}", ran.stdout);

    let name = std::any::type_name::<StaffClaims>();
    let token: &'static str = Box::leak(format!("{name}=echo {}", staff.token().signed()).into_boxed_str());
    let arguments: &'static [&'static str] = Box::leak(vec!["--token-for", token].into_boxed_slice());
    let (_, ran) = served.attack(arguments).await;
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[tokio::test]
async fn an_attack_is_left_out_with_its_reason_and_an_unknown_id_is_named() {
    let issuer = TestIssuer::new();
    let served = Served::of(&issuer, one_route(&issuer)).await;
    let (served, ran) = served.attack(&["--without-attack", "T02=tested elsewhere"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("NOT ATTACKED with T02: tested elsewhere\n"), "{}", ran.stdout);

    let (_, ran) = served.attack(&["--without-attack", "T99=it does not exist"]).await;
    assert_ne!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("unknown attack: `.without_attack(\"T99\", ..)`: use one of C01, "), "{}", ran.stdout);
}

/// Puts a layer in front of the service that answers by a header, and reports its requests.
fn opened(issuer: &TestIssuer) -> AuthRouter {
    app(issuer).layer(from_fn(|request: Request, next: Next| async move {
        if request.headers().contains_key("x-user-id") {
            return Response::new("[]".into());
        }
        if request.method() == "POST" {
            let echo = format!("{:?}", request.headers());
            return Response::builder().status(400).body(echo.into()).unwrap();
        }
        next.run(request).await
    }))
}

#[tokio::test]
async fn what_gets_through_is_found_and_no_token_stands_in_any_report() {
    let issuer = TestIssuer::new();
    let mut served = Served::of(&issuer, opened(&issuer)).await;
    for format in [&["--format", "text"] as &'static [&'static str], &["--format", "sarif"], &["--format", "html"]] {
        let (again, ran) = served.attack(format).await;
        served = again;
        assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("H11"), "{}", ran.stdout);
        for part in served.token.split('.') {
            for at in (0..part.len() - 24).step_by(8) {
                let part = &part[at..at + 24];
                assert!(!ran.stdout.contains(part), "{format:?}: {part} is in {}", ran.stdout);
            }
        }
    }
}

#[tokio::test]
async fn a_request_in_the_report_goes_to_the_service_that_was_attacked() {
    let issuer = TestIssuer::new();
    let (served, ran) = Served::of(&issuer, opened(&issuer)).await.attack(&["--format", "json"]).await;
    let said: Value = serde_json::from_str(&ran.stdout).unwrap();
    let request = said["findings"][0]["request"].as_str().unwrap();
    assert!(request.contains(&format!("http://127.0.0.1:{}/", served.port)), "{request}");
}

#[tokio::test]
async fn a_host_that_is_not_loopback_is_attacked_by_its_owner_only() {
    let issuer = TestIssuer::new();
    let served = Served::of(&issuer, one_route(&issuer)).await;
    // Another spelling of this machine for those who connect, and no loopback address.
    let url = format!("http://0.0.0.0:{}", served.port);
    let (served, ran) = served.attack_at(url.clone(), &[]).await;
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("give `--i-own-this-host` to attack it"), "{}", ran.stderr);
    let (_, ran) = served.attack_at(url, &["--i-own-this-host"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout
            .starts_with("0.0.0.0 is 0.0.0.0, which is not this machine; the operator owns it (`--i-own-this-host`)\n")
    );
}

#[test]
fn an_address_that_hides_its_host_is_refused() {
    let project = Project::with(&[("auth-posture.lock", "GET /orders authenticated as auth_runtime::Claims\n")]);
    // Addresses for documentation (RFC 5737, RFC 3849): no host has them, and nothing is sent.
    for url in [
        "http://192.0.2.1/",
        "http://[2001:db8::1]:3000/",
        "http://127.0.0.1@192.0.2.1/",
        "http://192.0.2.1/127.0.0.1",
        "http://3221225985/",
        "ftp://127.0.0.1/",
        "orders",
    ] {
        let ran = project.run(&["attack", url, "--posture", "auth-posture.lock", "--token-from", "echo a.b.c"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{url}: {}", ran.stderr);
    }
}

#[test]
fn credentials_in_the_address_are_refused() {
    let project = Project::with(&[("auth-posture.lock", "GET /orders authenticated as auth_runtime::Claims\n")]);
    let at = "http://ada:secret@127.0.0.1:1/";
    let ran = project.run(&["attack", at, "--posture", "auth-posture.lock", "--token-from", "echo a.b.c"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("the URL holds credentials") && !ran.stderr.contains("secret"), "{}", ran.stderr);
}

#[tokio::test]
async fn without_good_tokens_nothing_is_sent_and_what_the_command_printed_is_a_secret() {
    let project = Project::with(&[("auth-posture.lock", "GET /orders authenticated as auth_runtime::Claims\n")]);
    let attack = |command: &str| {
        project.run(&["attack", "http://127.0.0.1:1/", "--posture", "auth-posture.lock", "--token-from", command])
    };
    for (command, why) in [
        ("exit 3", "`--token-from` ended with exit status: 3"),
        ("echo", "printed no bearer token (RFC 6750)"),
        ("echo hunter2 and a word", "printed no bearer token (RFC 6750)"),
    ] {
        let ran = attack(command);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{command}");
        assert!(ran.stderr.contains(why) && !ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
}

#[tokio::test]
async fn a_service_on_which_a_good_token_does_not_work_has_shown_nothing() {
    let issuer = TestIssuer::new();
    let served = Served::of(&issuer, one_route(&issuer)).await;
    served.project.write("token", &TestIssuer::new().token().signed());
    let (_, ran) = served.attack(&[]).await;
    assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("INCONCLUSIVE: POST /orders"), "{}", ran.stdout);
}

/// The command has no secret of a sender, so it sends requests without a signature.
#[tokio::test]
async fn a_webhook_is_attacked_without_its_secret() {
    let issuer = TestIssuer::new();
    let (_, ran) = Served::of(&issuer, one_route(&issuer).merge(hook())).await.attack(&[]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let noted = "NOT ATTACKED with signatures: the test has no sender for it (POST /hook)\n";
    assert!(ran.stdout.contains(noted), "{}", ran.stdout);

    let answered = from_fn(async |_: Request, _: Next| Response::new(Body::from("ok")));
    let open = one_route(&issuer).merge(hook().layer(answered));
    let (_, ran) = Served::of(&issuer, open).await.attack(&[]).await;
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("GOT THROUGH: POST /hook G01 (no signature)"), "{}", ran.stdout);
}
