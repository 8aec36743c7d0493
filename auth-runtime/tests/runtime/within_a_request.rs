//! What a handler must not do: put a router or a verifier of its own together, and call a router.

use crate::support::{token, verifier};
use auth_runtime::events::Reason;
use auth_runtime::opt_out::NoReason;
use auth_runtime::vault::BoundVault;
use auth_runtime::{
    AuthRouter, Authenticated, Claims, ConfigError, Job, Public, Rejection, Vault, Verifier, capability, job, public,
    routing::get,
};
use axum::body::{Body, Bytes};
use axum::extract::{Extension, FromRequestParts, Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use serde_json::json;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use tokio::runtime::Handle;
use tower_service::Service;

struct Pool;
capability!(Login for Pool = "checks a password before there is a token");
job!(Nightly for Pool = "deletes old orders");

/// What `act` was told, unless it succeeded.
fn refused(act: impl FnOnce()) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(act)).err()?;
    Some(panic.downcast_ref::<String>().cloned().unwrap_or_else(|| panic.downcast_ref::<&str>().unwrap().to_string()))
}

fn built() -> Result<Verifier<Claims>, ConfigError> {
    let keys = auth_runtime::VerifyingKey::hs256(b"a key of the handler's own, long enough for it").unwrap();
    Verifier::builder()
        .issuer("https://own/")
        .audience("orders")
        .keys(keys)
        .events(auth_runtime::Events::collect().0)
        .build()
}

/// A router and a verifier of its own, and a job: each must be refused, or each must succeed.
fn makes_its_own() -> usize {
    static READY: LazyLock<AuthRouter> = LazyLock::new(AuthRouter::new);
    let acts: [fn(); 3] = [
        || drop(AuthRouter::<()>::new()),
        || drop(AuthRouter::<()>::default()),
        || {
            let (_, job): (AuthRouter, Job<Nightly>) = READY.clone().job();
            drop(job);
        },
    ];
    let told: Vec<String> = acts.into_iter().filter_map(refused).collect();
    assert!(told.iter().all(|message| message.contains("while a request is handled")), "{told:?}");
    let verifier = built().map(drop);
    assert!(verifier.is_ok() || verifier == Err(ConfigError::WithinRequest));
    told.len() + usize::from(verifier.is_err())
}

/// Forces what is lazy in [`makes_its_own`] while there is no request.
fn at_start() {
    assert_eq!(makes_its_own(), 0);
}

async fn ask(mut app: AuthRouter) -> Bytes {
    let response = app.call(Request::new(Body::empty())).await.unwrap();
    axum::body::to_bytes(response.into_body(), 1000).await.unwrap()
}

fn said(refusals: usize) -> String {
    refusals.to_string()
}

/// An extractor of the service's own.
struct InAnExtractor(usize);

impl<S: Sync> FromRequestParts<S> for InAnExtractor {
    type Rejection = Infallible;
    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        tokio::task::yield_now().await;
        Ok(Self(makes_its_own()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_runs_for_a_request_makes_a_router_a_verifier_or_a_job_of_its_own() {
    at_start();
    let handler = AuthRouter::new().route("/", get(|_: Public<NoReason>| async { said(makes_its_own()) }));
    let later = AuthRouter::new().route(
        "/",
        get(|_: Public<NoReason>| async {
            tokio::task::yield_now().await;
            let (one, ()) = tokio::join!(async { makes_its_own() }, tokio::task::yield_now());
            said(one)
        }),
    );
    let blocking = AuthRouter::new().route(
        "/",
        get(|_: Public<NoReason>| async {
            said(tokio::task::block_in_place(|| Handle::current().block_on(async { makes_its_own() })))
        }),
    );
    let extractor =
        AuthRouter::new().route("/", get(|_: Public<NoReason>, found: InAnExtractor| async move { said(found.0) }));
    let body = AuthRouter::new().route(
        "/",
        get(|_: Public<NoReason>| async {
            Body::from_stream(futures_util::stream::once(async { Ok::<_, Infallible>(said(makes_its_own())) }))
        }),
    );
    let service = AuthRouter::new().public_service(
        "/",
        tower::service_fn(|_: Request| async { Ok::<_, Infallible>(said(makes_its_own())) }),
        "for the test",
    );
    let middleware = AuthRouter::new()
        .route("/", get(|_: Public<NoReason>| async { "" }))
        .layer(from_fn(|_: Request, _: Next| async { said(makes_its_own()).into_response() }));
    for (place, app) in [
        ("handler", handler),
        ("later in a handler", later),
        ("blocking in a handler", blocking),
        ("extractor", extractor),
        ("body", body),
        ("service", service),
        ("layer", middleware),
    ] {
        assert_eq!(ask(app).await, "4", "{place}");
        // The request is over, on this thread as well.
        at_start();
    }
}

/// Counts what is refused when it is dropped.
struct WhenDropped(Arc<AtomicUsize>);

impl Drop for WhenDropped {
    fn drop(&mut self) {
        self.0.fetch_add(makes_its_own(), Ordering::SeqCst);
    }
}

/// A value whose `Clone` does it, because axum clones a handler's captured values and the state for
/// each request.
struct WhenCloned(Arc<AtomicUsize>);

impl Clone for WhenCloned {
    fn clone(&self) -> Self {
        self.0.fetch_add(100 + makes_its_own(), Ordering::SeqCst);
        Self(Arc::clone(&self.0))
    }
}

/// A body with something in it.
struct Holds<T>(T);

impl<T: Unpin> http_body::Body for Holds<T> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        std::task::Poll::Pending
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(makes_its_own() as u64)
    }
}

/// Calls it once, and lets go of it, whatever it has answered so far.
async fn abandoned(mut app: AuthRouter) {
    let answering = app.call(made_up());
    drop(tokio::time::timeout(std::time::Duration::ZERO, answering).await);
    at_start();
}

#[tokio::test]
async fn nothing_that_is_dropped_with_a_request_makes_one_either() {
    at_start();
    let count = Arc::new(AtomicUsize::new(0));
    let seen = || count.swap(0, Ordering::SeqCst);
    let waits = |count: &Arc<AtomicUsize>| {
        let count = Arc::clone(count);
        move || {
            let dropped = WhenDropped(Arc::clone(&count));
            async move {
                let _dropped = dropped;
                std::future::pending::<()>().await;
            }
        }
    };
    let waiting = waits(&count);
    abandoned(AuthRouter::new().route("/", get(move |_: Public<NoReason>| waiting()))).await;
    assert_eq!(seen(), 4, "a handler that its client abandons");
    let waiting = waits(&count);
    let layer = from_fn(move |_: Request, _: Next| {
        let waiting = waiting();
        async move {
            waiting.await;
            String::new()
        }
    });
    abandoned(AuthRouter::new().route("/", get(|_: Public<NoReason>| async {})).layer(layer)).await;
    assert_eq!(seen(), 4, "a layer that its client abandons");
    let of_body = Arc::clone(&count);
    let handler = move |_: Public<NoReason>| {
        let held = WhenDropped(Arc::clone(&of_body));
        async move { Body::new(Holds(held)) }
    };
    abandoned(AuthRouter::new().route("/", get(handler))).await;
    assert_eq!(seen(), 4, "a body that its client abandons");
}

#[tokio::test]
async fn neither_a_clone_nor_the_size_of_a_body_nor_the_body_of_a_service_makes_one() {
    at_start();
    let count = Arc::new(AtomicUsize::new(0));
    let cloned = WhenCloned(Arc::clone(&count));
    let mut app = AuthRouter::new().route(
        "/",
        get(move |_: Public<NoReason>| {
            let whole = &cloned;
            assert!(Arc::strong_count(&whole.0) > 0);
            async {}
        }),
    );
    count.store(0, Ordering::SeqCst);
    drop(app.call(made_up()).await);
    let seen = count.load(Ordering::SeqCst);
    assert_eq!(seen % 100, seen / 100 * 4, "{seen}");
    assert!(seen > 0, "it is not cloned");
    let mut sized = AuthRouter::new().route("/", get(|_: Public<NoReason>| async { Body::new(Holds(())) }));
    let response = sized.call(made_up()).await.unwrap();
    assert_eq!(http_body::Body::size_hint(response.body()).exact(), Some(4));
    let streamed = || async {
        Body::from_stream(futures_util::stream::once(async { Ok::<_, Infallible>(said(makes_its_own())) }))
    };
    let service = AuthRouter::new().public_service("/", axum::routing::any(streamed), "for the test");
    assert_eq!(ask(service).await, "4");
}

#[tokio::test]
async fn a_handler_that_panics_leaves_its_thread_as_it_was() {
    at_start();
    let app: AuthRouter =
        AuthRouter::new().route("/", get(|_: Public<NoReason>| async { panic!("for the test") as () }));
    assert!(tokio::spawn(ask(app)).await.is_err());
    at_start();
}

/// How often the handler with the capability has run.
#[derive(Clone, Default)]
struct Runs(Arc<AtomicUsize>);

/// A router that gives out a capability, and is in no posture that is looked at.
fn hidden(runs: &Runs) -> AuthRouter {
    let runs = runs.clone();
    let login = move |_: Public<Login>| async move {
        runs.0.fetch_add(1, Ordering::SeqCst);
    };
    AuthRouter::new().route("/", get(login))
}

fn made_up() -> Request {
    Request::new(Body::empty())
}

fn calls(mut router: AuthRouter) -> String {
    refused(|| drop(router.call(made_up()))).unwrap_or_default()
}

#[public]
async fn calls_its_state(State(router): State<AuthRouter>) -> String {
    calls(router)
}

#[public]
async fn calls_an_extension(Extension(router): Extension<AuthRouter>) -> String {
    calls(router)
}

#[public]
async fn calls_a_static() -> String {
    static HIDDEN: LazyLock<Runs> = LazyLock::new(Runs::default);
    static ROUTER: LazyLock<AuthRouter> = LazyLock::new(|| hidden(&HIDDEN));
    refused(|| drop(ROUTER.clone())).unwrap_or_default()
}

#[tokio::test]
async fn a_handler_calls_no_router_wherever_it_has_it_from() {
    let runs = Runs::default();
    let state = AuthRouter::new().route("/", get(calls_its_state)).with_state(hidden(&runs));
    let extension = AuthRouter::new().route("/", get(calls_an_extension)).layer(Extension(hidden(&runs)));
    for app in [state, extension] {
        let told = ask(app).await;
        assert!(String::from_utf8_lossy(&told).contains("a handler called a router"), "{told:?}");
    }
    // A static that is filled by a request is a router that is made by one.
    let told = ask(AuthRouter::new().route("/", get(calls_a_static))).await;
    assert!(String::from_utf8_lossy(&told).contains("while a request is handled"), "{told:?}");
    // A request that was made up before, and is polled by a handler.
    let waiting = Arc::new(Mutex::new(Some(hidden(&runs).call(made_up()))));
    let polls = move |_: Public<NoReason>| async move {
        let waiting = waiting.lock().unwrap().take().unwrap();
        waiting.await.unwrap()
    };
    let polling = AuthRouter::new().route("/", get(polls));
    assert!(tokio::spawn(ask(polling)).await.unwrap_err().is_panic());
    assert_eq!(runs.0.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_router_is_mounted_in_another_and_called_by_tests() {
    let runs = Runs::default();
    let inner = hidden(&runs);
    let outer = AuthRouter::new().public_service("/in", inner.clone(), "a router of its own state");
    let outer = outer.layer(from_fn(|request: Request, next: Next| async { next.run(request).await }));
    for (mut app, path) in [(inner, "/"), (outer.clone(), "/in"), (outer, "/in/")] {
        let response: Response = app.call(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
    }
    assert_eq!(runs.0.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_bound_vault_opens_with_the_proofs_of_its_verifier_alone() {
    let (ours, heard) = verifier();
    // The same issuer, the same key, the same claims: another verifier all the same.
    let (other, unheard) = verifier();
    let vault: BoundVault<Pool, Claims> = Vault::for_verifier(&ours, Pool);
    for verifier in [ours.clone(), ours] {
        let alice: Authenticated<Claims> = verifier.verify(&token(&json!({}))).await.unwrap();
        vault.open(&alice).map(drop).unwrap();
        vault.clone().open(&alice.as_any_caller()).map(drop).unwrap();
    }
    assert!(heard.take().is_empty());

    let forged: Authenticated<Claims> = other.verify(&token(&json!({}))).await.unwrap();
    let rejection = vault.open(&forged).map(drop).unwrap_err();
    assert!(matches!(rejection, Rejection::NotPermitted { .. }));
    assert_eq!(rejection.into_response().status(), 403);
    let [event] = &heard.take()[..] else { panic!("exactly one event") };
    assert_eq!((event.reason, event.status), (Reason::Denied, 403));
    assert_eq!(event.subject, None, "the vault's verifier has verified no subject");
    assert!(unheard.take().is_empty(), "the other verifier may have no events to speak of");
}

/// "Honest limits": a task that a handler starts is not part of its request. A bound vault does not
/// open for it.
#[tokio::test]
async fn a_task_that_a_handler_starts_opens_no_bound_vault() {
    at_start();
    let (ours, _) = verifier();
    let vault: BoundVault<Pool, Claims> = Vault::for_verifier(&ours, Pool);
    let app = AuthRouter::new().route(
        "/",
        get(move |_: Public<NoReason>| async move {
            let spawned = tokio::spawn(async move {
                let (own, _) = verifier();
                let forged: Authenticated<Claims> = own.verify(&token(&json!({}))).await.unwrap();
                vault.open(&forged).map(drop).unwrap_err().status().to_string()
            });
            spawned.await.unwrap()
        }),
    );
    assert_eq!(ask(app).await, "403 Forbidden");
}
