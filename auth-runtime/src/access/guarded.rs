//! What outlives its request ends with its token: sockets, server-sent events, long bodies.

use crate::permission::Permission;
use crate::proof::{Authenticated, VerifiedRequest};
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
    /// Waits until this proof no longer holds: its token has expired or was revoked, its key is gone, or none of this
    /// can be known. Until then it waits.
    ///
    /// That a token expires is noticed at once, the rest within
    /// [`recheck_every`](crate::VerifierBuilder::recheck_every). The rejection says why, and the events have been told.
    ///
    /// For work of your own beside it; for streams there is [`guard`](Self::guard). In a loop, pin one of it before: each
    /// begins anew by asking whether the token was revoked, and one that is dropped for each message that arrives never
    /// hears the answer.
    ///
    /// ```
    /// # use auth_runtime::{Authenticated, Claims};
    /// # async fn watch_the_market() {}
    /// async fn watch(auth: Authenticated<Claims>) {
    ///     tokio::select! {
    ///         () = watch_the_market() => {}
    ///         why = auth.ended() => eprintln!("not any more: {why}"),
    ///     }
    /// }
    /// ```
    pub async fn ended(&self) -> Rejection {
        ended(Arc::clone(self.verified())).await
    }

    /// A stream, a sink, or both (a WebSocket) that ends with this proof: see [`Guarded`].
    pub fn guard<S>(&self, stream: S) -> Guarded<S, C, P> {
        let ended = ended(Arc::clone(self.verified())).boxed().shared();
        Guarded { inner: stream, proof: self.again(), reader: ended.clone(), writer: ended, end: End::NotYet }
    }

    /// Verifies a newer token of the same caller (`iss` and `sub`), with the same permission: a proof to go on with.
    ///
    /// What else a handler has read from the claims (a tenant, a client) may be another there: read it again.
    ///
    /// # Errors
    ///
    /// As [`Verifier::verify`](crate::Verifier::verify), and when the token is another caller's
    /// ([`Reason::OtherCaller`](crate::Reason::OtherCaller)). The events have been told.
    pub async fn renewed(&self, token: &str) -> Result<Self, Rejection> {
        self.verified().verifier().renew(self.verified(), token).await
    }
}

/// P6: whatever goes wrong while it is asked again ends it.
async fn ended<C>(verified: Arc<VerifiedRequest<C>>) -> Rejection {
    loop {
        if let Err(refusal) = verified.still_holds().await {
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
    /// A stream that ends with a proof; [`Authenticated::guard`] makes it.
    ///
    /// It gives what the stream gives, until the proof no longer holds. Then it gives
    /// [`GuardedError::Ended`], once, and nothing after it; and as a sink it takes nothing any more. The events are told,
    /// once.
    ///
    /// A WebSocket, closed with a code of its own when the token is over, and renewed by the client before:
    ///
    /// ```
    /// # use auth_runtime::{Authenticated, Claims, GuardedError, authenticated};
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
    ///                 let frame = CloseFrame { code: 4001, reason: "the token is over".into() };
    ///                 let _ = socket.unguarded().send(Message::Close(Some(frame))).await;
    ///             }
    ///             Err(_) => break,
    ///         }
    ///     }
    /// }
    /// # let _ = |auth, socket| echo(auth, socket);
    /// ```
    ///
    /// Server-sent events and bodies take it as it is: `Sse::new(auth.guard(events))`,
    /// `Body::from_stream(auth.guard(chunks))`. The end is an error there, so that the connection breaks off: what was cut
    /// short must not look complete.
    ///
    /// Guard a socket before it is split in two, and read from it, even if nothing is to come: the end is noticed by who
    /// waits for the guard, and by a task that only writes now and then not before it writes.
    #[must_use = "streams do nothing unless polled"]
    pub struct Guarded<S, C, P = ()> {
        #[pin]
        inner: S,
        proof: Authenticated<C, P>,
        // One wait; each direction is woken for itself, since they may be in different tasks.
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
    /// The reader has been told.
    Said(Rejection),
}

/// Why a guarded stream has nothing more to give or to take.
#[derive(Debug)]
#[non_exhaustive]
pub enum GuardedError<E> {
    /// The proof no longer holds.
    Ended(Rejection),
    /// The stream's own error.
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

/// Also where the stream's own error is boxed: a `Box<dyn Error>` is no `Error` itself.
impl<E: fmt::Debug + fmt::Display> Error for GuardedError<E> {}

impl<S, C: Send + Sync + 'static, P: Permission<C>> Guarded<S, C, P> {
    /// Goes on with a newer token of the same caller.
    ///
    /// # Errors
    ///
    /// As [`Authenticated::renewed`]. Then it goes on, or not, as before.
    pub async fn renew(&mut self, token: &str) -> Result<(), Rejection> {
        self.proof = self.proof.renewed(token).await?;
        let ended = ended(Arc::clone(self.proof.verified())).boxed().shared();
        (self.reader, self.writer, self.end) = (ended.clone(), ended, End::NotYet);
        Ok(())
    }
}

impl<S, C, P> Guarded<S, C, P> {
    /// The claims of the token that it goes on by, the latest one.
    // P2: not the proof, which would be a copy of one that may only have been lent.
    pub fn claims(&self) -> &C {
        &self.proof
    }

    /// The stream itself, which the proof does not end: to say goodbye, or to ask for a newer token.
    pub fn unguarded(&mut self) -> &mut S {
        &mut self.inner
    }

    /// P6: what has arrived, or is to be sent, after the end is not passed on, however soon after. `awaited` is woken
    /// when it comes.
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
            && let Err(refusal) = proof.verified().holds_by_time_and_key()
        {
            *end = End::Reached(reported(refusal, proof.verified()));
        }
        match end {
            End::NotYet => Ok(()),
            End::Reached(why) | End::Said(why) => Err(*why),
        }
    }
}

impl<T, E, S: Stream<Item = Result<T, E>>, C, P> Stream for Guarded<S, C, P> {
    type Item = Result<T, GuardedError<E>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        if let End::Said(_) = this.end {
            return Poll::Ready(None);
        }
        let mut held = Self::check(this.proof, this.reader, this.end, cx);
        if held.is_ok() {
            let item = ready!(this.inner.poll_next(cx));
            // It may have been a long time in coming.
            held = Self::check_time(this.proof, this.end);
            if held.is_ok() {
                return Poll::Ready(item.map(|item| item.map_err(GuardedError::Stream)));
            }
        }
        Poll::Ready(held.err().map(|why| {
            *this.end = End::Said(why);
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

    /// A reader that has stopped reading does not keep it open.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let this = self.project();
        Self::check(this.proof, this.writer, this.end, cx).map_err(GuardedError::Ended)?;
        this.inner.poll_flush(cx).map_err(GuardedError::Stream)
    }

    /// Also after the end: closing is what is left to do then.
    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.project().inner.poll_close(cx).map_err(GuardedError::Stream)
    }
}

impl<S, C, P> fmt::Debug for Guarded<S, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").finish_non_exhaustive()
    }
}
