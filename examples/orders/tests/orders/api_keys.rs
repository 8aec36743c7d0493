//! Tests API keys with the program: minted, used, listed and revoked over real sockets.

use std::path::Path;
use std::process::Command;
use test_support::{LIMIT, Process, exchange, run};

fn database(name: &str) -> String {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("keys-{name}-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&file);
    file.into_os_string().into_string().unwrap()
}

/// Runs the program to its end, and returns whether it succeeded and what it printed.
fn orders(arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
    command.args(arguments);
    let output = run(command);
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), text)
}

fn mint(db: &str, owner: &str, scope: &str) -> String {
    let (minted, key) = orders(&["api-key", "mint", "--db", db, "--owner", owner, "--scope", scope]);
    assert!(minted, "{key}");
    let key = key.strip_suffix('\n').unwrap().to_owned();
    assert!(key.starts_with("orders_") && !key.contains(char::is_whitespace), "{key}");
    key
}

fn id(key: &str) -> &str {
    key.split('_').nth(1).unwrap()
}

fn list(db: &str) -> String {
    let (listed, keys) = orders(&["api-key", "list", "--db", db]);
    assert!(listed, "{keys}");
    keys
}

struct Service {
    _process: Process,
    address: String,
    printed: String,
}

impl Service {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
        command.args(["--listen", "127.0.0.1:0"]).args(arguments);
        let mut process = Process::start(command);
        let address = process.line_with("listening on http://");
        let printed = process.stdout();
        Self { _process: process, address, printed }
    }

    fn send(&self, request: &str, header: &str, body: &str) -> (u16, String) {
        let length = body.len();
        let request = format!(
            "{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let answer = exchange(&self.address, &request).unwrap();
        (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
    }

    fn get(&self, path: &str, header: &str) -> u16 {
        self.send(&format!("GET {path}"), header, "").0
    }
}

#[test]
fn minted_key_is_accepted_until_it_is_revoked() {
    let db = database("revoked");
    let (key, other) = (mint(&db, "acme", "orders:read"), mint(&db, "acme", "orders:write"));
    let service = Service::start(&["--db", &db, "--api-keys"]);
    let header = format!("Authorization: Bearer {key}");
    let (status, me) = service.send("GET /me", &header, "");
    assert_eq!(status, 200, "{me}");
    assert!(me.contains(r#""sub":"acme","scopes":["orders:read"]"#), "{me}");
    assert_eq!(service.get("/me", &format!("X-Api-Key: {key}")), 200);
    assert_eq!(service.get("/me", &format!("Authorization: Bearer {}x", &key[..key.len() - 1])), 401);
    assert_eq!(service.get("/watch", &header), 403, "the key has no other scope");

    let (revoked, text) = orders(&["api-key", "revoke", "--db", &db, id(&key)]);
    assert!(revoked, "{text}");
    assert_eq!(service.get("/me", &header), 401, "the next request");
    assert_eq!(service.get("/me", &format!("Authorization: Bearer {other}")), 200, "the other key of the owner");
}

#[test]
fn api_keys_are_accepted_with_the_option_only_and_the_posture_names_them() {
    let db = database("option");
    let header = format!("Authorization: Bearer {}", mint(&db, "acme", "orders:read"));
    let without = Service::start(&["--db", &db]);
    assert_eq!(without.get("/me", &header), 401);
    assert!(!without.printed.contains("API key"), "{}", without.printed);

    let with = Service::start(&["--db", &db, "--api-keys"]);
    assert!(with.printed.contains("API key"), "{}", with.printed);
    let curl = with.printed.lines().find(|line| line.starts_with("curl") && line.contains("/me")).unwrap();
    let jwt = curl.split('\'').find(|part| part.starts_with("Authorization: ")).unwrap();
    assert_eq!(with.get("/me", jwt), 200, "JWTs are still accepted");
    let both = format!("{jwt}\r\nX-Api-Key: {}", header.rsplit(' ').next().unwrap());
    assert_eq!(with.get("/me", &both), 400, "two credentials");
}

#[test]
fn keys_of_an_owner_share_its_orders_and_hide_them_from_other_owners() {
    let db = database("owners");
    let [writer, same, other] = [("acme", "orders:write"), ("acme", "orders:read"), ("globex", "orders:write")]
        .map(|(owner, scope)| format!("X-Api-Key: {}", mint(&db, owner, scope)));
    let service = Service::start(&["--db", &db, "--api-keys"]);
    let order = r#"{"item":"tea","cents":450}"#;
    assert_eq!(service.send("POST /orders", &same, order).0, 403);
    assert_eq!(service.send("POST /orders", &writer, order).0, 201);
    assert_eq!(service.get("/orders/1", &same), 200);
    assert_eq!(service.get("/orders/1", &other), 404);
    assert!(service.send("GET /orders", &other, "").1.ends_with("[]"));
}

/// The cookie is for tokens: a key does not log out, and lives for months.
#[test]
fn api_key_is_rejected_in_the_cookie_of_the_page() {
    let db = database("cookie");
    let key = mint(&db, "acme", "orders:read");
    let service = Service::start(&["--db", &db, "--api-keys", "--browser"]);
    assert_eq!(service.get("/orders", &format!("X-Api-Key: {key}")), 200);
    assert_eq!(service.get("/orders", &format!("Cookie: __Host-orders={key}")), 401);
    let token = service.printed.lines().skip_while(|line| !line.starts_with("Log in with this one")).nth(2).unwrap();
    assert_eq!(service.get("/orders", &format!("Cookie: __Host-orders={token}")), 200);
}

/// A revocation in memory would end with the process, and the key would work again.
#[test]
fn api_key_does_not_log_out() {
    let db = database("logout");
    let header = format!("X-Api-Key: {}", mint(&db, "acme", "orders:read"));
    let service = Service::start(&["--db", &db, "--api-keys"]);
    let (status, answer) = service.send("POST /logout", &header, "");
    assert_eq!(status, 422);
    assert!(answer.contains("orders api-key revoke"), "{answer}");
    assert_eq!(service.get("/me", &header), 200);
}

#[test]
fn list_shows_owner_and_last_use_and_nothing_of_the_secret() {
    let db = database("list");
    let key = mint(&db, "acme", "orders:read");
    let keys = list(&db);
    assert!(keys.contains(id(&key)) && keys.contains("\tacme\torders:read\t"), "{keys}");
    assert!(keys.contains("\tvalid\tnot used"), "{keys}");
    let service = Service::start(&["--db", &db, "--api-keys"]);
    assert_eq!(service.get("/me", &format!("X-Api-Key: {key}")), 200);
    let began = std::time::Instant::now();
    while !list(&db).contains("\tvalid\tused 2") {
        assert!(began.elapsed() < LIMIT, "the use was not recorded: {}", list(&db));
    }
    assert!(orders(&["api-key", "revoke", "--db", &db, id(&key)]).0);
    let keys = list(&db);
    assert!(keys.contains("\trevoked 2"), "{keys}");
    let secret = key.split('_').nth(2).unwrap();
    let stored = std::fs::read(&db).unwrap();
    assert!(!keys.contains(secret) && !String::from_utf8_lossy(&stored).contains(secret));
}

#[test]
fn wrong_commands_are_refused() {
    let db = database("wrong");
    for (arguments, text) in [
        (&["--api-keys"][..], "--db"),
        (&["api-key", "mint", "--db", &db, "--owner", " "], "has no owner"),
        (&["api-key", "mint", "--db", &db, "--owner", "acme", "--scope", "a b"], "a scope is one word"),
        (&["api-key", "revoke", "--db", &db, "unknown"], "its id is unknown"),
        (&["api-key", "list", "--db", "/nonexistent/orders.db"], "can't use the database"),
    ] {
        let (succeeded, printed) = orders(arguments);
        assert!(!succeeded && printed.contains(text), "{arguments:?}: {printed}");
    }
}
