//! Where a credential is in a request: [`Carrier`].

/// Names the place of a credential in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    pub(super) place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// `Authorization`, with this scheme.
    Authorization(&'static str),
}

impl Carrier {
    /// The `Authorization` header with the scheme `Bearer` (RFC 6750 section 2.1).
    #[must_use]
    pub fn bearer() -> Self {
        Self { place: Place::Authorization("Bearer") }
    }
}

/// For the posture.
impl std::fmt::Display for Carrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Place::Authorization(scheme) = self.place;
        write!(f, "Authorization: {scheme}")
    }
}
