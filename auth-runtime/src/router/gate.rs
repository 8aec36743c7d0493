//! The gate: which functions may be mounted, and how they are called.
//!
//! The crate root re-exports the traits with `#[doc(hidden)]`, because rustc then prints them as
//! `Handler` instead of `auth_runtime::router::gate::Handler`.
//!
//! P1, P2: the re-export gives nothing away. Each trait has a required method with a parameter of
//! type [`GateOnly`], which has no name outside this crate. Therefore no other crate can write that
//! method, which an impl needs, nor call it, which would make a proof. axum's own `Handler<T, S>`
//! has no such seal: a crate that owns `T` or `S` can implement it for foreign types.

use super::answer::{self, Answer, Audience};
use super::posture::{Asked, Configured, Policy, SenderPosture};
use crate::base::OfRequest;
use crate::credential::setup::SetupGate;
use crate::credential::signature::{DeliveryClaim, Sender, Signatures};
use crate::credential::token::claims_name;
use crate::decision::Decision;
use crate::opt_out::{self, Nothing, OptOut, Resources, opened};
use crate::permission::{Permission, PermissionName, declared, waived};
use crate::proof::{Authenticated, OpenSetup, Probe, Public, Rejected, Setup, Signed, Visitor};
use crate::rejection::{ClientView, Rejection};
use crate::verifier::Verifier;
use axum::body::Body;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Extensions, StatusCode};
use std::future::Future;
use std::marker::PhantomData;
use std::mem::take;
use std::pin::Pin;

/// Seals the traits of the gate.
// P1, P2: public in a private module, and not re-exported. Only this module makes one.
#[derive(Clone, Copy, Debug)]
pub struct GateOnly(());

/// Decides about authentication, as the first parameter of a handler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a proof of authentication",
    label = "the first parameter of this handler is `{Self}`, so unauthenticated callers reach it",
    note = "annotate the handler with `#[authenticated]`, or opt it out with `#[public(reason = \"..\")]`",
    note = "a closure takes the decision as its first parameter: `|_: Authenticated<Claims>, ..| ..`, or `|_: Public<NoReason>, ..| ..`",
    note = "for guests and known callers on one route, write `#[public(reason = \"..\", optional = Claims)]` and take `Visitor<Claims>`",
    note = "for signed requests, such as webhooks, write `#[signed(GitHub)]` with a sender from `signature!`, and take `Signed<GitHub>`"
)]
pub trait Proof<S>: Sized {
    /// Returns the decision for the posture.
    fn policy() -> Policy;

    /// Returns how to find, in a state, the verifier or the sender that the proof needs; `None`
    /// without one.
    fn asked() -> Option<Asked>;

    /// Names what the proof did to the body: `Untouched`, `Taken` or `ToBeClosed`.
    ///
    /// It also decides what happens after the handler.
    type Body: Settle + Send;

    /// Makes the proof from a request, or rejects the request.
    ///
    /// Beside it stands what the client sees of the verifier, for the response, and what the proof
    /// did to the body.
    fn prove(
        parts: &Parts,
        body: &mut Body,
        state: &S,
        gate: GateOnly,
    ) -> impl Future<Output = Result<(Self, Self::Body, ClientView), Rejected>> + Send;

    /// Returns the record of the decision, for the response.
    fn decision(&self) -> Decision;

    /// Returns which callers the response is for.
    fn audience(&self) -> Audience {
        Audience::OneCaller
    }

    /// Whether the handler must ask a rule before it answers.
    const DECLARES: bool = false;
}

/// Names a proof that leaves the body for the handler.
// P4: its `prove` reads only the head.
pub struct Untouched;

/// Names a proof that owns the body, so that no other parameter can read it.
///
/// It holds the claim of the delivery, which lets the sender repeat a delivery that failed.
pub struct Taken(DeliveryClaim);

/// Names a proof that leaves the body for the handler, which must close the set-up.
pub struct ToBeClosed(OpenSetup);

/// What the gate does after the handler has answered.
pub trait Settle {
    /// Passes on the status of the response, or returns the rejection that replaces it.
    fn settle(self, status: StatusCode, gate: GateOnly) -> impl Future<Output = Result<(), Rejection>> + Send;
}

impl Settle for Untouched {
    async fn settle(self, _: StatusCode, _: GateOnly) -> Result<(), Rejection> {
        Ok(())
    }
}

impl Settle for Taken {
    async fn settle(self, status: StatusCode, _: GateOnly) -> Result<(), Rejection> {
        self.0.answered(status).await;
        Ok(())
    }
}

impl Settle for ToBeClosed {
    async fn settle(self, status: StatusCode, _: GateOnly) -> Result<(), Rejection> {
        self.0.answered(status)
    }
}

/// The outcome of [`Proof::prove`].
type Proved<P, S> = Result<(P, <P as Proof<S>>::Body, ClientView), Rejected>;

/// Proves a request for a service that is not a handler.
pub(super) async fn decide<Q, S>(parts: &mut Parts, body: &mut Body, state: &S) -> Result<(Q, Answer), Rejected>
where
    Q: Proof<S, Body = Untouched>,
{
    const {
        assert!(
            !Q::DECLARES,
            "a mounted service cannot declare a rule: ask it in the service, and require the permission alone here"
        );
    }
    let (proof, Untouched, view) = Q::prove(parts, body, state, GateOnly(())).await?;
    let answer = Answer::of(proof.decision(), proof.audience(), view, parts);
    Ok((proof, answer))
}

impl<C, P, S> Proof<S> for Authenticated<C, P>
where
    C: Send + Sync + 'static,
    P: Permission<C>,
    S: VerifierFor<C> + Send + Sync + 'static,
{
    type Body = Untouched;

    fn asked() -> Option<Asked> {
        Some(|state| {
            let verifier = state.downcast_ref::<S>()?.verifier(GateOnly(()));
            let is_required = |id| verifier.conditions().iter().any(|condition| condition.id == id);
            let waived = waived::<C, P>().into_iter().filter(|(id, _)| !is_required(*id));
            let not_required = waived.map(|(_, name)| name).collect();
            Some(Configured::Verifier(verifier.posture().into(), not_required))
        })
    }

    fn policy() -> Policy {
        let permissions = PermissionName::of::<C, P>().into_parts();
        let despite = waived::<C, P>().into_iter().map(|(_, name)| name).collect();
        Policy::Authenticated { claims: claims_name::<C>(), permissions, rules: declared(P::rules), despite }
    }

    async fn prove(parts: &Parts, _: &mut Body, state: &S, gate: GateOnly) -> Proved<Self, S> {
        let proof: Self = state.verifier(gate).prove(parts).await?;
        if P::DECLARES {
            proof.verified().declare_rules(P::rules);
        }
        let view = proof.verified().verifier().client_view();
        Ok((proof, Untouched, view))
    }

    fn decision(&self) -> Decision {
        Decision::Authenticated(self.verified().caller(|| PermissionName::of::<C, P>().into_parts()))
    }

    const DECLARES: bool = P::DECLARES;
}

impl<R: OptOut, S: Sync> Proof<S> for Public<R> {
    type Body = Untouched;

    fn asked() -> Option<Asked> {
        None
    }

    fn policy() -> Policy {
        Policy::Public { reason: opt_out::stated::<R>(), expires: R::expires(), opens: opened::<R::Opens>() }
    }

    async fn prove(_: &Parts, _: &mut Body, _: &S, _: GateOnly) -> Proved<Self, S> {
        Ok((Self::opted_out(), Untouched, ClientView::default()))
    }

    fn decision(&self) -> Decision {
        Decision::Public
    }

    fn audience(&self) -> Audience {
        Audience::Anyone
    }
}

// P2: `Nothing`, because a guest must not open what a capability opens.
impl<C, R, S> Proof<S> for Visitor<C, R>
where
    C: Send + Sync + 'static,
    R: OptOut<Opens: Nothing>,
    S: VerifierFor<C> + Send + Sync + 'static,
{
    type Body = Untouched;

    fn asked() -> Option<Asked> {
        <Authenticated<C> as Proof<S>>::asked()
    }

    fn policy() -> Policy {
        Policy::Visitor { claims: claims_name::<C>(), reason: opt_out::stated::<R>(), expires: R::expires() }
    }

    async fn prove(parts: &Parts, _: &mut Body, state: &S, gate: GateOnly) -> Proved<Self, S> {
        let verifier = state.verifier(gate);
        let view = verifier.client_view();
        Ok((Self::recognise(verifier, parts).await?, Untouched, view))
    }

    fn decision(&self) -> Decision {
        self.caller().map_or(Decision::Guest, |caller| <Authenticated<C> as Proof<S>>::decision(caller))
    }

    /// A guest's response may be stored, but never sent to a caller with a token.
    fn audience(&self) -> Audience {
        if self.caller().is_some() { Audience::OneCaller } else { Audience::Guests }
    }
}

impl<X, S> Proof<S> for Signed<X>
where
    X: Sender<Opens: Resources>,
    S: SignaturesFor<X> + Send + Sync + 'static,
{
    type Body = Taken;

    fn asked() -> Option<Asked> {
        Some(|state| {
            let settings = state.downcast_ref::<S>()?.signatures(GateOnly(())).described();
            Some(Configured::Sender(SenderPosture { name: X::NAME, settings }))
        })
    }

    fn policy() -> Policy {
        let scheme = X::SCHEME;
        let (header, opens) = (scheme.header(), opened::<X::Opens>());
        Policy::Signed { sender: X::NAME, header, scheme: scheme.to_string(), opens }
    }

    async fn prove(parts: &Parts, body: &mut Body, state: &S, gate: GateOnly) -> Proved<Self, S> {
        let signatures = state.signatures(gate);
        let view = signatures.client_view();
        let (proof, claim) = signatures.prove(parts, body).await?;
        Ok((proof, Taken(claim), view))
    }

    fn decision(&self) -> Decision {
        Decision::Signed(self.record(X::NAME))
    }
}

impl<R, S> Proof<S> for Setup<R>
where
    R: OptOut,
    S: SetupGateFor + Send + Sync + 'static,
{
    type Body = ToBeClosed;

    fn asked() -> Option<Asked> {
        Some(|state| {
            let settings = state.downcast_ref::<S>()?.setup_gate(GateOnly(())).described();
            Some(Configured::Setup(settings.into()))
        })
    }

    fn policy() -> Policy {
        Policy::Setup { reason: opt_out::stated::<R>(), opens: opened::<R::Opens>() }
    }

    async fn prove(parts: &Parts, _: &mut Body, state: &S, gate: GateOnly) -> Proved<Self, S> {
        let setup = state.setup_gate(gate);
        let view = setup.client_view();
        let (proof, open) = setup.prove(parts).await?;
        Ok((proof, ToBeClosed(open), view))
    }

    fn decision(&self) -> Decision {
        Decision::Setup
    }
}

// These traits have the state as `Self`. With the bounds `Verifier<C>: FromRef<S>` and `State<T>:
// FromRequestParts<S>` rustc infers the state from the only type that has such a part, and then
// reports the router instead of the handler.

/// A state that contains a verifier, found as axum finds the parts of a state.
// The implementations are hidden from rustc's notes, so that it names the remedy and not `FromRef`.
#[diagnostic::on_unimplemented(
    message = "the state `{Self}` has no verifier for `{C}`",
    label = "needs a `Verifier<{C}>` in the state of the router",
    note = "pass it as the state: `.with_state(verifier)`",
    note = "or add it to a state with several parts: `#[derive(Clone, axum::extract::FromRef)] struct App {{ verifier: Verifier<{C}>, .. }}`, with axum's feature `macros`"
)]
pub trait VerifierFor<C> {
    /// Returns the verifier.
    fn verifier(&self, gate: GateOnly) -> Verifier<C>;
}

#[diagnostic::do_not_recommend]
impl<C, S> VerifierFor<C> for S
where
    Verifier<C>: FromRef<S>,
{
    fn verifier(&self, _: GateOnly) -> Verifier<C> {
        Verifier::from_ref(self)
    }
}

/// A state that contains the signatures of a sender, found as a verifier is.
#[diagnostic::on_unimplemented(
    message = "the state `{Self}` has no signatures of `{X}`",
    label = "needs a `Signatures<{X}>` in the state of the router",
    note = "pass it as the state: `.with_state(signatures)`",
    note = "or add it to a state with several parts: `#[derive(Clone, axum::extract::FromRef)] struct App {{ signatures: Signatures<{X}>, .. }}`, with axum's feature `macros`"
)]
pub trait SignaturesFor<X> {
    /// Returns the signatures.
    fn signatures(&self, gate: GateOnly) -> Signatures<X>;
}

#[diagnostic::do_not_recommend]
impl<X, S> SignaturesFor<X> for S
where
    Signatures<X>: FromRef<S>,
{
    fn signatures(&self, _: GateOnly) -> Signatures<X> {
        Signatures::from_ref(self)
    }
}

/// A state that contains the gate of the set-up, found as a verifier is.
#[diagnostic::on_unimplemented(
    message = "the state `{Self}` has no gate of the set-up",
    label = "needs a `SetupGate` in the state of the router",
    note = "pass it as the state: `.with_state(gate)`",
    note = "or add it to a state with several parts: `#[derive(Clone, axum::extract::FromRef)] struct App {{ gate: SetupGate, .. }}`, with axum's feature `macros`"
)]
pub trait SetupGateFor {
    /// Returns the gate of the set-up.
    fn setup_gate(&self, gate: GateOnly) -> SetupGate;
}

#[diagnostic::do_not_recommend]
impl<S> SetupGateFor for S
where
    SetupGate: FromRef<S>,
{
    fn setup_gate(&self, _: GateOnly) -> SetupGate {
        SetupGate::from_ref(self)
    }
}

/// A state that can extract a parameter from the head of a request.
pub trait Extracts<T: Send>: Sized + Sync {
    /// Extracts the parameter, or returns the response that rejects the request.
    fn extract(&self, parts: &mut Parts, gate: GateOnly) -> impl Future<Output = Result<T, Response>> + Send;
}

impl<T, S> Extracts<T> for S
where
    T: FromRequestParts<S> + Send,
    S: Send + Sync,
{
    async fn extract(&self, parts: &mut Parts, _: GateOnly) -> Result<T, Response> {
        T::from_request_parts(parts, self).await.map_err(IntoResponse::into_response)
    }
}

/// A state that can extract the last parameter, which may be the body unless the proof took it.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be extracted beside `Signed`, which owns the body",
    label = "the last parameter of this handler is `{T}`, which is not an extractor of the head of a request",
    note = "take the verified bytes from the proof: `event.json::<T>()?`, `event.bytes()`"
)]
pub trait ExtractsLast<B, T: Send, M>: Sized + Sync {
    /// Extracts the parameter, or returns the response that rejects the request.
    fn extract_last(&self, request: Request, gate: GateOnly) -> impl Future<Output = Result<T, Response>> + Send;
}

impl<T, M, S> ExtractsLast<Untouched, T, M> for S
where
    T: FromRequest<S, M> + Send,
    S: Send + Sync,
{
    async fn extract_last(&self, request: Request, _: GateOnly) -> Result<T, Response> {
        T::from_request(request, self).await.map_err(IntoResponse::into_response)
    }
}

impl<T, M, S> ExtractsLast<ToBeClosed, T, M> for S
where
    T: FromRequest<S, M> + Send,
    S: Send + Sync,
{
    async fn extract_last(&self, request: Request, _: GateOnly) -> Result<T, Response> {
        T::from_request(request, self).await.map_err(IntoResponse::into_response)
    }
}

/// Stands where axum has a marker, because the body is not extracted.
pub struct BodyIsTaken;

// P2: only bytes that were verified reach the handler, so no other parameter may have read the
// body. rustc must not recommend the impl, because the extractor would be asked for a trait that
// it cannot have.
#[diagnostic::do_not_recommend]
impl<T, S> ExtractsLast<Taken, T, BodyIsTaken> for S
where
    T: FromRequestParts<S> + Send,
    S: Send + Sync,
{
    async fn extract_last(&self, request: Request, gate: GateOnly) -> Result<T, Response> {
        let (mut parts, _) = request.into_parts();
        self.extract(&mut parts, gate).await
    }
}

/// A function with these parameters.
///
/// A function has exactly one impl. Therefore rustc always knows `Args`, and can report any other
/// mistake in the handler.
#[diagnostic::on_unimplemented(
    message = "this is not a handler",
    label = "not an async function or closure of 1 to 16 parameters",
    note = "pass the function without calling it, as in `get(list)`; mount a tower service with `public_service` or `authenticated_service`"
)]
pub trait HandlerFn<Args> {
    /// The function. `get` bounds this type by [`Handler`], because a value that is not a function
    /// then gives one error instead of two.
    type Itself;

    /// Returns the function.
    fn itself(self, gate: GateOnly) -> Self::Itself;
}

/// Runs a function after its decision about authentication.
#[diagnostic::on_unimplemented(
    message = "this handler can run without authentication",
    label = "not `#[authenticated]`, and not `#[public]`",
    note = "annotate the handler with `#[authenticated]`, or opt it out with `#[public(reason = \"..\")]`",
    note = "a closure takes the decision as its first parameter: `|_: Authenticated<Claims>| ..`, or `|_: Public<NoReason>| ..`",
    note = "for signed requests, such as webhooks, write `#[signed(GitHub)]` with a sender from `signature!`"
)]
pub trait Handler<Args, M, S>: Clone + Send + Sync + 'static {
    /// Returns the decision for the posture.
    fn policy() -> Policy;

    /// As [`Proof::asked`].
    fn asked() -> Option<Asked>;

    /// Makes the proof, extracts the other parameters, and calls the function.
    fn call(self, request: Request, state: S, gate: GateOnly) -> Called;
}

/// The mark is outside of the box, because a future is large and would be copied into the mark.
type Called = OfRequest<Pin<Box<dyn Future<Output = Response> + Send>>>;

fn called(handler: Pin<Box<dyn Future<Output = Response> + Send>>) -> Called {
    OfRequest::handler(handler)
}

impl<F, Fut> HandlerFn<()> for F
where
    F: FnOnce() -> Fut,
{
    type Itself = F;

    fn itself(self, _: GateOnly) -> F {
        self
    }
}

/// Takes the extensions of a head that no parameter reads any more.
macro_rules! unread_extensions {
    ($parts:ident) => {
        take(&mut $parts.extensions)
    };
    ($parts:ident $Last:ident) => {
        Extensions::new()
    };
}

macro_rules! guarded {
    ([$($T:ident)*] [$($Last:ident $M:ident)?] $Marker:ty) => {
        impl<F, Fut, P, $($T,)* $($Last)?> HandlerFn<(P, $($T,)* $($Last,)?)> for F
        where
            F: FnOnce(P, $($T,)* $($Last)?) -> Fut,
        {
            type Itself = F;

            fn itself(self, _: GateOnly) -> F {
                self
            }
        }

        #[allow(non_snake_case, unused_labels, unused_variables, reason = "parameters are named like their types; not every arity has both kinds")]
        impl<F, Fut, Res, $($M,)? S, P, $($T,)* $($Last)?> Handler<(P, $($T,)* $($Last,)?), $Marker, S> for F
        where
            F: FnOnce(P, $($T,)* $($Last)?) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Res> + Send,
            Res: IntoResponse,
            P: Proof<S> + Send,
            S: $(Extracts<$T> +)* $(ExtractsLast<P::Body, $Last, $M> +)? Send + Sync + 'static,
            $($T: Send,)*
            $($Last: Send,)?
        {
            fn policy() -> Policy {
                P::policy()
            }

            fn asked() -> Option<Asked> {
                P::asked()
            }

            fn call(self, request: Request, state: S, gate: GateOnly) -> Called {
                let (mut parts, mut body) = request.into_parts();
                called(Box::pin(async move {
                    // P4: the proof comes first. Before it, nothing is extracted. Only a proof
                    // that owns the body reads it, after it has judged the head.
                    let (proof, taken, view) = match P::prove(&parts, &mut body, &state, gate).await {
                        Ok(proved) => proved,
                        Err(rejected) => return answer::rejected(rejected, &mut parts),
                    };
                    let probe = Probe::of(&parts.extensions);
                    probe.admitted();
                    let mut answer = Answer::of(proof.decision(), proof.audience(), view, &mut parts);
                    let mut response = 'answer: {
                        $(let $T = match <S as Extracts<$T>>::extract(&state, &mut parts, gate).await {
                            Ok(extracted) => extracted,
                            Err(rejected) => break 'answer rejected,
                        };)*
                        answer.reuse(unread_extensions!(parts $($Last)?));
                        $(let $Last = match <S as ExtractsLast<P::Body, $Last, $M>>::extract_last(&state, Request::from_parts(parts, body), gate).await {
                            Ok(extracted) => extracted,
                            Err(rejected) => break 'answer rejected,
                        };)?
                        probe.ran();
                        let response = self(proof, $($T,)* $($Last)?).await.into_response();
                        // P6: a constant, so that a handler without a declared rule pays nothing.
                        if P::DECLARES { answer.unless_unchecked(response) } else { response }
                    };
                    // P6: the answer of a handler that has not closed its set-up is withheld.
                    if let Err(withheld) = taken.settle(response.status(), gate).await {
                        response = withheld.into_response();
                    }
                    answer.handler(&mut response);
                    let body = take(response.body_mut());
                    *response.body_mut() = Body::new(OfRequest::handler(body));
                    response
                }))
            }
        }
    };
}

// `auth-macros` holds the limit.
auth_macros::for_each_arity!(guarded);

/// Adapts a handler to axum's `Handler`.
///
/// All handlers have this one type, because axum's layers around it are then compiled once. With
/// hundreds of handlers this halves the build time.
pub(super) struct Mounted<S>(Box<dyn Callable<S>>);

impl<S> Mounted<S> {
    pub(super) fn new<F, Args, M>(handler: F) -> Self
    where
        F: HandlerFn<Args, Itself: Handler<Args, M, S>>,
        Args: 'static,
        M: 'static,
    {
        Self(Box::new(Typed(handler.itself(GateOnly(())), PhantomData::<fn() -> (Args, M)>)))
    }
}

/// A handler whose type is erased.
trait Callable<S>: Send + Sync {
    fn call(&self, request: Request, state: S) -> Called;

    fn boxed(&self) -> Box<dyn Callable<S>>;
}

/// A handler with its parameter types. A function has size zero, so its box allocates nothing.
struct Typed<F, Args, M>(F, PhantomData<fn() -> (Args, M)>);

impl<F, Args: 'static, M: 'static, S> Callable<S> for Typed<F, Args, M>
where
    F: Handler<Args, M, S>,
{
    fn call(&self, request: Request, state: S) -> Called {
        self.0.clone().call(request, state, GateOnly(()))
    }

    fn boxed(&self) -> Box<dyn Callable<S>> {
        Box::new(Self(self.0.clone(), PhantomData))
    }
}

impl<S> Clone for Mounted<S> {
    fn clone(&self) -> Self {
        Self(self.0.boxed())
    }
}

impl<S: 'static> axum::handler::Handler<(), S> for Mounted<S> {
    type Future = Called;

    fn call(self, request: Request, state: S) -> Called {
        self.0.call(request, state)
    }
}
