//! The issuer's public keys, by URL or from a file.

use crate::base::{Problem, read as read_file};
use reqwest::Client;
use reqwest::redirect::Policy;
use std::path::Path;
use std::time::Duration;

/// The limit for a key set, which has some kilobytes.
const MOST: usize = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads the published JWK set.
pub(super) async fn read(from: &str) -> Result<String, Problem> {
    if !from.starts_with("http://") && !from.starts_with("https://") {
        return read_file(Path::new(from));
    }
    let unfit = |what: String| Problem::Unfit(format!("the keys at {from}: {what}"));
    let client = Client::builder().redirect(Policy::none()).timeout(PATIENCE).build();
    let client = client.map_err(|error| unfit(error.to_string()))?;
    let mut answer = client.get(from).send().await.map_err(|error| unfit(error.without_url().to_string()))?;
    if !answer.status().is_success() {
        return Err(unfit(format!("answered {}", answer.status())));
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| unfit(error.without_url().to_string()))? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST {
            return Err(unfit(format!("more than {MOST} bytes")));
        }
    }
    String::from_utf8(body).map_err(|_| unfit("the answer is not UTF-8".to_owned()))
}
