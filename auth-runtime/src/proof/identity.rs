//! Who a caller is.

use serde::{Deserialize, Serialize};

/// A caller: an issuer's name for somebody (`iss` and `sub`; OpenID Connect Core section 5.7). The same `sub` of two
/// issuers is two callers.
///
/// It is a record, not a proof: anybody can write one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
}
