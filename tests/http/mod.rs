//! Tests the HTTP around a token, as an attacker can write it (attacks H01 to H30).

mod bodies;
mod caching;
mod connections;
mod credentials;
mod cross_origin;
mod decisions;
mod extensions;
mod framing;
mod hide_unmatched;
mod http2;
mod http2_frames;
mod methods;
mod on_rejection;
mod paths;
mod protected_resource;
mod proven;
mod services;
mod upgrade;
