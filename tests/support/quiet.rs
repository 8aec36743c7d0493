//! Silences the panics that a test causes on purpose.

use std::sync::Once;

/// Silences panics whose message starts with `deliberate`.
pub(crate) fn deliberate_panics_are_silent() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // `payload_as_str` needs Rust 1.91.
            let payload = info.payload();
            let text = payload.downcast_ref::<&str>().copied();
            let message = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
            if !message.is_some_and(|message| message.starts_with("deliberate")) {
                others(info);
            }
        }));
    });
}
