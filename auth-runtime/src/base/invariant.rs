//! A type parameter that allows no subtyping.

use std::marker::PhantomData;

/// Marks a parameter as invariant: no other type fits, not even one that differs by a lifetime.
pub(crate) type Invariant<T> = PhantomData<fn(T) -> T>;
