//! Ends the response of a gRPC method together with its proof.

use crate::access::ProofEnd;
use crate::rejection::Rejection;
use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A response body that ends with `grpc-status` when its proof ends.
pub(super) struct EndingBody {
    /// `None` after the end.
    inner: Option<Body>,
    end: ProofEnd,
    /// Whether the response is a stream, or waits.
    ///
    /// A response of one message is complete at once, and needs no timer.
    is_open: bool,
    /// Whether the client reads trailers. Otherwise the end is an error, which aborts the response.
    is_grpc: bool,
}

impl EndingBody {
    pub(super) fn new(inner: Body, end: ProofEnd, is_grpc: bool) -> Self {
        Self { inner: Some(inner), end, is_open: false, is_grpc }
    }

    /// P6: drops the stream of the handler, so that nothing of it is sent after the end.
    fn ended(&mut self, why: Rejection) -> Result<Frame<Bytes>, BoxError> {
        self.inner = None;
        if self.is_grpc { Ok(Frame::trailers(why.kind().grpc_trailers())) } else { Err(Box::new(why)) }
    }
}

impl HttpBody for EndingBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        let Some(inner) = &mut this.inner else { return Poll::Ready(None) };
        if this.is_open
            && let Poll::Ready(why) = this.end.poll(cx)
        {
            return Poll::Ready(Some(this.ended(why)));
        }
        let next = Pin::new(inner).poll_frame(cx);
        // The proof may have ended while the frame was awaited.
        if this.is_open
            && let Poll::Ready(Some(Ok(frame))) = &next
            && frame.is_data()
            && let Err(why) = this.end.check()
        {
            return Poll::Ready(Some(this.ended(why)));
        }
        this.is_open = true;
        if next.is_pending()
            && let Poll::Ready(why) = this.end.poll(cx)
        {
            return Poll::Ready(Some(this.ended(why)));
        }
        Poll::Ready(ready!(next).map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        // A stream can end before its size.
        SizeHint::default()
    }
}
