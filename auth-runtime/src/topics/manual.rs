#![expect(clippy::doc_markdown, reason = "the pages are read as Markdown too, and quote messages")]
#![cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#![doc = include_str!("../../manual/README.md")]
// The pages are inside of the crate, because `cargo package` takes no file of another folder. Links
// between pages have labels. On GitHub, the end of each page defines them. Here, the definitions of
// `rustdoc-links.md` come first and hold (CommonMark 0.31 section 4.7).
//
// The examples of a page are compiled where the features are that they need. Tests then have the
// names and the lines of the pages, because the links are left out.

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[cfg_attr(any(not(doctest), feature = "pager"), doc = include_str!("../../manual/alerts.md"))]
pub mod alerts {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/api-keys.md")]
pub mod api_keys {}

// Not compiled, because `auth-testkit` depends on this crate. `auth-testkit/tests` has such code.
#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[cfg_attr(not(doctest), doc = include_str!("../../manual/attacks.md"))]
pub mod attacks {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/carriers.md")]
pub mod carriers {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/compile-errors.md")]
pub mod compile_errors {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/concepts.md")]
pub mod concepts {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/errors.md")]
pub mod errors {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/events.md")]
pub mod events {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/incidents.md")]
pub mod incidents {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/internals.md")]
pub mod internals {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/limits.md")]
pub mod limits {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[cfg_attr(any(not(doctest), feature = "remote-keys"), doc = include_str!("../../manual/moving-a-service.md"))]
pub mod moving_a_service {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[cfg_attr(any(not(doctest), feature = "introspection"), doc = include_str!("../../manual/opaque-tokens.md"))]
pub mod opaque_tokens {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[cfg_attr(any(not(doctest), feature = "utoipa"), doc = include_str!("../../manual/openapi.md"))]
pub mod openapi {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/own-credentials.md")]
pub mod own_credentials {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[cfg_attr(any(not(doctest), feature = "issue"), doc = include_str!("../../manual/own-tokens.md"))]
pub mod own_tokens {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/performance.md")]
pub mod performance {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/permissions.md")]
pub mod permissions {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[cfg_attr(any(not(doctest), feature = "remote-keys"), doc = include_str!("../../manual/production.md"))]
pub mod production {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[cfg_attr(any(not(doctest), feature = "remote-keys"), doc = include_str!("../../manual/providers.md"))]
pub mod providers {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[cfg_attr(any(not(doctest), feature = "remote-keys"), doc = include_str!("../../manual/quick-start.md"))]
pub mod quick_start {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[cfg_attr(any(not(doctest), feature = "redis"), doc = include_str!("../../manual/revocation.md"))]
pub mod revocation {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/security.md")]
pub mod security {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/services.md")]
pub mod services {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[cfg_attr(any(not(doctest), feature = "sessions"), doc = include_str!("../../manual/sessions.md"))]
pub mod sessions {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/setup.md")]
pub mod setup {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/streams.md")]
pub mod streams {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/tokens.md")]
pub mod tokens {}

#[cfg_attr(not(doctest), doc = include_str!("../../manual/rustdoc-links.md"))]
#[doc = include_str!("../../manual/webhooks.md")]
pub mod webhooks {}
