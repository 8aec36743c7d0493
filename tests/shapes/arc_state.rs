//! A state in an `Arc`, as many services have it: the recipes of the chapter about moving.

use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Vault, Verifier, authenticated};
use auth_testkit::{TestIssuer, attack};
use axum::extract::{FromRef, State};
use std::sync::Arc;

/// Cannot be cloned, as a mailer or a cache of the service.
struct Mailer {
    from: &'static str,
}

/// Of another crate, and cheap to clone.
type Pool = std::net::Ipv4Addr;

struct Orders;

#[derive(FromRef)]
struct App {
    verifier: Verifier<Claims>,
    orders: Vault<Orders, Claims>,
    #[from_ref(skip)]
    mailer: Mailer,
    #[from_ref(skip)]
    pool: Pool,
}

fn app(issuer: &TestIssuer) -> App {
    let verifier = issuer.verifier(Events::collect().0).expect("a verifier");
    App { verifier, orders: Vault::new(Orders), mailer: Mailer { from: "shop@example.com" }, pool: Pool::LOCALHOST }
}

/// The handlers stay as they were: they take the whole state.
#[authenticated]
async fn whole(auth: Authenticated<Claims>, State(app): State<Arc<App>>) -> String {
    let Orders = app.orders.open(&auth);
    format!("{} {}", app.mailer.from, app.pool)
}

/// The verifier and the vaults of an `Arc` are parts without further code.
#[authenticated]
async fn vault(auth: Authenticated<Claims>, State(orders): State<Vault<Orders, Claims>>) -> &'static str {
    let Orders = orders.open(&auth);
    "orders"
}

#[tokio::test]
async fn an_arc_with_a_verifier_in_it_is_a_state() {
    let issuer = TestIssuer::new();
    let router = AuthRouter::<Arc<App>>::new().route("/whole", get(whole)).route("/vault", get(vault));
    attack(router.with_state(Arc::new(app(&issuer)))).with(&issuer).await.assert_nothing_got_through();
}

/// Holds the `Arc`, because the orphan rule takes `Arc<App>` for a foreign type.
#[derive(Clone)]
struct Shared(Arc<App>);

impl FromRef<Shared> for Verifier<Claims> {
    fn from_ref(shared: &Shared) -> Self {
        shared.0.verifier.clone()
    }
}

impl FromRef<Shared> for Pool {
    fn from_ref(shared: &Shared) -> Self {
        shared.0.pool
    }
}

#[authenticated]
async fn part(State(pool): State<Pool>) -> String {
    pool.to_string()
}

#[tokio::test]
async fn parts_of_other_crates_come_from_a_newtype() {
    let issuer = TestIssuer::new();
    let router = AuthRouter::new().route("/part", get(part)).with_state(Shared(Arc::new(app(&issuer))));
    attack(router).with(&issuer).await.assert_nothing_got_through();
}
