//! Issuers and audiences that are almost the right ones (RFC 7519 sections 4.1.1 and 4.1.3).

use serde_json::{Value, json};

/// Makes a wrong value from the right name.
pub(super) type Respell = fn(&str) -> Value;

pub(super) const OTHER_ISSUERS: [(&str, Respell); 21] = [
    ("another issuer", |_| json!("https://id.evil.example/")),
    ("iss starts with ours", |iss| json!(format!("{iss}.evil.example"))),
    ("iss is a prefix of ours", |iss| json!(iss.get(..iss.len() / 2).unwrap_or_default())),
    ("iss is empty", |_| json!("")),
    ("iss ends with ours", |iss| json!(format!("https://evil.example/?{iss}"))),
    ("iss with a trailing slash added or removed", |iss| {
        json!(iss.strip_suffix('/').map_or(format!("{iss}/"), str::to_owned))
    }),
    ("iss in capitals", |iss| json!(iss.to_uppercase())),
    ("iss is a list with ours in it", |iss| json!(["https://id.evil.example/", iss])),
    ("iss is a number", |_| json!(7)),
    ("iss is null", |_| json!(null)),
    ("iss with another character for a dot", |iss| json!(host_of(iss, |host| host.replacen('.', "x", 1)))),
    ("iss with a dot after the host", |iss| json!(host_of(iss, |host| format!("{host}.")))),
    ("iss with a port", |iss| json!(host_of(iss, |host| format!("{host}:8443")))),
    ("iss with the default port", |iss| json!(host_of(iss, |host| format!("{host}:443")))),
    ("iss with another scheme", |iss| {
        json!(iss.split_once("://").map_or_else(
            || format!("http://{iss}"),
            |(scheme, rest)| { format!("{}://{rest}", if scheme == "http" { "https" } else { "http" }) }
        ))
    }),
    ("iss without a scheme", |iss| {
        json!(iss.split_once("://").map_or_else(|| format!("{iss}/x"), |(_, rest)| rest.to_owned()))
    }),
    ("iss with ours as the user info", |iss| json!(host_of(iss, |host| format!("{host}@id.evil.example")))),
    ("iss on a host that ends with ours", |iss| json!(host_of(iss, |host| format!("evil{host}")))),
    ("iss on a subdomain of ours", |iss| json!(host_of(iss, |host| format!("evil.{host}")))),
    ("iss of a sibling realm", |iss| json!(format!("{}-staging", iss.trim_end_matches('/')))),
    ("iss with a space before it", |iss| json!(format!(" {iss}"))),
];

pub(super) const OTHER_AUDIENCES: [(&str, Respell); 19] = [
    ("an empty list of audiences", |_| json!([])),
    ("aud is a prefix of ours", |aud| json!(aud.get(..aud.len() / 2).unwrap_or_default())),
    ("aud is empty", |_| json!("")),
    ("aud is a list of an empty string", |_| json!([""])),
    ("aud starts with ours", |aud| json!(format!("{aud}-admin"))),
    ("aud with a space after it", |aud| json!(format!("{aud} "))),
    ("aud in the other letter case", |aud| {
        json!(if aud.to_uppercase() == aud { aud.to_lowercase() } else { aud.to_uppercase() })
    }),
    ("aud is a list of ours and a number", |aud| json!([aud, 7])),
    ("aud is an object", |aud| json!({ aud: true })),
    ("aud is null", |_| json!(null)),
    ("aud ends with ours", |aud| json!(format!("evil-{aud}"))),
    ("aud is a path that ends with ours", |aud| json!(format!("https://evil.example/{aud}"))),
    ("aud contains ours", |aud| json!(format!("not-{aud}-at-all"))),
    ("aud is a path below ours", |aud| json!(format!("{aud}/admin"))),
    ("aud is a text that lists ours", |aud| json!(format!("others {aud}"))),
    ("aud is a text with ours after a comma", |aud| json!(format!("others,{aud}"))),
    ("aud is a star", |_| json!("*")),
    ("aud is a list in a list", |aud| json!([[aud]])),
    ("aud without its last character", |aud| json!(aud.get(..aud.len().saturating_sub(1)).unwrap_or_default())),
];

/// Changes the host of a URL; the whole name where there is none.
fn host_of(iss: &str, change: impl FnOnce(&str) -> String) -> String {
    let Some((scheme, rest)) = iss.split_once("://") else { return change(iss) };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    format!("{scheme}://{}{path}", change(host))
}
