//! A marker for invariant type parameters.

use std::marker::PhantomData;

/// Makes a parameter invariant: types that differ only by a lifetime do not match either.
pub(crate) type Invariant<T> = PhantomData<fn(T) -> T>;
