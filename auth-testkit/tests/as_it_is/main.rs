//! Tests of the kit against services as they are, over sockets.
//!
//! Each module has a broken service that the kit catches, and a good one without a finding.

mod audience;
mod causes;
mod claims_types;
mod cross_origin;
mod excluded;
mod key_ids;
mod logout;
mod permissions;
mod rules;
mod support;
