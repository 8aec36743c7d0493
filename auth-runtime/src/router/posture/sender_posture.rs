//! The settings of a sender of signed requests, for the posture.

use std::fmt;

/// Describes the settings of a sender of signed requests.
///
/// ```
/// use auth_runtime::Posture;
///
/// fn print(posture: &Posture) {
///     for sender in posture.senders() {
///         println!("{}: {}", sender.name, sender.settings);
///     }
/// }
/// # print(&auth_runtime::AuthRouter::<()>::new().posture());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SenderPosture {
    /// The name of the sender.
    pub name: &'static str,
    /// The number of secrets, the limits of the body, the replay store and the events, in words.
    pub settings: String,
}

impl fmt::Display for SenderPosture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.settings)
    }
}
