//! Shares a value, and hides from rustc what it consists of: [`Erased`].

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Shares a value whose parts rustc does not look into.
///
/// It is `Send` and `Sync` because `T` was both.
///
/// A reference in a type keeps rustc from caching that it is `Send`. A proof contains its verifier,
/// so rustc walked through hundreds of types for each handler, and again for each route: a third
/// of its work in `cargo check` of a service. It does not walk through a trait object.
pub(crate) struct Erased<T>(Arc<dyn AsHeld<T>>);

trait AsHeld<T>: Send + Sync {
    fn held(&self) -> &T;
}

impl<T: Send + Sync> AsHeld<T> for T {
    fn held(&self) -> &T {
        self
    }
}

impl<T> Erased<T> {
    /// Whether both are the same value. A clone is the same value.
    pub(crate) fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: Send + Sync + 'static> From<Arc<T>> for Erased<T> {
    fn from(shared: Arc<T>) -> Self {
        Self(shared)
    }
}

impl<T> Deref for Erased<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // Of the object: an `Arc` holds itself.
        (*self.0).held()
    }
}

impl<T> Clone for Erased<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for Erased<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
