//! What a service does about authentication today: its handlers, layers, extractors and tokens.
//!
//! Names are resolved, and types are inferred from the code around a value only. So the result is a
//! list for a developer to check, not a proof.

mod extensions;
mod functions;

pub(crate) use extensions::Extensions;
pub(crate) use functions::Functions;
