//! A bearer token that a file holds, for key servers that require one (Kubernetes).

use crate::base::http::url::CheckedUrl;
use http::HeaderValue;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

const MAX_BYTES: u64 = 64 * 1024;

/// Reads a token from a file before each request, because Kubernetes replaces it every hour.
#[derive(Debug, Clone)]
pub(super) struct BearerFile {
    pub(super) path: PathBuf,
    /// The only origin to which the token is sent.
    pub(super) origin: CheckedUrl,
}

impl BearerFile {
    /// Whether the token may be sent to a URL: over TLS, or to this machine.
    pub(super) fn is_for(&self, url: &CheckedUrl) -> bool {
        self.origin.is_same_origin(url) && (!url.is_plain() || url.is_loopback())
    }

    /// Reads the header. The error names the file, and never what it contains.
    pub(super) async fn header(&self) -> Result<HeaderValue, String> {
        let path = self.path.clone();
        let named = |why: String| format!("the bearer token in `{}` cannot be used: {why}", self.path.display());
        let read = tokio::task::spawn_blocking(move || {
            let mut token = String::new();
            File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut token).map(|_| token)
        });
        let token = match read.await {
            Ok(Ok(token)) => token,
            Ok(Err(error)) => return Err(named(error.to_string())),
            Err(_) => return Err(named("reading it panicked".to_owned())),
        };
        if token.len() as u64 > MAX_BYTES {
            return Err(named(format!("it is longer than {MAX_BYTES} bytes")));
        }
        let token = token.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(named("it is not one line of visible ASCII".to_owned()));
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| named("it is not a header value".to_owned()))?;
        header.set_sensitive(true);
        Ok(header)
    }
}
