//! The compact form of a token, and its header (RFC 7515, RFC 8725).

use super::TokenType;
use super::json::{Document, Json, Object};
use super::keys::VerifyingKey;
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::borrow::Cow;
use std::sync::OnceLock;

/// Long enough for URLs and thumbprints, short enough to hash cheaply.
const MAX_KEY_ID_BYTES: usize = 256;

/// Members that change the meaning of a token or the source of its key.
///
/// None of them is supported, so a token with one is rejected. Ignoring `crit` was CVE-2025-59420,
/// trusting `jwk` was CVE-2018-0114.
const HEADER_NOT_ALLOWED: [&str; 8] = ["crit", "b64", "zip", "enc", "jwk", "jku", "x5u", "x5c"];

/// Whether a text has the form of a JWT.
///
/// That is exactly two dots, and a first segment that begins a JSON object.
/// It only chooses the kind of a credential, when opaque tokens are accepted too.
pub(crate) fn has_form(text: &str) -> bool {
    let Some((header, rest)) = text.split_once('.') else { return false };
    // Four digits are three bytes. White space may precede the object.
    let start = header.as_bytes().get(..4).unwrap_or(header.as_bytes());
    let start = URL_SAFE_NO_PAD.decode(start).unwrap_or_default();
    let begins = match start.trim_ascii_start() {
        [] => !start.is_empty(),
        [first, ..] => *first == b'{',
    };
    begins && rest.matches('.').count() == 1
}

/// Keeps the headers of the first tokens that were verified, each with its text.
///
/// The tokens of a key have the same header, so most headers are decoded and parsed once. Equal
/// texts are equal headers, and everything is checked for each token.
///
/// P6: a header is kept only after the signature and the claims were verified, so that only issuers
/// fill a place. A header without a place is parsed for each token.
#[derive(Default)]
pub(crate) struct KnownHeaders([OnceLock<(Box<str>, Document)>; 4]);

/// A longer header is parsed for each token.
const MAX_KNOWN_BYTES: usize = 512;

impl KnownHeaders {
    pub(crate) fn get(&self, text: &str) -> Option<&Document> {
        self.0.iter().map_while(OnceLock::get).find(|(known, _)| **known == *text).map(|(_, header)| header)
    }

    /// Keeps the header of a token, all of which was verified.
    pub(crate) fn keep(&self, verified: Unverified<'_>) {
        let text = verified.message.split_once('.').map_or("", |(header, _)| header);
        let Header::Read(document) = verified.header else { return };
        if text.len() > MAX_KNOWN_BYTES || self.get(text).is_some() {
            return;
        }
        let mut header = (Box::from(text), document);
        for place in &self.0 {
            match place.set(header) {
                Ok(()) => return,
                Err(taken) => header = taken,
            }
        }
    }
}

/// The header of a token.
enum Header<'a> {
    Read(Document),
    Known(&'a Document),
}

impl Header<'_> {
    fn root(&self) -> Object<'_> {
        match self {
            Self::Read(header) => header.root(),
            Self::Known(header) => header.root(),
        }
    }
}

/// The parts of a token. None of them is verified yet.
pub(crate) struct Unverified<'a> {
    header: Header<'a>,
    /// The signed bytes: header and payload as they were sent.
    message: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Parses three segments of canonical base64url. The first must be a JSON object.
    pub(crate) fn parse(token: &'a str, known: &'a KnownHeaders) -> Result<Self, Refusal> {
        // A search stops at the third dot (CVE-2025-30204).
        let outer = token.split_once('.').and_then(|(header, rest)| Some((header, rest.split_once('.')?)));
        let Some((header, (payload, signature))) = outer.filter(|(_, (_, signature))| !signature.contains('.')) else {
            return Err(malformed("not three segments"));
        };
        if header.is_empty() || payload.is_empty() {
            return Err(malformed("an empty segment"));
        }
        // RFC 7515 appendix A.5: unsecured, as the emulator of Firebase issues them.
        if signature.is_empty() {
            return Err(malformed("the signature is empty, as with `alg: none`: no emulator's token is accepted"));
        }
        let signature = decoded(signature, "the signature")?;
        // Header, dot and payload.
        let message = &token[..header.len() + 1 + payload.len()];
        let header = match known.get(header) {
            Some(known) => Header::Known(known),
            None => Header::Read(
                Document::read(&decoded(header, "the header")?).map_err(|error| not_strict(&error, "the header"))?,
            ),
        };
        Ok(Self { header, message, payload, signature })
    }

    /// The presented `kid`, which is only looked up and hashed.
    pub(crate) fn key_id(&self) -> Result<Option<&str>, Refusal> {
        match self.header.root().get("kid") {
            None => Ok(None),
            Some(Json::Text(kid)) if (1..=MAX_KEY_ID_BYTES).contains(&kid.len()) => Ok(Some(kid)),
            Some(Json::Text("")) => Err(Refusal::token(Reason::MalformedToken, "kid is empty")),
            Some(_) => Err(Refusal::token(Reason::MalformedToken, "kid is not a short string")),
        }
    }

    /// The presented `alg`.
    pub(crate) fn algorithm(&self) -> Result<&str, Refusal> {
        match self.header.root().get("alg") {
            Some(Json::Text(name)) => Ok(name),
            _ => Err(Refusal::token(Reason::AlgorithmNotAllowed, "alg is not a string")),
        }
    }

    /// The claims, which are unverified until [`check_signature`](Self::check_signature) has
    /// passed.
    ///
    /// Before that, they may only be used to choose the keys.
    pub(crate) fn claims(&self) -> Result<Document, Refusal> {
        Document::read(&decoded(self.payload, "the claims")?).map_err(|error| not_strict(&error, "the claims"))
    }

    /// Whether `typ` states an access token (RFC 9068 section 2.1).
    pub(crate) fn is_typed(&self) -> bool {
        matches!(self.header.root().get("typ"), Some(Json::Text(typ)) if TokenType::AccessToken.check(Some(typ)).is_ok())
    }

    /// Checks the members of the header. `ignored`: members that a profile ignores.
    pub(crate) fn check_header(&self, token_type: TokenType, ignored: &[&str]) -> Result<(), Refusal> {
        let header = self.header.root();
        let mut not_allowed = HEADER_NOT_ALLOWED.into_iter().filter(|name| !ignored.contains(name));
        if let Some(name) = not_allowed.find(|name| header.contains(name)) {
            return Err(Refusal::token(Reason::HeaderNotAllowed, name));
        }
        let typ = match header.get("typ") {
            None => None,
            Some(Json::Text(typ)) => Some(typ),
            Some(_) => return Err(Refusal::token(Reason::WrongTokenType, "typ is not a string")),
        };
        token_type.check(typ)
    }

    /// Verifies the signature, and returns the token's name for the algorithm.
    ///
    /// P6: the key determines the algorithm, and `alg` must match it. The value that is compared is
    /// the value that is used.
    pub(crate) fn check_signature(&self, key: &VerifyingKey) -> Result<&'static str, Refusal> {
        let alg = self.algorithm()?;
        let Some(algorithm) = key.algorithm().names().iter().find(|name| **name == alg) else {
            // Canaille signs with RS512, and publishes keys without `alg` beside a list of six.
            let why = "alg is not the algorithm of the key: for keys without `alg`, configure the issuer's";
            return Err(Refusal::token(Reason::AlgorithmNotAllowed, why));
        };
        key.verify(self.message.as_bytes(), &self.signature)
            .map_err(|_| Refusal::token(Reason::BadSignature, "the signature does not verify"))?;
        Ok(algorithm)
    }
}

/// Names the member that occurs twice (RFC 7519 section 4), if it is a registered one.
fn not_strict(error: &serde_json::Error, part: &'static str) -> Refusal {
    let error = error.to_string();
    // Without its position.
    match error.split_once(" occurs twice") {
        Some((member, _)) => malformed(format!("{part}: {member} occurs twice")),
        None => malformed(format!("{part} {} not strict JSON", verb(part))),
    }
}

fn verb(part: &str) -> &'static str {
    if part == "the claims" { "are" } else { "is" }
}

/// Decodes canonical base64url without padding, in which each value has exactly one spelling.
fn decoded(segment: &str, part: &'static str) -> Result<Vec<u8>, Refusal> {
    // `decode` asks for zeroed memory, which takes longer to get.
    let mut bytes = Vec::with_capacity(base64::decoded_len_estimate(segment.len()));
    URL_SAFE_NO_PAD.decode_vec(segment, &mut bytes).map(|()| bytes).map_err(|_| {
        // AWS load balancers pad their tokens. RFC 7515 section 2: base64url without padding.
        if segment.ends_with('=') {
            malformed(format!("{part} {} padded with `=`", verb(part)))
        } else {
            malformed("a segment is not canonical base64url")
        }
    })
}

fn malformed(detail: impl Into<Cow<'static, str>>) -> Refusal {
    let refusal = Refusal::from(Rejection::InvalidToken(Reason::MalformedToken));
    Refusal { detail: Some(detail.into()), ..refusal }
}

#[cfg(test)]
mod tests {
    use super::{KnownHeaders, Unverified};
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn with_key_id(kid: &str) -> String {
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#));
        format!("{header}.e30.c2ln")
    }

    #[test]
    fn a_known_header_is_that_of_its_text_and_the_places_are_bounded() {
        let known = KnownHeaders::default();
        for number in 0..6 {
            for _ in 0..2 {
                let (kid, token) = (format!("key-{number}"), with_key_id(&format!("key-{number}")));
                let unverified = Unverified::parse(&token, &known).unwrap();
                assert_eq!(unverified.key_id().unwrap(), Some(&*kid));
                assert_eq!(unverified.algorithm().unwrap(), "HS256");
                known.keep(unverified);
            }
        }
        let kept = |number| known.get(with_key_id(&format!("key-{number}")).split('.').next().unwrap()).is_some();
        assert_eq!([0, 1, 2, 3, 4, 5].map(kept), [true, true, true, true, false, false]);
        let long = with_key_id(&"k".repeat(400));
        let known = KnownHeaders::default();
        known.keep(Unverified::parse(&long, &known).unwrap());
        assert!(known.get(long.split('.').next().unwrap()).is_none());
    }

    #[test]
    fn a_token_has_exactly_three_segments() {
        let header = "eyJhbGciOiJIUzI1NiJ9";
        let known = KnownHeaders::default();
        let detail = |token: &str| Unverified::parse(token, &known).err().and_then(|refusal| refusal.detail);
        assert_eq!(detail(&format!("{header}.e30.c2ln")), None);
        for other in ["", header, "e30.c2ln", ".", "...", &format!("{header}.e30.c2ln."), &format!("{header}.a.b.c.d")]
        {
            assert_eq!(detail(other).as_deref(), Some("not three segments"), "{other}");
        }
        // The second dot of a pair is in the middle.
        assert_eq!(detail(&format!("{header}..e30.c2ln")).as_deref(), Some("not three segments"));
        assert_eq!(detail(&format!("{header}..c2ln")).as_deref(), Some("an empty segment"));
    }
}
