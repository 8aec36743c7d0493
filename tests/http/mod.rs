//! What HTTP lets a stranger write around a token. Section 4 of the attacks, H01 to H30.

mod bodies;
mod caching;
mod concealed;
mod connections;
mod credentials;
mod cross_origin;
mod decisions;
mod extensions;
mod framing;
mod http2;
mod http2_frames;
mod methods;
mod on_rejection;
mod paths;
mod services;
mod upgrade;
