use auth_runtime::{AuthRouter, Authenticated, Claims, Events, KeySet, Verifier};
use auth_runtime::{authenticated, public, routing::get, scope};

scope!(OrdersRead = "orders:read");

#[authenticated(requires = OrdersRead)]
async fn list(auth: Authenticated<Claims, OrdersRead>) -> String {
    format!("the orders of {}\n", auth.sub)
}

#[public(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok\n"
}

fn app(verifier: Verifier<Claims>) -> AuthRouter {
    AuthRouter::new().route("/orders", get(list)).route("/health", get(health)).with_state(verifier)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The discovery document names the same `issuer`.
    let issuer = std::env::var("ISSUER").map_err(|_| "set ISSUER to the issuer of the tokens")?;
    let verifier = Verifier::builder()
        .issuer(issuer.clone())
        .audience("orders")
        .keys(KeySet::discover(issuer).await?)
        .events(Events::stderr())
        .build()?;
    let app = app(verifier);
    println!("{}", app.posture());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(auth_runtime::serve(listener, app).await?)
}

#[cfg(test)]
mod tests {
    use auth_runtime::Events;
    use auth_testkit::{TestIssuer, assert_posture, attack};

    #[tokio::test]
    async fn bad_credentials_do_not_reach_a_handler() {
        let issuer = TestIssuer::new();
        let verifier = issuer.verifier(Events::discard("the kit reads them")).expect("a verifier");
        let app = super::app(verifier);
        assert_posture(&app, "auth-posture.lock");
        attack(app).with(&issuer).await.assert_nothing_got_through();
    }
}
