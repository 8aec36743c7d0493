//! Compares the posture of random routers with their responses.
//!
//! Each request gets the response of its row, through the layers that the row names. A router whose
//! posture would be wrong panics while it is built.

use auth_runtime::opt_out::OptOut;
use auth_runtime::posture::{Policy, RoutePosture};
use auth_runtime::routing::any;
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, MethodRoutes, Posture, Public, Verifier, VerifyingKey};
use axum::body::Body;
use axum::response::Response;
use axum::routing::MethodFilter;
use http::Request;
use proptest::prelude::{Just, Strategy, any as arbitrary, prop, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use std::borrow::Cow;
use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Once;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

type App = AuthRouter<Verifier<Claims>>;

/// The reason of a handler, and what it answers.
struct Handler<const N: usize>;

impl<const N: usize> OptOut for Handler<N> {
    type Opens = ();
    fn reason() -> Option<Cow<'static, str>> {
        Some(format!("handler {N}").into())
    }
}

async fn open<const N: usize>(_: Public<Handler<N>>) -> [(&'static str, String); 1] {
    [("x-answered-by", format!("handler {N}"))]
}

async fn guarded(_: Authenticated<Claims>) {}

/// A layer that leaves its mark on every answer that passes it.
#[derive(Clone)]
struct Mark<const N: usize>;

#[derive(Clone)]
struct Marked<T, const N: usize>(T);

impl<T, const N: usize> Layer<T> for Mark<N> {
    type Service = Marked<T, N>;
    fn layer(&self, inner: T) -> Self::Service {
        Marked(inner)
    }
}

impl<T, const N: usize> Service<Request<Body>> for Marked<T, N>
where
    T: Service<Request<Body>, Response = Response, Future: Send + 'static>,
{
    type Response = Response;
    type Error = T::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, T::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.0.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            response.headers_mut().append("x-layer", std::any::type_name::<Mark<N>>().parse().unwrap());
            Ok(response)
        })
    }
}

#[derive(Debug, Clone)]
enum MethodStep {
    Get(u8),
    On(u8, u8),
    Fallback(u8),
    Layer(u8),
    RouteLayer(u8),
    Merge(Vec<MethodStep>),
}

#[derive(Debug, Clone)]
enum Step {
    Route(usize, bool, Vec<MethodStep>),
    Fallback(u8),
    MethodFallback(u8),
    Conceal,
    Layer(u8),
    RouteLayer(u8),
    Service(usize),
    Merge(Vec<Step>),
    Nest(usize, Vec<Step>),
}

const PATHS: [&str; 6] = ["/", "/a", "/a/", "/b", "/{id}", "/w/{*rest}"];
const PREFIXES: [&str; 4] = ["/v", "/v/", "/a", "/{id}"];
const SERVICES: [&str; 3] = ["/s", "/s/", "/"];

macro_rules! handler {
    ($n:expr, $handler:ident => $made:expr) => {
        match $n % 4 {
            0 => {
                let $handler = open::<0>;
                $made
            }
            1 => {
                let $handler = open::<1>;
                $made
            }
            2 => {
                let $handler = open::<2>;
                $made
            }
            _ => {
                let $handler = guarded;
                $made
            }
        }
    };
}

macro_rules! layer {
    ($n:expr, $layer:ident => $made:expr) => {
        match $n % 3 {
            0 => {
                let $layer = Mark::<0>;
                $made
            }
            1 => {
                let $layer = Mark::<1>;
                $made
            }
            _ => {
                let $layer = Mark::<2>;
                $made
            }
        }
    };
}

fn methods(all: bool, steps: &[MethodStep]) -> MethodRoutes<Verifier<Claims>> {
    let start = if all { any(open::<3>) } else { MethodRoutes::new() };
    steps.iter().fold(start, |methods, step| match step {
        MethodStep::Get(n) => handler!(n, h => methods.get(h)),
        MethodStep::On(filter, n) => {
            let filter = match filter % 4 {
                0 => MethodFilter::POST,
                1 => MethodFilter::DELETE,
                2 => MethodFilter::HEAD,
                _ => MethodFilter::POST.or(MethodFilter::DELETE),
            };
            handler!(n, h => methods.on(filter, h))
        }
        MethodStep::Fallback(n) => handler!(n, h => methods.fallback(h)),
        MethodStep::Layer(n) => layer!(n, l => methods.layer(l)),
        MethodStep::RouteLayer(n) => layer!(n, l => methods.route_layer(l)),
        MethodStep::Merge(steps) => methods.merge(self::methods(false, steps)),
    })
}

fn router(steps: &[Step]) -> App {
    steps.iter().fold(App::new(), |app, step| match step {
        Step::Route(path, all, steps) => app.route(PATHS[path % PATHS.len()], methods(*all, steps)),
        Step::Fallback(n) => handler!(n, h => app.fallback(h)),
        Step::MethodFallback(n) => handler!(n, h => app.method_not_allowed_fallback(h)),
        Step::Conceal => app.hide_unmatched::<Claims>(),
        Step::Layer(n) => layer!(n, l => app.layer(l)),
        Step::RouteLayer(n) => layer!(n, l => app.route_layer(l)),
        Step::Service(path) => {
            let answer = || async { [("x-answered-by", "a service")] };
            app.public_service(SERVICES[path % SERVICES.len()], axum::routing::any(answer), "a service")
        }
        Step::Merge(steps) => app.merge(router(steps)),
        Step::Nest(prefix, steps) => app.nest(PREFIXES[prefix % PREFIXES.len()], router(steps)),
    })
}

fn method_steps() -> impl Strategy<Value = Vec<MethodStep>> {
    let step = prop_oneof![
        4 => arbitrary::<u8>().prop_map(MethodStep::Get),
        2 => (arbitrary::<u8>(), arbitrary::<u8>()).prop_map(|(filter, n)| MethodStep::On(filter, n)),
        2 => arbitrary::<u8>().prop_map(MethodStep::Fallback),
        1 => arbitrary::<u8>().prop_map(MethodStep::Layer),
        1 => arbitrary::<u8>().prop_map(MethodStep::RouteLayer),
    ];
    let step = step.prop_recursive(1, 4, 3, |step| prop::collection::vec(step, 1..3).prop_map(MethodStep::Merge));
    prop::collection::vec(step, 1..4)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..PATHS.len(), prop::bool::weighted(0.2), method_steps()).prop_map(|(p, all, steps)| Step::Route(p, all, steps)),
        1 => arbitrary::<u8>().prop_map(Step::Fallback),
        2 => arbitrary::<u8>().prop_map(Step::MethodFallback),
        1 => Just(Step::Conceal),
        2 => arbitrary::<u8>().prop_map(Step::Layer),
        1 => arbitrary::<u8>().prop_map(Step::RouteLayer),
        1 => (0..SERVICES.len()).prop_map(Step::Service),
    ];
    let step = step.prop_recursive(2, 16, 4, |step| {
        let steps = prop::collection::vec(step, 1..4);
        prop_oneof![
            steps.clone().prop_map(Step::Merge),
            (0..PREFIXES.len(), steps).prop_map(|(prefix, steps)| Step::Nest(prefix, steps)),
        ]
    });
    prop::collection::vec(step, 1..6)
}

/// How exactly a pattern of axum's fits a path, segment by segment; more is better.
fn fit(pattern: &str, path: &str) -> Option<Vec<u8>> {
    let (mut patterns, mut segments) = (pattern.split('/'), path.split('/'));
    let mut fit = Vec::new();
    loop {
        match (patterns.next(), segments.next()) {
            (None, None) => return Some(fit),
            (Some(all), Some(segment)) if all.starts_with("{*") => {
                let rest = segments.fold(segment.to_owned(), |rest, segment| format!("{rest}/{segment}"));
                fit.push(1);
                return (!rest.is_empty()).then_some(fit);
            }
            (Some(one), Some(segment)) if one.starts_with('{') && !segment.is_empty() => fit.push(2),
            (Some(same), Some(segment)) if same == segment => fit.push(3),
            _ => return None,
        }
    }
}

/// The row that speaks for a request.
fn row_for<'a>(posture: &'a Posture, method: &str, path: &str) -> &'a RoutePosture {
    let rows = posture.routes();
    let of_routers = |row: &&RoutePosture| row.method.starts_with("FALLBACK") && row.path.ends_with("/*");
    let route = rows
        .iter()
        .filter(|row| !of_routers(row))
        .filter_map(|row| Some((fit(&row.path, path)?, row.path.as_str())))
        .max()
        .map(|(_, path)| path);
    let at = |method: &str| rows.iter().find(|row| row.method == method && Some(row.path.as_str()) == route);
    let get = || if method == "HEAD" { at("GET") } else { None };
    let around = |method: &str, place: &str| {
        rows.iter()
            .filter(of_routers)
            .filter(|row| row.method == method)
            .filter_map(|row| {
                let prefix = row.path.trim_end_matches('*').trim_end_matches('/');
                // A mounted path has the prefix in its text, and axum matches a request by it.
                let parts = prefix.split('/').count();
                let start: Vec<_> = place.split('/').take(parts).collect();
                let fit = fit(prefix, &start.join("/"))?;
                (place.split('/').count() >= parts).then_some((fit, row))
            })
            .max_by(|(a, _), (b, _)| a.cmp(b))
            .map(|(_, row)| row)
            .expect("a row for all that no other row speaks for")
    };
    match route {
        Some(route) => at(method)
            .or_else(get)
            .or_else(|| at("ANY"))
            .or_else(|| at("FALLBACK(405)"))
            .unwrap_or_else(|| around("FALLBACK(405)", route)),
        None => around("FALLBACK", path),
    }
}

fn verifier() -> Verifier<Claims> {
    Verifier::<Claims>::builder()
        .issuer("https://id.example.com/")
        .audience("orders")
        .keys(VerifyingKey::hs256(b"a secret of at least thirty-two bytes!").unwrap())
        .events(Events::collect().0)
        .build()
        .unwrap()
}

thread_local! {
    static BUILDING: Cell<bool> = const { Cell::new(false) };
}

/// The router, unless it is refused: which combinations are, is for other tests to say.
fn built(steps: &[Step]) -> Option<App> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panicked| {
            if !BUILDING.get() {
                loud(panicked);
            }
        }));
    });
    BUILDING.set(true);
    let built = catch_unwind(AssertUnwindSafe(|| router(steps))).ok();
    BUILDING.set(false);
    built
}

fn unique(posture: &Posture) {
    let mut keys: Vec<_> = posture.routes().iter().map(|row| (row.method, &row.path)).collect();
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), count, "two rows with one key:\n{posture}");
}

async fn every_request_is_answered_as_its_row_says(app: App, verifier: Verifier<Claims>) {
    let mut app: AuthRouter = app.with_state(verifier);
    let posture = app.posture();
    unique(&posture);
    let places = ["/", "/a", "/a/", "/b", "/c", "/w/x/y", "/s", "/s/", "/s/x", "/no/such"];
    let paths = places.iter().flat_map(|path| ["", "/v", "/a", "/v/v", "/x"].map(|prefix| format!("{prefix}{path}")));
    for path in paths {
        for method in ["GET", "HEAD", "POST", "DELETE", "BREW"] {
            let row = row_for(&posture, method, &path);
            // For a router nested at `/v` or `/v/`, its own fallback gets one of the two paths, and
            // the fallback of the outer router gets the other.
            if row.method == "FALLBACK" && row.path.trim_end_matches("/*") == path.trim_end_matches('/') {
                continue;
            }
            let request = Request::builder().method(method).uri(&path).body(Body::empty()).unwrap();
            let answer = app.call(request).await.unwrap();
            let (status, by) = match &row.policy {
                Policy::Public { reason, .. } => (200, reason.as_deref()),
                Policy::Authenticated { .. } => (401, None),
                _ if row.method == "FALLBACK" => (404, None),
                _ => (405, None),
            };
            let said = || format!("{method} {path}, by {} {} in\n{posture}", row.method, row.path);
            assert_eq!(answer.status(), status, "{}", said());
            assert_eq!(answer.headers().get("x-answered-by").map(|by| by.to_str().unwrap()), by, "{}", said());
            let layers: Vec<_> =
                answer.headers().get_all("x-layer").iter().map(|layer| layer.to_str().unwrap()).collect();
            assert_eq!(layers, row.layers, "{}", said());
        }
    }
}

#[test]
fn a_posture_says_what_each_request_meets() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let verifier = verifier();
    let tried = Cell::new(0);
    let default = Config::default();
    let config = Config { cases: default.cases.max(1024), failure_persistence: None, ..default };
    TestRunner::new(config)
        .run(&steps(), |steps| {
            if let Some(app) = built(&steps) {
                tried.set(tried.get() + 1);
                runtime.block_on(every_request_is_answered_as_its_row_says(app, verifier.clone()));
            }
            Ok(())
        })
        .unwrap();
    assert!(tried.get() > 50, "most routers are refused when they are put together: only {} were tried", tried.get());
}
