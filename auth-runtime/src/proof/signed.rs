//! Proves that a sender has signed a request: [`Signed`], and the only function that makes it.

use super::MalformedJson;
use crate::base::Invariant;
use crate::credential::signature::Delivery;
use crate::decision::DeliveryRecord;
use axum::body::Bytes;
use serde::Deserialize;
use std::fmt;
use std::marker::PhantomData;
use std::time::SystemTime;

/// Proves that sender `S` has signed the request, and owns the bytes that it has signed.
///
/// A handler on an [`AuthRouter`](crate::AuthRouter) takes it as its first parameter. The gate
/// checks the signature's headers before it reads the body. It then reads the body, up to
/// [`max_body`](crate::signatures::SignaturesBuilder::max_body), and verifies the signature over
/// exactly the bytes that the proof owns.
///
/// ```
/// use auth_runtime::signatures::{MalformedJson, Scheme, Signatures};
/// use auth_runtime::{AuthRouter, Signed, routing::post, signature, signed};
///
/// signature!(pub GitHub = Scheme::github());
///
/// #[derive(serde::Deserialize)]
/// struct Push {
///     r#ref: String,
/// }
///
/// #[signed(GitHub)]
/// async fn pushed(event: Signed<GitHub>) -> Result<(), MalformedJson> {
///     let push: Push = event.json()?;
///     println!("{} was pushed", push.r#ref);
///     Ok(())
/// }
///
/// fn app(github: Signatures<GitHub>) -> AuthRouter {
///     AuthRouter::new().route("/hooks/github", post(pushed)).with_state(github)
/// }
/// # fn main() {}
/// ```
///
/// No other parameter can read the body, because it could be other bytes than those that were
/// verified:
///
/// ```compile_fail
/// # use auth_runtime::{AuthRouter, Signed, routing::post, signature, signatures::*};
/// # signature!(pub GitHub = Scheme::github());
/// # fn app(github: Signatures<GitHub>) -> AuthRouter {
/// AuthRouter::new()
///     .route("/", post(|event: Signed<GitHub>, body: String| async { body }))
///     .with_state(github)
/// # }
/// # fn main() {}
/// ```
///
/// None of these compiles:
///
/// ```compile_fail
/// # use auth_runtime::{Signed, signature, signatures::Scheme};
/// # signature!(pub GitHub = Scheme::github());
/// fn twice(event: Signed<GitHub>) -> (Signed<GitHub>, Signed<GitHub>) {
///     (event.clone(), event)
/// }
/// # fn main() {}
/// ```
///
/// ```compile_fail
/// # use auth_runtime::{Signed, signature, signatures::Scheme};
/// # signature!(pub GitHub = Scheme::github());
/// fn forged(json: &str) -> Signed<GitHub> {
///     serde_json::from_str(json).unwrap()
/// }
/// # fn main() {}
/// ```
// P2: private fields; no `Clone`, `Copy`, `Default`, `Deserialize`, `From`; `assert_signed` holds
// the only expression that makes one, and `tests/runtime/proofs.rs` checks this. Not an extractor,
// because the gate alone reads the body before anything else does.
#[must_use = "a proof has no effect unless it is used: read the verified bytes from it"]
pub struct Signed<S> {
    payload: Bytes,
    delivery: Delivery,
    /// P2: makes `S` invariant.
    sender: Invariant<S>,
}

impl<S> Signed<S> {
    /// Makes the proof of the bytes that were verified.
    // P2: this expression makes every proof of a signature. It checks nothing: its caller has
    // verified the signature over `payload`, and claimed the delivery.
    pub(super) fn assert_signed(payload: Bytes, delivery: Delivery) -> Self {
        Self { payload, delivery, sender: PhantomData }
    }

    /// Returns the record of the delivery, for the response.
    pub(crate) fn record(&self, sender: &'static str) -> DeliveryRecord {
        DeliveryRecord::new(sender, self.delivery.id.clone())
    }

    /// Parses the verified bytes as JSON.
    ///
    /// # Errors
    ///
    /// [`MalformedJson`], which answers 400. It makes no event, because the signature is good.
    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, MalformedJson> {
        serde_json::from_slice(&self.payload).map_err(|error| MalformedJson::of(&error))
    }

    /// Returns the verified bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.payload
    }

    /// Returns the verified bytes, and ends the proof.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.payload
    }

    /// Returns the id of the delivery, if the sender signs one.
    ///
    /// An id in a header that is not signed is not returned, because an attacker can change it.
    #[must_use]
    pub fn delivery_id(&self) -> Option<&str> {
        self.delivery.id.as_deref()
    }

    /// Returns when the sender signed the request, if the sender signs the time.
    #[must_use]
    pub fn sent_at(&self) -> Option<SystemTime> {
        self.delivery.sent_at
    }
}

/// Omits the body, because payloads are private data.
impl<S> fmt::Debug for Signed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("delivery_id", &self.delivery_id()).finish_non_exhaustive()
    }
}
