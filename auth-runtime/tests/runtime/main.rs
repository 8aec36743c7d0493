//! What services see of the crate. One program, because each program is linked by itself.
//!
//! Tests of what the whole process shares (signals, the metrics recorder, its memory) are programs
//! of their own beside this folder.

mod axum_surface;
mod carriers_in_the_posture;
mod declared_rules;
mod examples;
mod layers;
mod one_place;
mod optional_caller;
mod posture;
mod posture_of_any_router;
mod proofs;
mod providers;
mod review_texts;
mod root;
mod rules;
mod support;
mod within_a_request;
