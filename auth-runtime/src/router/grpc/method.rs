//! Calls one method of a gRPC service behind its proof.

use super::body::EndingBody;
use super::methods::GrpcServer;
use super::mount::MethodProof;
use crate::access::ProofEnd;
use crate::base::OfRequest;
use crate::rejection::{Rejection, is_grpc};
use crate::router::service::admit;
use axum::body::Body;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::task::Poll;
use tower_service::Service;

/// A gRPC service behind the proof `Q` of one of its methods.
pub(super) struct GuardedMethod<T, Q> {
    service: T,
    proof: PhantomData<fn() -> Q>,
}

impl<T, Q> GuardedMethod<T, Q> {
    pub(super) fn new(service: T) -> Self {
        Self { service, proof: PhantomData }
    }
}

impl<T: Clone, Q> Clone for GuardedMethod<T, Q> {
    fn clone(&self) -> Self {
        Self::new(self.service.clone())
    }
}

impl<T, Q, S> Handler<(), S> for GuardedMethod<T, Q>
where
    T: GrpcServer,
    Q: MethodProof<S>,
    S: Send + Sync + 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: S) -> Self::Future {
        let (mut parts, mut body) = request.into_parts();
        Box::pin(async move {
            let (proof, answer, probe) = match admit::<Q, S>(&mut parts, &mut body, &state).await {
                Ok(admitted) => admitted,
                Err(rejection) => return rejection,
            };
            let is_grpc = is_grpc(&parts.headers);
            let mut end = proof.end();
            let mut service = proof.carried_by(self.service);
            let Ok(()) = poll_fn(|cx| Service::<Request>::poll_ready(&mut service, cx)).await;
            probe.ran();
            let call = service.call(Request::from_parts(parts, body));
            let response = match until_ended(call, end.as_mut()).await {
                Ok(response) => response.into_response(),
                // The mark of the rejection lets the gate format it.
                Err(why) => return answer.service(why.into_response()),
            };
            answer.service(response).map(|body| {
                let body = Body::new(OfRequest::router(body));
                match end {
                    Some(end) => Body::new(EndingBody::new(body, end, is_grpc)),
                    None => body,
                }
            })
        })
    }
}

/// Waits for the response, or for the end of the proof: a client may stream its requests for hours.
async fn until_ended<R>(
    call: impl Future<Output = Result<R, Infallible>>,
    mut end: Option<&mut ProofEnd>,
) -> Result<R, Rejection> {
    let mut call = pin!(call);
    poll_fn(|cx| {
        if let Poll::Ready(Ok(response)) = call.as_mut().poll(cx) {
            return Poll::Ready(Ok(response));
        }
        match &mut end {
            Some(end) => end.poll(cx).map(Err),
            None => Poll::Pending,
        }
    })
    .await
}
