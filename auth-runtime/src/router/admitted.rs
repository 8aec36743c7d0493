//! Records whether a decision admitted a request, for the end of the response.

use http::Extensions;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells the end of the response that the gate has admitted the request.
///
/// It is in the request's extensions, because a layer may replace the response and its extensions.
// P2: the gate writes it, and it decides only whether the response keeps a header.
#[derive(Clone)]
pub(super) struct Admitted(Arc<AtomicBool>);

impl Admitted {
    /// Adds one to a request that was not admitted yet.
    pub(super) fn watch(extensions: &mut Extensions) -> Self {
        let admitted = Self(Arc::default());
        extensions.insert(admitted.clone());
        admitted
    }

    /// Records that the caller is authenticated, or that the handler is public.
    #[inline]
    pub(super) fn note(extensions: &Extensions) {
        if let Some(Self(admitted)) = extensions.get() {
            admitted.store(true, Ordering::Release);
        }
    }

    pub(super) fn is_so(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
