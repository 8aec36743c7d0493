//! Lists the decision of each route, read from the router itself.

mod layers;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod posture;
mod posture_error;
mod resource_description;
mod sender_posture;
mod table;

pub use layers::LayerPosture;
pub(super) use posture::{Asked, Configured, without_repetition};
pub use posture::{Policy, Posture, RoutePosture};
pub use posture_error::PostureError;
pub(super) use resource_description::{ResourceDescription, undescribed_message};
pub use sender_posture::SenderPosture;
