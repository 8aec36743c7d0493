//! Tests of the places in which a request can have its credential, beside `Authorization: Bearer`.

mod challenges;
mod cookies;
mod headers;
mod login_page;
mod support;
mod websockets;
