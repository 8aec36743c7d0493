//! From a refusal to a rejection, by way of its event.

use super::RequestContext;
use crate::rejection::{Refusal, Rejection};
use crate::verifier::Verifier;
use auth_events::internal::{self, Rejected, Report};
use std::sync::Arc;

/// P7: the one way from a refusal to a rejection, and it passes the events and the metrics.
pub(super) fn report<C>(refusal: Refusal, context: &RequestContext, verifier: &Verifier<C>) -> Rejection {
    let rejection = refusal.rejection;
    let (reason, route) = (rejection.reason(), context.route());
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
    if let Some(witness) = context.witness() {
        witness.sees_refusal(event(refusal.clone()));
    }
    verifier.events().refused(reason, route, || event(refusal));
    rejection
}
