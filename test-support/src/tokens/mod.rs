//! Tokens for tests: one issuer, one audience, and a key for every algorithm.

mod mint;
mod parts;

pub use mint::{ALGORITHMS, Mint};
pub use parts::{AUDIENCE, ISSUER, KID, NOW, base64url, claims, header, segments, with, without};
