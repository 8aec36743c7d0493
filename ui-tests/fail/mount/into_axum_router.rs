// An `AuthRouter` does not convert to axum's router, which accepts routes without a decision.
use auth_runtime::AuthRouter;

fn reopened(app: AuthRouter) -> axum::Router {
    app.into()
}

fn main() {
    let _ = reopened;
}
