// The fix: the service asks the rule, and the route declares none.
use auth_runtime::{AuthRouter, Authenticated, Claims, Verifier};
use axum::routing::{MethodRouter, get};

pub(crate) fn main() {
    let service: MethodRouter = get(|| async { "refunded" });
    let _ = AuthRouter::<Verifier<Claims>>::new()
        .authenticated_service("/refunds", move |_: Authenticated<Claims>| service.clone());
}
