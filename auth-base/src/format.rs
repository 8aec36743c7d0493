//! Formats durations, and texts of others.

use std::time::Duration;

/// Formats a duration in the largest unit that gives a whole number.
pub fn format_duration(duration: Duration) -> String {
    match (duration.as_secs(), duration.subsec_nanos()) {
        (0, 0) => "none".to_owned(),
        (seconds, 0) if seconds % 3600 == 0 => format!("{} h", seconds / 3600),
        (seconds, 0) if seconds % 60 == 0 => format!("{} min", seconds / 60),
        (seconds, 0) => format!("{seconds} s"),
        _ => format!("{duration:?}"),
    }
}

/// Escapes a text of a peer for a message, and shortens it.
pub fn excerpt(text: &str) -> String {
    text.chars().take(100).flat_map(char::escape_debug).collect()
}
