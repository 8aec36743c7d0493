//! Lists the words that the style guide replaces.

/// A phrase, and what to write instead.
///
/// `~` stands for at most three words. `*` stands for one word other than those of [`AFTER_NO`].
pub(super) const PHRASES: &[(&str, &str)] = &[
    ("nobody", "name the role, or write `not .. any`"),
    ("somebody", "name the role: the caller, a developer"),
    ("anybody", "name the role: an unauthenticated client"),
    ("whoever", "name the role: the caller, an attacker"),
    ("someone", "name the role: the caller, a developer"),
    ("anyone", "name the role: an unauthenticated client"),
    ("stranger", "write `unauthenticated client` or `attacker`"),
    ("strangers", "write `unauthenticated clients` or `attackers`"),
    ("stranger's", "write `attacker's`"),
    ("aloud", "write `explicitly`, or say where it is listed"),
    ("take ~ back", "write `revoke`"),
    ("takes ~ back", "write `revokes`"),
    ("taken ~ back", "write `revoked`"),
    ("took ~ back", "write `revoked`"),
    ("taking ~ back", "write `revoking`"),
    ("wake", "write `alert` or `page the on-call engineer`"),
    ("wakes", "write `alerts` or `pages the on-call engineer`"),
    ("woken", "write `alerted` or `paged`"),
    ("remember", "write `cache` or `store`"),
    ("remembers", "write `caches` or `stores`"),
    ("remembered", "write `cached` or `stored`"),
    ("out of reach", "write `unreachable`"),
    ("by chance", "write `random`"),
    ("let in", "write `accept`"),
    ("lets in", "write `accepts`"),
    ("gets in", "write `is accepted`"),
    ("conceal", "write `hide`"),
    ("conceals", "write `hides`"),
    ("concealed", "write `hidden`"),
    ("silent about", "write `drop` or `suppress`"),
    ("is no *", "write `is not a`"),
    ("are no *", "write `are not`"),
    ("is not to", "write `must not`"),
    ("are not to", "write `must not`"),
];

/// What may follow `is no`.
pub(super) const AFTER_NO: &[&str] = &["longer", "more", "less", "one"];
