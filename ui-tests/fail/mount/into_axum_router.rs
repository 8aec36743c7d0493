// There is no way back to axum's router: it could grow a route without a decision.
use auth_runtime::AuthRouter;

fn reopened(app: AuthRouter) -> axum::Router {
    app.into()
}

fn main() {
    let _ = reopened;
}
