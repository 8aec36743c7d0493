//! The routes of handlers, and the permissions that they check.

use super::{plan_of, row};

fn routes(plan: &str, name: &str) -> String {
    row(plan, name)[1].clone()
}

#[test]
fn routes_have_the_prefixes_of_all_routers_around_them() {
    let app = r#"
mod orders;
mod users;
use axum::{Router, routing::{get, post}};

const ADMIN: &str = "/admin";

pub fn app(state: State) -> Router {
    let reports = Router::new().route("/", get(list));
    let mut app = Router::new()
        .nest("/users", with_feature(state.clone(), users::new(state.clone())))
        .nest("/v1", versioned())
        .nest("/v2/", versioned())
        .nest(ADMIN, Router::new().route("/log", get(log)));
    app = app.merge(Router::new().nest("/reports", reports));
    app.route("/health", get(health)).layer(cors())
}

fn with_feature(state: State, router: Router) -> Router { router.layer(feature(state)) }

fn versioned() -> Router { Router::new().nest("/orders", orders::routes()).fallback(missing) }

async fn list() {}
async fn log() {}
async fn health() {}
async fn missing() {}

#[cfg(test)]
mod tests {
    fn app() -> axum::Router { axum::Router::new().nest("/only-in-a-test", crate::users::new(())) }
}
"#;
    let orders = r#"
pub fn routes() -> axum::Router {
    let one = axum::Router::new().route("/", axum::routing::get(show)).route("/lines", axum::routing::get(lines));
    axum::Router::new().nest("/{id}", one)
}
async fn show() {}
async fn lines() {}
"#;
    let users = r#"
pub fn new(state: State) -> axum::Router { axum::Router::new().route("/me", axum::routing::get(me)) }
async fn me() {}
// Two functions that call each other end.
fn even() -> axum::Router { axum::Router::new().nest("/even", odd()).route("/zero", axum::routing::get(zero)) }
fn odd() -> axum::Router { axum::Router::new().nest("/odd", even()) }
async fn zero() {}
"#;
    let plan = plan_of("", &[("src/lib.rs", app), ("src/orders.rs", orders), ("src/users.rs", users)]);
    for (name, expected) in [
        ("me", "`GET /users/me`"),
        ("show", "`GET /v1/orders/{id}`, `GET /v2/orders/{id}`"),
        ("lines", "`GET /v1/orders/{id}/lines`, `GET /v2/orders/{id}/lines`"),
        ("list", "`GET /reports`"),
        ("log", "`GET ADMIN/log`"),
        ("health", "`GET /health`"),
        ("missing", "`FALLBACK /v1/*`, `FALLBACK /v2/*`"),
    ] {
        assert_eq!(routes(&plan, name), expected, "{name}");
    }
    assert!(routes(&plan, "zero").contains("/zero"), "{plan}");
}

#[test]
fn annotated_routes_have_the_prefixes_of_their_router_too() {
    let app = r#"
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn app() -> OpenApiRouter {
    OpenApiRouter::new().nest("/api", articles())
}
fn articles() -> OpenApiRouter { OpenApiRouter::new().routes(routes!(list, create)) }

#[utoipa::path(get, path = "/articles")]
async fn list() {}
#[utoipa::path(post, path = "/")]
async fn create() {}
// Mounted by its whole path.
#[utoipa::path(get, path = "/api/health")]
async fn health() {}
"#;
    let plan = plan_of("utoipa = \"6\"\nutoipa-axum = \"0.2\"\n", &[("src/lib.rs", app)]);
    assert_eq!(routes(&plan, "list"), "`GET /api/articles`");
    assert_eq!(routes(&plan, "create"), "`POST /api`");
    assert_eq!(routes(&plan, "health"), "`GET /api/health`");
    assert!(
        plan.contains("Take `OpenApiRouter` and `routes!` from `auth_runtime::openapi` (feature `utoipa`)"),
        "{plan}"
    );
    assert!(plan.contains("`auth-runtime = { .., features = [\"utoipa\"] }`"), "{plan}");
}

#[test]
fn annotations_beside_a_plain_router_lead_to_the_document_too() {
    let app = r#"
pub fn app() -> axum::Router { axum::Router::new().route("/a", axum::routing::get(a)) }
#[utoipa::path(get, path = "/a")]
async fn a() {}
"#;
    let plan = plan_of("utoipa = \"6\"\nutoipa-axum = \"0.2\"\n", &[("src/lib.rs", app)]);
    assert!(plan.contains("`app.posture().apply_to_openapi(&mut document)`"), "{plan}");
    let without = plan_of(
        "utoipa = \"6\"\nutoipa-axum = \"0.2\"\n",
        &[("src/lib.rs", &app.replace("#[utoipa::path(get, path = \"/a\")]", ""))],
    );
    assert!(!without.contains("OpenAPI") && !without.contains("## Features"), "{without}");
}

const CALLER: &str = r#"
pub struct Claims;
impl<S: Sync> axum::extract::FromRequestParts<S> for Claims {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let header = parts.headers.get("authorization").ok_or(StatusCode::UNAUTHORIZED)?;
        jsonwebtoken::decode::<Claims>(header, key(), validation()).map(|data| data.claims)
    }
}
"#;

/// The cells `today` and `write` of a handler with this body.
fn cells(body: &str) -> [String; 2] {
    let app = format!(
        "pub fn app() -> axum::Router {{ axum::Router::new().route(\"/a\", axum::routing::get(handler)) }}\n\
         async fn handler(claims: Claims, Path(id): Path<i64>) -> Result<(), StatusCode> {{ {body} }}\n{CALLER}"
    );
    let plan = plan_of("jsonwebtoken = \"11\"\n", &[("src/lib.rs", &app)]);
    let cells = row(&plan, "handler");
    assert_eq!(plan.contains("`requires = ..` names a permission"), cells[3].contains("checks"), "{plan}");
    [cells[3].clone(), cells[4].clone()]
}

#[test]
fn permissions_that_a_handler_checks_become_its_requirement() {
    for (body, call) in [
        ("claims.validate_admin()?; Ok(())", "claims.validate_admin()"),
        (
            "claims\n    .require_permission(Perm::Read)\n    .await\n    .map_err(forbidden)?; Ok(())",
            "claims.require_permission(Perm::Read)",
        ),
        ("claims.user.roles.ensure_one_of(&[\"a\"])?; Ok(())", "claims.user.roles.ensure_one_of(&[\"a\"])"),
        ("require_role(&claims, \"admin\")?; Ok(())", "require_role(&claims, \"admin\")"),
        ("if !claims.is_admin() { return Err(StatusCode::FORBIDDEN); } Ok(())", "claims.is_admin()"),
        ("if let Err(error) = claims.check_admin() { return Err(error.into()); } Ok(())", "claims.check_admin()"),
        ("match claims.can_write() { true => Ok(()), false => Err(StatusCode::FORBIDDEN) }", "claims.can_write()"),
    ] {
        assert_eq!(
            cells(body),
            [
                format!("takes `Claims`; its code checks `{call}`"),
                "`#[authenticated(Claims, requires = ..)]`, `auth: Authenticated<Claims, ..>`, instead of the check"
                    .to_owned()
            ],
            "{body}"
        );
    }
}

#[test]
fn a_check_that_some_requests_need_stays_in_its_branch() {
    let [today, write] = cells("if claims.sub != id { claims.require_admin()?; } Ok(())");
    assert_eq!(today, "takes `Claims`; its code checks `claims.require_admin()`");
    assert_eq!(
        write,
        "`#[authenticated(Claims)]`, `auth: Authenticated<Claims>`, and `auth.check::<..>()?` in the branch"
    );
}

#[test]
fn other_calls_are_not_taken_for_permissions() {
    for body in [
        "let user = claims.load(&pool).await?; Ok(())",
        "pool.check_health()?; Ok(())",
        "claims.save(&pool).await?; Ok(())",
        "set_role_permissions(&claims, id).await?; Ok(())",
        "check_password(&claims, form.password)?; Ok(())",
        "if claims.name.is_empty() { return Err(StatusCode::BAD_REQUEST); } Ok(())",
        "if claims.is_admin() { show_more(); } Ok(())",
    ] {
        assert_eq!(cells(body)[0], "takes `Claims`", "{body}");
    }
}
