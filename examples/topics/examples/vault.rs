//! Keeps the data in a vault, which opens with a proof only.
//!
//! `cargo run -p topics --example vault`

use auth_runtime::routing::get;
use auth_runtime::{AuthRouter, Authenticated, Claims, Events, Vault, Verifier, authenticated, public, scope};
use axum::extract::{FromRef, State};
use std::error::Error;
use std::sync::Mutex;
use topics::Custom;

scope!(NotesWrite = "notes:write");

/// The data of the service, in place of a pool of connections.
#[derive(Debug, Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn lines(&self) -> String {
        self.0.lock().expect("no panic while it is locked").join("\n")
    }

    fn add(&self, author: &str, line: &str) {
        self.0.lock().expect("no panic while it is locked").push(format!("{author}: {line}"));
    }
}

/// The state: no handler gets the notes without the vault.
#[derive(Clone, FromRef)]
struct App {
    verifier: Verifier<Claims>,
    notes: Vault<Notes, Claims>,
}

// Without `auth` it does not compile, because `open` takes a proof.
#[authenticated]
async fn read(auth: Authenticated<Claims>, State(notes): State<Vault<Notes, Claims>>) -> String {
    notes.open(&auth).lines()
}

#[authenticated(Claims, requires = NotesWrite)]
async fn write(
    auth: Authenticated<Claims, NotesWrite>,
    State(notes): State<Vault<Notes, Claims>>,
    line: String,
) -> &'static str {
    notes.open(&auth).add(&auth.sub, &line);
    "written"
}

#[public(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok"
}

/// The service.
pub fn app(verifier: Verifier<Claims>) -> AuthRouter {
    let notes = Vault::new(Notes::default());
    AuthRouter::new()
        .route("/notes", get(read).post(write))
        .route("/health", get(health))
        .with_state(App { verifier, notes })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = topics::issuer()?;
    let writer = Custom { scope: "notes:write", ..Custom::default() };
    topics::print_curl(&issuer, writer, "/notes -d 'buy milk'")?;
    topics::print_curl(&issuer, Custom::default(), "/notes")?;
    topics::serve(app(issuer.verifier(Events::stderr()).build()?)).await
}
