//! Services that accept API keys, cookies and own kinds: correct ones pass, and each mistake is
//! found.

mod api_keys;
mod cookies;
mod own_kinds;
mod support;
