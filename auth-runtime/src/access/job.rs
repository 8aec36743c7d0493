//! Work without a caller: start-up, a queue, a timer.

use crate::base::Invariant;
use crate::opt_out::Resources;
use std::fmt;
use std::marker::PhantomData;

/// Declares work without a caller, with the resource that it needs, or up to four, and the reason:
/// `job!(pub Nightly for Orders = "deletes orders after ten years");` See [`AuthRouter::job`](crate::AuthRouter::job).
#[macro_export]
macro_rules! job {
    ($(#[$meta:meta])* $vis:vis $Name:ident for $($Resource:ty),+ = $reason:literal $(;)?) => {
        $(#[$meta])*
        #[doc = ::core::concat!("Works without a caller: ", $reason, ".")]
        #[derive(Debug)]
        $vis struct $Name(());

        impl $crate::JobName for $Name {
            type Opens = ($($Resource,)+);
            const REASON: &'static ::core::primitive::str = $reason;
        }

        const _: &::core::primitive::str = $crate::__macro::words($reason);
    };
}

/// The name of work without a caller. Made by [`job!`](crate::job).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no work without a caller",
    label = "not made by `job!`",
    note = "declare it, with what it needs and why: `auth_runtime::job!(pub Nightly for Orders = \"deletes orders after ten years\")`"
)]
pub trait JobName: 'static {
    /// The resources that it needs, as a tuple.
    type Opens: Resources;
    /// Why there is no caller.
    const REASON: &'static str;
}

/// The proof of work without a caller: start-up, a queue, a timer. It opens the vaults of the resources that [`job!`](crate::job) names.
///
/// It is handed out by [`AuthRouter::job`](crate::AuthRouter::job), where the router is put together, and listed in its
/// posture.
#[must_use = "a job opens the vaults of its resources"]
pub struct Job<R> {
    name: Invariant<R>,
}

impl<R> Job<R> {
    pub(crate) fn listed() -> Self {
        Self { name: PhantomData }
    }
}

impl<R> fmt::Debug for Job<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}
