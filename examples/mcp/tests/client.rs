//! Calls the example with the official client of MCP, and attacks it.

use auth_runtime::events::{Collected, Reason};
use auth_runtime::{AuthRouter, Events, KeySet, Verifier};
use auth_testkit::{TestIssuer, attack};
use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use mcp::permissions::{ToolPermissions, ToolTableError, requires};
use mcp::{OrdersRead, OrdersWrite, Shop, app};
use rmcp::model::{JsonObject, Tool};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use test_support::{LIMIT, Process, is_installed, require_or_skip, run};
use tokio::net::TcpListener;
use tower::ServiceExt;

/// The key of RFC 8410 section 10.3.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
                   MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
                   -----END PRIVATE KEY-----\n";

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

fn installed() -> Option<()> {
    let has = |module: &str| tests().join(module).is_dir();
    let there = is_installed("node")
        && has("openid-provider/node_modules/oidc-provider")
        && has("mcp-client/node_modules/@modelcontextprotocol/sdk");
    require_or_skip(there, "no client of MCP: run tests/openid-provider/install and tests/mcp-client/install")
}

async fn port() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

/// Starts the certified provider, and returns its issuer.
async fn provider() -> (Process, String) {
    // The provider binds the port by itself.
    let port = port().await.1.port().to_string();
    let keys = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mcp-{}.json", std::process::id()));
    std::fs::write(&keys, json!([{ "kid": "1", "alg": "EdDSA", "pem": KEY }]).to_string()).expect("a file");
    let mut command = Command::new("node");
    command.arg(tests().join("openid-provider/provider.mjs")).args(["--port", &port, "--keys"]).arg(&keys);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = Process::spawned(&mut command).expect("node");
    let started = tokio::task::spawn_blocking(move || {
        let issuer = process.line_with("listening as ");
        (process, issuer)
    });
    let started = started.await.expect("the provider listens");
    std::fs::remove_file(keys).expect("the file");
    started
}

async fn serve(issuer: &str, events: Events) -> String {
    let (listener, address) = port().await;
    let url = format!("http://{address}/mcp");
    let keys = KeySet::discover(issuer).await.expect("the keys of the provider");
    let verifier = Verifier::builder().issuer(issuer).audience(&url).keys(keys).events(events).resource(&url);
    let router = app(verifier.build().expect("a verifier"), Shop::new().expect("tools"), "127.0.0.1");
    tokio::spawn(auth_runtime::serve(listener, router));
    url
}

/// Each 401 and 403 leads the client to a token: it knows only the URL of the server.
#[tokio::test(flavor = "multi_thread")]
async fn official_client_signs_in_and_steps_up() {
    let Some(()) = installed() else { return };
    let (_provider, issuer) = provider().await;
    let (sink, events) = Events::collect();
    let url = serve(&issuer, sink).await;
    let mut client = Command::new("node");
    client.arg(tests().join("mcp-client/client.mjs")).args(["--url", &url, "--grants", "orders:read"]);
    let output = tokio::task::spawn_blocking(|| run(client)).await.expect("the client ends");
    let story: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}\n{:?}", String::from_utf8_lossy(&output.stderr), events.take()));
    let expected = json!({
        // First the scopes of the metadata, then those of the two 403.
        "asked": ["orders:read orders:write", "orders:write", "orders:read"],
        "tools": ["list_orders", "place_order"],
        "before": "",
        "authorizationServer": issuer,
        "metadata": url.replace("/mcp", "/.well-known/oauth-protected-resource/mcp"),
        "placed": "placed",
        "after": "tea",
    });
    assert_eq!(story, expected);
}

struct Bench {
    router: AuthRouter,
    issuer: TestIssuer,
    events: Collected,
}

impl Bench {
    fn new() -> Self {
        let issuer = TestIssuer::new();
        let (sink, events) = Events::collect();
        Self { router: router(&issuer, sink), issuer, events }
    }

    /// Calls a tool, and returns the status, the challenge and the answer.
    async fn call(&self, scope: &str, tool: &str) -> (StatusCode, String, Value) {
        let token = self.issuer.token().scope(scope).signed();
        let arguments = json!({ "item": "tea" });
        let call = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": tool, "arguments": arguments },
        });
        let request = Request::post("/mcp")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(call.to_string()))
            .expect("a request");
        let answer = tokio::time::timeout(LIMIT, self.router.clone().oneshot(request));
        let Ok(response) = answer.await.expect("an answer");
        let (parts, body) = response.into_parts();
        let challenge = parts.headers.get("www-authenticate").map_or("", |value| value.to_str().expect("ASCII"));
        let body = to_bytes(body, 10_000).await.expect("a body");
        let json = serde_json::from_slice(&body).unwrap_or_default();
        (parts.status, challenge.to_owned(), json)
    }
}

fn router(issuer: &TestIssuer, events: Events) -> AuthRouter {
    let verifier = Verifier::builder()
        .issuer(issuer.name())
        .audience(issuer.audience())
        .keys(issuer.key_set())
        .events(events)
        .resource("https://api.example.com/mcp");
    app(verifier.build().expect("a verifier"), Shop::new().expect("tools"), "localhost")
}

#[tokio::test]
async fn each_tool_requires_its_own_permission() {
    let bench = Bench::new();
    for (tool, right, wrong) in
        [("list_orders", "orders:read", "orders:write"), ("place_order", "orders:write", "orders:read")]
    {
        let (status, challenge, _) = bench.call(wrong, tool).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{tool}");
        assert!(challenge.contains(&format!("error=\"insufficient_scope\", scope=\"{right}\"")), "{challenge}");
        assert!(challenge.contains("resource_metadata=\"https://api.example.com/.well-known/"), "{challenge}");
        let events = bench.events.take();
        assert_eq!((events.len(), events[0].reason), (1, Reason::Denied), "{tool}");
        let (status, _, answer) = bench.call(right, tool).await;
        assert_eq!((status, &answer["result"]["isError"]), (StatusCode::OK, &json!(false)), "{tool}: {answer}");
        assert!(bench.events.take().is_empty());
    }
    // The denied order was not placed: this list is that of the one order above.
    let (_, _, answer) = bench.call("orders:read", "list_orders").await;
    assert_eq!(answer["result"]["content"][0]["text"], "tea");
    // P6: an unknown tool is not called, whatever the token.
    let (_, _, answer) = bench.call("orders:read", "drop_orders").await;
    assert_eq!(answer["error"]["message"], "tool not found");
}

#[test]
fn server_with_an_undecided_tool_does_not_start() {
    let tool = |name: &'static str| Tool::new(name, "a tool", JsonObject::new());
    let tools = [tool("list_orders"), tool("refund")];
    let read = || requires::<OrdersRead>();
    let undecided = ToolPermissions::new(&tools, [("list_orders", read())]).map(drop).unwrap_err();
    assert_eq!(undecided, ToolTableError::Undecided("refund".to_owned()));
    let table = [("list_orders", read()), ("refund", requires::<OrdersWrite>()), ("refunds", read())];
    let unknown = ToolPermissions::new(&tools, table).map(drop).unwrap_err();
    assert_eq!(unknown, ToolTableError::Unknown("refunds".to_owned()));
    let table = [("list_orders", read()), ("refund", requires::<OrdersWrite>()), ("refund", read())];
    let twice = ToolPermissions::new(&tools, table).map(drop).unwrap_err();
    assert_eq!(twice, ToolTableError::Twice("refund".to_owned()));
}

#[tokio::test]
async fn nothing_gets_through() {
    let issuer = TestIssuer::new();
    let report = attack(router(&issuer, Events::discard("the kit reads them"))).with(&issuer).await;
    report.assert_nothing_got_through();
    assert!(report.routes.iter().any(|route| route.route.path == "/mcp"), "{report}");
}
