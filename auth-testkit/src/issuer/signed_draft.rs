//! A signed request whose parts an attack may change before it is signed.

use super::TestSender;
use auth_runtime::testing::SignatureForm;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue};
use std::fmt::Write as _;

/// A request of a sender, with what it signs and what it sends.
#[derive(Clone)]
pub(crate) struct SignedDraft<'a> {
    sender: &'a TestSender,
    pub(crate) key: Vec<u8>,
    pub(crate) algorithm: hmac::Algorithm,
    /// The signed text.
    pub(crate) template: String,
    pub(crate) timestamp: String,
    pub(crate) id: String,
    /// The body that is signed.
    pub(crate) signed: String,
}

impl<'a> SignedDraft<'a> {
    pub(super) fn new(sender: &'a TestSender, number: u64, body: String, at: u64) -> Self {
        Self {
            sender,
            key: sender.key.clone(),
            algorithm: hmac::HMAC_SHA256,
            template: sender.parts.template.to_owned(),
            timestamp: at.to_string(),
            id: format!("msg_{number}"),
            signed: body,
        }
    }

    /// The MAC, as the scheme writes it.
    pub(crate) fn mac(&self) -> String {
        let tag = self.tag();
        match self.sender.parts.form {
            SignatureForm::Base64 | SignatureForm::VersionAndBase64 => STANDARD.encode(tag),
            _ => hex(tag.as_ref()),
        }
    }

    /// The MAC in hexadecimal digits, whatever the scheme writes.
    pub(crate) fn hex_mac(&self) -> String {
        hex(self.tag().as_ref())
    }

    fn tag(&self) -> hmac::Tag {
        let text = self
            .template
            .replace("{timestamp}", &self.timestamp)
            .replace("{id}", &self.id)
            .replace("{body}", &self.signed);
        hmac::sign(&hmac::Key::new(self.algorithm, &self.key), text.as_bytes())
    }

    /// The value of the signature header around a MAC.
    pub(crate) fn value_around(&self, mac: &str) -> String {
        match self.sender.parts.form {
            SignatureForm::TimeAndHex => format!("t={},v1={mac}", self.timestamp),
            SignatureForm::VersionAndBase64 => format!("v1,{mac}"),
            _ => format!("{}{mac}", self.sender.parts.prefix),
        }
    }

    pub(crate) fn value(&self) -> String {
        self.value_around(&self.mac())
    }

    /// The right MACs of a request, in both encodings, to find them in a response.
    pub(crate) fn right_macs(mut self, headers: &[(HeaderName, HeaderValue)], body: &str) -> [String; 2] {
        let value = |name: &str| {
            let known = headers.iter().find(|(known, _)| known.as_str().eq_ignore_ascii_case(name));
            known.and_then(|(_, value)| value.to_str().ok())
        };
        let parts = &self.sender.parts;
        let in_signature = || value(parts.header)?.split(',').find_map(|pair| pair.strip_prefix("t="));
        let timestamp = parts.timestamp_header.map_or_else(in_signature, value).map(str::to_owned);
        let id = parts.id_header.and_then(value).map(str::to_owned);
        self.timestamp = timestamp.unwrap_or_default();
        self.id = id.unwrap_or_default();
        body.clone_into(&mut self.signed);
        let tag = self.tag();
        [hex(tag.as_ref()), STANDARD.encode(tag)]
    }

    /// The headers beside that of the signature: timestamp and id.
    pub(crate) fn other_headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let parts = &self.sender.parts;
        let timestamp = parts.timestamp_header.map(|name| header(name, &self.timestamp));
        let id = parts.id_header.map(|name| header(name, &self.id));
        timestamp.into_iter().chain(id).collect()
    }

    pub(crate) fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = self.other_headers();
        headers.push(header(self.sender.parts.header, &self.value()));
        headers
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A header of a scheme, whose name `signature!` has checked.
pub(crate) fn header(name: &str, value: &str) -> (HeaderName, HeaderValue) {
    let name = HeaderName::from_bytes(name.as_bytes()).expect("the name of a header");
    (name, HeaderValue::from_str(value).expect("a value that a header can have"))
}
