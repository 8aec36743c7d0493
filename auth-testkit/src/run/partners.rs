//! T66: two issuers that the service trusts. The key of one must not sign for the other.
//!
//! RFC 8725 section 3.8: the key must belong to the issuer.

use super::attack_run::AttackRun;
use crate::catalogue::{Attack, Credentials, Expected};
use crate::issuer::{TestIssuer, TestToken};
use crate::target::Route;

impl AttackRun {
    pub(super) fn tokens_of_partners(&self, route: &Route) -> Vec<Attack> {
        let Some(own) = self.plan.sources.of(route).issuer() else { return Vec::new() };
        let foreign = self.plan.sources.foreign_issuers(route).into_iter().map(|(_, issuer)| issuer);
        let partners = foreign.chain(self.plan.partners.iter().cloned());
        let partners = partners.filter(|partner| !partner.shares_key_with(own));
        partners.flat_map(|partner| crossed(own, &partner)).collect()
    }
}

/// Each name with the key of the other.
fn crossed(own: &TestIssuer, partner: &TestIssuer) -> Vec<Attack> {
    let attack = |name: String, token: TestToken, signer: TestIssuer| {
        Attack::new("T66", name, Expected::InvalidToken, move |inputs| {
            let token = inputs.scopes.iter().fold(token.clone(), |token, scope| token.scope(scope));
            let token = token.header("alg", signer.algorithm().to_string());
            Some(Credentials::bearer(&token.signed_with(signer.key())))
        })
    };
    let (ours, theirs) = (own.name(), partner.name());
    let mut attacks =
        vec![attack(format!("a token of {ours}, signed with the key of {theirs}"), own.token(), partner.clone())];
    if ours != theirs {
        attacks.push(attack(
            format!("a token of {theirs}, signed with the key of {ours}"),
            partner.token(),
            own.clone(),
        ));
        attacks.push(attack(
            format!("a token of {ours} with the claims of {theirs}, signed with its key"),
            partner.token().claim("iss", ours),
            partner.clone(),
        ));
    }
    attacks
}
