//! What decides about requests, as the report needs it: [`Reporter`].

use crate::credential::setup::SetupGate;
use crate::credential::signature::Signatures;
use crate::rejection::IssuerNames;
use crate::verifier::Verifier;
use auth_events::Events;
use auth_events::internal::Meters;
use std::sync::Arc;

/// Decides about requests, and counts and reports what it decides.
pub(crate) trait Reporter {
    fn events(&self) -> &Events;

    fn meters(&self) -> &Meters;

    /// Returns the names that an event has while the sender of the request is not known.
    fn trusted(&self) -> Arc<IssuerNames>;
}

impl<C> Reporter for Verifier<C> {
    fn events(&self) -> &Events {
        Verifier::events(self)
    }

    fn meters(&self) -> &Meters {
        Verifier::meters(self)
    }

    fn trusted(&self) -> Arc<IssuerNames> {
        Verifier::trusted(self)
    }
}

impl<S> Reporter for Signatures<S> {
    fn events(&self) -> &Events {
        Signatures::events(self)
    }

    fn meters(&self) -> &Meters {
        Signatures::meters(self)
    }

    fn trusted(&self) -> Arc<IssuerNames> {
        self.names()
    }
}

impl Reporter for SetupGate {
    fn events(&self) -> &Events {
        Self::events(self)
    }

    fn meters(&self) -> &Meters {
        Self::meters(self)
    }

    fn trusted(&self) -> Arc<IssuerNames> {
        self.names()
    }
}
