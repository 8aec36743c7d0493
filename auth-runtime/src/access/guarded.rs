//! Ends streams when their token ends: sockets, server-sent events, long bodies.

use crate::permission::{Permission, granted};
use crate::proof::{Authenticated, Grant, VerifiedRequest};
use crate::rejection::{Refusal, Rejection};
use futures_util::future::{BoxFuture, FutureExt, Shared};
use futures_util::{Sink, Stream};
use pin_project_lite::pin_project;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

impl<C: Send + Sync + 'static, P: Permission<C>> Authenticated<C, P> {
    /// Waits until this proof no longer holds.
    ///
    /// That is when its token has expired or was revoked, its key was removed, its principal was
    /// disabled or has lost `P` ([`LoadPrincipal`](crate::LoadPrincipal)), or none of this can be
    /// checked. Expiry is noticed at once, the rest within
    /// [`recheck_every`](crate::credentials::VerifierBuilder::recheck_every). The rejection has the
    /// reason, and its event is already emitted.
    ///
    /// For streams, use [`guard`](Self::guard). In a loop, create and pin the future before the
    /// loop, because each new future starts with a revocation check. A future that is dropped at
    /// each message never completes that check.
    ///
    /// ```
    /// # use auth_runtime::{Authenticated, Claims};
    /// # async fn watch_the_market() {}
    /// async fn watch(auth: Authenticated<Claims>) {
    ///     tokio::select! {
    ///         () = watch_the_market() => {}
    ///         why = auth.ended() => eprintln!("stopped watching: {why}"),
    ///     }
    /// }
    /// ```
    pub async fn ended(&self) -> Rejection {
        ended(Arc::clone(self.verified()), granted::<C, P>).await
    }

    /// Ends a stream, a sink or a WebSocket together with this proof: see [`Guarded`].
    pub fn guard<S>(&self, stream: S) -> Guarded<S, C, P> {
        let ended = ended(Arc::clone(self.verified()), granted::<C, P>).boxed().shared();
        Guarded { inner: stream, proof: self.duplicate(), reader: ended.clone(), writer: ended, end: End::NotYet }
    }

    /// Verifies a newer token of the same caller (`iss` and `sub`), and returns its proof of `P`.
    ///
    /// Other claims (a tenant, a client) can differ in the newer token, so read them again.
    ///
    /// # Errors
    ///
    /// As [`Verifier::verify`](crate::Verifier::verify), and if the token belongs to another caller
    /// ([`Reason::OtherCaller`](crate::events::Reason::OtherCaller)). The event is already emitted.
    pub async fn renewed(&self, token: &str) -> Result<Self, Rejection> {
        self.verified().verifier().renew(self.verified(), token).await
    }
}

/// For the calls of a mounted service, which the gate ends itself.
#[cfg(feature = "grpc")]
impl<C: Send + Sync + 'static, P: Permission<C>> Authenticated<C, P> {
    /// As [`ended`](Self::ended), but waits first, because the pipeline has just checked the token.
    pub(super) fn ended_later(&self) -> impl Future<Output = Rejection> + Send + 'static + use<C, P> {
        let verified = Arc::clone(self.verified());
        let grant: Grant<C> = granted::<C, P>;
        async move {
            tokio::time::sleep(verified.recheck_in()).await;
            ended(verified, grant).await
        }
    }

    /// Returns the check of the time and the key.
    pub(super) fn still_holds(&self) -> impl Fn() -> Result<(), Rejection> + Send + 'static + use<C, P> {
        let verified = Arc::clone(self.verified());
        move || verified.recheck_time_and_key().map_err(|refusal| reported(refusal, &verified))
    }
}

/// P6: any failure of a check ends the stream.
async fn ended<C>(verified: Arc<VerifiedRequest<C>>, grant: Grant<C>) -> Rejection {
    loop {
        if let Err(refusal) = verified.recheck(grant).await {
            return reported(refusal, &verified);
        }
        tokio::time::sleep(verified.recheck_in()).await;
    }
}

fn reported<C>(refusal: Refusal, verified: &VerifiedRequest<C>) -> Rejection {
    let detail = match refusal.detail {
        Some(detail) => format!("{detail}, while its stream was open").into(),
        None => "while its stream was open".into(),
    };
    verified.report(Refusal { detail: Some(detail), ..refusal })
}

pin_project! {
    /// Ends a stream together with its proof; [`Authenticated::guard`] makes it.
    ///
    /// It passes the items of the stream until the proof no longer holds. Then it yields
    /// [`GuardedError::Ended`] once, and ends. As a sink it then returns an error. One event is
    /// emitted.
    ///
    /// This WebSocket is renewed by the client, and closed with its own code when the token ends:
    ///
    /// ```
    /// # use auth_runtime::{Authenticated, Claims, authenticated, streams::GuardedError};
    /// use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
    /// use axum::response::Response;
    /// use futures_util::{SinkExt, StreamExt};
    ///
    /// #[authenticated]
    /// async fn feed(auth: Authenticated<Claims>, upgrade: WebSocketUpgrade) -> Response {
    ///     upgrade.on_upgrade(async move |socket| echo(auth, socket).await)
    /// }
    ///
    /// async fn echo(auth: Authenticated<Claims>, socket: WebSocket) {
    ///     let mut socket = auth.guard(socket);
    ///     while let Some(message) = socket.next().await {
    ///         match message {
    ///             Ok(Message::Text(text)) => {
    ///                 if let Some(token) = text.strip_prefix("renew ") {
    ///                     if socket.renew(token).await.is_err() {
    ///                         break;
    ///                     }
    ///                 } else if socket.send(Message::Text(text)).await.is_err() {
    ///                     break;
    ///                 }
    ///             }
    ///             Ok(_) => {}
    ///             Err(GuardedError::Ended(_)) => {
    ///                 let frame = CloseFrame { code: 4001, reason: "the token has ended".into() };
    ///                 let _ = socket.unguarded().send(Message::Close(Some(frame))).await;
    ///             }
    ///             Err(_) => break,
    ///         }
    ///     }
    /// }
    /// # let _ = |auth, socket| echo(auth, socket);
    /// ```
    ///
    /// Server-sent events and bodies take it directly: `Sse::new(auth.guard(events))`,
    /// `Body::from_stream(auth.guard(chunks))`. There the end is an error that aborts the
    /// connection, because a truncated response must not look complete.
    ///
    /// Guard a socket before it is split, and always read from it, even if no message is expected.
    /// A task that reads notices the end at once, and a task that only writes notices it at its
    /// next write.
    #[must_use = "streams do nothing unless polled"]
    pub struct Guarded<S, C, P = ()> {
        #[pin]
        inner: S,
        proof: Authenticated<C, P>,
        // Both share one future, and each direction has its own waker, because they may be in
        // different tasks.
        reader: Ended,
        writer: Ended,
        end: End,
    }
}

type Ended = Shared<BoxFuture<'static, Rejection>>;

#[derive(Clone, Copy)]
enum End {
    NotYet,
    Reached(Rejection),
    /// The reader has received the error.
    Reported(Rejection),
}

/// An error of a guarded stream.
///
/// ```
/// use auth_runtime::streams::GuardedError;
/// use auth_runtime::{Authenticated, Claims};
/// use futures_util::{Stream, StreamExt};
/// use std::io;
///
/// type Prices = std::pin::Pin<Box<dyn Stream<Item = io::Result<u32>> + Send>>;
///
/// async fn print(auth: Authenticated<Claims>, prices: Prices) {
///     let mut prices = auth.guard(prices);
///     while let Some(price) = prices.next().await {
///         match price {
///             Ok(price) => println!("{price}"),
///             Err(GuardedError::Ended(why)) => println!("log in again: {why}"),
///             Err(error) => println!("the source failed: {error}"),
///         }
///     }
/// }
/// # let _ = print;
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum GuardedError<E> {
    /// The proof no longer holds.
    Ended(Rejection),
    /// The stream itself failed.
    Stream(E),
}

impl<E: fmt::Display> fmt::Display for GuardedError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended(why) => write!(f, "the stream has ended with its token: {why}"),
            Self::Stream(error) => error.fmt(f),
        }
    }
}

/// The bounds also fit a boxed error, because `Box<dyn Error>` does not implement `Error`.
impl<E: fmt::Debug + fmt::Display> Error for GuardedError<E> {}

impl<S, C: Send + Sync + 'static, P: Permission<C>> Guarded<S, C, P> {
    /// Continues the stream with a newer token of the same caller.
    ///
    /// # Errors
    ///
    /// As [`Authenticated::renewed`]. The stream then keeps its earlier token.
    pub async fn renew(&mut self, token: &str) -> Result<(), Rejection> {
        self.proof = self.proof.renewed(token).await?;
        let ended = ended(Arc::clone(self.proof.verified()), granted::<C, P>).boxed().shared();
        (self.reader, self.writer, self.end) = (ended.clone(), ended, End::NotYet);
        Ok(())
    }
}

impl<S, C, P> Guarded<S, C, P> {
    /// Returns the claims of the current token.
    // P2: not the proof, because that would be a copy of a proof that may have been borrowed.
    pub fn claims(&self) -> &C {
        &self.proof
    }

    /// Returns the stream without the guard, to send a close message or to request a newer token.
    pub fn unguarded(&mut self) -> &mut S {
        &mut self.inner
    }

    /// P6: an item that arrives or is sent after the end is not passed on. `awaited` is polled, so
    /// that the end resumes the task.
    fn check(
        proof: &Authenticated<C, P>,
        awaited: &mut Ended,
        end: &mut End,
        cx: &mut Context<'_>,
    ) -> Result<(), Rejection> {
        if let End::NotYet = end
            && let Poll::Ready(why) = awaited.poll_unpin(cx)
        {
            *end = End::Reached(why);
        }
        Self::check_time(proof, end)
    }

    fn check_time(proof: &Authenticated<C, P>, end: &mut End) -> Result<(), Rejection> {
        if let End::NotYet = end
            && let Err(refusal) = proof.verified().recheck_time_and_key()
        {
            *end = End::Reached(reported(refusal, proof.verified()));
        }
        match end {
            End::NotYet => Ok(()),
            End::Reached(why) | End::Reported(why) => Err(*why),
        }
    }
}

impl<T, E, S: Stream<Item = Result<T, E>>, C, P> Stream for Guarded<S, C, P> {
    type Item = Result<T, GuardedError<E>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        if let End::Reported(_) = this.end {
            return Poll::Ready(None);
        }
        let mut held = Self::check(this.proof, this.reader, this.end, cx);
        if held.is_ok() {
            let item = ready!(this.inner.poll_next(cx));
            // The proof may have ended while the item was awaited.
            held = Self::check_time(this.proof, this.end);
            if held.is_ok() {
                return Poll::Ready(item.map(|item| item.map_err(GuardedError::Stream)));
            }
        }
        Poll::Ready(held.err().map(|why| {
            *this.end = End::Reported(why);
            Err(GuardedError::Ended(why))
        }))
    }
}

impl<T, S: Sink<T>, C, P> Sink<T> for Guarded<S, C, P> {
    type Error = GuardedError<S::Error>;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let this = self.project();
        Self::check(this.proof, this.writer, this.end, cx).map_err(GuardedError::Ended)?;
        this.inner.poll_ready(cx).map_err(GuardedError::Stream)
    }

    fn start_send(self: Pin<&mut Self>, item: T) -> Result<(), Self::Error> {
        let this = self.project();
        Self::check_time(this.proof, this.end).map_err(GuardedError::Ended)?;
        this.inner.start_send(item).map_err(GuardedError::Stream)
    }

    /// Ends also if the peer does not read.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let this = self.project();
        Self::check(this.proof, this.writer, this.end, cx).map_err(GuardedError::Ended)?;
        this.inner.poll_flush(cx).map_err(GuardedError::Stream)
    }

    /// Closes also after the end.
    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.project().inner.poll_close(cx).map_err(GuardedError::Stream)
    }
}

impl<S, C, P> fmt::Debug for Guarded<S, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").finish_non_exhaustive()
    }
}
