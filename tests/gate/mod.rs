//! Tests what follows a good token: permissions and the events about denials.

mod alternatives;
mod api_keys;
mod claims_types;
mod conditions;
mod events;
mod incidents;
mod permissions;
mod principals;
mod setup;
mod subjects;
mod visitors;
