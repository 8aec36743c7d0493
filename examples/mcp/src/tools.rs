//! The tools. Each takes the proof of its caller, and opens the orders with it.

use crate::permissions::{ToolPermissions, ToolTableError, requires};
use crate::{Denied, OrdersRead, OrdersWrite};
use auth_runtime::services::Proven;
use auth_runtime::{Authenticated, Claims, Vault};
use http::request::Parts;
use rmcp::handler::server::tool::{Extension, ToolCallContext, ToolRouter};
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::schemars::{self, JsonSchema};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, tool, tool_router};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The caller of a tool. It is shared, because the SDK clones what it passes to tools.
type Caller = Extension<Arc<Authenticated<Claims>>>;

/// The orders by the subject of their caller.
type Orders = Mutex<HashMap<String, Vec<String>>>;

/// The server of the tools.
#[derive(Clone)]
pub struct Shop {
    tools: ToolRouter<Self>,
    permissions: Arc<ToolPermissions>,
    orders: Arc<Vault<Orders, Claims>>,
}

/// What `place_order` takes.
#[derive(serde::Deserialize, JsonSchema)]
struct Order {
    item: String,
}

#[tool_router]
impl Shop {
    #[tool(description = "Lists the orders of the caller")]
    fn list_orders(&self, Extension(auth): Caller) -> String {
        let orders = self.orders.open(&*auth).lock().unwrap_or_else(PoisonError::into_inner);
        orders.get(auth.subject()).map(|own| own.join(", ")).unwrap_or_default()
    }

    #[tool(description = "Places an order")]
    fn place_order(&self, Extension(auth): Caller, Parameters(order): Parameters<Order>) -> String {
        let mut orders = self.orders.open(&*auth).lock().unwrap_or_else(PoisonError::into_inner);
        orders.entry(auth.subject().to_owned()).or_default().push(order.item);
        "placed".to_owned()
    }

    /// Makes the server.
    ///
    /// # Errors
    ///
    /// [`ToolTableError`] if a tool has no permission.
    pub fn new() -> Result<Self, ToolTableError> {
        let tools = Self::tool_router();
        let table = [("list_orders", requires::<OrdersRead>()), ("place_order", requires::<OrdersWrite>())];
        let permissions = Arc::new(ToolPermissions::new(&tools.list_all(), table)?);
        Ok(Self { tools, permissions, orders: Arc::new(Vault::new(Orders::default())) })
    }

    /// Returns the scopes of all tools.
    #[must_use]
    pub fn scopes(&self) -> Vec<&'static str> {
        self.permissions.scopes()
    }
}

impl ServerHandler for Shop {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.list_all()))
    }

    /// Checks the permission of the tool. No tool is called in another way.
    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let not_permitted = || ErrorData::invalid_request("tool is not permitted", None);
        let parts = context.extensions.get::<Parts>().ok_or_else(not_permitted)?;
        let auth: Authenticated<Claims> = Proven::of(&parts.extensions).map_err(|_| not_permitted())?;
        if let Err(rejection) = self.permissions.of(&request.name)?.check(&auth) {
            Denied::note(&parts.extensions, rejection);
            return Err(not_permitted());
        }
        context.extensions.insert(Arc::new(auth));
        self.tools.call(ToolCallContext::new(self, request, context)).await
    }
}
