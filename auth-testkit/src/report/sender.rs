//! Who can send the request of a finding.

use super::Finding;

/// Attacks whose token has a valid signature of the issuer.
const SIGNED_BY_THE_ISSUER: [&str; 18] = [
    "D01", "T06", "T13", "T14", "T20", "T21", "T22", "T23", "T24", "T25", "T26", "T27", "T30", "T31", "T32", "T33",
    "T62", "T65",
];

/// Attacks whose request has a valid signature of the sender.
const SIGNED_BY_THE_SENDER: [&str; 6] = ["G12", "G13", "G14", "G15", "G18", "G19"];

/// Attacks whose request may have a good token of its caller.
const BESIDE_A_GOOD_TOKEN: [&str; 6] = ["H31", "H32", "H36", "H37", "H38", "H40"];

/// Attacks that may put a good credential where it must not be accepted.
const IN_ANOTHER_PLACE: [&str; 7] = ["C01", "C02", "C03", "H02", "H05", "H09", "H10"];

/// Attacks with a credential that was good, or that is good elsewhere.
const OF_ITS_HOLDER: [&str; 7] = ["K03", "K07", "K08", "K09", "N05", "N06", "N07"];

/// Who can send a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    Unauthenticated,
    PageOfAnotherSite,
    Caller,
    CallerWithoutPermission,
    Holder,
    Issuer,
    OtherIssuer,
    Signer,
    SetUp,
}

impl Sender {
    /// The line of a finding.
    pub(super) fn line(self) -> &'static str {
        match self {
            Self::Unauthenticated => "an unauthenticated client can send it",
            Self::PageOfAnotherSite => "a page of another site can send it, from the browser of a caller",
            Self::Caller => "any authenticated caller can send it",
            Self::CallerWithoutPermission => "a caller without the permission can send it",
            Self::Holder => "a client that has the credential can send it",
            Self::Issuer => "only the issuer could sign it",
            Self::OtherIssuer => "another issuer that the service trusts could sign it",
            Self::Signer => "only the sender could sign it",
            Self::SetUp => "a client that has the token of the set-up can send it",
        }
    }
}

impl Finding {
    /// Whether a client can make the request without what the issuer or the sender has signed.
    #[must_use]
    pub fn is_forgeable(&self) -> bool {
        self.sender() == Sender::Unauthenticated
    }

    /// Decides it for all attacks. One with a credential of a caller is not for every client.
    pub(super) fn sender(&self) -> Sender {
        let is_in = |ids: &[&str]| ids.contains(&self.id.as_str());
        let has_token = self.request.contains("authorization: Bearer ");
        match self.id.as_str() {
            "U05" => Sender::SetUp,
            "T29" | "K10" => Sender::CallerWithoutPermission,
            "T66" => Sender::OtherIssuer,
            "C05" | "C06" => Sender::PageOfAnotherSite,
            _ if is_in(&SIGNED_BY_THE_ISSUER) => Sender::Issuer,
            _ if is_in(&SIGNED_BY_THE_SENDER) => Sender::Signer,
            _ if is_in(&OF_ITS_HOLDER) => Sender::Holder,
            _ if is_in(&BESIDE_A_GOOD_TOKEN) && has_token => Sender::Caller,
            _ if is_in(&IN_ANOTHER_PLACE) && self.attack.contains("good ") => Sender::Caller,
            _ => Sender::Unauthenticated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Sender};

    #[test]
    fn a_request_with_a_credential_is_not_one_of_every_client() {
        let bearer = "curl -i -X PATCH 'http://127.0.0.1:3000/me' -H 'authorization: Bearer a.b.c'";
        for (id, attack, request, sender) in [
            ("H01", "no credentials", "curl", Sender::Unauthenticated),
            ("T02", "no signature", bearer, Sender::Unauthenticated),
            ("H37", "a member that only the service sets", bearer, Sender::Caller),
            ("H37", "a member that only the service sets", "curl", Sender::Unauthenticated),
            ("H38", "a code that is left out", bearer, Sender::Caller),
            ("H02", "another scheme: Basic YTpi", "curl", Sender::Unauthenticated),
            ("H02", "a good token under another scheme", "curl", Sender::Caller),
            ("H09", "a good token in the query", "curl", Sender::Caller),
            ("T29", "a token without scopes", bearer, Sender::CallerWithoutPermission),
            ("N06", "a credential after its log-out", "curl", Sender::Holder),
            ("N01", "the word test as the credential", "curl", Sender::Unauthenticated),
            ("C05", "a cookie in a request of another site", "curl", Sender::PageOfAnotherSite),
            ("T23", "another audience", bearer, Sender::Issuer),
        ] {
            let mut finding = Finding::about_the_test(String::new());
            (finding.id, finding.attack, finding.request) = (id.to_owned(), attack.to_owned(), request.to_owned());
            assert_eq!(finding.sender(), sender, "{id} {attack}");
        }
    }
}
