//! Mounts handlers with the extractors and responses that services use.
#![deny(warnings)]

use auth_runtime::{AuthRouter, Authenticated, Claims, Rejection, authenticated, routing::{any, get, post}};
use axum::body::Bytes;
use axum::extract::{
    ConnectInfo, FromRef, FromRequest, FromRequestParts, MatchedPath, Multipart, OriginalUri, Path, Query, Request, State,
    WebSocketUpgrade, ws::WebSocket,
};
use axum::http::{HeaderMap, Method, StatusCode, request::Parts};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form, Json};
use futures_util::Stream;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use ui_tests::App;

/// Extracts a part of the state.
struct Limit(u32);

impl<S> FromRequestParts<S> for Limit
where
    S: Send + Sync,
    u32: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(u32::from_ref(state)))
    }
}

/// Extracts a header, for one state only.
struct Tenant(String);

impl FromRequestParts<App> for Tenant {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, StatusCode> {
        parts.headers.get("tenant").and_then(|tenant| tenant.to_str().ok()).map(|tenant| Self(tenant.to_owned())).ok_or(StatusCode::BAD_REQUEST)
    }
}

/// Extracts a proof in a field of its own struct.
#[derive(FromRequestParts)]
#[from_request(state(App))]
struct Caller {
    auth: Authenticated<Claims>,
    tenant: Tenant,
}

/// Validates a JSON body.
struct Valid<T>(T);

impl<S: Send + Sync, T> FromRequest<S> for Valid<T>
where
    Json<T>: FromRequest<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let Json(value) = Json::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self(value))
    }
}

#[derive(serde::Deserialize)]
struct Page {
    number: u32,
}

enum Error {
    Refused(Rejection),
    NotFound,
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(rejection) => rejection.into_response(),
            Self::NotFound => StatusCode::NOT_FOUND.into_response(),
        }
    }
}

#[authenticated]
async fn everything(
    State(limit): State<u32>,
    Path((a, b)): Path<(u64, String)>,
    Query(page): Query<Page>,
    headers: HeaderMap,
    method: Method,
    OriginalUri(uri): OriginalUri,
    matched: MatchedPath,
    Extension(extension): Extension<&'static str>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut own: Limit,
    Tenant(tenant): Tenant,
    body: Result<Valid<Page>, Response>,
) -> impl IntoResponse {
    own.0 += limit + page.number + body.map_or(0, |Valid(page)| page.number);
    (StatusCode::CREATED, [("x-tenant", tenant)], format!("{a}{b}{headers:?}{method}{uri}{matched:?}{extension}{peer}{}", own.0))
}

#[authenticated]
async fn fallible(auth: Authenticated<Claims>) -> Result<Json<HashMap<String, String>>, Error> {
    let auth = auth.require::<ui_tests::OrdersRefund>()?;
    let name = auth.other.get("name").and_then(|name| name.as_str()).ok_or(Error::NotFound)?;
    Ok(Json(HashMap::from([(auth.sub.clone(), name.to_owned())])))
}

#[authenticated]
async fn upgrade(auth: Authenticated<Claims>, socket: WebSocketUpgrade) -> Response {
    socket.on_upgrade(move |socket| serve(auth, socket))
}

async fn serve(auth: Authenticated<Claims>, socket: WebSocket) {
    let _ = (auth.expires_at(), socket);
}

#[authenticated]
async fn events() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    Sse::new(futures_util::stream::iter([Ok(Event::default())]))
}

#[authenticated]
async fn maybe(path: Option<Path<u64>>, body: Bytes) -> String {
    format!("{:?} {}", path.map(|Path(id)| id), body.len())
}

#[authenticated]
async fn upload(mut files: Multipart) -> Result<(), StatusCode> {
    while files.next_field().await.map_err(|_| StatusCode::BAD_REQUEST)?.is_some() {}
    Ok(())
}

#[authenticated]
async fn form(Form(page): Form<Page>) -> String {
    page.number.to_string()
}

#[authenticated]
async fn raw(request: Request) -> String {
    request.uri().to_string()
}

#[authenticated]
async fn caller(caller: Caller) -> String {
    format!("{} {}", caller.auth.sub, caller.tenant.0)
}

fn boxed(_: Authenticated<Claims>) -> std::pin::Pin<Box<dyn Future<Output = &'static str> + Send>> {
    Box::pin(async { "boxed" })
}

#[authenticated]
fn spelled_out(auth: Authenticated<Claims>) -> impl Future<Output = String> {
    async move { auth.sub.clone() }
}

pub(crate) fn main() {
    let greeting = String::from("hello");
    let _ = AuthRouter::<App>::new()
        .route("/everything/{a}/{b}", post(everything))
        .route("/fallible", get(fallible))
        .route("/socket", any(upgrade))
        .route("/events", get(events))
        .route("/maybe", post(maybe))
        .route("/upload", post(upload))
        .route("/form", post(form))
        .route("/raw", get(raw))
        .route("/caller", get(caller))
        .route("/boxed", get(boxed).put(spelled_out))
        .route("/closure", get(move |auth: Authenticated<Claims>, State(limit): State<u32>| {
            let greeting = greeting.clone();
            async move { format!("{greeting} {} {limit}", auth.sub) }
        }));
}
