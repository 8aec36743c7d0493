//! Formats an error with its causes.

use std::error::Error;

/// Joins an error and its causes with colons.
///
/// "error sending request" alone does not help an operator. A cause that the text already contains
/// is left out, because many errors repeat their source.
pub fn error_chain(error: &dyn Error) -> String {
    let mut chain = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !chain.contains(&text) {
            chain = format!("{chain}: {text}");
        }
        cause = error.source();
    }
    chain
}

/// Like [`error_chain`], without the URL, because its path and query may contain a secret.
pub fn request_error(error: reqwest::Error) -> String {
    error_chain(&error.without_url())
}

#[cfg(test)]
mod tests {
    use super::error_chain;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Link {
        text: &'static str,
        source: Option<Box<Link>>,
    }

    #[test]
    fn each_cause_is_named_once() {
        let refused = Link { text: "connection refused", source: None };
        let connecting = Link { text: "connecting: connection refused", source: Some(Box::new(refused)) };
        let sending = Link { text: "error sending request", source: Some(Box::new(connecting)) };
        assert_eq!(error_chain(&sending), "error sending request: connecting: connection refused");
    }
}
