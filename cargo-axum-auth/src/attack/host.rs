//! The hosts that may be attacked: this machine, or one that the operator owns.

use crate::base::Problem;
use reqwest::Url;
use std::net::ToSocketAddrs;

/// Resolves the host. Every address of its name must be loopback, unless the operator owns the
/// host.
///
/// # Errors
///
/// When the URL is not that of a service, or the host has no address or one that is not loopback.
pub(super) fn allowed(url: &str, owned: bool) -> Result<String, Problem> {
    // The client that makes the requests has the same parser, so both see the same host.
    // The message does not have the URL, because it may contain a password.
    let url = Url::parse(url).map_err(|error| Problem::Unfit(format!("the address is not a URL: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Problem::Unfit(
            "the URL holds credentials, which would be sent beside the tokens: leave them out".to_owned(),
        ));
    }
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Err(Problem::Unfit(
            "the URL is not that of a service: use `http://` or `https://` and a host".to_owned(),
        ));
    };
    let bare = host.trim_matches(['[', ']']);
    let resolved = (bare, port).to_socket_addrs();
    let addresses: Vec<_> = resolved.map_err(|error| Problem::Unfit(format!("{host}: {error}")))?.collect();
    let elsewhere = addresses.iter().find(|address| !address.ip().to_canonical().is_loopback());
    match elsewhere {
        _ if addresses.is_empty() => Err(Problem::Unfit(format!("{host} has no address"))),
        Some(address) if !owned => Err(Problem::Unfit(format!(
            "{host} is {}, which is not this machine: give `--i-own-this-host` to attack it",
            address.ip()
        ))),
        Some(address) => Ok(format!(
            "{host} is {}, which is not this machine; the operator owns it (`--i-own-this-host`)",
            address.ip()
        )),
        None => Ok(format!("{host} is this machine")),
    }
}
