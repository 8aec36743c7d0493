//! Decides about the requests of a set-up: [`SetupGate`].

use super::setup_token::OtherToken;
use super::{Closing, SetupState, SetupStateError, SetupStatus, SetupToken};
use crate::base::{ConfigError, Within};
use crate::credential::carrier::{Carrier, Carriers};
use crate::rejection::{ClientView, IssuerNames, Refusal, Rejection};
use auth_events::internal::{Meters, Report};
use auth_events::{Events, Reason};
use axum::extract::FromRef;
use http::request::Parts;
use std::fmt;
use std::io::Write as _;
use std::sync::Arc;

/// Holds the token and the state of the one-time set-up of a service.
///
/// A router's state holds one, and provides it with axum's `FromRef`. Without one, a router with a
/// [`#[setup]`](macro@crate::setup) handler does not compile.
///
/// ```
/// use auth_runtime::setup::{SetupGate, SetupState, SetupToken};
/// use auth_runtime::{ConfigError, Events};
///
/// fn gate(state: impl SetupState) -> Result<SetupGate, ConfigError> {
///     SetupGate::new(SetupToken::random()?, state, Events::stderr())
/// }
/// # fn main() {}
/// ```
///
/// Cheap to clone; clones share the token, the state and the events.
#[derive(Clone)]
pub struct SetupGate {
    shared: Arc<SharedSetup>,
}

struct SharedSetup {
    token: SetupToken,
    state: Box<dyn SetupState>,
    carriers: Carriers,
    names: Arc<IssuerNames>,
    meters: Meters,
    events: Events,
}

/// What events and metrics name in place of an issuer.
const NAME: &str = "set-up";

impl SetupGate {
    /// Takes the token, the state and the stream that receives an event for each rejection.
    ///
    /// # Errors
    ///
    /// [`ConfigError::WithinRequest`] while a request is handled.
    pub fn new(token: SetupToken, state: impl SetupState, events: Events) -> Result<Self, ConfigError> {
        // P2: a handler with its own token could create proofs for any request.
        if Within::now() != Within::NoRequest {
            return Err(ConfigError::WithinRequest);
        }
        let carriers = Carriers::new(vec![Carrier::bearer()])?;
        let names = Arc::new(IssuerNames { issuer: NAME.into(), audience: "".into() });
        let meters = Meters::new(&names.issuer, &names.audience);
        let state = Box::new(state);
        Ok(Self { shared: Arc::new(SharedSetup { token, state, carriers, names, meters, events }) })
    }

    /// Prints the token to standard error, if the set-up is open. A closed one prints nothing.
    ///
    /// Of a token from the environment or a file it prints the place, because the operator has it.
    /// Collected logs keep the token; it opens nothing after the set-up was closed.
    ///
    /// # Errors
    ///
    /// [`SetupStateError`], when the state cannot decide.
    pub async fn print_token(&self) -> Result<(), SetupStateError> {
        match self.shared.state.status().await? {
            // P6: without standard error the operator has no token, and the set-up opens for no
            // client.
            SetupStatus::StillOpen => drop(writeln!(std::io::stderr(), "{}", self.shared.token.announced())),
            SetupStatus::AlreadyClosed => {}
        }
        Ok(())
    }
}

/// What the pipeline needs.
impl SetupGate {
    /// Compares the token of a request. It reads nothing else.
    pub(crate) fn check_token(&self, parts: &Parts) -> Result<(), Refusal> {
        let is_of_setup = |_: &str, value: &str| value.starts_with(super::setup_token::PREFIX);
        let found = self.shared.carriers.find(parts, is_of_setup)?;
        let OtherToken = match self.shared.token.compare(found.credential.token()?) {
            Ok(()) => return Ok(()),
            Err(other) => other,
        };
        Err(Refusal::token(Reason::BadSetupToken, "not the token of the set-up"))
    }

    /// Checks that the set-up is open.
    pub(crate) async fn check_open(&self) -> Result<(), Refusal> {
        match self.shared.state.status().await {
            Ok(SetupStatus::StillOpen) => Ok(()),
            Ok(SetupStatus::AlreadyClosed) => Err(closed("the good token, after the set-up was closed")),
            Err(error) => Err(undecided(&error)),
        }
    }

    /// Closes the set-up, unless another request has.
    pub(crate) async fn close(&self) -> Result<(), Refusal> {
        match self.shared.state.close().await {
            Ok(Closing::ByThisCall) => Ok(()),
            Ok(Closing::Before) => Err(closed("another request has closed the set-up meanwhile")),
            Err(error) => Err(undecided(&error)),
        }
    }

    /// Describes the settings, for the posture.
    pub(crate) fn described(&self) -> String {
        format!("{}\nrejections are {}", self.shared.token.described(), self.events().destination())
    }

    pub(crate) fn names(&self) -> Arc<IssuerNames> {
        Arc::clone(&self.shared.names)
    }

    pub(crate) fn events(&self) -> &Events {
        &self.shared.events
    }

    pub(crate) fn meters(&self) -> &Meters {
        &self.shared.meters
    }

    /// Returns what clients see of a rejection: the challenge of a bearer token.
    #[expect(clippy::unused_self, reason = "as the other kinds have it")]
    pub(crate) fn client_view(&self) -> ClientView {
        ClientView::default()
    }
}

// P8: 401 as for a bad token. 404 or 410 would tell a client without the token that the service was
// set up, and therefore when to try again.
fn closed(detail: &'static str) -> Refusal {
    Refusal::token(Reason::SetupIsClosed, detail)
}

fn undecided(error: &SetupStateError) -> Refusal {
    let detail = Some(error.to_string().into());
    Refusal { detail, ..Rejection::Unavailable(Reason::SetupUndecided).into() }
}

/// Provides the gate of a state in an [`Arc`].
#[diagnostic::do_not_recommend]
impl<T> FromRef<Arc<T>> for SetupGate
where
    Self: FromRef<T>,
{
    fn from_ref(state: &Arc<T>) -> Self {
        Self::from_ref(&**state)
    }
}

/// Without the token.
impl fmt::Debug for SetupGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetupGate").field("token", &self.shared.token).finish_non_exhaustive()
    }
}
