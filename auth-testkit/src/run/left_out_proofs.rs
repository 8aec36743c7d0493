//! H38: a proof that a request leaves out, where a wrong one is rejected.
//!
//! A check such as `if let Some(code) = code { compare(code)? }` compares what is there. A client
//! that omits the code passes (CWE-358, CWE-306).

use super::attack_run::AttackRun;
use super::comparable::comparable_body;
use super::good_answers::says_nothing;
use super::got_through::GotThrough;
use super::log_ins::others;
use super::requests::RequestTemplate;
use super::weaker_methods::is_rejection;
use crate::catalogue::Credentials;
use crate::report::RouteReport;
use crate::target::{Decision, Route, ServiceResponse};
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Map, Value};

/// How many parts of a request are left out.
const PARTS: usize = 6;

/// Words in the names of secrets.
const SECRETS: [&str; 11] =
    ["code", "pin", "otp", "token", "secret", "password", "passphrase", "passcode", "signature", "sig", "hmac"];

/// Words for what a guest knows about an object. In a write they may be what is written.
const PERSONAL: [&str; 10] =
    ["email", "mail", "phone", "birth", "dob", "postcode", "postal", "zip", "surname", "lastname"];

/// Words of a code that every client may know.
const OPEN: [&str; 11] =
    ["country", "currency", "lang", "language", "area", "coupon", "promo", "voucher", "discount", "product", "status"];

/// A part of a request: the request with a wrong value, and those without one.
struct Proof {
    name: String,
    wrong: RequestTemplate,
    /// Each with its description.
    left_out: Vec<(&'static str, RequestTemplate)>,
}

impl AttackRun {
    pub(super) async fn attack_left_out_proofs(
        &mut self,
        (route, method): (&Route, &Method),
        caller: &Credentials,
        report: &mut RouteReport,
    ) {
        let is_sent = matches!(*method, Method::GET | Method::POST | Method::PUT | Method::PATCH);
        if self.plan.without.contains("H38") || !is_sent || route.grpc {
            return;
        }
        let template = self.plan.template(route, method);
        let is_public = route.decision() == Decision::Public;
        let mut proofs = proofs_of(&template);
        // The caller may be the default of a part that names a tenant or a user.
        let reads = *method == Method::GET;
        proofs.retain(|proof| (is_public && reads) || is_proof(&proof.name, reads));
        proofs.truncate(PARTS);
        if proofs.is_empty() {
            return;
        }
        let Ok(good) = self.send(template.request(caller)).await else { return };
        if !good.status.is_success() {
            return;
        }
        for Proof { name, wrong, left_out } in proofs {
            let Ok(refused) = self.send(wrong.request(caller)).await else { continue };
            // A 404 may be that of another version or of a coupon. A proof may hide behind it.
            let is_refused = match refused.status {
                StatusCode::NOT_FOUND => reads && is_proof(&name, reads),
                status => is_rejection(status),
            };
            if !is_refused {
                continue;
            }
            let mut found = None;
            for (what, request) in left_out {
                let Ok(response) = self.send(request.request(caller)).await else { continue };
                if self.is_the_good_answer(method, &good, &response) {
                    found = Some((what, request, response));
                    break;
                }
            }
            report.count("H38", found.is_some());
            if let Some((what, request, response)) = found {
                let got_through = GotThrough {
                    id: "H38",
                    what: format!("{name} is {what}"),
                    problem: format!(
                        "proof can be left out: `{name}` is {what}: `{}`, and `{}` where it is wrong: reject a request \
                         without it",
                        response.status, refused.status
                    ),
                };
                self.report_got_through((route, method), got_through, (&request, caller), &response);
            }
        }
    }

    /// What is read must be the same. A write says little, and has succeeded.
    fn is_the_good_answer(&self, method: &Method, good: &ServiceResponse, response: &ServiceResponse) -> bool {
        let body = |response: &ServiceResponse| comparable_body(response, &self.plan.varying);
        let says_the_same = || !says_nothing(&body(good)) && body(good) == body(response);
        response.status == good.status && (*method != Method::GET || says_the_same())
    }
}

/// Whether a word of the name is that of a proof: `email`, `reset_token`, `x-pin`.
pub(super) fn is_proof(name: &str, reads: bool) -> bool {
    let words: Vec<String> =
        name.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_ascii_lowercase).collect();
    let is_of = |proof: &&str| {
        // `verificationCode` and `birthDate`.
        let is_joined = |word: &String| proof.len() > 3 && (word.starts_with(*proof) || word.ends_with(*proof));
        words.iter().any(|word| word == proof || is_joined(word))
    };
    let is_open = words.iter().any(|word| OPEN.iter().any(|open| word.starts_with(open)));
    !is_open && (SECRETS.iter().any(is_of) || (reads && PERSONAL.iter().any(is_of)))
}

fn wrong_one(value: &str) -> Option<String> {
    others(value).into_iter().next().filter(|wrong| wrong != value)
}

/// The parts of the query, the headers and the body that the test declares.
fn proofs_of(template: &RequestTemplate) -> Vec<Proof> {
    let with_query =
        |query: String| template.clone().with(Some(query).filter(|query| !query.is_empty()), template.headers.clone());
    let mut proofs = proofs_of_pairs(template.query.as_deref().unwrap_or_default(), &with_query);
    for (at, (name, value)) in template.headers.iter().enumerate() {
        let Some(wrong) = value.to_str().ok().and_then(wrong_one) else { continue };
        let Ok(wrong) = HeaderValue::from_str(&wrong) else { continue };
        let mut changed = template.headers.clone();
        changed[at].1 = wrong;
        let mut rest = template.headers.clone();
        rest.remove(at);
        let with = |headers| template.clone().with(template.query.clone(), headers);
        let left_out = vec![("absent", with(rest))];
        proofs.push(Proof { name: name.to_string(), wrong: with(changed), left_out });
    }
    if template.takes_form() {
        let form = String::from_utf8_lossy(&template.body).into_owned();
        let with_form = |form: String| RequestTemplate { body: form.into_bytes(), ..template.clone() };
        proofs.extend(proofs_of_pairs(&form, &with_form));
    } else if let Ok(members) = serde_json::from_slice::<Map<String, Value>>(&template.body) {
        let of_texts = members.iter().filter_map(|(name, value)| Some((name, wrong_one(value.as_str()?)?)));
        proofs.extend(of_texts.map(|(name, wrong)| {
            let with = |value: Option<Value>| {
                let mut members = members.clone();
                match value {
                    Some(value) => members.insert(name.clone(), value),
                    None => members.remove(name),
                };
                template.with_body(&Value::Object(members).to_string())
            };
            let left_out =
                vec![("absent", with(None)), ("null", with(Some(Value::Null))), ("empty", with(Some("".into())))];
            Proof { name: name.clone(), wrong: with(Some(wrong.into())), left_out }
        }));
    }
    proofs
}

fn proofs_of_pairs(text: &str, request: &dyn Fn(String) -> RequestTemplate) -> Vec<Proof> {
    let pairs: Vec<&str> = text.split('&').collect();
    let proof = |at: usize| {
        let (name, value) = pairs[at].split_once('=')?;
        let wrong = format!("{name}={}", wrong_one(value)?);
        let with = |pair: Option<&str>| {
            let all = pairs.iter().enumerate().filter_map(|(other, own)| if other == at { pair } else { Some(*own) });
            request(all.collect::<Vec<_>>().join("&"))
        };
        let left_out = vec![("absent", with(None)), ("empty", with(Some(&format!("{name}="))))];
        Some(Proof { name: name.to_owned(), wrong: with(Some(&wrong)), left_out })
    };
    (0..pairs.len()).filter_map(proof).collect()
}

#[cfg(test)]
mod tests {
    use super::is_proof;

    #[test]
    fn words_of_a_name_are_those_of_a_proof() {
        for name in ["email", "e_mail", "reset_token", "x-pin", "verificationCode", "birthDate", "Sig"] {
            assert!(is_proof(name, true), "{name}");
        }
        for name in ["q", "page", "version", "shipping", "format", "tenant", "country_code", "couponCode"] {
            assert!(!is_proof(name, true), "{name}");
        }
        assert!(!is_proof("email", false) && is_proof("otp", false));
    }
}
