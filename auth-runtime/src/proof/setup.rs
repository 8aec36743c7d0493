//! Proves that a request has the token of an open set-up: [`Setup`], and what closing it returns.

use super::RequestContext;
use super::report::report;
use super::undecided::Undecided;
use crate::base::Invariant;
use crate::credential::setup::SetupGate;
use crate::opt_out::NoReason;
use crate::rejection::{Rejection, isolate};
use auth_events::Reason;
use http::StatusCode;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long the state may take. The same as a verifier's default.
pub(super) const STATE_TIME_LIMIT: Duration = Duration::from_secs(5);

/// Proves that the request has the token of a set-up that is open.
///
/// A handler on an [`AuthRouter`](crate::AuthRouter) takes it as its first parameter, through
/// [`#[setup(reason = "..")]`](macro@crate::setup), which writes the reason into `R`. It creates
/// the first user after [`close`](Self::close):
///
/// ```
/// use auth_runtime::setup::{SetupClosed, SetupGate};
/// use auth_runtime::{AuthRouter, Rejection, Setup, routing::post, setup};
///
/// /// Cannot be called before the set-up was closed.
/// async fn create_administrator<R>(_: SetupClosed<R>, name: &str) {
///     println!("{name} is the administrator");
/// }
///
/// #[setup(reason = "creates the first administrator")]
/// async fn first_administrator(setup: Setup, name: String) -> Result<(), Rejection> {
///     let closed = setup.close().await?;
///     create_administrator(closed, &name).await;
///     Ok(())
/// }
///
/// fn app(gate: SetupGate) -> AuthRouter {
///     AuthRouter::new().route("/setup", post(first_administrator)).with_state(gate)
/// }
/// # fn main() {}
/// ```
///
/// A handler that answers below 400 without having closed the set-up is a mistake: its client gets
/// 500 in place of the answer, and the event has the reason `setup_not_closed`. Therefore the first
/// test of the handler finds it. Answer 4xx for a form that must be corrected.
///
/// None of these compiles:
///
/// ```compile_fail
/// # use auth_runtime::Setup;
/// fn twice(setup: Setup) -> (Setup, Setup) {
///     (setup.clone(), setup)
/// }
/// ```
///
/// ```compile_fail
/// # use auth_runtime::Setup;
/// async fn closed_twice(setup: Setup) {
///     let _ = setup.close().await;
///     let _ = setup.close().await;
/// }
/// ```
// P2: private fields; no `Clone`, `Copy`, `Default`, `Deserialize`, `From`; `assert_open` holds the
// only expression that makes one, and `tests/runtime/proofs.rs` checks this. Not an extractor,
// because only the gate withholds the answer of a handler that has not closed the set-up.
#[must_use = "a set-up stays open until it is closed: call `setup.close().await?`"]
pub struct Setup<R = NoReason> {
    gate: SetupGate,
    request: RequestContext,
    closed: Arc<AtomicBool>,
    reason: Invariant<R>,
}

impl<R> Setup<R> {
    /// Makes the proof, and what the gate asks after the handler.
    // P2: this expression makes every proof of a set-up. It checks nothing: its caller has compared
    // the token, and asked the state.
    pub(super) fn assert_open(gate: SetupGate, request: RequestContext) -> (Self, OpenSetup) {
        let closed = Arc::<AtomicBool>::default();
        let open = OpenSetup { gate: gate.clone(), request: request.clone(), is_closed: Arc::clone(&closed) };
        (Self { gate, request, closed, reason: PhantomData }, open)
    }

    /// Closes the set-up for good, in one step.
    ///
    /// Check the input before, and create the first user afterwards, because only one of two
    /// requests that arrive at once closes the set-up. If creating the user then fails, the set-up
    /// stays closed, and the operator removes the record of the [state](crate::setup::SetupState)
    /// and restarts the service. The same helps after a time-out, if the state has closed it all
    /// the same.
    ///
    /// # Errors
    ///
    /// A [`Rejection`], which answers 401 when another request has closed it meanwhile, and 503
    /// when the state cannot decide. Its event is emitted.
    // P7: the rejection is reported here, so that it has an event whatever the handler answers.
    pub async fn close(self) -> Result<SetupClosed<R>, Rejection> {
        let undecided = Undecided::start(&self.gate);
        let outcome = isolate(STATE_TIME_LIMIT, self.gate.close()).await;
        undecided.has_outcome();
        match outcome {
            Ok(()) => {
                self.closed.store(true, Ordering::Release);
                Ok(SetupClosed::assert_closed())
            }
            Err(refusal) => Err(report(refusal, &self.request, &self.gate)),
        }
    }
}

/// Proves that this request has closed the set-up.
///
/// Let the function that creates the first user take it, so that no other code can call that
/// function. With a [`capability!`](crate::capability) in `R`, it opens the vaults of its
/// resources:
///
/// ```
/// use auth_runtime::{Claims, Rejection, Setup, Vault, capability, setup};
/// use axum::extract::State;
///
/// pub struct Accounts;
///
/// capability!(pub FirstAdministrator for Accounts = "creates the first administrator");
///
/// #[setup]
/// async fn first_administrator(
///     setup: Setup<FirstAdministrator>,
///     State(accounts): State<Vault<Accounts, Claims>>,
/// ) -> Result<(), Rejection> {
///     let closed = setup.close().await?;
///     let _accounts: &Accounts = accounts.open(&closed);
///     Ok(())
/// }
/// # fn main() {}
/// ```
// P2: as `Setup`; `close` is its only maker.
#[must_use = "the set-up is closed, and the service has no user yet: create the first one"]
pub struct SetupClosed<R = NoReason> {
    closed_for: Invariant<R>,
}

impl<R> SetupClosed<R> {
    fn assert_closed() -> Self {
        Self { closed_for: PhantomData }
    }
}

/// What the gate asks after the handler has answered.
pub(crate) struct OpenSetup {
    gate: SetupGate,
    request: RequestContext,
    is_closed: Arc<AtomicBool>,
}

impl OpenSetup {
    /// Withholds the answer of a handler that has not closed the set-up.
    ///
    /// It does not close it, because it cannot know whether the handler has created a user; the
    /// token is still required.
    // P6, P7: a success never leaves a set-up open silently. An error does, because the client
    // repeats the request.
    pub(crate) fn answered(self, status: StatusCode) -> Result<(), Rejection> {
        if self.is_closed.load(Ordering::Acquire) || status.is_client_error() || status.is_server_error() {
            return Ok(());
        }
        Err(report(Rejection::AnswerWithheld(Reason::SetupNotClosed).into(), &self.request, &self.gate))
    }
}

impl<R> fmt::Debug for Setup<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Setup")
    }
}

impl<R> fmt::Debug for SetupClosed<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetupClosed")
    }
}
