//! Permissions of an authenticated caller, and their combinations.

mod all_of;
mod any_of;
mod claim;
mod conditions;
mod denied;
mod despite;
mod includes;
mod name;
#[expect(clippy::module_inception, reason = "a type lives in a file of its own name")]
mod permission;
mod with_rule;

pub use any_of::AnyOf;
pub use claim::{Source, claim_of_claims, claim_path, key_of_claims, scope_of_claims, scope_token};
pub(crate) use conditions::{assert_waives_no_more, granted, waived};
pub use denied::Denied;
pub use despite::Despite;
pub use includes::AnyCaller;
pub(crate) use includes::Includes;
pub use name::PermissionName;
pub use permission::Permission;
pub use with_rule::WithRule;
pub(crate) use with_rule::{AddRules, declared, declares_nothing};
