//! Compares the document with the gate, and attacks the service.

use auth_runtime::{AuthRouter, Events};
use auth_testkit::{OpenApiCheck, TestIssuer, attack};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use openapi::{App, app, todos::Todos};
use serde_json::{Value, json};
use tower::ServiceExt;

fn service(issuer: &TestIssuer) -> (AuthRouter, utoipa::openapi::OpenApi) {
    let verifier = issuer.verifier(Events::discard("the kit reads the answers")).expect("a verifier");
    app(App { verifier, todos: Todos::default() })
}

fn document() -> Value {
    serde_json::to_value(service(&TestIssuer::new()).1).expect("a document")
}

#[test]
fn security_of_each_operation_is_the_decision_of_its_route() {
    let document = document();
    let operation = |path: &str, method: &str| &document["paths"][path][method];
    assert_eq!(operation("/health", "get")["security"], json!([]));
    assert_eq!(operation("/todos", "get")["security"], json!([{ "bearerAuth": ["todos:read"] }]));
    assert_eq!(operation("/todos", "post")["security"], json!([{ "bearerAuth": ["todos:write"] }]));
    // The claim `admin` has no word in OpenAPI, so any token may do, and the 403 says the rest.
    let delete = operation("/todos/{number}", "delete");
    assert_eq!(delete["security"], json!([{ "bearerAuth": [] }, { "bearerAuth": ["todos:write"] }]));
    assert_eq!(
        delete["responses"]["403"]["description"],
        "The caller lacks the permission `any of (todos:write, admin in roles)`."
    );
    assert!(operation("/todos", "get")["responses"]["401"]["headers"]["WWW-Authenticate"].is_object());
    assert_eq!(document["components"]["securitySchemes"]["bearerAuth"]["scheme"], "bearer");
}

/// `utoipa-axum` mounts all methods of one `routes!` under all its paths.
#[test]
fn each_handler_is_served_at_its_own_path_only() {
    let (router, _) = service(&TestIssuer::new());
    let posture = router.posture();
    let mut mounted: Vec<_> = posture
        .routes()
        .iter()
        .filter(|route| route.path.starts_with("/todos") && !route.method.starts_with("FALLBACK"))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    mounted.sort();
    assert_eq!(mounted, ["DELETE /todos/{number}", "GET /todos", "POST /todos"]);
}

#[test]
fn document_and_router_agree() {
    let (router, document) = service(&TestIssuer::new());
    OpenApiCheck::new(&router, &document)
        .undocumented("/docs", "Swagger UI")
        .undocumented("/openapi.json", "the document")
        .assert();
}

fn differences(change: impl FnOnce(&mut Value)) -> String {
    let (router, document) = service(&TestIssuer::new());
    let mut document = serde_json::to_value(document).expect("a document");
    change(&mut document);
    let check = OpenApiCheck::new(&router, &document)
        .undocumented("/docs", "Swagger UI")
        .undocumented("/openapi.json", "the document");
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check.assert())).expect_err("a difference");
    panic.downcast_ref::<String>().expect("a message").clone()
}

#[test]
fn document_that_differs_from_the_router_is_found_in_each_direction() {
    let message = differences(|document| document["paths"]["/todos"]["get"]["security"] = json!([]));
    assert!(message.contains("GET /todos: `security` is []"), "{message}");
    let message =
        differences(|document| document["paths"]["/health"]["get"]["security"] = json!([{ "bearerAuth": [] }]));
    assert!(message.contains("GET /health: `security` is"), "{message}");
    let message = differences(|document| {
        document["paths"]["/todos"]["post"]["responses"].as_object_mut().expect("responses").remove("403");
    });
    assert!(message.contains("POST /todos: the gate answers 403"), "{message}");
    let message = differences(|document| {
        document["paths"]["/todos"].as_object_mut().expect("a path item").remove("post");
    });
    assert!(message.contains("POST /todos: mounted, but not documented"), "{message}");
    let message = differences(|document| document["paths"]["/gone"] = json!({ "get": { "responses": {} } }));
    assert!(message.contains("documented, but not mounted: `GET /gone`"), "{message}");
}

/// `/` is one path. As a prefix it would leave out every route.
#[test]
#[should_panic(expected = "undocumented path `/`: no route is there")]
fn root_path_leaves_out_itself_only() {
    let (router, document) = service(&TestIssuer::new());
    OpenApiCheck::new(&router, &document).undocumented("/", "a page").assert();
}

/// Clients and pages know a scheme by its name.
#[test]
fn scheme_that_the_document_has_is_kept() {
    use auth_runtime::openapi::{OpenApiRouter, routes};

    #[utoipa::path(get, path = "/me")]
    #[auth_runtime::authenticated]
    async fn me() {}

    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "t", "version": "1" },
        "paths": {},
        "components": { "securitySchemes": { "Tokens": { "type": "http", "scheme": "bearer" } } }
    });
    let document = serde_json::from_value(document).expect("a document");
    let verifier = TestIssuer::new().verifier::<auth_runtime::Claims>(Events::discard("not used")).expect("a verifier");
    let router = OpenApiRouter::with_openapi(document).routes(routes!(me)).with_state(verifier);
    let document = serde_json::to_value(router.split_for_parts().1).expect("a document");
    assert_eq!(document["paths"]["/me"]["get"]["security"], json!([{ "Tokens": [] }]));
    assert_eq!(document["components"]["securitySchemes"].as_object().map(serde_json::Map::len), Some(1));
}

/// A document that another crate made, without any security.
#[test]
fn decisions_are_written_into_a_document_made_otherwise() {
    let (router, _) = service(&TestIssuer::new());
    let mut foreign = json!({
        "openapi": "3.0.3",
        "servers": [{ "url": "https://api.example.com/v1" }],
        "security": [{ "tokens": [] }],
        "components": { "securitySchemes": { "tokens": { "type": "http", "scheme": "Bearer" } } },
        "paths": {
            "/health": { "get": {} },
            "/todos/{id}": { "parameters": [], "delete": { "security": [], "responses": { "401": { "description": "mine" } } } }
        }
    });
    router.posture().apply_to_openapi(&mut foreign).expect("a document that fits");
    let delete = &foreign["paths"]["/todos/{id}"]["delete"];
    // OpenAPI 3.0 has no scopes for bearer tokens.
    assert_eq!(delete["security"], json!([{ "tokens": [] }]));
    assert_eq!(delete["responses"]["401"]["description"], "mine");
    assert!(delete["responses"]["403"].is_object());
    assert_eq!(foreign["paths"]["/health"]["get"]["security"], json!([]));
    assert_eq!(foreign["components"]["securitySchemes"].as_object().map(serde_json::Map::len), Some(1));
}

#[test]
fn document_that_does_not_fit_is_left_unchanged() {
    let (router, _) = service(&TestIssuer::new());
    for (document, why) in [
        (json!({ "openapi": "3.1.0", "paths": { "/gone": { "get": {} } } }), "`GET /gone`"),
        (json!({ "openapi": "3.1.0" }), "`paths` is not an object"),
        (json!({ "openapi": "3.1.0", "paths": { "/health": 1 } }), "a member of `paths`"),
        (json!({ "openapi": "3.1.0", "paths": { "/health": { "get": 1 } } }), "an operation"),
        (json!({ "openapi": "3.1.0", "components": 1, "paths": {} }), "`components`"),
        (json!({ "paths": {} }), "`openapi`"),
        (json!(1), "`openapi`"),
    ] {
        let mut changed = document.clone();
        let error = router.posture().apply_to_openapi(&mut changed).expect_err("an error").to_string();
        assert!(error.contains(why), "{error}");
        assert_eq!(changed, document);
    }
}

#[tokio::test]
async fn document_and_its_page_are_served_to_all_callers() {
    let (mut router, document) = service(&TestIssuer::new());
    for (path, expected) in [("/docs/", "swagger-ui.css"), ("/docs/swagger-initializer.js", "/openapi.json")] {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let response = (&mut router).oneshot(request).await.expect("a response");
        assert_eq!(response.status(), 200, "{path}");
        let body = to_bytes(response.into_body(), 4 << 20).await.expect("a body");
        assert!(String::from_utf8_lossy(&body).contains(expected), "{path}");
    }
    let request = Request::get("/openapi.json").body(Body::empty()).expect("a request");
    let response = (&mut router).oneshot(request).await.expect("a response");
    let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    let served: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(served, serde_json::to_value(document).expect("a document"));
}

#[tokio::test]
async fn attacks_do_not_reach_a_handler() {
    let issuer = TestIssuer::new();
    attack(service(&issuer).0).with(&issuer).await.assert_nothing_got_through();
}
