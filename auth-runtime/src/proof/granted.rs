//! Tells which permission of an `AnyOf` was granted: [`Granted`].

use super::{Authenticated, WeakenedProof};
use crate::permission::{AnyOf, Permission};
use crate::rejection::{Refusal, Rejection};
use std::sync::Arc;

/// Is the proof of the first granted permission of an [`AnyOf`](crate::AnyOf).
///
/// [`granted`](Authenticated::granted) returns it. It has no variant for "none", because a caller
/// without one of the permissions is rejected. A `match` on it does not compile while a permission
/// is missing.
///
/// ```
/// use auth_runtime::permissions::Granted;
/// use auth_runtime::{AnyOf, Authenticated, Claims, Rejection, authenticated, scope};
///
/// scope!(Admin = "admin");
/// scope!(Support = "support");
/// scope!(Auditor = "auditor");
///
/// type Staff = AnyOf<(Admin, Support, Auditor)>;
///
/// #[authenticated(Claims, requires = Staff)]
/// async fn customers(auth: Authenticated<Claims, Staff>) -> Result<String, Rejection> {
///     Ok(match auth.granted()? {
///         Granted::First(admin) => all_customers(&admin),
///         Granted::Other(Granted::First(support)) => format!("those that {} serves", support.sub),
///         Granted::Other(Granted::Other(_auditor)) => "their number".to_owned(),
///     })
/// }
///
/// fn all_customers(_: &Authenticated<Claims, Admin>) -> String {
///     "all".to_owned()
/// }
/// # fn main() {}
/// ```
#[derive(Debug)]
#[must_use = "it tells which permission the caller has: match on it"]
pub enum Granted<A, B> {
    /// The proof of the first permission.
    First(A),
    /// The proof of another permission. For more than two, a `Granted` of the others.
    Other(B),
}

/// Names the type for the permissions of a tuple.
macro_rules! granted {
    ($C:ident $P:ident) => { WeakenedProof<'_, $C, $P> };
    ($C:ident $P:ident $($Other:ident)+) => { Granted<WeakenedProof<'_, $C, $P>, granted!($C $($Other)+)> };
}

/// P6: only a granted permission makes a proof. An undecided check outweighs a denial.
macro_rules! first_granted {
    ($proof:ident $P:ident) => { alternative::<_, _, $P>($proof) };
    ($proof:ident $P:ident $($Other:ident)+) => {
        match alternative::<_, _, $P>($proof) {
            Ok(proof) => Ok(Granted::First(proof)),
            Err(refusal) => first_granted!($proof $($Other)+).map(Granted::Other).map_err(|last| undecided(refusal, last)),
        }
    };
}

macro_rules! of_any {
    ($($P:ident)+) => {
        impl<C, $($P: Permission<C>),+> Authenticated<C, AnyOf<($($P,)+)>> {
            /// Tells which permission of [`AnyOf`] the caller has: the first of the tuple.
            ///
            /// Write the strongest permission first.
            ///
            /// # Errors
            ///
            /// [`Rejection::InsufficientScope`] or [`Rejection::Unavailable`], when a permission
            /// that was granted before is not granted now. The event is already emitted.
            pub fn granted(&self) -> Result<granted!(C $($P)+), Rejection> {
                let proof = self;
                first_granted!(proof $($P)+).map_err(|refusal| self.verified().report(refusal))
            }
        }
    };
}

of_any!(A B);
of_any!(A B D);
of_any!(A B D E);
of_any!(A B D E F);
of_any!(A B D E F G);
of_any!(A B D E F G H);
of_any!(A B D E F G H I);

fn alternative<C, P, Q: Permission<C>>(proof: &Authenticated<C, P>) -> Result<WeakenedProof<'_, C, Q>, Refusal> {
    Authenticated::mint(Arc::clone(proof.verified())).map(WeakenedProof::new).map_err(|(refusal, _)| refusal)
}

fn undecided(first: Refusal, last: Refusal) -> Refusal {
    if matches!(first.rejection, Rejection::Unavailable(_)) { first } else { last }
}
