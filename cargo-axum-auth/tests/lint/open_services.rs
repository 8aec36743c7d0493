//! Public services whose code asks for a caller.

use crate::support::Project;

/// A gRPC service, an MCP server, and a helper that both use.
const SERVICES: &str = r"
use auth_runtime::services::Proven;
use auth_runtime::{Authenticated, Claims};

struct Orders;

impl proto::Orders for Orders {
    async fn list(&self, request: Request<List>) -> Result<Response<OrderList>, Status> {
        let auth: Authenticated<Claims> = Proven::of(request.extensions())?;
        Ok(self.of(&auth))
    }
}

fn caller(extensions: &Extensions) -> Result<Authenticated<Claims>, NotProven> {
    Proven::of(extensions)
}

#[derive(Clone)]
struct Tools;

impl Tools {
    async fn call(&self, extensions: Extensions) -> Result<Output, Error> {
        let auth = caller(&extensions)?;
        run(&auth)
    }
}

struct Files;

impl Files {
    async fn read(&self) -> String { String::new() }
}

fn orders() -> OrdersServer<Orders> {
    OrdersServer::new(Orders)
}
";

#[test]
fn public_service_that_asks_for_its_caller_is_reported() {
    Project::of(&format!(
        "{SERVICES}{}",
        r#"
fn by_type(app: AuthRouter<App>) -> AuthRouter<App> {
    app.public_service("/orders", OrdersServer::new(Orders), "a test") //~ caller-of-public-service
}
fn by_function(app: AuthRouter<App>) -> AuthRouter<App> {
    app.public_service("/orders", orders(), "a test") //~ caller-of-public-service
}
fn by_variable(app: AuthRouter<App>) -> AuthRouter<App> {
    let mcp = StreamableHttpService::new(|| Ok(Tools), sessions(), Default::default());
    app.public_service("/mcp", mcp, "a test") //~ caller-of-public-service
}
"#
    ))
    .is_linted_as_marked();
}

#[test]
fn public_service_without_a_caller_and_service_behind_the_gate_are_not_reported() {
    Project::of(&format!(
        "{SERVICES}{}",
        r#"
fn open(app: AuthRouter<App>) -> AuthRouter<App> {
    let files = FilesServer::new(Files);
    app.public_service("/files", files, "the logo").public_service("/more", ServeDir::new("more"), "the logo")
}
fn behind_the_gate(app: AuthRouter<App>) -> AuthRouter<App> {
    let service = orders();
    app.authenticated_service("/orders", move |auth: Authenticated<Claims>| Proven::carry(auth, service.clone()))
        .grpc::<OrdersMethods>(OrdersServer::new(Orders))
}
"#
    ))
    .is_linted_as_marked();
}
