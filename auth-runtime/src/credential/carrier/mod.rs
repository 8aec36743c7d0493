//! The carriers of credentials in a request.

mod authorization;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod carrier;
mod carriers;
mod cookie;
mod cookie_name;
mod loopback;
mod named_header;
mod origin;
mod placeholder;
mod presented;
mod protect;
mod same_origin;
mod session_cookie;
mod subprotocol;
#[cfg(test)]
mod tests;

pub use carrier::Carrier;
pub(crate) use carriers::{Carriers, Found};
pub(crate) use presented::Presented;
pub(crate) use protect::{Protected, protect, protect_from_layers};
pub use session_cookie::{CookieValueError, SessionCookie, SetCookie};
