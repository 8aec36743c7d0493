//! Turns a refusal into its event and the rejection that the client receives.

use super::RequestContext;
use super::reporter::Reporter;
use crate::rejection::{Refusal, Rejection};
use auth_events::internal::{self, Kind, Rejected, Report};
use std::sync::Arc;

/// Emits the event of a refusal, counts it, and returns the rejection.
// P7: the only way from a refusal to a rejection.
pub(super) fn report(refusal: Refusal, context: &RequestContext, reporter: &impl Reporter) -> Rejection {
    let rejection = refusal.rejection;
    let reason = rejection.reason();
    let route = context.route();
    let route = route.as_deref();
    // A token with a good signature is not forged, so it must not page as an attack.
    let kind = if refusal.claim.is_some() { Kind::with_good_signature(reason) } else { reason.into() };
    reporter.meters().refused(kind, route);
    refusal.claim.iter().for_each(|claim| reporter.meters().claim_refused(claim));
    let event = |refusal: Refusal| {
        let Refusal { rejection, key_id_hash, asked, subject, detail, claim, token_hash, issuer } = refusal;
        let names = issuer.unwrap_or_else(|| reporter.trusted());
        internal::event(Rejected {
            kind,
            status: rejection.status().as_u16(),
            method: context.method(),
            route,
            peer: context.peer(),
            issuer: Arc::clone(&names.issuer),
            audience: Arc::clone(&names.audience),
            key_id_hash,
            subject,
            permission: asked,
            claim,
            token_hash,
            trace_id: context.trace_id(),
            detail,
        })
    };
    context.probe().refused(|| event(refusal.clone()));
    reporter.events().refused(kind, route, || event(refusal));
    rejection
}
