//! Opens vaults for work without a caller: start-up, a queue, a timer.

use crate::base::Invariant;
use crate::opt_out::Resources;
use std::fmt;
use std::marker::PhantomData;

/// Declares work without a caller, with one to four resources and the reason.
///
/// `job!(pub Nightly for Orders = "deletes orders after ten years");` See
/// [`AuthRouter::job`](crate::AuthRouter::job).
#[macro_export]
macro_rules! job {
    ($(#[$meta:meta])* $vis:vis $Name:ident for $($Resource:ty),+ = $reason:literal $(;)?) => {
        $(#[$meta])*
        #[doc = ::core::concat!("Works without a caller: ", $reason, ".")]
        #[derive(Debug)]
        $vis struct $Name(());

        impl $crate::vault::JobName for $Name {
            type Opens = ($($Resource,)+);
            const REASON: &'static ::core::primitive::str = $reason;
        }

        const _: &::core::primitive::str = $crate::__macro::words($reason);
    };
}

/// Names work without a caller. [`job!`](crate::job) implements it.
///
/// ```
/// use auth_runtime::job;
/// use auth_runtime::vault::JobName;
///
/// pub struct Orders;
///
/// job!(pub Nightly for Orders = "deletes orders after ten years");
///
/// fn reason<J: JobName>() -> &'static str {
///     J::REASON
/// }
///
/// # fn main() {
/// assert_eq!(reason::<Nightly>(), "deletes orders after ten years");
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a job",
    label = "not declared with `job!`",
    note = "declare it with its resources and a reason: `auth_runtime::job!(pub Nightly for Orders = \"deletes orders after ten years\")`"
)]
pub trait JobName: 'static {
    /// The resources that it opens, as a tuple.
    type Opens: Resources;
    /// Why there is no caller.
    const REASON: &'static str;
}

/// Opens the vaults of the resources that [`job!`](crate::job) names, without a caller.
///
/// [`AuthRouter::job`](crate::AuthRouter::job) makes it while the router is built, and lists it in
/// the posture.
///
/// ```
/// use auth_runtime::{AuthRouter, Claims, Job, Vault, job};
///
/// pub struct Orders;
///
/// job!(pub Nightly for Orders = "deletes orders after ten years");
///
/// fn delete_old(job: &Job<Nightly>, orders: &Vault<Orders, Claims>) {
///     let _orders: &Orders = orders.open(job);
/// }
///
/// # fn main() {
/// let (app, job) = AuthRouter::<()>::new().job::<Nightly>();
/// delete_old(&job, &Vault::new(Orders));
/// # drop(app);
/// # }
/// ```
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
