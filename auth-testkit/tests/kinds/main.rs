//! Services that accept API keys, cookies, opaque tokens and own kinds: correct ones pass, and each
//! mistake is found.

mod api_keys;
mod cookies;
mod opaque_tokens;
mod own_kinds;
mod support;
