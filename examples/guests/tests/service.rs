//! Calls the service as a guest and as members, changes roles, and attacks every route.

use auth_runtime::events::{Collected, Reason};
use auth_runtime::{AuthRouter, Events, Verifier};
use auth_testkit::{TestIssuer, attack};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use guests::{Database, Member, Members, app};
use serde_json::{Value, json};
use tower::ServiceExt;

struct Magazine {
    database: Database,
    issuer: TestIssuer,
    app: AuthRouter,
    collected: Collected,
}

/// Erin is an editor and bob is an author. Carol and alice are members without a role.
fn magazine() -> Magazine {
    let database = Database::new(rusqlite::Connection::open_in_memory().unwrap()).unwrap();
    database
        .execute(
            "INSERT INTO members (subject) VALUES ('alice'), ('bob'), ('carol'), ('erin');
             INSERT INTO member_roles VALUES ('erin', 'editor'), ('bob', 'author');
             INSERT INTO role_permissions VALUES
                 ('editor', 'articles:write'), ('editor', 'articles:publish'), ('author', 'articles:write');
             INSERT INTO articles (id, author, title, published) VALUES
                 (1, 'erin', 'published', 1), (2, 'bob', 'of bob', 0), (3, 'carol', 'of carol', 0);",
        )
        .unwrap();
    let (events, collected) = Events::collect();
    let issuer = TestIssuer::new();
    let verifier: Verifier<Member> = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(events)
        .load(Members(database.clone()))
        .build()
        .unwrap();
    Magazine { app: app(verifier, database.clone()), database, issuer, collected }
}

impl Magazine {
    async fn send(&self, method: &str, path: &str, token: Option<&str>, body: Value) -> (StatusCode, Value) {
        let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = self.app.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
        let status = response.status();
        let body = to_bytes(Body::new(response.into_body()), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Sends a request of a member.
    async fn call(&self, member: &str, method: &str, path: &str) -> StatusCode {
        let token = self.issuer.token().subject(member).signed();
        self.send(method, path, Some(&token), json!({"title": "new"})).await.0
    }

    /// The titles that a guest, or a member, can list.
    async fn titles(&self, member: Option<&str>) -> Vec<String> {
        let token = member.map(|member| self.issuer.token().subject(member).signed());
        let (status, articles) = self.send("GET", "/articles", token.as_deref(), Value::Null).await;
        assert_eq!(status, 200);
        let title = |article: &Value| article["title"].as_str().unwrap().to_owned();
        articles.as_array().unwrap().iter().map(title).collect()
    }

    fn reasons(&self) -> Vec<Reason> {
        self.collected.take().iter().map(|event| event.reason).collect()
    }
}

#[tokio::test]
async fn guests_read_what_is_published_and_members_also_their_drafts() {
    let magazine = magazine();
    assert_eq!(magazine.titles(None).await, ["published"]);
    assert_eq!(magazine.titles(Some("bob")).await, ["published", "of bob"]);
    assert_eq!(magazine.titles(Some("erin")).await, ["published"]);
    assert_eq!(magazine.send("GET", "/articles/1", None, Value::Null).await.0, 200);
    assert_eq!(magazine.send("GET", "/articles/2", None, Value::Null).await.0, 404);
    assert_eq!(magazine.reasons(), [], "a guest is not a rejection");
}

#[tokio::test]
async fn a_bad_credential_is_rejected_where_guests_are_served() {
    let magazine = magazine();
    let expired = magazine.issuer.token().expired().signed();
    let unknown = magazine.issuer.token().subject("mallory").signed();
    for (token, reason) in [(expired, Reason::Expired), (unknown, Reason::PrincipalNotFound)] {
        assert_eq!(magazine.send("GET", "/articles", Some(&token), Value::Null).await.0, 401);
        assert_eq!(magazine.reasons(), [reason]);
    }
}

#[tokio::test]
async fn the_roles_in_the_database_decide() {
    let magazine = magazine();
    for (member, write, publish) in [("erin", 201, 200), ("bob", 201, 403), ("carol", 403, 403)] {
        assert_eq!(magazine.call(member, "POST", "/articles").await, write, "{member}");
        assert_eq!(magazine.call(member, "POST", "/articles/2/publish").await, publish, "{member}");
    }
    assert_eq!(magazine.titles(None).await, ["published", "of bob"]);
    assert_eq!(magazine.call("erin", "POST", "/articles/77/publish").await, 404);
    // A scope of the token grants nothing.
    let token = magazine.issuer.token().subject("carol").scope("articles:publish").signed();
    assert_eq!(magazine.send("POST", "/articles/3/publish", Some(&token), Value::Null).await.0, 403);
}

#[tokio::test]
async fn changes_in_the_database_count_at_the_next_request() {
    let magazine = magazine();
    assert_eq!(magazine.call("bob", "POST", "/articles/2/publish").await, 403);
    magazine.database.execute("INSERT INTO member_roles VALUES ('bob', 'editor')").unwrap();
    assert_eq!(magazine.call("bob", "POST", "/articles/2/publish").await, 200);
    magazine.database.execute("UPDATE members SET disabled = 1 WHERE subject = 'bob'").unwrap();
    assert_eq!(magazine.call("bob", "GET", "/articles").await, 401);
    magazine.database.execute("DROP TABLE member_roles").unwrap();
    assert_eq!(magazine.call("erin", "GET", "/articles").await, 503);
    assert_eq!(magazine.titles(None).await, ["published", "of bob"], "guests need no database of members");
    assert_eq!(magazine.reasons(), [Reason::Denied, Reason::PrincipalDisabled, Reason::PrincipalUndecided]);
}

#[test]
fn the_posture_names_guests_and_the_loader() {
    let shown = magazine().app.posture().to_string();
    for expected in [
        "PUBLIC, recognises Member: published articles are for everyone",
        "requires articles:publish",
        "principal loaded by guests::members::Members, on every request",
    ] {
        assert!(shown.contains(expected), "`{expected}` is missing in:\n{shown}");
    }
}

/// The editor sends the good tokens. Bob and carol lack a permission, and so does the subject of
/// the kit's tokens, which has no role.
#[tokio::test]
async fn attacks_do_not_reach_a_handler() {
    let Magazine { app, issuer, database, .. } = magazine();
    let of = |member: &str| issuer.clone().with_claim("sub", member);
    attack(app)
        .with(&of("erin"))
        .caller_lacking("articles:write", &of("carol"))
        .caller_lacking("articles:publish", &of("bob"))
        .unchanged("articles", move || {
            let number = database.number("SELECT count(*) + 1000 * sum(published) FROM articles");
            async move { number.unwrap() }
        })
        .await
        .assert_nothing_got_through();
}
