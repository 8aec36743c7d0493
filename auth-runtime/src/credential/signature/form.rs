//! Reads the signature header of each layout.

use super::scheme::{MacEncoding, Scheme, SignatureLayout};
use crate::rejection::{Refusal, Rejection};
use auth_events::Reason;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The most elements of a signature header. Senders write two while a secret changes.
const MOST: usize = 16;

/// What a signature header has.
#[derive(Debug, Default)]
pub(super) struct Presented<'a> {
    pub(super) macs: Vec<[u8; 32]>,
    pub(super) ed25519: Vec<[u8; 64]>,
    /// The timestamp, where it is in the signature header.
    pub(super) timestamp: Option<&'a str>,
}

/// Reads a signature header.
pub(super) fn read<'a>(scheme: &Scheme, value: &'a str) -> Result<Presented<'a>, Refusal> {
    match scheme.layout {
        SignatureLayout::OneMac => one_mac(scheme, value),
        SignatureLayout::NamedPairs => named_pairs(value),
        SignatureLayout::VersionedList => versioned_list(value),
    }
}

fn one_mac<'a>(scheme: &Scheme, value: &'a str) -> Result<Presented<'a>, Refusal> {
    let Some(encoded) = value.strip_prefix(scheme.prefix) else {
        return Err(malformed("the signature does not start with the prefix of the scheme"));
    };
    let mac = match scheme.encoding {
        MacEncoding::LowerHex => lower_hex(encoded)?,
        MacEncoding::PaddedBase64 => padded_base64(encoded)?,
        MacEncoding::NotChosen => return Err(malformed("the scheme does not say how the signature is written")),
    };
    Ok(Presented { macs: vec![mac], ..Presented::default() })
}

/// Stripe: `t=..,v1=..,v1=..,v0=..`. Other versions are ignored, as Stripe requires.
fn named_pairs(value: &str) -> Result<Presented<'_>, Refusal> {
    let mut presented = Presented::default();
    for (place, pair) in value.split(',').enumerate() {
        if place >= MOST {
            return Err(malformed("the signature header has more than 16 elements"));
        }
        match pair.split_once('=') {
            Some(("t", timestamp)) => {
                if presented.timestamp.replace(timestamp).is_some() {
                    return Err(malformed("the signature header has two timestamps"));
                }
            }
            Some(("v1", mac)) => presented.macs.push(lower_hex(mac)?),
            Some(_) => {}
            None => return Err(malformed("an element of the signature header has no `=`")),
        }
    }
    if presented.macs.is_empty() {
        return Err(malformed("the signature header has no `v1`"));
    }
    Ok(presented)
}

/// Standard Webhooks: `v1,.. v1a,..`. Other versions are ignored.
fn versioned_list(value: &str) -> Result<Presented<'_>, Refusal> {
    let mut presented = Presented::default();
    for (place, signature) in value.split(' ').enumerate() {
        if place >= MOST {
            return Err(malformed("the signature header has more than 16 elements"));
        }
        match signature.split_once(',') {
            Some(("v1", mac)) => presented.macs.push(padded_base64(mac)?),
            Some(("v1a", signature)) => presented.ed25519.push(padded_base64(signature)?),
            Some(_) => {}
            None => return Err(malformed("an element of the signature header has no version")),
        }
    }
    if presented.macs.is_empty() && presented.ed25519.is_empty() {
        return Err(malformed("the signature header has neither `v1` nor `v1a`"));
    }
    Ok(presented)
}

/// Only one spelling of a signature is accepted.
fn lower_hex(text: &str) -> Result<[u8; 32], Refusal> {
    const WRONG: &str = "the signature is not 64 hexadecimal digits in lower case";
    let digits: &[u8; 64] = text.as_bytes().try_into().map_err(|_| malformed(WRONG))?;
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        _ => Err(malformed(WRONG)),
    };
    let mut mac = [0; 32];
    for (byte, pair) in mac.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(mac)
}

fn padded_base64<const N: usize>(text: &str) -> Result<[u8; N], Refusal> {
    let decoded = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    decoded.ok_or_else(|| malformed("the signature is not base64 with padding, or has another length"))
}

pub(super) fn malformed(detail: &'static str) -> Refusal {
    Refusal::because(Rejection::InvalidSignature(Reason::MalformedSignature), detail)
}
