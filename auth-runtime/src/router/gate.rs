//! The gate: which functions may be mounted, and how they are called.
//!
//! P1, P2: the traits in here are public in a private module. Everybody's code is bound by them, and nobody's can
//! implement them: axum's own `Handler<T, S>` can be implemented for foreign types by anyone who owns `T` or `S`.

use super::admitted::Admitted;
use super::posture::{AskedVerifier, Policy};
use crate::base::OfRequest;
use crate::credential::token::claims_name;
use crate::opt_out::{self, OptOut, opened};
use crate::permission::{Permission, PermissionName};
use crate::proof::{Authenticated, Public, RequestProbe};
use crate::verifier::Verifier;
use axum::body::Body;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, Entry, VARY};
use http::request::Parts;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

/// A decision about authentication, as the first parameter of a handler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no proof of authentication",
    label = "the first parameter of this handler is `{Self}`, so it runs for anyone",
    note = "annotate the handler with `#[authenticated]`, or opt it out with `#[public(reason = \"..\")]`"
)]
pub trait Proof<S>: Sized {
    fn policy() -> Policy;

    /// How a state tells of the verifier that is asked for the proof, if one is.
    fn asked() -> Option<AskedVerifier>;

    /// The proof, from the head of a request; or the answer that ends it.
    fn prove(parts: &mut Parts, state: &S) -> impl Future<Output = Result<Self, Response>> + Send;

    /// What an answer needs because of the decision.
    fn finish(response: Response) -> Response;
}

impl<C, P, S> Proof<S> for Authenticated<C, P>
where
    C: Send + Sync + 'static,
    P: Permission<C>,
    S: VerifierFor<C> + Send + Sync + 'static,
{
    fn asked() -> Option<AskedVerifier> {
        Some(|state| Some(state.downcast_ref::<S>()?.verifier().posture()))
    }

    fn policy() -> Policy {
        let permissions = PermissionName::of::<C, P>().into_parts();
        Policy::Authenticated { claims: claims_name::<C>(), permissions }
    }

    async fn prove(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        state.verifier().prove(parts).await.map_err(IntoResponse::into_response)
    }

    /// An answer to a known caller is for that caller: nobody in between keeps it, unless the handler said so itself.
    fn finish(mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        match headers.entry(VARY) {
            Entry::Vacant(vary) => {
                vary.insert(HeaderValue::from_static("Authorization"));
            }
            // A refusal in the middle of the handler has said so already.
            Entry::Occupied(vary) if vary.iter().any(|varies| varies == "Authorization") => {}
            Entry::Occupied(mut vary) => vary.append(HeaderValue::from_static("Authorization")),
        }
        response
    }
}

impl<R: OptOut, S: Sync> Proof<S> for Public<R> {
    fn asked() -> Option<AskedVerifier> {
        None
    }

    fn policy() -> Policy {
        Policy::Public { reason: opt_out::stated::<R>(), expires: R::expires(), opens: opened::<R::Opens>() }
    }

    async fn prove(_: &mut Parts, _: &S) -> Result<Self, Response> {
        Ok(Self::opted_out())
    }

    fn finish(response: Response) -> Response {
        response
    }
}

// What a state must be able to do, with the state as `Self`: with `Verifier<C>: FromRef<S>` and `State<T>:
// FromRequestParts<S>` as they are, the compiler takes the one type that happens to have such a part for the state, and
// then complains about the router.

/// A state with a verifier in it, found as axum finds the parts of a state.
pub trait VerifierFor<C> {
    fn verifier(&self) -> Verifier<C>;
}

impl<C, S> VerifierFor<C> for S
where
    Verifier<C>: FromRef<S>,
{
    fn verifier(&self) -> Verifier<C> {
        Verifier::from_ref(self)
    }
}

/// A state with which a parameter can be extracted from the head of a request.
pub trait Extracts<T: Send>: Sized + Sync {
    fn extract(&self, parts: &mut Parts) -> impl Future<Output = Result<T, Response>> + Send;
}

impl<T, S> Extracts<T> for S
where
    T: FromRequestParts<S> + Send,
    S: Send + Sync,
{
    async fn extract(&self, parts: &mut Parts) -> Result<T, Response> {
        T::from_request_parts(parts, self).await.map_err(IntoResponse::into_response)
    }
}

/// A state with which the last parameter can be extracted, which may be the body.
pub trait ExtractsLast<T: Send, M>: Sized + Sync {
    fn extract_last(&self, request: Request) -> impl Future<Output = Result<T, Response>> + Send;
}

impl<T, M, S> ExtractsLast<T, M> for S
where
    T: FromRequest<S, M> + Send,
    S: Send + Sync,
{
    async fn extract_last(&self, request: Request) -> Result<T, Response> {
        T::from_request(request, self).await.map_err(IntoResponse::into_response)
    }
}

/// A function with these parameters. Exactly one impl fits a function, so `Args` is always known, whatever else is
/// wrong with it, and the compiler can say what.
#[diagnostic::on_unimplemented(
    message = "this is no handler",
    label = "not an async function or closure of 1 to 16 parameters",
    note = "pass the function itself, as in `get(list)`, without calling it; a service made by others goes to `public_service` or `authenticated_service`"
)]
pub trait HandlerFn<Args> {
    /// The function itself. What is asked of this, rather than of the function, is not asked of what is no function:
    /// one mistake, one error.
    type Itself;

    fn itself(self) -> Self::Itself;
}

/// A function that makes a decision about authentication before anything else.
#[diagnostic::on_unimplemented(
    message = "this handler can run without authentication",
    label = "not `#[authenticated]`, and not `#[public]`",
    note = "annotate the handler with `#[authenticated]`, or opt it out with `#[public(reason = \"..\")]`"
)]
pub trait GuardedHandler<Args, M, S>: Clone + Send + Sync + 'static {
    fn policy() -> Policy;
    fn asked() -> Option<AskedVerifier>;
    fn call(self, request: Request, state: S) -> Answer;
}

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

impl<F, Fut> HandlerFn<()> for F
where
    F: FnOnce() -> Fut,
{
    type Itself = F;

    fn itself(self) -> F {
        self
    }
}

macro_rules! guarded {
    ([$($T:ident)*] [$($Last:ident $M:ident)?] $Marker:ty) => {
        impl<F, Fut, P, $($T,)* $($Last)?> HandlerFn<(P, $($T,)* $($Last,)?)> for F
        where
            F: FnOnce(P, $($T,)* $($Last)?) -> Fut,
        {
            type Itself = F;

            fn itself(self) -> F {
                self
            }
        }

        #[allow(non_snake_case, unused_labels, unused_variables, reason = "parameters are named like their types; not every arity has both kinds")]
        impl<F, Fut, Res, $($M,)? S, P, $($T,)* $($Last)?> GuardedHandler<(P, $($T,)* $($Last,)?), $Marker, S> for F
        where
            F: FnOnce(P, $($T,)* $($Last)?) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Res> + Send,
            Res: IntoResponse,
            S: $(Extracts<$T> +)* $(ExtractsLast<$Last, $M> +)? Send + Sync + 'static,
            P: Proof<S> + Send,
            $($T: Send,)*
            $($Last: Send,)?
        {
            fn policy() -> Policy {
                P::policy()
            }

            fn asked() -> Option<AskedVerifier> {
                P::asked()
            }

            fn call(self, request: Request, state: S) -> Answer {
                let (mut parts, body) = request.into_parts();
                Box::pin(OfRequest::handler(async move {
                    // P4: the proof comes first; until it is there, nothing else is extracted and the body is not touched.
                    let proof = match P::prove(&mut parts, &state).await {
                        Ok(proof) => proof,
                        Err(refused) => return refused,
                    };
                    Admitted::note(&parts.extensions);
                    let witness = RequestProbe::of(&parts.extensions);
                    witness.iter().for_each(RequestProbe::sees_admission);
                    let response = 'answer: {
                        $(let $T = match <S as Extracts<$T>>::extract(&state, &mut parts).await {
                            Ok(extracted) => extracted,
                            Err(rejected) => break 'answer rejected,
                        };)*
                        $(let $Last = match <S as ExtractsLast<$Last, $M>>::extract_last(&state, Request::from_parts(parts, body)).await {
                            Ok(extracted) => extracted,
                            Err(rejected) => break 'answer rejected,
                        };)?
                        witness.iter().for_each(RequestProbe::sees_run);
                        self(proof, $($T,)* $($Last)?).await.into_response()
                    };
                    P::finish(response.map(|body| Body::new(OfRequest::handler(body))))
                }))
            }
        }
    };
}

// For each number of parameters up to the limit, which `auth-macros` states.
auth_macros::for_each_arity!(guarded);

/// A guarded handler as axum's: the one type of ours that its router sees.
///
/// One for all handlers, so that axum's layers around it are compiled once and not for each: with hundreds of handlers that is
/// half of a build.
pub(super) struct Mounted<S>(Box<dyn Callable<S>>);

impl<S> Mounted<S> {
    pub(super) fn new<F, Args, M>(handler: F) -> Self
    where
        F: GuardedHandler<Args, M, S>,
        Args: 'static,
        M: 'static,
    {
        Self(Box::new(Typed(handler, PhantomData::<fn() -> (Args, M)>)))
    }
}

/// What is left of a handler when its type is forgotten.
trait Callable<S>: Send + Sync {
    fn call(&self, request: Request, state: S) -> Answer;

    fn boxed(&self) -> Box<dyn Callable<S>>;
}

/// With what it takes to find its `call`. A function has no size, and its box no memory.
struct Typed<F, Args, M>(F, PhantomData<fn() -> (Args, M)>);

impl<F, Args: 'static, M: 'static, S> Callable<S> for Typed<F, Args, M>
where
    F: GuardedHandler<Args, M, S>,
{
    fn call(&self, request: Request, state: S) -> Answer {
        self.0.clone().call(request, state)
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

impl<S: 'static> Handler<(), S> for Mounted<S> {
    type Future = Answer;

    fn call(self, request: Request, state: S) -> Answer {
        self.0.call(request, state)
    }
}
