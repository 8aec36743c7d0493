//! Creates the first administrator once, with a token that is printed at start.
//!
//! `cargo run -p topics --example setup -- target/set-up-closed`; remove the file to open it again

use auth_runtime::routing::{get, post};
use auth_runtime::setup::{Closing, SetupClosed, SetupGate, SetupState, SetupStateError, SetupStatus, SetupToken};
use auth_runtime::{
    AuthRouter, Authenticated, Claims, Events, Rejection, Setup, Vault, Verifier, authenticated, capability, setup,
};
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::future::Future;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Mutex;
use topics::Custom;

/// The set-up is closed when this file exists, also after a restart.
///
/// For a service of one instance. Several instances share a row of their database.
#[derive(Debug, Clone)]
pub struct MarkerFile(pub PathBuf);

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, SetupStateError>> + Send + 'a>>;

impl SetupState for MarkerFile {
    fn status(&self) -> Answer<'_, SetupStatus> {
        Box::pin(async move {
            match fs::symlink_metadata(&self.0) {
                Ok(_) => Ok(SetupStatus::AlreadyClosed),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(SetupStatus::StillOpen),
                Err(error) => Err(SetupStateError::new(error)),
            }
        })
    }

    fn close(&self) -> Answer<'_, Closing> {
        Box::pin(async move {
            // Of two calls, one creates the file.
            match OpenOptions::new().write(true).create_new(true).open(&self.0) {
                Ok(file) => {
                    file.sync_all().map_err(SetupStateError::new)?;
                    Ok(Closing::ByThisCall)
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Closing::Before),
                Err(error) => Err(SetupStateError::new(error)),
            }
        })
    }
}

/// The names of the administrators, in place of a table.
#[derive(Debug, Default)]
pub struct Administrators(Mutex<Vec<String>>);

capability!(pub FirstAdministrator for Administrators = "creates the first administrator");

/// The state.
#[derive(Clone, FromRef)]
struct App {
    verifier: Verifier<Claims>,
    gate: SetupGate,
    administrators: Vault<Administrators, Claims>,
}

/// Why the first administrator is not created.
#[derive(Debug)]
enum NotCreated {
    /// The input must be corrected. The set-up stays open.
    Nameless,
    /// The set-up is not closed by this request.
    Rejected(Rejection),
}

impl From<Rejection> for NotCreated {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl IntoResponse for NotCreated {
    fn into_response(self) -> axum::response::Response {
        match self {
            Self::Nameless => (StatusCode::UNPROCESSABLE_ENTITY, "the administrator needs a name").into_response(),
            Self::Rejected(rejection) => rejection.into_response(),
        }
    }
}

// `FirstAdministrator` has the reason, so the attribute has none.
#[setup]
async fn first_administrator(
    setup: Setup<FirstAdministrator>,
    State(administrators): State<Vault<Administrators, Claims>>,
    name: String,
) -> Result<StatusCode, NotCreated> {
    if name.trim().is_empty() {
        return Err(NotCreated::Nameless);
    }
    let closed = setup.close().await?;
    create(&administrators, &closed, name);
    Ok(StatusCode::CREATED)
}

/// Without `SetupClosed` it does not compile, so no other code creates an administrator.
fn create(administrators: &Vault<Administrators, Claims>, closed: &SetupClosed<FirstAdministrator>, name: String) {
    administrators.open(closed).0.lock().expect("no panic while it is locked").push(name);
}

#[authenticated]
async fn list(auth: Authenticated<Claims>, State(administrators): State<Vault<Administrators, Claims>>) -> String {
    administrators.open(&auth).0.lock().expect("no panic while it is locked").join("\n")
}

/// The service.
pub fn app(verifier: Verifier<Claims>, gate: SetupGate) -> AuthRouter {
    let administrators = Vault::new(Administrators::default());
    AuthRouter::new().route("/administrators", get(list)).route("/setup", post(first_administrator)).with_state(App {
        verifier,
        gate,
        administrators,
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let state = MarkerFile(std::env::args().nth(1).ok_or("name the marker file")?.into());
    let issuer = topics::issuer()?;
    let gate = SetupGate::new(SetupToken::random()?, state, Events::stderr())?;
    gate.print_token().await?;
    println!("curl -i http://127.0.0.1:3000/setup -H 'Authorization: Bearer setup_..' -d alice\n");
    topics::print_curl(&issuer, Custom::default(), "/administrators")?;
    topics::serve(app(issuer.verifier(Events::stderr()).build()?, gate)).await
}
