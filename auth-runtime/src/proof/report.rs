//! Turns a refusal into its event and the rejection that the client receives.

use super::RequestContext;
use crate::rejection::{Refusal, Rejection};
use crate::verifier::Verifier;
use auth_events::internal::{self, Rejected, Report};
use std::sync::Arc;

/// Emits the event of a refusal, counts it, and returns the rejection.
// P7: the only way from a refusal to a rejection.
pub(super) fn report<C>(refusal: Refusal, context: &RequestContext, verifier: &Verifier<C>) -> Rejection {
    let rejection = refusal.rejection;
    let reason = rejection.reason();
    let route = context.route();
    let route = route.as_deref();
    verifier.meters().refused(reason, route);
    let event = |refusal: Refusal| {
        let Refusal { rejection, key_id_hash, asked, subject, detail, issuer } = refusal;
        let names = issuer.unwrap_or_else(|| verifier.trusted());
        internal::event(Rejected {
            reason,
            status: rejection.status().as_u16(),
            method: context.method(),
            route,
            peer: context.peer(),
            issuer: Arc::clone(&names.issuer),
            audience: Arc::clone(&names.audience),
            key_id_hash,
            subject,
            permission: asked,
            detail,
        })
    };
    context.probe().refused(|| event(refusal.clone()));
    verifier.events().refused(reason, route, || event(refusal));
    rejection
}
