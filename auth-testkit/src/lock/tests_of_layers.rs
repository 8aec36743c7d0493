//! The layers in a lock.

use super::tests::{App, app, authenticated_only, differences, lock, open, permitted};
use super::{Direction, Lock};
use auth_runtime::routing::get;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;

async fn audit(request: Request, next: Next) -> Response {
    next.run(request).await
}

async fn limit(request: Request, next: Next) -> Response {
    next.run(request).await
}

#[test]
fn a_layer_has_one_row_and_its_routes_have_its_name() {
    let app = app().layer(from_fn(audit)).layer(from_fn(limit));
    let text = lock(&app).to_string();
    assert!(text.contains("\nGET /health PUBLIC \"load balancer probe\" behind audit and limit\n"), "{text}");
    assert!(text.contains(" requires orders:write behind audit and limit\n"), "{text}");
    assert!(text.contains("\nFALLBACK /* unmatched behind audit and limit\n"), "{text}");
    let layers: Vec<&str> = text.lines().filter(|line| line.starts_with("LAYER ")).collect();
    assert!(
        layers.len() == 2 && layers[0].starts_with("LAYER audit \"axum::middleware::from_fn::FromFnLayer<"),
        "{text}"
    );
    assert_eq!(Lock::parse(&text), Ok(lock(&app)));
}

#[test]
fn an_added_or_removed_layer_is_one_difference() {
    let audited = app().layer(from_fn(audit));
    let around = "GET /health, GET /orders, POST /orders and 2 more";
    assert_eq!(
        differences(&app(), &audited),
        [(Direction::Changes, format!("LAYER audit is now around {around}: it may answer before the decision"))]
    );
    assert_eq!(
        differences(&audited, &app()),
        [(Direction::Changes, format!("LAYER audit is no longer around {around}"))]
    );
    let of_one = App::new().route("/orders", get(authenticated_only).post(permitted)).layer(from_fn(audit));
    let of_one = of_one.route("/health", get(open));
    let last = differences(&audited, &of_one).pop().unwrap();
    assert!(last.1.starts_with("LAYER audit is no longer around GET /health"), "{last:?}");
    // Also where the decision has changed.
    let both = App::new().route("/orders", get(permitted).post(permitted)).route("/health", get(open));
    assert_eq!(differences(&app(), &both.layer(from_fn(audit))).len(), 2);
}

#[test]
fn another_order_of_layers_and_a_second_layer_of_a_type_are_differences() {
    let of = |first: bool| {
        let app = app();
        if first {
            app.layer(from_fn(audit)).layer(from_fn(limit))
        } else {
            app.layer(from_fn(limit)).layer(from_fn(audit))
        }
    };
    let moved = differences(&of(true), &of(false));
    assert!(
        moved.len() == 1 && moved[0].1.starts_with("LAYER limit, audit were in the order audit, limit, around"),
        "{moved:?}"
    );
    let twice = differences(&app().layer(from_fn(audit)), &app().layer(from_fn(audit)).layer(from_fn(audit)));
    assert!(twice.len() == 1 && twice[0].1.starts_with("LAYER audit is now around GET /health"), "{twice:?}");
}

#[test]
fn another_type_under_the_name_of_a_layer_is_a_difference() {
    let text = lock(&app().layer(from_fn(audit))).to_string();
    let (before, now) = (Lock::parse(&text).unwrap(), Lock::parse(&text.replace("::audit", "::other::audit")).unwrap());
    let differences = before.differences(&now);
    assert!(differences.len() == 1 && differences[0].to_string().starts_with("LAYER audit was `"), "{differences:?}");
    // A row that was edited by hand does not hide the layer.
    let without = text.lines().filter(|line| !line.starts_with("LAYER")).collect::<Vec<_>>().join("\n");
    let missing = Lock::parse(&without).unwrap().differences(&before);
    assert!(missing.len() == 1 && missing[0].to_string().starts_with("LAYER audit is new: `"), "{missing:?}");
}
