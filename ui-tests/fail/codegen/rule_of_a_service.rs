// The gate cannot see whether a mounted service asks a rule, so a service cannot declare one.
use auth_runtime::permissions::WithRule;
use auth_runtime::{AuthRouter, Authenticated, Claims, Verifier};
use axum::routing::{MethodRouter, get};
use ui_tests::CanRefund;

fn main() {
    let service: MethodRouter = get(|| async { "refunded" });
    let _ = AuthRouter::<Verifier<Claims>>::new()
        .authenticated_service("/refunds", move |_: Authenticated<Claims, WithRule<CanRefund>>| service.clone());
}
