// The make-service does not convert to axum's router either.
use auth_runtime::serve::IntoMakeService;
use tower_service::Service;

async fn reopened(mut make: IntoMakeService) -> axum::Router {
    let Ok(router) = make.call(()).await;
    router
}

fn main() {
    let _ = reopened;
}
