//! Whether the decision in front of a handler let a request in, for the end of the response.

use http::Extensions;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by the gate and the end of the response through the request's extensions: a layer may make a new response,
/// without the extensions of the first one.
// P2: it is written by the gate and decides nothing about a request; it only keeps a header in the response.
#[derive(Clone)]
pub(super) struct Admitted(Arc<AtomicBool>);

impl Admitted {
    /// One for a request, which was not admitted so far.
    pub(super) fn watch(extensions: &mut Extensions) -> Self {
        let admitted = Self(Arc::default());
        extensions.insert(admitted.clone());
        admitted
    }

    /// The caller is known, or the handler is public.
    pub(super) fn note(extensions: &Extensions) {
        if let Some(Self(admitted)) = extensions.get() {
            admitted.store(true, Ordering::Release);
        }
    }

    pub(super) fn is_so(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
