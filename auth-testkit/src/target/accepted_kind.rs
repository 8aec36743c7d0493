//! A kind of credential that the verifier of a route accepts.

use super::Place;
use auth_runtime::posture::CredentialPosture;

/// The name of tokens in the posture.
const TOKEN: &str = "JWT";

/// Names a kind of credential, its issuers and its carriers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AcceptedKind {
    pub(crate) name: String,
    /// Unique for each kind of a verifier.
    pub(crate) issuers: Vec<String>,
    pub(crate) places: Vec<Place>,
    /// Carriers that this version of the kit does not know.
    pub(crate) unknown_carriers: Vec<String>,
}

impl AcceptedKind {
    /// Tokens in `Authorization: Bearer`, of a service without a posture.
    pub(crate) fn bearer_tokens() -> Self {
        let (issuers, unknown_carriers) = (Vec::new(), Vec::new());
        Self { name: TOKEN.to_owned(), issuers, places: vec![Place::bearer()], unknown_carriers }
    }

    pub(crate) fn is_token(&self) -> bool {
        self.name == TOKEN
    }
}

impl From<&CredentialPosture> for AcceptedKind {
    fn from(posture: &CredentialPosture) -> Self {
        let unknown = |carrier: &&String| Place::read(carrier).is_none();
        Self {
            name: posture.kind.clone(),
            issuers: posture.issuers.clone(),
            places: posture.carriers.iter().filter_map(|carrier| Place::read(carrier)).collect(),
            unknown_carriers: posture.carriers.iter().filter(unknown).cloned().collect(),
        }
    }
}
