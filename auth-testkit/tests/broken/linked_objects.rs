//! Services with signed links, whose signature does not cover the object.

use crate::support::{CorrectService, assert_only_caught, assert_twin_passes};
use auth_testkit::AttackBuilder;
use auth_testkit::Severity::{Control, GotThrough};
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::HashMap;

const KEY: &str = "the-key-of-links";

fn signature(signed: &str) -> String {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, KEY.as_bytes());
    URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, signed.as_bytes()))
}

fn query(id: &str, covers_the_object: bool) -> String {
    let signed = if covers_the_object { format!("{id}.4102444800") } else { "4102444800".to_owned() };
    format!("expires=4102444800&sig={}", signature(&signed))
}

fn text(id: &str) -> Result<&'static str, StatusCode> {
    match id {
        "7" => Ok("the X-ray of alice"),
        "8" => Ok("the X-ray of bob"),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

fn attacked(covers_the_object: bool, in_query: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let open = move |id: &str, pairs: &HashMap<String, String>| {
        let pair = |name: &str| pairs.get(name).map_or("", String::as_str);
        let given = format!("expires={}&sig={}", pair("expires"), pair("sig"));
        if given == query(id, covers_the_object) { text(id) } else { Err(StatusCode::FORBIDDEN) }
    };
    let of_path =
        move |Path(id): Path<String>, Query(pairs): Query<HashMap<String, String>>| async move { open(&id, &pairs) };
    let of_query = move |Query(pairs): Query<HashMap<String, String>>| async move {
        open(pairs.get("file").ok_or(StatusCode::NOT_FOUND)?, &pairs)
    };
    // An open object by its id and its version.
    let manual = |Query(pairs): Query<HashMap<String, String>>| async move {
        let is_known = pairs.get("version").is_some_and(|version| version == "v2");
        if is_known { text(pairs.get("id").map_or("", String::as_str)) } else { Err(StatusCode::NOT_FOUND) }
    };
    let links = Router::new().route("/downloads/{id}", get(of_path)).route("/download", get(of_query));
    let links = links.route("/manual", get(manual));
    let attack = service
        .attack(service.all_behind(|service, parts| async move { service.check(&parts).await.map(drop) }).merge(links));
    let query = query("7", covers_the_object);
    let attack = attack
        .parameter("id", "7")
        .public("GET /downloads/{id}", "the signature of the link is the permission")
        .public("GET /manual", "everyone may read the manuals")
        .query("GET /manual", "id=7&version=v2")
        .public("GET /download", "the signature of the link is the permission")
        .query("GET /downloads/{id}", &query)
        .query("GET /download", &format!("file=7&{query}"));
    let left_out = if in_query { "GET /downloads/{id}" } else { "GET /download" };
    attack.without_route(left_out, "the other one is attacked")
}

#[tokio::test]
async fn the_query_of_a_link_opens_another_object() {
    for in_query in [false, true] {
        let attack = attacked(false, in_query).object_of("bob", "8");
        let report = attack.only_in_a_test_of_the_kit(&["H36"]).await;
        assert_only_caught(&report, GotThrough, &["H36"]);
        assert!(report.to_string().contains("query of one object opens another one"), "{report}");
    }
}

#[tokio::test]
async fn the_query_of_a_link_opens_its_object_only() {
    for in_query in [false, true] {
        assert_twin_passes(&attacked(true, in_query).object_of("bob", "8").await);
    }
}

/// The look-up shows that the signature is good for an object that does not exist.
#[tokio::test]
async fn a_signature_that_may_open_others_is_a_suggestion() {
    for covers_the_object in [true, false] {
        let report = attacked(covers_the_object, false).only_in_a_test_of_the_kit(&["H36"]).await;
        let is_suggested = report.to_string().contains("may open other objects: GET /downloads/{id}");
        assert_eq!(is_suggested, !covers_the_object, "{report}");
    }
}

/// Without a link, the declaration tests nothing.
#[tokio::test]
async fn an_object_without_an_owned_route_or_a_link_is_a_mistake_of_the_test() {
    let attack = attacked(true, false)
        .without_route("GET /downloads/{id}", "no link is attacked")
        .without_route("GET /manual", "no link is attacked")
        .object_of("bob", "8");
    assert_only_caught(&attack.only_in_a_test_of_the_kit(&["H36"]).await, Control, &["-"]);
}

/// A link with a random key, that hides its objects behind 404.
fn shared(compares_the_object: bool) -> AttackBuilder {
    let service = CorrectService::new();
    let keys = HashMap::from([("5d41402abc4b2a76", "7"), ("9c1185a5c5e9fc54", "8")]);
    let shared = move |Path(id): Path<String>, Query(pairs): Query<HashMap<String, String>>| async move {
        let of_key = pairs.get("key").and_then(|key| keys.get(key.as_str())).ok_or(StatusCode::NOT_FOUND)?;
        if compares_the_object && *of_key != id {
            return Err(StatusCode::NOT_FOUND);
        }
        text(&id)
    };
    // Everyone may read each file. The name of a file is not a proof.
    let open = |Path(id): Path<String>, Query(pairs): Query<HashMap<String, String>>| async move {
        let is_known = pairs.get("key").is_some_and(|key| key == "photo-2026-11.jpg");
        if is_known { text(&id) } else { Err(StatusCode::NOT_FOUND) }
    };
    let links = Router::new().route("/shared/{id}", get(shared)).route("/buckets/{id}", get(open));
    let app = service.all_behind(|service, parts| async move { service.check(&parts).await.map(drop) }).merge(links);
    let attack = service.attack(app).parameter("id", "7").object_of("bob", "8");
    attack
        .public("GET /shared/{id}", "the key of the link is the permission")
        .query("GET /shared/{id}", "key=5d41402abc4b2a76")
        .public("GET /buckets/{id}", "everyone may see the photos")
        .query("GET /buckets/{id}", "key=photo-2026-11.jpg")
}

#[tokio::test]
async fn the_key_of_a_link_opens_another_object() {
    let report = shared(false).only_in_a_test_of_the_kit(&["H36"]).await;
    assert_only_caught(&report, GotThrough, &["H36"]);
    assert!(report.to_string().contains("compare the object that the key of a link is for"), "{report}");
}

#[tokio::test]
async fn the_key_of_a_link_opens_its_object_only() {
    assert_twin_passes(&shared(true).await);
}
