//! Identifies a caller: [`Identity`].

use serde::{Deserialize, Serialize};

/// Identifies a caller by issuer and subject (`iss` and `sub`).
///
/// The same `sub` from two issuers is two callers (OpenID Connect Core section 5.7). An identity is
/// a record and not a proof, because any code can make one.
///
/// ```
/// use auth_runtime::{Authenticated, Claims, Identity};
/// use std::collections::HashMap;
///
/// fn visits(auth: &Authenticated<Claims>, seen: &mut HashMap<Identity, u64>) -> u64 {
///     let visits = seen.entry(auth.identity()).or_default();
///     *visits += 1;
///     *visits
/// }
/// # let _ = visits;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
}
