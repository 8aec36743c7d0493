//! The claims of an access token, for services that need no type of their own.

use super::scopes;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value};
use std::any::type_name;
use std::borrow::Cow;
use std::fmt;

/// Holds the registered claims (RFC 7519 section 4.1, RFC 9068 section 2.2), and the rest as JSON.
///
/// The type alone does not prove anything, because any code can create a value. The claims are
/// verified only inside [`Authenticated`](crate::Authenticated).
///
/// ```
/// use auth_runtime::{Authenticated, Claims, authenticated};
///
/// #[authenticated]
/// async fn me(auth: Authenticated<Claims>) -> String {
///     let tenant = auth.other.get("tenant").and_then(|tenant| tenant.as_str());
///     format!("{} of {:?}, with {} scopes", auth.sub, tenant, auth.scopes().count())
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Claims {
    /// The issuer of the token.
    pub iss: String,
    /// The subject of the token. Unique only together with `iss`.
    pub sub: String,
    /// The audiences of the token. They contain the verifier's audience.
    pub aud: Vec<String>,
    /// The expiry, in seconds since 1970 (fractions dropped).
    pub exp: u64,
    /// The start of the validity, in seconds since 1970 (fractions dropped).
    pub nbf: Option<u64>,
    /// The time of issue, in seconds since 1970 (fractions dropped).
    pub iat: Option<u64>,
    /// The ID of the token.
    pub jti: Option<String>,
    /// The OAuth client that requested the token.
    pub client_id: Option<String>,
    /// The scopes, separated by spaces; see [`scopes`](Self::scopes).
    ///
    /// Some providers write an array, which is in `other`.
    pub scope: Option<String>,
    /// All other claims, and `scope` if it is an array.
    pub other: Map<String, Value>,
}

/// Returns the name of a claims type for the posture.
///
/// [`Claims`] has its public path, so that a posture lock does not change when the file moves.
pub(crate) fn claims_name<C>() -> &'static str {
    let name = type_name::<C>();
    if name == type_name::<Claims>() { "auth_runtime::Claims" } else { name }
}

impl Claims {
    /// The names of the claims that are not in `other`.
    pub(crate) const FIELDS: &[&str] = &["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope"];

    /// Returns the scopes in `scope`, and in `scp`, which some providers use instead.
    ///
    /// Each is a text or an array of texts.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let scope = self.scope.as_deref().unwrap_or_default().split(' ').filter(|word| !word.is_empty());
        scope.chain(scopes(&self.other))
    }
}

/// Written by hand, because serde's `flatten` buffers every claim.
impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ClaimsVisitor)
    }
}

struct ClaimsVisitor;

impl<'de> Visitor<'de> for ClaimsVisitor {
    type Value = Claims;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the claims of a token")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
        let (mut iss, mut sub, mut aud, mut exp) = (None, None, None, None);
        let (mut nbf, mut iat, mut jti, mut client_id, mut scope) = (None, None, None, None, None);
        let mut other = Map::new();
        while let Some(Name(name)) = map.next_key()? {
            match &*name {
                "iss" => once("iss", &mut iss, map.next_value()?)?,
                "sub" => once("sub", &mut sub, map.next_value()?)?,
                "aud" => once("aud", &mut aud, map.next_value::<OneOrMany>()?.0)?,
                "exp" => once("exp", &mut exp, map.next_value::<NumericDate>()?.0)?,
                "nbf" => once("nbf", &mut nbf, map.next_value::<NumericDate>()?.0)?,
                "iat" => once("iat", &mut iat, map.next_value::<NumericDate>()?.0)?,
                "jti" => once("jti", &mut jti, map.next_value()?)?,
                "client_id" => once("client_id", &mut client_id, map.next_value()?)?,
                "scope" => match map.next_value()? {
                    Value::String(text) => once("scope", &mut scope, Some(text))?,
                    value => {
                        once("scope", &mut scope, None)?;
                        if value.is_array() {
                            other.insert("scope".to_owned(), value);
                        }
                    }
                },
                _ => {
                    other.insert(name.into_owned(), map.next_value()?);
                }
            }
        }
        let missing = A::Error::missing_field;
        Ok(Claims {
            iss: iss.ok_or_else(|| missing("iss"))?,
            sub: sub.ok_or_else(|| missing("sub"))?,
            aud: aud.ok_or_else(|| missing("aud"))?,
            exp: exp.ok_or_else(|| missing("exp"))?,
            nbf,
            iat,
            jti: jti.flatten(),
            client_id: client_id.flatten(),
            scope: scope.flatten(),
            other,
        })
    }
}

fn once<T, E: Error>(name: &'static str, claim: &mut Option<T>, value: T) -> Result<(), E> {
    match claim.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::duplicate_field(name)),
    }
}

/// A name, borrowed from the text unless it is escaped there.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// RFC 7519 section 4.1.3: a single audience may be a string.
struct OneOrMany(Vec<String>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Audience;

        impl<'de> Visitor<'de> for Audience {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, or an array of strings")
            }

            fn visit_str<E>(self, one: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![one.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
                let mut many = Vec::new();
                while let Some(audience) = seq.next_element()? {
                    many.push(audience);
                }
                Ok(OneOrMany(many))
            }
        }

        deserializer.deserialize_any(Audience)
    }
}

/// RFC 7519 section 2: a number of seconds. The fraction is dropped.
struct NumericDate(u64);

impl<'de> Deserialize<'de> for NumericDate {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates and drops the fraction"
    )]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Number::deserialize(deserializer)?;
        let seconds = number.as_u64().or_else(|| number.as_f64().map(|seconds| seconds as u64));
        seconds.map(Self).ok_or_else(|| D::Error::custom("not a number of seconds"))
    }
}

#[cfg(test)]
mod tests {
    use super::Claims;
    use serde::{Deserialize, Deserializer};
    use serde_json::{Map, Value, json};

    /// The same type, deserialized by serde's derive.
    #[derive(Debug, Deserialize)]
    struct Derived {
        iss: String,
        sub: String,
        #[serde(deserialize_with = "one_or_many")]
        aud: Vec<String>,
        #[serde(deserialize_with = "seconds")]
        exp: u64,
        #[serde(default, deserialize_with = "optional_seconds")]
        nbf: Option<u64>,
        #[serde(default, deserialize_with = "optional_seconds")]
        iat: Option<u64>,
        #[serde(default)]
        jti: Option<String>,
        #[serde(default)]
        client_id: Option<String>,
        #[serde(default, deserialize_with = "text_or_nothing")]
        scope: Option<String>,
        #[serde(flatten)]
        other: Map<String, Value>,
    }

    fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Audience {
            One(String),
            Many(Vec<String>),
        }
        Ok(match Audience::deserialize(deserializer)? {
            Audience::One(one) => vec![one],
            Audience::Many(many) => many,
        })
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum NumericDate {
        Whole(u64),
        Fraction(f64),
    }

    impl NumericDate {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "`as` saturates and drops the fraction"
        )]
        fn seconds(&self) -> u64 {
            match self {
                Self::Whole(seconds) => *seconds,
                Self::Fraction(seconds) => *seconds as u64,
            }
        }
    }

    fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        NumericDate::deserialize(deserializer).map(|date| date.seconds())
    }

    fn optional_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        NumericDate::deserialize(deserializer).map(|date| Some(date.seconds()))
    }

    /// A `scope` of another type grants no permission, but does not invalidate the token.
    fn text_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    /// An array stays among the other claims.
    fn with_listed_scope(mut other: Map<String, Value>, text: &str) -> Map<String, Value> {
        let all: Map<String, Value> = serde_json::from_str(text).unwrap();
        other.extend(all.into_iter().filter(|(name, value)| name == "scope" && value.is_array()));
        other
    }

    #[test]
    fn claims_deserialize_as_with_serde_derive() {
        let values = [
            json!(null),
            json!(true),
            json!("text"),
            json!("a b"),
            json!(["a", "b"]),
            json!(["a", 1]),
            json!([]),
            json!({"a": 1}),
            json!(0),
            json!(-5),
            json!(1.5),
            json!(-0.5),
            json!(1e300),
            json!(u64::MAX),
            json!(i64::MIN),
        ];
        // With `arbitrary_precision`, untagged enums do not read fractions.
        let has_fractions = serde_json::from_str::<NumericDate>("1.5").is_ok();
        let values: Vec<_> = values.into_iter().filter(|value| has_fractions || !value.is_f64()).collect();
        let names = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope", "other", r"e\u0078p", ""];
        let good = json!({"iss": "i", "sub": "s", "aud": "a", "exp": 1, "nbf": 1, "iat": 1, "jti": "j", "client_id": "c",
            "scope": "s"});
        let mut read = 0;
        for name in names {
            for value in values.iter().map(Some).chain([None]) {
                for twice in [false, true] {
                    let mut claims = good.clone();
                    claims.as_object_mut().unwrap().remove(name);
                    let mut text = claims.to_string();
                    for value in value.iter().chain(value.iter().filter(|_| twice)) {
                        text.insert_str(1, &format!("\"{name}\":{value},"));
                    }
                    let (ours, derived) =
                        (serde_json::from_str::<Claims>(&text), serde_json::from_str::<Derived>(&text));
                    let (Ok(ours), Ok(derived)) = (&ours, &derived) else {
                        assert_eq!(ours.is_ok(), derived.is_ok(), "{text}: {ours:?} {derived:?}");
                        continue;
                    };
                    let Derived { iss, sub, aud, exp, nbf, iat, jti, client_id, scope, other } = derived;
                    assert_eq!((&ours.iss, &ours.sub, &ours.aud, ours.exp), (iss, sub, aud, *exp), "{text}");
                    assert_eq!(
                        (ours.nbf, ours.iat, &ours.jti, &ours.client_id),
                        (*nbf, *iat, jti, client_id),
                        "{text}"
                    );
                    let other = with_listed_scope(other.clone(), &text);
                    assert_eq!((&ours.scope, &ours.other), (scope, &other), "{text}");
                    read += 1;
                }
            }
        }
        assert!(read > 100, "{read}");
    }
}
