//! A handler that declares a rule answers only after the rule has permitted something.

use crate::support::{token, verifier};
use auth_runtime::events::{Class, Reason};
use auth_runtime::permissions::WithRule;
use auth_runtime::routing::{get, post};
use auth_runtime::rules::AsyncRule;
use auth_runtime::{
    AuthRouter, Authenticated, Claims, Denied, Despite, Permitted, Rejection, Rule, authenticated, scope,
};
use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, Path, Request};
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use serde_json::json;
use tower_service::Service;

scope!(OrdersRead = "orders:read");

#[derive(serde::Serialize)]
struct Order(u64);

struct OwnsOrder;
impl Rule<Claims, Order> for OwnsOrder {
    const NAME: &'static str = "own order";
    fn check(_: &Claims, order: &Order) -> Result<(), Denied> {
        if order.0 % 1000 == 7 { Ok(()) } else { Err(Denied::new("of another caller")) }
    }
}

struct SameTeam;
impl AsyncRule<Claims, Order> for SameTeam {
    const NAME: &'static str = "same team";
    async fn check(&self, _: &Claims, order: &Order) -> Result<(), Denied> {
        if order.0 == 7 { Ok(()) } else { Err(Denied::new("of another team")) }
    }
}

/// The rule is asked in one branch only.
#[authenticated(rule = OwnsOrder)]
async fn forgets_a_branch(
    auth: Authenticated<Claims, WithRule<OwnsOrder>>,
    Path((branch, id)): Path<(String, u64)>,
) -> Result<Response, Rejection> {
    Ok(match branch.as_str() {
        "checked" => Json(auth.permit::<OwnsOrder, _>(Order(id))?).into_response(),
        "helped" => Json(helped(&auth.as_any_caller(), id)?).into_response(),
        "empty" => Json(auth.permit_each::<OwnsOrder, Order>([])?).into_response(),
        "ignored" => match auth.permit::<OwnsOrder, _>(Order(id)) {
            Ok(order) => Json(order).into_response(),
            Err(_) => Json(Order(id)).into_response(),
        },
        "missing" => Rejection::NotFound.into_response(),
        "redirect" => Redirect::to("/secret").into_response(),
        "failed" => http::StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => Json(Order(id)).into_response(),
    })
}

/// An extractor that sends the client elsewhere, before the handler could ask the rule.
struct Elsewhere;
impl<S: Sync> FromRequestParts<S> for Elsewhere {
    type Rejection = Redirect;
    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Redirect> {
        Err(Redirect::to("/terms"))
    }
}

#[authenticated(rule = OwnsOrder)]
async fn never_runs(
    auth: Authenticated<Claims, WithRule<OwnsOrder>>,
    _: Elsewhere,
) -> Result<Json<Permitted<Order, OwnsOrder>>, Rejection> {
    Ok(Json(auth.permit(Order(7))?))
}

fn helped(auth: &Authenticated<Claims>, id: u64) -> Result<Permitted<Order, OwnsOrder>, Rejection> {
    auth.permit(Order(id))
}

/// Both rules must be asked, one of them inside of a tuple with a permission.
#[authenticated(Claims, requires = OrdersRead, rule = (OwnsOrder, SameTeam))]
async fn asks_two(
    auth: Authenticated<Claims, WithRule<OwnsOrder, WithRule<SameTeam, OrdersRead>>>,
    Path(id): Path<u64>,
) -> Result<&'static str, Rejection> {
    let order = auth.permit::<OwnsOrder, _>(Order(id))?.into_inner();
    if id == 7 {
        let _order = auth.permit_with::<SameTeam, _>(&SameTeam, order).await?;
    }
    Ok("both")
}

#[authenticated(Claims, rule = OwnsOrder, despite = OrdersRead)]
async fn waives(auth: Authenticated<Claims, Despite<OrdersRead, WithRule<OwnsOrder>>>) -> Result<(), Rejection> {
    auth.permit::<OwnsOrder, _>(Order(7)).map(drop)
}

async fn call(app: &mut AuthRouter, path: &str) -> Response {
    let token = token(&json!({"scope": "orders:read"}));
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    app.call(request.body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn an_answer_without_its_rule_is_withheld() {
    let (verifier, events) = verifier();
    let mut app: AuthRouter = AuthRouter::new()
        .route("/{branch}/{id}", get(forgets_a_branch))
        .route("/never", get(never_runs))
        .with_state(verifier);
    for path in ["/checked/7", "/helped/7", "/empty/7", "/ignored/7"] {
        assert_eq!(call(&mut app, path).await.status(), 200, "{path}");
    }
    // What shows no object is passed on.
    for (path, status) in [("/missing/7", 404), ("/failed/7", 500)] {
        assert_eq!(call(&mut app, path).await.status(), status, "{path}");
    }
    assert_eq!(call(&mut app, "/never").await.status(), 303);
    assert_eq!(call(&mut app, "/checked/8").await.status(), 403);
    assert_eq!(events.take().len(), 1);

    for path in ["/forgotten/7", "/redirect/7"] {
        let response = call(&mut app, path).await;
        assert_eq!(response.status(), 500, "{path}");
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        assert_ne!(body, "7");
        let [event] = &events.take()[..] else { panic!("one event") };
        assert_eq!((event.reason, event.class), (Reason::RuleNotChecked, Class::Unavailable));
        assert_eq!(event.permission, Some(r#""declared rule" by runtime::declared_rules::OwnsOrder"#));
        assert_eq!(event.subject.as_deref(), Some("alice"));
    }
    // The denial has its event, and so has the answer in spite of it.
    assert_eq!(call(&mut app, "/ignored/8").await.status(), 500);
    let reasons: Vec<_> = events.take().iter().map(|event| event.reason).collect();
    assert_eq!(reasons, [Reason::Denied, Reason::RuleNotChecked]);
}

#[tokio::test]
async fn each_of_several_rules_is_required() {
    let (verifier, events) = verifier();
    let mut app: AuthRouter = AuthRouter::new().route("/{id}", get(asks_two)).with_state(verifier);
    assert_eq!(call(&mut app, "/7").await.status(), 200);
    assert_eq!(call(&mut app, "/8").await.status(), 403);
    assert_eq!(events.take().len(), 1);
    assert_eq!(call(&mut app, "/1007").await.status(), 500);
    let [event] = &events.take()[..] else { panic!("one event") };
    assert_eq!(event.permission, Some(r#""declared rule" by runtime::declared_rules::SameTeam"#));
}

#[test]
fn a_rule_is_in_the_posture() {
    let app: AuthRouter<auth_runtime::Verifier<Claims>> =
        AuthRouter::new().route("/two", get(asks_two)).route("/waives", post(waives));
    let posture = app.posture();
    let text = posture.to_string();
    assert!(text.contains("authenticated, requires orders:read, rule OwnsOrder and SameTeam "), "{text}");
    assert!(text.contains("authenticated, rule OwnsOrder, despite orders:read "), "{text}");
    let json: serde_json::Value = serde_json::from_str(&posture.to_json()).unwrap();
    let two = json.as_array().unwrap().iter().find(|row| row["path"] == "/two").unwrap();
    assert_eq!(two["rules"], json!(["runtime::declared_rules::OwnsOrder", "runtime::declared_rules::SameTeam"]));
    let described = posture.documented_security("get", "/two").unwrap().forbidden.unwrap();
    assert_eq!(
        described,
        "The caller lacks the permission `orders:read`. Or: The rule `OwnsOrder` or `SameTeam` does not permit the object."
    );
}
