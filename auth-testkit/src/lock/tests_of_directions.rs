//! All pairs of decisions, and the direction of each change.

use super::{Direction, Lock};

/// One decision of each kind, and of each detail that decides.
const DECISIONS: [(&str, &str); 12] = [
    ("authenticated", "authenticated as C"),
    ("waives", "authenticated as C despite x"),
    ("requires", "authenticated as C requires p"),
    ("staff", "authenticated as Staff"),
    ("PUBLIC", "PUBLIC \"r\""),
    ("opens A", "PUBLIC \"r\" opens A"),
    ("for a while", "PUBLIC \"r\" until 2099-01-31"),
    ("visitor", "PUBLIC recognises C \"r\""),
    ("SIGNED", "SIGNED by S in x"),
    ("signed, opens A", "SIGNED by S in x opens A"),
    ("unmatched", "unmatched"),
    ("SETUP", "SETUP \"r\""),
];

/// The row is the decision before, and the column the one now.
///
/// Both are in the order of `DECISIONS`. `O` opens, `~` changes, `c` closes.
const DIRECTIONS: [&str; 12] = [
    // au wa re st PU oA fw vi SI sA un SE
    "   =  O  c  ~  O  O  O  O  ~  O  O  O", // authenticated
    "   c  =  c  ~  O  O  O  O  ~  O  O  O", // waives
    "   ~  O  =  ~  O  O  O  O  ~  O  O  O", // requires
    "   ~  O  ~  =  O  O  O  O  ~  O  O  O", // staff
    "   c  c  c  c  =  O  ~  c  c  O  c  c", // PUBLIC
    "   c  c  c  c  ~  =  ~  c  c  c  c  c", // opens A
    "   c  c  c  c  O  O  =  O  c  O  c  c", // for a while
    "   c  c  c  c  ~  O  ~  =  c  O  c  c", // visitor
    "   ~  O  ~  ~  O  O  O  O  =  O  O  O", // SIGNED
    "   ~  O  ~  ~  O  O  O  O  ~  =  O  O", // signed, opens A
    "   c  O  c  c  O  O  O  O  ~  O  =  O", // unmatched
    "   ~  O  ~  ~  O  O  O  O  ~  O  O  =", // SETUP
];
const NEW: &str = "   ~  O  ~  ~  O  O  O  O  ~  O  ~  O";

fn lock(decision: Option<&str>) -> Lock {
    let text = decision.map_or(String::new(), |decision| format!("GET /a {decision}\n"));
    Lock::parse(&text).expect("a lock")
}

fn letter(before: Option<&str>, now: Option<&str>) -> char {
    let found = lock(before).differences(&lock(now));
    match &found[..] {
        [] => '=',
        [one] if one.direction == Direction::Opens => 'O',
        [one] if one.direction == Direction::Changes => '~',
        [one] if one.direction == Direction::Closes => 'c',
        several => panic!("{several:?}"),
    }
}

#[test]
fn each_pair_of_decisions_has_its_direction() {
    let rows = DECISIONS.iter().map(Some).zip(DIRECTIONS).chain([(None, NEW)]);
    for (before, row) in rows {
        let expected = row.split_whitespace();
        for ((name, now), expected) in DECISIONS.iter().zip(expected) {
            let found = letter(before.map(|(_, before)| *before), Some(now));
            let before = before.map_or("new", |(name, _)| *name);
            assert_eq!(found.to_string(), expected, "{before} -> {name}");
        }
    }
    for (name, before) in DECISIONS {
        assert_eq!(letter(Some(before), None), 'c', "{name} was removed");
    }
}

#[test]
fn details_of_one_kind_have_their_direction() {
    for (before, now, expected) in [
        ("authenticated as C requires a and b", "authenticated as C requires b and a", '~'),
        ("authenticated as C requires a despite x", "authenticated as C requires b", '~'),
        ("authenticated as C requires a despite x", "authenticated as C requires a", 'c'),
        ("authenticated as C despite x", "authenticated as C despite y", 'O'),
        ("authenticated as C rule R", "authenticated as C", 'O'),
        ("authenticated as C rule R", "authenticated as C requires p rule S", 'O'),
        ("authenticated as C rule R", "authenticated as C requires p rule R and S", 'c'),
        ("authenticated as C requires p rule R", "authenticated as C rule R", '~'),
        ("authenticated as C despite x and y", "authenticated as C despite y", 'c'),
        ("PUBLIC \"r\" until 2099-01-31", "PUBLIC \"r\" until 2099-02-01", 'O'),
        ("PUBLIC \"r\" until 2099-02-01", "PUBLIC recognises C \"r\" until 2099-01-31", 'c'),
        ("PUBLIC recognises C \"r\" until 2099-01-31", "PUBLIC recognises C \"r\" until 2099-02-01", 'O'),
        ("PUBLIC \"r\" opens A", "PUBLIC \"r\" opens B", 'O'),
        ("PUBLIC \"r\" opens A", "SIGNED by S in x opens B", 'O'),
        ("SIGNED by S in x opens A and B", "SIGNED by S in y opens A", '~'),
        ("SETUP \"r\"", "SETUP \"r\" opens A", 'O'),
        ("SETUP \"r\" opens A", "SETUP \"another\" opens A", '~'),
        ("SETUP \"r\" opens A", "SIGNED by S in x opens A", 'O'),
    ] {
        assert_eq!(letter(Some(before), Some(now)), expected, "{before} -> {now}");
    }
}
