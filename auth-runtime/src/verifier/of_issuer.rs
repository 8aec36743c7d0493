//! Builds the verifier of a [`TokenIssuer`].

use super::{TokenClaims, Verifier, VerifierBuilder};
use crate::credential::token::TokenIssuer;
use crate::credential::token::keys::KeySet;
use auth_events::Events;

impl TokenIssuer {
    /// Starts the verifier of this configuration: issuer, audience, keys and clock.
    ///
    /// It accepts what this issuer issues, because both read the same values.
    pub fn verifier<C: TokenClaims>(&self, events: Events) -> VerifierBuilder<C, String, String, KeySet, Events> {
        let clock = self.shared_clock();
        Verifier::builder()
            .issuer(self.name())
            .audience(self.audience())
            .keys(self.keys())
            .events(events)
            .max_lifetime(self.max_lifetime())
            .clock(move || clock())
            .legacy_tokens(self.legacy())
    }
}
