//! What the tests of Canaille and of django-oauth-toolkit share: services, twins, rotation, kill.

use super::flow::Flow;
use super::{COOLDOWN, MOST, Notices};
use crate::support::{IdentityProvider, Mint, Server, Software, base64url, routes, segments};
use auth_runtime::credentials::Provider as Profile;
use auth_runtime::events::{NoticeKind, Reason};
use auth_runtime::keys::{Algorithm, RemoteKeySet};
use auth_runtime::routing::get;
use auth_runtime::{Claims, ConfigError, authenticated, claim};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use std::time::{Duration, Instant, SystemTime};

claim!(Clerk = "clerks" in "groups");

#[authenticated(Claims, requires = Clerk)]
async fn desk() -> &'static str {
    "at the desk"
}

/// How long the keys of a provider that is down are used.
const MAX_AGE: Duration = Duration::from_secs(10);

/// A provider, the profile for it, and how a test gets a good token.
pub(super) trait Peer {
    const SOFTWARE: Software;
    const AUDIENCE: &str;

    fn profile(issuer: &str) -> Profile;

    /// Configures the keys of the profile.
    fn keys(keys: RemoteKeySet) -> RemoteKeySet {
        keys
    }

    /// Signs in at the provider, and returns a token for [`Self::AUDIENCE`].
    fn good(provider: &IdentityProvider) -> impl Future<Output = String> + Send;
}

pub(super) fn old_key() -> Value {
    Mint::of(Algorithm::RS256).signing("key-of-last-quarter", None)
}

pub(super) fn new_key() -> Value {
    Mint::untrusted(Algorithm::RS256).signing("key-of-this-quarter", None)
}

/// Intervals that a test can wait for.
fn eager(keys: RemoteKeySet) -> RemoteKeySet {
    keys.cooldown(COOLDOWN).refresh_between(COOLDOWN, MOST)
}

/// A service that trusts the provider, with the keys that its document names.
pub(super) async fn service<P: Peer>(provider: &IdentityProvider) -> Server {
    service_with(P::profile(&provider.issuer), P::keys, P::AUDIENCE).await
}

/// The same with any profile and keys. It uses the system clock, because the provider does.
pub(super) async fn service_with(
    profile: Profile,
    configured: impl Fn(RemoteKeySet) -> RemoteKeySet,
    audience: &'static str,
) -> Server {
    let mut read = eager(configured(profile.keys())).await;
    // A provider on a busy machine may answer too late.
    for _ in 0..10 {
        if let Err(ConfigError::KeySetUnreachable { .. }) = read {
            read = eager(configured(profile.keys())).await;
        }
    }
    let keys = read.expect("the keys of the provider");
    let trusting = Server::with(Algorithm::Ed25519).keys(keys);
    trusting
        .verifier(move |builder| builder.provider(profile).audience(audience).clock(SystemTime::now))
        .app(|service| routes().route("/desk", get(desk)).with_state(service))
        .start()
        .await
}

/// Asserts that changed twins of a good token are rejected.
pub(super) async fn refuses_changed_twins(server: &Server, good: &str, other: &str, subject: &str) {
    let [header, claims, signature] = segments(good);
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64url");
    let decoded = String::from_utf8(decoded).expect("UTF-8");
    let changed = decoded.replace(&format!("\"{subject}\""), "\"mallory\"");
    assert_ne!(changed, decoded, "the subject is {subject}");
    let with_claims = format!("{header}.{}.{signature}", base64url(changed));
    let with_signature = format!("{header}.{claims}.{}", segments(other)[2]);
    for twin in [with_claims, with_signature] {
        server.refuses(&twin, Reason::BadSignature).await;
    }
    server.accepts(good).await;
}

/// The provider publishes a new key, signs with it, and removes the old one, while clients send
/// tokens. Each restart is also an outage.
pub(super) async fn rotates_during_requests<P: Peer>() {
    let (old, new) = (old_key(), new_key());
    let Some(mut provider) = IdentityProvider::start(P::SOFTWARE, std::slice::from_ref(&old)).await else { return };
    let server = service::<P>(&provider).await;
    let (mut notices, begun) = (Notices::default(), Instant::now());
    let mut flow = Flow::start(&server, 3);
    let issued_by_old = P::good(&provider).await;
    let [header, claims, signature] = segments(&issued_by_old).map(str::to_owned);
    flow.send("tampered", format!("{header}.{}.{signature}", base64url(r#"{"sub":"mallory"}"#)));
    flow.send("forged", Mint::untrusted(Algorithm::RS256).completed(&format!("{header}.{claims}")));
    flow.send("issued by the old key", issued_by_old);
    flow.wait_for_rounds(10).await;

    provider.restart(&[old.clone(), new.clone()]).await;
    notices.until(&server, NoticeKind::KeySetChanged, 1).await;
    provider.restart(&[new.clone(), old]).await;
    flow.send("issued by the new key", P::good(&provider).await);
    flow.wait_for_rounds(10).await;
    let (of_old, of_new) =
        (flow.outcomes("issued by the old key", begun), flow.outcomes("issued by the new key", begun));
    assert!(of_old.keys().eq([&200]), "its key is still published: {of_old:?}");
    assert!(of_new.keys().eq([&200]), "the new key was published before it was used: {of_new:?}");

    provider.restart(&[new]).await;
    notices.until(&server, NoticeKind::KeySetChanged, 2).await;
    let read = Instant::now();
    flow.wait_for_rounds(10).await;
    let of_old = flow.outcomes("issued by the old key", read);
    assert!(of_old.contains_key(&401) && !of_old.contains_key(&200), "its key was removed: {of_old:?}");
    let of_new = flow.outcomes("issued by the new key", begun);
    assert!(of_new.keys().eq([&200]), "{of_new:?}");
    for bad in ["tampered", "forged"] {
        let outcomes = flow.outcomes(bad, begun);
        // 503: the `kid` is unknown while the provider restarts.
        assert!(outcomes.keys().all(|status| [401, 503].contains(status)), "{bad}: {outcomes:?}");
    }
    // P7: one event for each rejection.
    let refusals = flow.stop().await;
    assert_eq!(server.events().len(), refusals);
}

/// The provider is killed during requests, and restarted with a new key only.
pub(super) async fn is_killed_and_restarted<P: Peer>() {
    let Some(mut provider) = IdentityProvider::start(P::SOFTWARE, &[old_key()]).await else { return };
    let profile = P::profile(&provider.issuer);
    let server = service_with(profile, |keys| P::keys(keys).max_age(MAX_AGE), P::AUDIENCE).await;
    let mut notices = Notices::default();
    let good = P::good(&provider).await;
    let [_, claims, _] = segments(&good);
    // `kid` of a key that the provider may have published while it cannot be reached.
    let header = base64url(r#"{"typ":"at+jwt","alg":"RS256","kid":"key-that-may-be-new"}"#);
    let unknown = Mint::untrusted(Algorithm::RS256).completed(&format!("{header}.{claims}"));
    let mut flow = Flow::start(&server, 3);
    flow.send("good", good.clone());
    flow.send("unknown", unknown);
    flow.wait_for_rounds(10).await;

    provider.kill();
    notices.until(&server, NoticeKind::KeySetUnavailable, 1).await;
    let reported = Instant::now();
    flow.wait_for_rounds(10).await;
    let unknown = flow.outcomes("unknown", reported);
    assert!(unknown.keys().eq([&503]), "the verifier cannot decide without the keys: {unknown:?}");
    notices.until(&server, NoticeKind::KeySetTooOld, 1).await;
    let too_old = Instant::now();
    // The last good keys are used until the notice, and not longer.
    let good_ones = flow.outcomes("good", reported);
    assert!(good_ones.contains_key(&200), "{good_ones:?}");
    flow.wait_for_rounds(10).await;
    let good_ones = flow.outcomes("good", too_old);
    assert!(good_ones.keys().eq([&503]), "{good_ones:?}");

    provider.restart(&[new_key()]).await;
    notices.until(&server, NoticeKind::KeySetRestored, 1).await;
    let restored = Instant::now();
    let fresh = P::good(&provider).await;
    flow.send("fresh", fresh);
    flow.wait_for_rounds(10).await;
    let (good, fresh) = (flow.outcomes("good", restored), flow.outcomes("fresh", restored));
    assert!(good.contains_key(&401) && !good.contains_key(&200), "its key was removed: {good:?}");
    // 503: the provider did not answer for MAX_AGE.
    assert!(fresh.contains_key(&200) && !fresh.contains_key(&401), "{fresh:?}");
    let refusals = flow.stop().await;
    assert_eq!(server.events().len(), refusals);
}
