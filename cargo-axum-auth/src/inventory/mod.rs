//! What a service does about authentication today: its handlers, layers, extractors and tokens.
//!
//! Names are resolved, and types are inferred from the code around a value only. So the result is a
//! list for a developer to check, not a proof.

mod callers;
mod evidence;
mod extensions;
mod functions;
mod handlers;
mod layers;
mod routers;
mod signatures;
mod survey;
mod tokens;

pub(crate) use callers::CALLERS;
pub(crate) use evidence::AllEvidence;
pub(crate) use extensions::Extensions;
pub(crate) use functions::Functions;
pub(crate) use handlers::{HandlerRow, Today};
pub(crate) use layers::{Effect, LayerRow};
pub(crate) use survey::{OpenApi, Survey, survey};
pub(crate) use tokens::{SharedKey, TokenRow, shared_keys};
