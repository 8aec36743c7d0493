// Fixes the mistake in fail/mount/make_service_into_axum_router.rs.
use auth_runtime::AuthRouter;

use auth_runtime::serve::IntoMakeService;
use tower_service::Service;

async fn kept(mut make: IntoMakeService) -> AuthRouter {
    let Ok(router) = make.call(()).await;
    router
}

pub(crate) fn main() {
    let _ = kept;
}
