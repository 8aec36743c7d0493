//! Behind the token: what a caller may do, and what is heard of those who may not.

mod claims_types;
mod events;
mod incidents;
mod permissions;
mod principals;
