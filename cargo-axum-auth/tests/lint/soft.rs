//! Authentication that gives way, and its twins.

use crate::support::Project;

#[test]
fn a_proof_that_may_be_missing_is_reported_where_it_is_taken() {
    Project::of(
        r#"
#[auth_runtime::public(reason = "shows more to those who are known")]
async fn page(auth: Result<auth_runtime::Authenticated<Claims>, Rejection>) {} //~ soft-authentication
async fn plain(auth: Option<Authenticated<Claims>>) {} //~ soft-authentication

#[derive(FromRequestParts)]
struct Visitor { //~ soft-authentication
    auth: Result<Authenticated<Claims>, Rejection>,
}

#[derive(Clone, axum::extract::FromRequestParts)]
struct Member {
    auth: Authenticated<Claims>,
    language: Option<Language>,
}

// A function that verifies must return a result, and axum does not extract a field.
async fn verify(token: &str) -> Result<Authenticated<Claims>, Rejection> { verifier.verify(token).await }
struct Session { auth: Option<Authenticated<Claims>> }
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn an_extractor_that_goes_on_without_authentication_is_reported() {
    Project::of(
        r"
impl<S: Send + Sync> FromRequestParts<S> for Maybe { //~ soft-authentication
    type Rejection = Rejection;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        Ok(Maybe(Authenticated::<Claims>::from_request_parts(parts, state).await.ok()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Guest { //~ soft-authentication
    type Rejection = Rejection;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        match state.verifier.authenticate(parts).await {
            Ok(auth) => Ok(Guest::Known(auth)),
            Err(_) => Ok(Guest::Unknown),
        }
    }
}

impl<S> axum::extract::FromRequest<S> for Never { //~ soft-authentication
    type Rejection = Infallible;
    async fn from_request(request: Request, state: &S) -> Result<Self, Infallible> {
        let verifier = Verifier::from_ref(state);
        Ok(Never)
    }
}

impl<S> OptionalFromRequestParts<S> for Perhaps { //~ soft-authentication
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        if let Ok(auth) = Authenticated::<Claims>::from_request_parts(parts, state).await { return Ok(Some(Perhaps)); }
        Ok(None)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Hard {
    type Rejection = Rejection;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let auth = Authenticated::<Claims>::from_request_parts(parts, state).await?;
        match lookup(&auth).await {
            Ok(user) => Ok(Hard(auth, user)),
            Err(_) => Err(Rejection::unavailable()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Language(parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())))
    }
}
",
    )
    .is_linted_as_marked();
}

#[test]
fn a_proof_that_may_be_missing_is_found_behind_an_alias_and_in_a_wrapper() {
    Project::of(
        r#"
use auth_runtime::{Authenticated, Claims, Public, public};
mod auth {
    use auth_runtime::{Authenticated, Claims};
    pub type Caller = Authenticated<Claims>;
    pub type MaybeAuth = Option<Caller>;
    pub type Optional<T> = Option<T>;
    pub struct Maybe<T>(pub Option<T>);
    impl<S: Send + Sync, T: FromRequestParts<S>> FromRequestParts<S> for Maybe<T> {
        type Rejection = Infallible;
        async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
            Ok(Self(T::from_request_parts(parts, state).await.ok()))
        }
    }
    pub struct Timed<T>(pub T, Duration);
    impl<S: Send + Sync, T: FromRequestParts<S>> FromRequestParts<S> for Timed<T> {
        type Rejection = T::Rejection;
        async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, T::Rejection> {
            let started = Instant::now();
            Ok(Self(T::from_request_parts(parts, state).await?, started.elapsed()))
        }
    }
}
use auth::{Maybe, MaybeAuth, Optional, Timed};
use auth::*;
type Local = Result<auth::Caller, Rejection>;
type Wrapped = Maybe<auth::Caller>;

#[public(reason = "a page")]
async fn alias(auth: MaybeAuth) {} //~ soft-authentication
#[public(reason = "a page")]
async fn by_path(auth: crate::auth::MaybeAuth) {} //~ soft-authentication
#[public(reason = "a page")]
async fn generic_alias(auth: Optional<Authenticated<Claims>>) {} //~ soft-authentication
#[public(reason = "a page")]
async fn alias_in_an_option(auth: Option<Caller>) {} //~ soft-authentication
#[public(reason = "a page")]
async fn local(auth: Local) {} //~ soft-authentication
#[public(reason = "a page")]
async fn generic(Maybe(auth): Maybe<Authenticated<Claims>>) {} //~ soft-authentication
#[public(reason = "a page")]
async fn generic_behind_an_alias(auth: Wrapped) {} //~ soft-authentication
#[public(reason = "a page")]
async fn of_another_crate(auth: axum_extra::either::Either<Authenticated<Claims>, ()>) {} //~ soft-authentication
#[public(reason = "a page")]
async fn in_a_tuple(both: (Maybe<Caller>, State<App>)) {} //~ soft-authentication
async fn by_its_type(_: Public<Page>, auth: axum_extra::Lax<Caller>) {} //~ soft-authentication
async fn on_a_plain_router(auth: MaybeAuth) {} //~ soft-authentication
fn in_a_block() {
    type Hidden = Option<Authenticated<Claims>>;
    #[public(reason = "a page")]
    async fn page(auth: Hidden) {} //~ soft-authentication
}
#[derive(FromRequestParts)]
struct Visitor { //~ soft-authentication
    auth: MaybeAuth,
}

// Twins: not a proof, or one that is always there.
type Page = Option<u32>;
#[public(reason = "a page")]
async fn pages(page: Page, language: Maybe<Language>, Optional(q): Optional<Query<Q>>) {}
#[auth_runtime::authenticated]
async fn strict(auth: Authenticated<Claims>, again: Timed<Caller>) {}
#[public(reason = "a page")]
async fn timed(auth: Timed<Authenticated<Claims>>) {}
#[public(reason = "a page")]
async fn with_rejection(auth: axum_extra::extract::WithRejection<Caller, Mine>) {}
async fn helper(auth: Arc<Authenticated<Claims>>, other: Option<&Caller>, batch: Batch<Caller>) {}
mod own {
    struct Authenticated<T>(T);
    async fn other(auth: Option<Authenticated<u8>>) {}
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_result_that_is_softened_in_a_public_handler_is_reported() {
    Project::of(
        r#"
use auth_runtime::{Authenticated, AuthRouter, Claims, Public, Rejection, Verifier, public};

#[public(reason = "a page")]
async fn methods(State(verifier): State<Verifier<Claims>>, parts: Parts) -> Html {
    let caller = verifier.authenticate(&parts).await.ok(); //~ soft-authentication
    if verifier.authenticate(&parts).await.is_ok() {} //~ soft-authentication
    let guest = verifier.authenticate(&parts).await.map(Caller::from).unwrap_or(Caller::Guest); //~ soft-authentication
    let known = verifier.verify(&token).await.is_ok_and(|auth| auth.sub == "a"); //~ soft-authentication
    let other = verifier.authenticate(&parts).await.as_ref().map_or(0, |_| 1); //~ soft-authentication
    page(caller)
}

#[public(reason = "a page")]
async fn control_flow(State(app): State<App>, parts: Parts) -> Html {
    if let Ok(auth) = app.auth.authenticate(&parts).await { //~ soft-authentication
        return page(auth);
    }
    match app.verifier.verify(token(&parts)).await {
        Ok(auth) => page(auth),
        Err(_) => guests(), //~ soft-authentication
    };
    let Ok(auth) = app.verifier().authenticate(&parts).await else { return guests() }; //~ soft-authentication
    if let Err(error) = Verifier::authenticate(&app.verifier, &parts).await { //~ soft-authentication
        tracing::warn!(%error);
    }
    let Some(auth) = app.verifier.authenticate(&parts).await.ok() else { return guests() }; //~ soft-authentication
    if let Some(auth) = app.verifier.authenticate(&parts).await.ok() { page(auth) } //~ soft-authentication
    let name = app.verifier.authenticate(&parts).await.map_or_else(|_| guest(), name); //~ soft-authentication
    let _ = app.verifier.authenticate(&parts).await; //~ soft-authentication
    let known = matches!(app.verifier.authenticate(&parts).await, Ok(_)); //~ soft-authentication
    guests()
}

#[public(reason = "a page")]
async fn through_a_variable(State(v): State<Arc<Verifier<Claims>>>, mut parts: Parts) -> Html {
    let result = v.authenticate(&parts).await;
    let name = match &result { Ok(auth) => &auth.sub, _ => "guest" }; //~ soft-authentication
    let future = v.verify(token);
    let late = future.await.unwrap_or_else(|_| guest()); //~ soft-authentication
    let extracted = Authenticated::<Claims>::from_request_parts(&mut parts, &v).await.ok(); //~ soft-authentication
    let by_trait = <Authenticated<Claims> as FromRequestParts<_>>::from_request_parts(&mut parts, &v).await.is_err(); //~ soft-authentication
    let of_parts = parts.extract_with_state::<Authenticated<Claims>, _>(&v).await.ok(); //~ soft-authentication
    let limited = tokio::time::timeout(SECOND, v.authenticate(&parts)).await.is_ok(); //~ soft-authentication
    page(name)
}

async fn by_its_type(_: Public<Page>, State(verifier): State<Verifier<Claims>>, parts: Parts) -> Html {
    page(verifier.authenticate(&parts).await.ok()) //~ soft-authentication
}

fn app() -> AuthRouter {
    AuthRouter::new().route("/", get(|_: Public<Page>, State(verifier): State<Verifier<Claims>>, parts: Parts| async move {
        page(verifier.authenticate(&parts).await.ok()) //~ soft-authentication
    }))
}

async fn helper(verifier: &Verifier<Claims>, parts: &Parts) -> Option<Authenticated<Claims>> {
    verifier.authenticate(parts).await.ok() //~ soft-authentication
}

async fn is_known(verifier: &Verifier<Claims>, parts: &Parts) -> bool {
    verifier.authenticate(parts).await.is_ok() //~ soft-authentication
}
"#,
    )
    .is_linted_as_marked();
}

#[test]
fn a_result_that_rejects_is_not_reported() {
    Project::of(
        r#"
use auth_runtime::{Authenticated, Claims, Rejection, Verifier, public};

#[public(reason = "signs in")]
async fn login(State(ldap): State<Ldap>, State(verifier): State<Verifier<Claims>>, Json(form): Json<Form>) -> Response {
    // A password, not a token.
    if ldap.authenticate(&form.user, &form.password).await.is_ok() { return token() }
    let found = accounts.authenticate(&form).await.ok();
    match hasher.verify(&form.password) { Ok(()) => token(), Err(_) => wrong() };
    let captcha = captcha.verify(&form.captcha).await.is_ok();
    let name = headers.get("x").and_then(|value| value.to_str().ok());
    StatusCode::UNAUTHORIZED.into_response()
}

#[public(reason = "a socket, whose first message is the token")]
async fn strict(State(verifier): State<Verifier<Claims>>, parts: Parts) -> Result<Html, Rejection> {
    let auth = verifier.authenticate(&parts).await?;
    let auth = verifier.verify(&token).await.map_err(Mine::from)?;
    let auth = verifier.verify(&token).await.ok().ok_or(StatusCode::UNAUTHORIZED)?;
    let Ok(auth) = verifier.authenticate(&parts).await else { return Err(Rejection::unavailable()) };
    let auth = match verifier.authenticate(&parts).await { Ok(auth) => auth, Err(rejection) => return Err(rejection) };
    if let Err(rejection) = verifier.verify(&token).await { return Err(rejection) }
    let Some(auth) = verifier.verify(&token).await.ok() else { return Err(Rejection::unavailable()) };
    let auth = match verifier.verify(&token).await.ok() { Some(auth) => auth, None => return UNAUTHORIZED };
    let auth = verifier.verify(&token).await.or_else(|rejection| Err(Mine::from(rejection)))?;
    verifier.verify(&token).await.map_or_else(|rejection| rejection.into_response(), page);
    match verifier.verify(&token).await {
        Ok(auth) => Ok(page(auth)),
        Err(rejection) => rejection.into_response(),
    };
    let auth = verifier.authenticate(&parts).await?;
    let orders = load(&auth).await.ok();
    let auth = auth.ok();
    Ok(page(orders))
}

async fn worker(verifier: Verifier<Claims>, queue: Queue) {
    while let Some(message) = queue.next().await {
        match verifier.verify(&message.token).await {
            Ok(auth) => handle(auth, message).await,
            Err(_) => message.reject().await,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Hard {
    type Rejection = Rejection;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let auth = Authenticated::<Claims>::from_request_parts(parts, state).await?;
        let language = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let page = Query::<Page>::from_request_parts(parts, state).await.unwrap_or_default();
        if let Some(tenant) = auth.tenant() { check(tenant)?; }
        Ok(Hard(auth, language.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    #[auth_runtime::public(reason = "of a test")]
    async fn page(State(verifier): State<Verifier<Claims>>, parts: Parts) { verifier.authenticate(&parts).await.ok(); }
}
"#,
    )
    .is_linted_as_marked();
}
